//! The messages of a draft as they would be sent: how many parts they take, and why. Stored nowhere.

use actix_web::web::Json;
use serde::Deserialize;
use serde_json::{Value, json};

use super::draft;
use crate::domain::account::Right;
use crate::domain::survey::{DraftedMessage, drafted_messages};
use crate::http::portal::error::PortalError;
use crate::http::portal::session::SignedIn;

/// A draft.
#[derive(Deserialize)]
pub(in crate::http::portal) struct MessagesBody {
    document: Value,
}

/// What the messages of a draft look like at their longest.
pub(in crate::http::portal) async fn messages(
    person: SignedIn,
    body: Json<MessagesBody>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let document = draft::parse(body.into_inner().document)?;
    let messages: Vec<Value> = drafted_messages(&document).iter().map(shown).collect();
    Ok(Json(json!({ "messages": messages })))
}

fn shown(message: &DraftedMessage) -> Value {
    let measured = &message.measured;
    let (single, several) = measured.coding.units();
    json!({
        "path": message.path,
        "text": message.text,
        "coding": measured.coding.as_str(),
        "parts": measured.parts,
        "units_in_part": if measured.parts > 1 { several } else { single },
        "units": measured.units,
        "left": measured.left,
        "forced": measured.forced.iter().map(char::to_string).collect::<Vec<_>>(),
    })
}
