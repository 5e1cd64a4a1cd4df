//! What callers did, as one request: the offers and changes of many responses as packed rows, for one statement text that
//! is always the same.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};

use super::packed::{Cell, Columns, Kind, Packer, TextUnits, count_of, length_of, rows_of};
use super::room::Write;
use super::statements as sql;
use super::value::Value;
use crate::domain::response::{Answer, AnswerValue, ResponseState};
use crate::storage::columns::{answer_columns, duration_column, fact_columns};
use crate::storage::{OfferRow, RecordingRow, ResponseFacts, ResponseUpdate};

use Kind::{BigInt, Bytes, Id, Int, Text};

const OFFER: [(&str, Kind); 13] = [
    ("id", Id),
    ("at", BigInt),
    ("service_id", Kind::OrNull(&Id)),
    ("dn", Kind::OrNull(&Text)),
    ("customer", Kind::OrNull(&Text)),
    ("call_id", Kind::OrNull(&Text)),
    ("agent_id", Kind::OrNull(&Text)),
    ("agent_name", Kind::OrNull(&Text)),
    ("team", Kind::OrNull(&Text)),
    ("queue", Kind::OrNull(&Text)),
    ("result", Text),
    ("trace", Text),
    ("node", Text),
];

/// An ask by which somebody is invited, or is not; where it follows a change, the key of that.
const INVITED: [(&str, Kind); 17] = [
    ("id", Id),
    ("at", BigInt),
    ("service_id", Kind::OrNull(&Id)),
    ("dn", Kind::OrNull(&Text)),
    ("customer", Kind::OrNull(&Text)),
    ("call_id", Kind::OrNull(&Text)),
    ("agent_id", Kind::OrNull(&Text)),
    ("agent_name", Kind::OrNull(&Text)),
    ("team", Kind::OrNull(&Text)),
    ("queue", Kind::OrNull(&Text)),
    ("result", Text),
    ("trace", Text),
    ("node", Text),
    ("reference", Kind::OrNull(&Text)),
    ("after_id", Kind::OrNull(&Id)),
    ("after_write_id", Kind::OrNull(&Id)),
    ("after_expected", Kind::OrNull(&BigInt)),
];

const INVITE: [(&str, Kind); 9] = [
    ("id", Id),
    ("at", BigInt),
    ("reference", Text),
    ("cause", Text),
    ("caused_by", Kind::OrNull(&Id)),
    ("number", Kind::OrNull(&Text)),
    ("language", Text),
    ("expires_at", Kind::OrNull(&BigInt)),
    ("remind_at", Kind::OrNull(&BigInt)),
];

/// The message of an invite.
const MESSAGE: [(&str, Kind); 12] = [
    ("invite_id", Id),
    ("invited_at", BigInt),
    ("id", Id),
    ("response_id", Kind::OrNull(&Id)),
    ("purpose", Text),
    ("number", Text),
    ("language", Text),
    ("text", Kind::OrNull(&Text)),
    ("route_wanted", Kind::OrNull(&Text)),
    ("created_at", BigInt),
    ("due_at", BigInt),
    ("expires_at", BigInt),
];

/// Of an ask that led to a response.
const BEGINNING: [(&str, Kind); 7] = [
    ("id", Id),
    ("at", BigInt),
    ("survey_id", Id),
    ("version_id", Id),
    ("channel", Text),
    ("language", Text),
    ("seed", BigInt),
];

// A change that was made is known by the first three columns of those that follow: no other has this key at this place.

const CHANGE: [(&str, Kind); 7] = [
    ("id", Id),
    ("write_id", Id),
    ("expected", BigInt),
    ("state", Text),
    ("at", BigInt),
    ("started_at", Kind::OrNull(&BigInt)),
    ("ended_at", Kind::OrNull(&BigInt)),
];

const ANSWER: [(&str, Kind); 9] = [
    ("id", Id),
    ("write_id", Id),
    ("expected", BigInt),
    ("question_no", Int),
    ("question_key", Text),
    ("kind", Text),
    ("num", Kind::OrNull(&Int)),
    ("text", Kind::OrNull(&Text)),
    ("at", BigInt),
];

