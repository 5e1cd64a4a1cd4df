//! Versions: read, and held against each other and the draft.

use actix_web::web::{Data, Json, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{difference_of, draft_of, read_value};
use crate::domain::account::Right;
use crate::http::portal::error::PortalError;
use crate::http::portal::session::SignedIn;
use crate::http::portal::state::Portal;
use crate::storage::VersionRow;

/// How the draft is called where a version's number could stand.
const DRAFT: &str = "draft";

/// One version.
pub(in crate::http::portal) async fn version(
    portal: Data<Portal>,
    person: SignedIn,
    path: Path<(String, u32)>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let (key, number) = path.into_inner();
    let version = find(portal.catalog.versions(key.clone()).await?, &key, &number.to_string())?;
    Ok(Json(json!({
        "number": version.number,
        "published_at": version.published_at,
        "document": read_value(&version.document),
    })))
}

/// What is held against what.
#[derive(Deserialize)]
pub(in crate::http::portal) struct Compared {
    from: String,
    to: String,
}

/// How two versions, or a version and the draft, differ.
pub(in crate::http::portal) async fn changes(
    portal: Data<Portal>,
    person: SignedIn,
    key: Path<String>,
    compared: Query<Compared>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let versions = portal.catalog.versions(key.clone()).await?;
    let draft = draft_of(&portal, &key).await?;
    let text = |which: &str| -> Result<String, PortalError> {
        if which == DRAFT {
            return Ok(draft.document.clone());
        }
        find(versions.clone(), &key, which).map(|version| version.document)
    };
    Ok(Json(json!({"changes": difference_of(&text(&compared.from)?, &text(&compared.to)?)})))
}

fn find(versions: Vec<VersionRow>, key: &str, number: &str) -> Result<VersionRow, PortalError> {
    let found = versions.into_iter().find(|version| version.number.to_string() == number);
    found.ok_or_else(|| PortalError::nothing(format!("there is no version {number} of {key}")))
}
