//! `/api/v1/keys`: the keys by which machines use the API.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::api_key::ApiSecret;
use crate::domain::contact::Name;
use crate::foundation::ApiKeyId;
use crate::storage::{ApiKeyRow, KeyScope, StorageErrorKind};

/// What a key can be made for here: what there is an API for.
const SCOPES: [KeyScope; 4] = [KeyScope::Ivr, KeyScope::Chat, KeyScope::Read, KeyScope::Admin];

/// All keys by name, those that were revoked too.
pub(super) async fn list(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::ManageUsers)?;
    let keys: Vec<Value> = portal.keys.keys().await?.iter().map(show).collect();
    Ok(Json(json!({"keys": keys, "scopes": SCOPES})))
}

fn show(key: &ApiKeyRow) -> Value {
    json!({
        "name": key.name,
        "scopes": key.scopes,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    })
}

/// A key to be made.
#[derive(Deserialize)]
pub(super) struct NewKey {
    name: String,
    scopes: Vec<String>,
}

/// Makes a key; its secret is in the reply and nowhere else.
pub(super) async fn add(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<NewKey>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::ManageUsers)?;
    let name =
        Name::parse(&body.name).map_err(|error| PortalError::bad("bad_name", format!("the name {error}")))?;
    let name = name.ok_or_else(|| PortalError::bad("bad_name", "the name is empty"))?;
    let scopes: Option<Vec<KeyScope>> =
        body.scopes.iter().map(|word| KeyScope::parse(word).filter(|scope| SCOPES.contains(scope))).collect();
    let mut scopes = scopes.filter(|scopes| !scopes.is_empty()).ok_or_else(|| {
        let all = SCOPES.map(KeyScope::as_str).join(", ");
        PortalError::bad("bad_scopes", format!("say what the key is for, at least one of {all}"))
    })?;
    scopes.sort_unstable();
    scopes.dedup();
    let (now, secret) = (portal.clock.now(), ApiSecret::generate(&*portal.chance));
    let row = ApiKeyRow {
        id: ApiKeyId::new(now, &*portal.chance),
        name: name.as_str().to_owned(),
        hash: secret.hash(),
        scopes,
        created_at: now,
        last_used_at: None,
        revoked_at: None,
    };
    let deed = Deed::new(AuditAction::KeyAdded, name.as_str(), json!({"scopes": row.scopes}));
    let audit = portal.told(&person, deed);
    match portal.keys.add_key(row, Some(audit)).await {
        Ok(()) => Ok(HttpResponse::Created().json(json!({"name": name.as_str(), "secret": secret.expose()}))),
        Err(error) if error.kind == StorageErrorKind::Duplicate => Err(PortalError::conflict(
            "name_taken",
            format!("a key {} is in use already: take another name, or revoke that one first", name.as_str()),
        )),
        Err(error) => Err(error.into()),
    }
}

/// Revokes a key: from the next moment on nobody gets in by it, at any node.
pub(super) async fn revoke(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::ManageUsers)?;
    let audit = portal.told(&person, Deed::plain(AuditAction::KeyRevoked, &name));
    if portal.keys.revoke_key(name.clone(), portal.clock.now(), Some(audit)).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(PortalError::nothing(format!("there is no key {name} in use")))
}