/// An answer that takes the place of whatever recording there was.
const SILENCE: [(&str, Kind); 4] = [("id", Id), ("write_id", Id), ("expected", BigInt), ("question_no", Int)];

const RECORDING: [(&str, Kind); 7] = [
    ("id", Id),
    ("write_id", Id),
    ("expected", BigInt),
    ("question_no", Int),
    ("recording_id", Id),
    ("at", BigInt),
    ("duration_ms", BigInt),
];

const AUDIO: [(&str, Kind); 5] =
    [("id", Id), ("write_id", Id), ("expected", BigInt), ("recording_id", Id), ("audio", Bytes)];

/// From this age of a response on, what is counted ahead may hold it: half of what is waited for before a time is counted, so
/// that nodes whose clocks differ agree.
const LATE: TimeDelta = TimeDelta::minutes(30);

/// The texts of requests: with something late or not, with invites or not.
static TEXTS: LazyLock<[String; 4]> =
    LazyLock::new(|| [text(false, false), text(true, false), text(false, true), text(true, true)]);

fn text(late: bool, invites: bool) -> String {
    type Statement = (&'static str, usize, &'static Columns);
    const NONE: &Columns = &[];
    let some = |there: bool, statements: &[Statement]| if there { statements.to_vec() } else { Vec::new() };
    // What follows a change goes after it, and responses begin after all asks.
    let statements: Vec<Statement> = [
        vec![(sql::WRITE_BEGIN, 0, NONE), (sql::WRITE_OFFERS, 0, &OFFER), (sql::WRITE_CHANGES, 2, &CHANGE)],
        some(invites, &[(sql::WRITE_INVITED, 7, &INVITED)]),
        vec![
            (sql::WRITE_BEGINNINGS, 1, &BEGINNING),
            (sql::WRITE_ANSWERS, 3, &ANSWER),
            (sql::WRITE_CORRECTIONS, 3, &ANSWER),
            (sql::WRITE_SILENCES, 4, &SILENCE),
            (sql::WRITE_RECORDINGS, 5, &RECORDING),
            (sql::WRITE_AUDIO, 6, &AUDIO),
        ],
        some(invites, &[(sql::WRITE_INVITES, 8, &INVITE), (sql::WRITE_MESSAGES, 9, &MESSAGE)]),
        some(late, &[(sql::WRITE_ROLLUPS, 1, &BEGINNING), (sql::WRITE_ROLLUPS, 2, &CHANGE)]),
        vec![(sql::WRITE_END, 0, NONE)],
    ]
    .concat();
    let mut text = String::new();
    for (statement, table, columns) in statements {
        let lines = statement.lines().filter(|line| !line.starts_with("--"));
        let lines: Vec<&str> = lines.collect();
        let filled = lines
            .join("\n")
            .replace("(rows)", &rows_of(table, columns))
            .replace("(length)", &length_of(table))
            .replace("(count)", &count_of(table, columns));
        text.push_str(&filled);
        text.push('\n');
    }
    text
}

/// A request that stores a batch.
pub(super) struct Request {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Value>,
}

