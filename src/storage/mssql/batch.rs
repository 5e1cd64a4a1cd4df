//! What callers did, as one request: the offers or the changes of many responses as rows of parameters.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::statements as sql;
use super::value::{Value, values};
use crate::domain::response::{Answer, AnswerValue};
use crate::foundation::{ResponseId, ServiceId};
use crate::storage::columns::{answer_columns, duration_column, fact_columns};
use crate::storage::{OfferRow, ResponseUpdate};

/// A batch with more bytes of texts and audio than this is full.
const BYTES_MAX: usize = 1 << 20;
/// Parameters of one request at most; the server's own limit is 2,100.
const PARAMETERS_MAX: usize = 1_000;
/// Parameters of each kind of row.
const OFFER_COLUMNS: usize = 18;
const CHANGE_COLUMNS: usize = 5;
const ANSWER_COLUMNS: usize = 7;
const RECORDING_COLUMNS: usize = 6;
/// A text or an id that is not there: there is no NULL among the parameters.
const NONE: &str = "";

/// One write of the response flow.
#[derive(Debug)]
pub(super) enum Write {
    Offer(Box<OfferRow>),
    Update(Box<ResponseUpdate>),
}

impl Write {
    /// The response it is about.
    pub(super) fn response(&self) -> ResponseId {
        match self {
            Self::Offer(offer) => offer.id,
            Self::Update(update) => update.id,
        }
    }
}

/// Which writes may go together: of one kind, one for each response, and no more than a request holds.
#[derive(Default)]
pub(super) struct Room {
    offers: Option<bool>,
    responses: HashSet<ResponseId>,
    bytes: usize,
    rows: Rows,
}

/// Rows of each kind.
#[derive(Debug, Clone, Copy, Default)]
struct Rows {
    offers: usize,
    changes: usize,
    answers: usize,
    recordings: usize,
}

impl Rows {
    fn of(write: &Write) -> Self {
        match write {
            Write::Offer(_) => Self { offers: 1, ..Self::default() },
            Write::Update(update) => Self {
                changes: 1,
                answers: update.answers.len(),
                recordings: update.answers.iter().filter(|answer| may_replace_a_recording(answer)).count()
                    + update.recordings.len(),
                ..Self::default()
            },
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            offers: self.offers + other.offers,
            changes: self.changes + other.changes,
            answers: self.answers + other.answers,
            recordings: self.recordings + other.recordings,
        }
    }

    fn parameters(self) -> usize {
        padded(self.offers) * OFFER_COLUMNS
            + padded(self.changes) * CHANGE_COLUMNS
            + padded(self.answers) * ANSWER_COLUMNS
            + padded(self.recordings) * RECORDING_COLUMNS
    }
}

impl Room {
    /// Takes a write in, unless it has to wait for another batch. The first one always fits.
    pub(super) fn takes(&mut self, write: &Write) -> bool {
        let rows = self.rows.and(Rows::of(write));
        let is_offer = matches!(write, Write::Offer(_));
        let full = self.bytes > BYTES_MAX || rows.parameters() > PARAMETERS_MAX;
        if !self.responses.is_empty() && (full || self.offers != Some(is_offer)) {
            return false;
        }
        if !self.responses.insert(write.response()) {
            return false;
        }
        self.offers = Some(is_offer);
        self.rows = rows;
        self.bytes += bytes(write);
        true
    }
}

/// About how many bytes a write carries.
fn bytes(write: &Write) -> usize {
    match write {
        Write::Offer(offer) => offer.trace.len(),
        Write::Update(update) => {
            let text = |answer: &Answer| match &answer.value {
                AnswerValue::Text(text) => text.len(),
                _ => 0,
            };
            let audio: usize = update.recordings.iter().map(|recording| recording.audio.len()).sum();
            audio + update.answers.iter().map(text).sum::<usize>()
        }
    }
}

/// Numbers and choices never take the place of a recording, and are most of what is written.
fn may_replace_a_recording(answer: &Answer) -> bool {
    matches!(answer.value, AnswerValue::Text(_) | AnswerValue::Recording(_) | AnswerValue::Skipped)
}

/// How many rows are sent for so many.
fn padded(rows: usize) -> usize {
    if rows == 0 { 0 } else { rows.next_power_of_two() }
}

