//! `/api/v1/views`: filters that a person saved under a name.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::foundation::ViewId;
use crate::storage::SavedViewRow;

/// The pages that have filters.
const PAGES: [&str; 2] = ["responses", "reports"];
/// Characters of a name at most.
const NAME_LONGEST: usize = 100;
/// Characters of the filters at most.
const QUERY_LONGEST: usize = 2000;

/// The own views by page and name.
pub(super) async fn list(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    let views = portal.accounts.saved_views(person.account.id).await?;
    let show = |view: &SavedViewRow| json!({"id": view.id, "page": view.page, "name": view.name, "query": view.query});
    Ok(Json(json!({"views": views.iter().map(show).collect::<Vec<_>>()})))
}

/// A view to be saved.
#[derive(Deserialize)]
pub(super) struct NewView {
    page: String,
    name: String,
    query: String,
}

/// Saves a view, in place of the one of the same name.
pub(super) async fn put(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<NewView>,
) -> Result<HttpResponse, PortalError> {
    let name = body.name.trim();
    if name.is_empty() || name.chars().count() > NAME_LONGEST || name.chars().any(char::is_control) {
        let message = format!("the name has 1 to {NAME_LONGEST} characters, on one line");
        return Err(PortalError::bad("bad_name", message));
    }
    if !PAGES.contains(&body.page.as_str()) || body.query.chars().count() > QUERY_LONGEST {
        return Err(PortalError::bad("bad_parameter", "these filters cannot be saved"));
    }
    let now = portal.clock.now();
    let view = SavedViewRow {
        id: ViewId::new(now, &*portal.chance),
        account: person.account.id,
        page: body.page.clone(),
        name: name.to_owned(),
        query: body.query.clone(),
        created_at: now,
    };
    portal.accounts.put_saved_view(view).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Deletes a view.
pub(super) async fn remove(
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, PortalError> {
    let gone = || PortalError::nothing("this view is not there any more");
    let id: ViewId = id.parse().map_err(|_| gone())?;
    if portal.accounts.delete_saved_view(person.account.id, id).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(gone())
}
