//! `/api/v1/invite-list`: a list of customers, looked through before anybody is invited, then invited piece by piece.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::error::PortalError;
use super::super::session::SignedIn;
use super::super::state::Portal;
use crate::actors::survey_engine::Invite;
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::contact::{CallFacts, ForeignId, Name};
use crate::domain::invite::InviteCause;
use crate::domain::sms::PhoneNumber;
use crate::foundation::{BoundedText, ResponseId};

/// Customers in a list at most.
const ROWS_MAX: usize = 10_000;
/// Bytes of a list at most.
const BYTES_MAX: usize = 2 * 1024 * 1024;
/// Customers invited by one request at most: it is answered within the time that any is.
const PIECE: usize = 50;

/// A list as it was uploaded.
#[derive(Deserialize)]
pub(in crate::http::portal) struct ListBody {
    /// CSV with a head. Columns: `number`, and where wanted `language`, `agent_name`, `reference`.
    csv: String,
}

/// One customer of a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::http::portal) struct ListRow {
    /// The line in the file, from 1.
    line: usize,
    /// The number as it stands there.
    number: String,
    /// The language wished for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    language: String,
    /// The agent's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    agent_name: String,
    /// The list's own id of the contact.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reference: String,
    /// Why nobody is invited by this line; empty: somebody may be.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    problem: String,
}

/// Looks through a list: what each line says, and what is wrong with it.
pub(in crate::http::portal) async fn check(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<ListBody>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::Invite)?;
    if body.csv.len() > BYTES_MAX {
        let message = format!("the list is larger than {} MB: send it in parts", BYTES_MAX / 1024 / 1024);
        return Err(PortalError::bad("too_large", message));
    }
    let mut rows = parse(&body.csv)?;
    let mut seen = std::collections::HashMap::new();
    for row in &mut rows {
        row.problem = match PhoneNumber::read(&row.number, portal.settings.region) {
            Err(error) => error.to_string(),
            Ok(number) if !number.may_get_texts() => "the number gets no text messages".to_owned(),
            Ok(number) => match seen.insert(number.as_str().to_owned(), row.line) {
                Some(line) => format!("the number stands in line {line} already"),
                None => opted_out(&portal, number.as_str()).await?,
            },
        };
    }
    let bad = rows.iter().filter(|row| !row.problem.is_empty()).count();
    Ok(Json(json!({"rows": rows, "good": rows.len() - bad, "bad": bad})))
}

async fn opted_out(portal: &Portal, number: &str) -> Result<String, PortalError> {
    let row = portal.invites.opt_out(number.to_owned()).await?;
    Ok(row.map_or_else(String::new, |_| "the number wants no messages".to_owned()))
}

fn parse(csv: &str) -> Result<Vec<ListRow>, PortalError> {
    let delimiter = if csv.lines().next().unwrap_or_default().contains(';') { b';' } else { b',' };
    let csv = csv.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(csv.as_bytes());
    let unreadable =
        |error: csv::Error| PortalError::bad("bad_list", format!("the list cannot be read: {error}"));
    let head = reader.headers().map_err(unreadable)?.clone();
    let column = |name: &str| head.iter().position(|head| head.eq_ignore_ascii_case(name));
    let number = column("number").ok_or_else(|| {
        PortalError::bad(
            "bad_list",
            "the first line has to name the columns: number, and where wanted language, agent_name, reference",
        )
    })?;
    let [language, agent_name, reference] = ["language", "agent_name", "reference"].map(column);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let get =
            |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or_default().to_owned();
        let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
        let row = ListRow {
            line,
            number: get(Some(number)),
            language: get(language),
            agent_name: get(agent_name),
            reference: get(reference),
            problem: String::new(),
        };
        rows.push(row);
        if rows.len() > ROWS_MAX {
            let message = format!("the list has more than {ROWS_MAX} lines: send it in parts");
            return Err(PortalError::bad("too_large", message));
        }
    }
    Ok(rows)
}

/// A piece of a list to be invited.
#[derive(Deserialize)]
pub(in crate::http::portal) struct PieceBody {
    /// The list, by an id that its page made: a line that is sent twice is invited once.
    list: String,
    service: String,
    /// Whether the customers agreed to be written to.
    consent: bool,
    rows: Vec<ListRow>,
}

/// Invites the customers of a piece; how many, and why not the others.
pub(in crate::http::portal) async fn send(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<PieceBody>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::Invite)?;
    let too_long = || PortalError::bad("bad_list", format!("a piece has {PIECE} lines at most"));
    if body.rows.len() > PIECE {
        return Err(too_long());
    }
    let list: Option<BoundedText<60>> =
        BoundedText::parse(&body.list).map_err(|_| PortalError::bad("bad_list", "the list has no id"))?;
    let list = list.ok_or_else(|| PortalError::bad("bad_list", "the list has no id"))?;
    let (mut invited, mut refused) = (0u32, Map::new());
    for row in &body.rows {
        let ask = ask(&portal, &body, list.as_str(), row);
        let decided = portal.api.engine.ask(ask, portal.settings.patience).await;
        let decided = decided.map_err(|error| PortalError::internal(&error.to_string()))?;
        let decided = decided.map_err(|error| PortalError::internal(&error.to_string()))?;
        if decided.expires_at.is_some() {
            invited += 1;
        } else {
            let count = refused.entry(decided.result).or_insert(json!(0));
            *count = json!(count.as_u64().unwrap_or(0) + 1);
        }
    }
    let deed = Deed::new(
        AuditAction::ListInvited,
        &body.service,
        json!({"lines": body.rows.len(), "invited": invited}),
    );
    portal.accounts.note_audit(portal.told(&person, deed)).await?;
    Ok(Json(json!({"invited": invited, "refused": refused})))
}

fn ask(portal: &Portal, body: &PieceBody, list: &str, row: &ListRow) -> Invite {
    let name: Option<Name> = BoundedText::parse(&row.agent_name).ok().flatten();
    let call: Option<ForeignId> = BoundedText::parse(&row.reference).ok().flatten();
    let language: Option<BoundedText<35>> = BoundedText::parse(&row.language).ok().flatten();
    Invite {
        id: ResponseId::new(portal.clock.now(), &*portal.chance),
        draw: portal.chance.fraction(),
        seed: portal.chance.bits().cast_signed(),
        reference: Some(format!("list:{list}:{}", row.line)),
        cause: InviteCause::List,
        facts: CallFacts { agent_name: name, call_id: call, ..CallFacts::default() },
        service: Some(body.service.clone()),
        number: Some(row.number.chars().take(60).collect()),
        consent: body.consent,
        language: language.map(|language| language.to_string()),
    }
}