/// A request that stores a batch.
pub(super) struct Request {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Request {
    /// The request that stores `writes`, all of one kind; of changes it returns the ids of those that are stored.
    pub(super) fn of<'a>(writes: impl Iterator<Item = &'a Write>) -> Self {
        let (mut offers, mut changes, mut answers, mut recordings) = (vec![], vec![], vec![], vec![]);
        for write in writes {
            match write {
                Write::Offer(offer) => offers.push(offer_row(offer)),
                Write::Update(update) => {
                    changes.push(change_row(update));
                    answers.extend(update.answers.iter().map(|answer| answer_row(update.id, answer)));
                    recordings.extend(recording_rows(update));
                }
            }
        }
        let mut request = Self { sql: sql::WRITE_BEGIN.to_owned(), values: Vec::new() };
        let with_answers = !answers.is_empty();
        if !offers.is_empty() {
            request.rows(sql::WRITE_OFFER_ROWS, offers, offer_padding);
            request.sql.push_str(sql::WRITE_OFFERS);
        }
        if !changes.is_empty() {
            request.rows(sql::WRITE_CHANGE_ROWS, changes, || {
                values![NONE_BYTES, NONE_BYTES, 0_i64, NONE, 0_i64]
            });
            request.sql.push_str(sql::WRITE_CHANGES);
            if with_answers {
                let padding = || values![NONE_BYTES, 0_i64, NONE, NONE, 0_i64, NONE, 0_i64];
                request.rows(sql::WRITE_ANSWER_ROWS, answers, padding);
                request.sql.push_str(sql::WRITE_ANSWERS);
            }
            if !recordings.is_empty() {
                let padding = || values![NONE_BYTES, 0_i64, NONE_BYTES, 0_i64, 0_i64, NONE_BYTES];
                request.rows(sql::WRITE_RECORDING_ROWS, recordings, padding);
                request.sql.push_str(sql::WRITE_RECORDINGS);
            }
            request.sql.push_str(sql::WRITE_OUTCOMES);
        }
        request.sql.push_str(sql::WRITE_END);
        request
    }

    /// Adds a statement that ends in `VALUES` and its rows.
    fn rows(&mut self, statement: &str, mut rows: Vec<Vec<Value>>, padding: impl Fn() -> Vec<Value>) {
        rows.resize_with(padded(rows.len()), padding);
        self.sql.push_str(statement);
        for (place, row) in rows.into_iter().enumerate() {
            self.sql.push_str(if place == 0 { "(" } else { ",(" });
            for (column, value) in row.into_iter().enumerate() {
                self.values.push(value);
                let comma = if column == 0 { "" } else { "," };
                // Writing into a String cannot fail.
                let _ = write!(self.sql, "{comma}@P{}", self.values.len());
            }
            self.sql.push(')');
        }
        self.sql.push_str(";\n");
    }
}

/// An id that is not there.
const NONE_BYTES: Vec<u8> = Vec::new();

fn offer_row(offer: &OfferRow) -> Vec<Value> {
    let facts = fact_columns(&offer.facts).map(|fact| fact.unwrap_or(NONE));
    let [dn, customer, call_id, agent_id, agent_name, team, queue] = facts;
    let begins = offer.response.as_ref();
    let id = |id: Option<&[u8; 16]>| id.map_or(NONE_BYTES, |id| id.to_vec());
    values![
        offer.id.as_bytes(),
        offer.at.timestamp_millis(),
        id(offer.service.as_ref().map(ServiceId::as_bytes)),
        dn,
        customer,
        call_id,
        agent_id,
        agent_name,
        team,
        queue,
        offer.result.as_str(),
        offer.trace.as_str(),
        offer.node.as_str(),
        id(begins.map(|response| response.survey.as_bytes())),
        id(begins.map(|response| response.version.as_bytes())),
        begins.map_or(NONE, |response| response.channel.as_str()),
        begins.map_or(NONE, |response| response.language.as_str()),
        begins.map_or(0, |response| response.seed),
    ]
}

fn offer_padding() -> Vec<Value> {
    values![
        NONE_BYTES, 0_i64, NONE_BYTES, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
        NONE_BYTES, NONE_BYTES, NONE, NONE, 0_i64,
    ]
}

fn change_row(update: &ResponseUpdate) -> Vec<Value> {
    let at = update.at.timestamp_millis();
    values![update.id.as_bytes(), update.write.as_bytes(), update.expected_seq, update.state.as_str(), at]
}

fn answer_row(response: ResponseId, answer: &Answer) -> Vec<Value> {
    let (kind, number, text) = answer_columns(&answer.value);
    values![
        response.as_bytes(),
        answer.question_no,
        answer.question_key.as_str(),
        kind,
        Value::IntegerOrNull(number.map(i64::from)),
        text.unwrap_or(NONE),
        answer.at.timestamp_millis(),
    ]
}

/// The questions whose recordings may go, and the recordings that come.
fn recording_rows(update: &ResponseUpdate) -> impl Iterator<Item = Vec<Value>> + '_ {
    let (response, at) = (update.id, update.at.timestamp_millis());
    let gone = update.answers.iter().filter(|answer| may_replace_a_recording(answer)).map(move |answer| {
        values![response.as_bytes(), answer.question_no, NONE_BYTES, at, 0_i64, NONE_BYTES]
    });
    let came = update.recordings.iter().map(move |recording| {
        values![
            response.as_bytes(),
            recording.question_no,
            recording.id.as_bytes(),
            at,
            duration_column(recording.duration),
            recording.audio.to_vec(),
        ]
    });
    gone.chain(came)
}