impl Request {
    /// The request that stores `writes`; of changes it returns the ids of those that are stored.
    pub(super) fn of<'a>(
        writes: impl Iterator<Item = &'a Write>,
        units: TextUnits,
        now: DateTime<Utc>,
    ) -> Self {
        let (mut offers, mut updates, mut late) = (Vec::new(), Vec::new(), false);
        let mut invited: Vec<Invited<'_>> = Vec::new();
        for write in writes {
            // Without a time of its own, it may be of any.
            late |= write.response().made_at().is_none_or(|at| now - at >= LATE);
            match write {
                Write::Offer(offer) if offer.invite.is_some() => invited.push(Invited { offer, after: None }),
                Write::Offer(offer) => offers.push(&**offer),
                Write::Update(update) => {
                    updates.push(&**update);
                    let follow_up = update.follow_up.iter();
                    invited.extend(follow_up.map(|offer| Invited { offer, after: Some(update) }));
                }
            }
        }
        let asked = offers.iter().copied().chain(invited.iter().map(|invited| invited.offer));
        let begun = asked.filter_map(|offer| Some((offer, offer.response.as_ref()?)));
        let answers =
            || updates.iter().flat_map(|update| update.answers.iter().map(move |answer| (*update, answer)));
        let gone = answers().filter(|(_, answer)| may_replace_a_recording(answer));
        let came =
            || updates.iter().flat_map(|update| update.recordings.iter().map(move |came| (*update, came)));
        let mut packer = Packer::new(units);
        packer.table(&OFFER, offers.iter().map(|offer| offer_row(offer)));
        packer.table(&BEGINNING, begun.map(|(offer, begins)| beginning_row(offer, begins)));
        packer.table(&CHANGE, updates.iter().map(|update| change_row(update)));
        packer.table(&ANSWER, answers().map(|(update, answer)| answer_row(update, answer)));
        packer.table(&SILENCE, gone.map(|(update, answer)| silence_row(update, answer)));
        packer.table(&RECORDING, came().map(|(update, recording)| recording_row(update, recording)));
        packer.table(&AUDIO, came().map(|(update, recording)| audio_row(update, recording)));
        if !invited.is_empty() {
            packer.table(&INVITED, invited.iter().map(invited_row));
            packer.table(&INVITE, invited.iter().filter_map(invite_row));
            packer.table(&MESSAGE, invited.iter().filter_map(message_row));
        }
        let [plain, late_plain, inviting, late_inviting] = &*TEXTS;
        let sql = match (late, invited.is_empty()) {
            (false, true) => plain,
            (true, true) => late_plain,
            (false, false) => inviting,
            (true, false) => late_inviting,
        };
        Self { sql, values: packer.finish() }
    }
}

/// Numbers and choices never take the place of a recording, and are most of what is written.
fn may_replace_a_recording(answer: &Answer) -> bool {
    matches!(answer.value, AnswerValue::Text(_) | AnswerValue::Recording(_) | AnswerValue::Skipped)
}

fn offer_row(offer: &OfferRow) -> [Cell<'_>; 13] {
    let facts = fact_columns(&offer.facts).map(|fact| Cell::or_null(fact, Cell::Text));
    let [dn, customer, call_id, agent_id, agent_name, team, queue] = facts;
    [
        Cell::Id(offer.id.as_bytes()),
        Cell::BigInt(offer.at.timestamp_millis()),
        Cell::or_null(offer.service.as_ref(), |service| Cell::Id(service.as_bytes())),
        dn,
        customer,
        call_id,
        agent_id,
        agent_name,
        team,
        queue,
        Cell::Text(&offer.result),
        Cell::Text(&offer.trace),
        Cell::Text(&offer.node),
    ]
}

/// An ask with an invite, and the change that it follows.
struct Invited<'a> {
    offer: &'a OfferRow,
    after: Option<&'a ResponseUpdate>,
}

fn invited_row<'a>(invited: &Invited<'a>) -> [Cell<'a>; 17] {
    let [id, at, service, dn, customer, call, agent, agent_name, team, queue, result, trace, node] =
        offer_row(invited.offer);
    let [after_id, after_write, after_expected] = invited.after.map_or([Cell::Null; 3], key_of);
    let reference = Cell::or_null(invited.offer.invite.as_ref(), |invite| Cell::Text(&invite.reference));
    [
        id,
        at,
        service,
        dn,
        customer,
        call,
        agent,
        agent_name,
        team,
        queue,
        result,
        trace,
        node,
        reference,
        after_id,
        after_write,
        after_expected,
    ]
}

fn invite_row<'a>(invited: &Invited<'a>) -> Option<[Cell<'a>; 9]> {
    let offer = invited.offer;
    let facts = offer.invite.as_ref()?;
    let millis = |at: Option<DateTime<Utc>>| Cell::or_null(at, |at| Cell::BigInt(at.timestamp_millis()));
    Some([
        Cell::Id(offer.id.as_bytes()),
        Cell::BigInt(offer.at.timestamp_millis()),
        Cell::Text(&facts.reference),
        Cell::Text(facts.cause.as_str()),
        Cell::or_null(facts.caused_by.as_ref(), |response| Cell::Id(response.as_bytes())),
        Cell::or_null(facts.number.as_deref(), Cell::Text),
        Cell::Text(&facts.language),
        millis(facts.expires_at),
        millis(facts.remind_at),
    ])
}

