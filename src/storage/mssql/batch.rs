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
const ANSWER_COLUMNS: usize = 6;
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
    /// Whether it is offers that are in it; `None` while nothing is.
    offers: Option<bool>,
    /// Those that are in it or wait.
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
    /// Takes a write in, unless it has to wait for another batch. The first one always fits; none passes an earlier one on its
    /// response that has to wait.
    pub(super) fn takes(&mut self, write: &Write) -> bool {
        if !self.responses.insert(write.response()) {
            return false;
        }
        let rows = self.rows.and(Rows::of(write));
        let is_offer = matches!(write, Write::Offer(_));
        let full = self.bytes > BYTES_MAX || rows.parameters() > PARAMETERS_MAX;
        if self.offers.is_some_and(|offers| full || offers != is_offer) {
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

/// Where rows of parameters stand in a statement.
const ROWS: &str = "(rows)";
/// An id that is not there.
const NONE_BYTES: Vec<u8> = Vec::new();

/// Rows as a statement names them: each a list of parameters.
type Places = Vec<Vec<usize>>;

impl Request {
    /// The request that stores `writes`, all of one kind; of changes it returns the ids of those that are stored.
    pub(super) fn of<'a>(writes: impl Iterator<Item = &'a Write>) -> Self {
        let (mut offers, mut updates) = (Vec::new(), Vec::new());
        for write in writes {
            match write {
                Write::Offer(offer) => offers.push(&**offer),
                Write::Update(update) => updates.push(&**update),
            }
        }
        let mut request = Self { sql: sql::WRITE_BEGIN.to_owned(), values: Vec::new() };
        if !offers.is_empty() {
            request.offers(&offers);
        }
        if !updates.is_empty() {
            request.updates(&updates);
        }
        request.sql.push_str(sql::WRITE_END);
        request
    }

    fn offers(&mut self, offers: &[&OfferRow]) {
        let rows = offers.iter().map(|offer| offer_row(offer)).collect();
        let asks = self.bind(rows, offer_padding);
        self.say(sql::WRITE_OFFERS, &asks);
        let begun: Vec<_> = offers.iter().zip(&asks).filter(|(offer, _)| offer.response.is_some()).collect();
        if begun.is_empty() {
            return;
        }
        let rows = begun.iter().map(|(offer, _)| beginning_row(offer)).collect();
        let rows = self.bind(rows, || values![NONE_BYTES, NONE_BYTES, NONE, NONE, 0_i64]);
        // Those left over belong to no ask: the first one's parameters stand for theirs, with an id that is not there.
        let spare = self.value(NONE_BYTES.into());
        let of_ask = begun.iter().map(|(_, ask)| vec![ask[0], ask[1]]);
        let of_ask = of_ask.chain(std::iter::repeat(vec![spare, asks[0][1]]));
        let rows: Places = of_ask.zip(rows).map(|(ask, row)| [ask, row].concat()).collect();
        self.say(sql::WRITE_BEGINNINGS, &rows);
    }

    fn updates(&mut self, updates: &[&ResponseUpdate]) {
        let rows = updates.iter().map(|update| change_row(update)).collect();
        let changes = self.bind(rows, || values![NONE_BYTES, NONE_BYTES, 0_i64, NONE, 0_i64]);
        self.say(sql::WRITE_CHANGES, &changes);
        // Response, write and sequence number of a row's change; for those left over of none.
        let spare = self.value(NONE_BYTES.into());
        let none = vec![spare, spare, changes[0][2]];
        let key = |place: usize| changes[place][..3].to_vec();

        let (mut of, mut rows) = (Vec::new(), Vec::new());
        for (place, update) in updates.iter().enumerate() {
            of.extend(update.answers.iter().map(|_| key(place)));
            rows.extend(update.answers.iter().map(answer_row));
        }
        let came = rows.len();
        if came > 0 {
            let rows = self.bind(rows, || values![0_i64, NONE, NONE, 0_i64, NONE, 0_i64]);
            let rows = with_keys(of, &none, rows);
            self.say(sql::WRITE_ANSWERS, &rows);
            let count = self.value(i64::try_from(came).unwrap_or(i64::MAX).into());
            // Writing into a String cannot fail.
            let _ = writeln!(self.sql, "IF @@ROWCOUNT < @P{count}");
            self.say(sql::WRITE_CORRECTIONS, &rows);
        }
        self.recordings(updates, &none, key);
    }

    fn recordings(&mut self, updates: &[&ResponseUpdate], none: &[usize], key: impl Fn(usize) -> Vec<usize>) {
        let (mut of, mut silenced) = (Vec::new(), Vec::new());
        let (mut of_came, mut came, mut audio) = (Vec::new(), Vec::new(), Vec::new());
        for (place, update) in updates.iter().enumerate() {
            let gone = update.answers.iter().filter(|answer| may_replace_a_recording(answer));
            for question in gone.map(|answer| answer.question_no) {
                of.push(key(place));
                silenced.push(values![question]);
            }
            for recording in &update.recordings {
                let (id, at) = (recording.id.as_bytes(), update.at.timestamp_millis());
                of_came.push(key(place));
                came.push(values![recording.question_no, id, at, duration_column(recording.duration)]);
                audio.push(values![id, recording.audio.to_vec()]);
            }
        }
        if !silenced.is_empty() {
            let rows = self.bind(silenced, || values![0_i64]);
            self.say(sql::WRITE_SILENCES, &with_keys(of, none, rows));
        }
        if !came.is_empty() {
            let rows = self.bind(came, || values![0_i64, NONE_BYTES, 0_i64, 0_i64]);
            self.say(sql::WRITE_RECORDINGS, &with_keys(of_came.clone(), none, rows));
            let rows = self.bind(audio, || values![NONE_BYTES, NONE_BYTES]);
            self.say(sql::WRITE_AUDIO, &with_keys(of_came, none, rows));
        }
    }

    /// Adds the parameters of rows, and of as many left over as it takes to the next power of two.
    fn bind(&mut self, mut rows: Vec<Vec<Value>>, padding: impl Fn() -> Vec<Value>) -> Places {
        rows.resize_with(padded(rows.len()), padding);
        rows.into_iter().map(|row| row.into_iter().map(|value| self.value(value)).collect()).collect()
    }

    /// Adds a parameter; its number.
    fn value(&mut self, value: Value) -> usize {
        self.values.push(value);
        self.values.len()
    }

    /// Adds a statement with these rows.
    fn say(&mut self, statement: &str, rows: &Places) {
        let mut text = String::new();
        for (place, row) in rows.iter().enumerate() {
            text.push_str(if place == 0 { "(" } else { ",(" });
            for (column, parameter) in row.iter().enumerate() {
                let comma = if column == 0 { "" } else { "," };
                let _ = write!(text, "{comma}@P{parameter}");
            }
            text.push(')');
        }
        self.sql.push_str(&statement.replace(ROWS, &text));
    }
}

/// Rows behind the keys of their changes; behind none for those left over.
fn with_keys(of: Vec<Vec<usize>>, none: &[usize], rows: Places) -> Places {
    let keys = of.into_iter().chain(std::iter::repeat(none.to_vec()));
    keys.zip(rows).map(|(key, row)| [key, row].concat()).collect()
}

fn offer_row(offer: &OfferRow) -> Vec<Value> {
    let facts = fact_columns(&offer.facts).map(|fact| fact.unwrap_or(NONE));
    let [dn, customer, call_id, agent_id, agent_name, team, queue] = facts;
    values![
        offer.id.as_bytes(),
        offer.at.timestamp_millis(),
        offer.service.as_ref().map_or(NONE_BYTES, |id: &ServiceId| id.as_bytes().to_vec()),
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
    ]
}

fn offer_padding() -> Vec<Value> {
    values![NONE_BYTES, 0_i64, NONE_BYTES, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE]
}

/// Of an ask that led to a response.
fn beginning_row(offer: &OfferRow) -> Vec<Value> {
    let Some(begins) = &offer.response else { return values![NONE_BYTES, NONE_BYTES, NONE, NONE, 0_i64] };
    values![
        begins.survey.as_bytes(),
        begins.version.as_bytes(),
        begins.channel.as_str(),
        begins.language.as_str(),
        begins.seed,
    ]
}

fn change_row(update: &ResponseUpdate) -> Vec<Value> {
    let at = update.at.timestamp_millis();
    values![update.id.as_bytes(), update.write.as_bytes(), update.expected_seq, update.state.as_str(), at]
}

fn answer_row(answer: &Answer) -> Vec<Value> {
    let (kind, number, text) = answer_columns(&answer.value);
    values![
        answer.question_no,
        answer.question_key.as_str(),
        kind,
        Value::IntegerOrNull(number.map(i64::from)),
        text.unwrap_or(NONE),
        answer.at.timestamp_millis(),
    ]
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::contact::CallFacts;
    use crate::domain::response::ResponseState;
    use crate::foundation::{SeededChance, WriteId};

    #[test]
    fn no_write_passes_an_earlier_one_on_its_response() {
        let (at, chance) = (DateTime::UNIX_EPOCH, SeededChance::new(7));
        let (one, other) = (ResponseId::new(at, &chance), ResponseId::new(at, &chance));
        let update = |id| {
            Write::Update(Box::new(ResponseUpdate {
                id,
                write: WriteId::new(at, &chance),
                expected_seq: 0,
                answers: Vec::new(),
                state: ResponseState::InProgress,
                recordings: Vec::new(),
                at,
            }))
        };
        let offer = Write::Offer(Box::new(OfferRow {
            id: other,
            at,
            facts: CallFacts::default(),
            service: None,
            result: "offered".into(),
            trace: "[]".into(),
            node: "a".into(),
            response: None,
        }));
        let mut room = Room::default();
        assert!(room.takes(&update(one)));
        assert!(!room.takes(&offer), "an offer does not go with changes");
        assert!(!room.takes(&update(other)), "the offer of its response waits");
        assert!(!room.takes(&update(one)), "a response is in a batch once");
    }
}
