//! `/api/v1/customers`: what there is of a customer, and forgetting it with proof. The number comes in a body: it stands in no
//! address, and so in no log on the way.

use actix_web::web::{Data, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::contact::Number;
use crate::storage::{Erasure, ResponseFilter};

/// Counted no further than this.
const COUNTED_MAX: u32 = 10_000;

/// A customer.
#[derive(Deserialize)]
pub(super) struct Customer {
    number: String,
}

/// How much there is of a customer.
pub(super) async fn look_up(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<Customer>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::ForgetPeople)?;
    let number = number_of(&body.number)?;
    let filter = ResponseFilter { customer: Some(number.clone()), ..ResponseFilter::default() };
    let responses = portal.archive.count_responses(filter, COUNTED_MAX).await?;
    let asks = portal.responses.offers(None, Some(number), COUNTED_MAX).await?.len();
    Ok(Json(json!({"responses": responses, "asks": asks})))
}

/// A customer to be forgotten, and how.
#[derive(Deserialize)]
pub(super) struct Forgotten {
    number: String,
    how: String,
}

/// Forgets a customer. The reply is the proof, which stands in the audit log as well.
pub(super) async fn forget(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<Forgotten>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::ForgetPeople)?;
    let number = number_of(&body.number)?;
    let (how, action) = match body.how.as_str() {
        "delete" => (Erasure::Delete, AuditAction::CustomerDeleted),
        "anonymise" => (Erasure::Anonymise, AuditAction::CustomerAnonymised),
        _ => return Err(PortalError::bad("bad_parameter", "how: delete or anonymise")),
    };
    let subject = shortened(&number);
    let audit = portal.told(&person, Deed::plain(action, &subject));
    let (id, at) = (audit.id, audit.at);
    let erased = portal.archive.erase_customer(number.clone(), how, audit).await?;
    let filter = ResponseFilter { customer: Some(number), ..ResponseFilter::default() };
    let left = portal.archive.count_responses(filter, COUNTED_MAX).await?;
    Ok(Json(json!({
        "id": id,
        "at": at,
        "by": person.account.name.as_str(),
        "customer": subject,
        "how": body.how,
        "erased": erased,
        "left": left,
    })))
}

/// A number as the audit log has it: too little of it to tell who it was.
fn shortened(number: &str) -> String {
    let last: Vec<char> = number.chars().rev().take(2).collect();
    format!("…{}", last.into_iter().rev().collect::<String>())
}

fn number_of(text: &str) -> Result<String, PortalError> {
    let bad = |why: String| PortalError::bad("bad_number", format!("the number {why}"));
    let number = Number::parse(text).map_err(|error| bad(error.to_string()))?;
    Ok(number.ok_or_else(|| bad("is empty".to_owned()))?.as_str().to_owned())
}