fn message_row<'a>(invited: &Invited<'a>) -> Option<[Cell<'a>; 12]> {
    let offer = invited.offer;
    let message = offer.invite.as_ref()?.message.as_ref()?;
    let millis = |at: DateTime<Utc>| Cell::BigInt(at.timestamp_millis());
    Some([
        Cell::Id(offer.id.as_bytes()),
        millis(offer.at),
        Cell::Id(message.id.as_bytes()),
        Cell::or_null(message.response.as_ref(), |response| Cell::Id(response.as_bytes())),
        Cell::Text(message.purpose.as_str()),
        Cell::Text(&message.number),
        Cell::Text(&message.language),
        Cell::or_null(message.text.as_deref(), Cell::Text),
        Cell::or_null(message.route.as_deref(), Cell::Text),
        millis(message.created_at),
        millis(message.due_at),
        millis(message.expires_at),
    ])
}

fn beginning_row<'a>(offer: &'a OfferRow, begins: &'a ResponseFacts) -> [Cell<'a>; 7] {
    [
        Cell::Id(offer.id.as_bytes()),
        Cell::BigInt(offer.at.timestamp_millis()),
        Cell::Id(begins.survey.as_bytes()),
        Cell::Id(begins.version.as_bytes()),
        Cell::Text(begins.channel.as_str()),
        Cell::Text(&begins.language),
        Cell::BigInt(begins.seed),
    ]
}

fn key_of(update: &ResponseUpdate) -> [Cell<'_>; 3] {
    [Cell::Id(update.id.as_bytes()), Cell::Id(update.write.as_bytes()), Cell::BigInt(update.expected_seq)]
}

fn change_row(update: &ResponseUpdate) -> [Cell<'_>; 7] {
    use ResponseState::{Complete, InProgress, Partial};
    let [id, write, expected] = key_of(update);
    let at = update.at.timestamp_millis();
    let starts = matches!(update.state, InProgress | Complete | Partial);
    [
        id,
        write,
        expected,
        Cell::Text(update.state.as_str()),
        Cell::BigInt(at),
        Cell::or_null(starts.then_some(at), Cell::BigInt),
        Cell::or_null((!update.state.is_open()).then_some(at), Cell::BigInt),
    ]
}

fn answer_row<'a>(update: &'a ResponseUpdate, answer: &'a Answer) -> [Cell<'a>; 9] {
    let [id, write, expected] = key_of(update);
    let (kind, number, text) = answer_columns(&answer.value);
    [
        id,
        write,
        expected,
        Cell::Int(answer.question_no.into()),
        Cell::Text(&answer.question_key),
        Cell::Text(kind),
        Cell::or_null(number, Cell::Int),
        Cell::or_null(text, Cell::Text),
        Cell::BigInt(answer.at.timestamp_millis()),
    ]
}

fn silence_row<'a>(update: &'a ResponseUpdate, answer: &'a Answer) -> [Cell<'a>; 4] {
    let [id, write, expected] = key_of(update);
    [id, write, expected, Cell::Int(answer.question_no.into())]
}

fn recording_row<'a>(update: &'a ResponseUpdate, recording: &'a RecordingRow) -> [Cell<'a>; 7] {
    let [id, write, expected] = key_of(update);
    [
        id,
        write,
        expected,
        Cell::Int(recording.question_no.into()),
        Cell::Id(recording.id.as_bytes()),
        Cell::BigInt(update.at.timestamp_millis()),
        Cell::BigInt(duration_column(recording.duration)),
    ]
}

fn audio_row<'a>(update: &'a ResponseUpdate, recording: &'a RecordingRow) -> [Cell<'a>; 5] {
    let [id, write, expected] = key_of(update);
    [id, write, expected, Cell::Id(recording.id.as_bytes()), Cell::Bytes(&recording.audio)]
}
