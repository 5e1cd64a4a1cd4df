//! `/api/v1/settings`: what this node was started with. It is read here; a setting is changed where it was set.

use actix_web::web::{Data, Json};
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::config::ShownSetting;
use crate::domain::account::Right;

/// Every setting of this node.
pub(super) async fn list(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeSystem)?;
    let show = |setting: &ShownSetting| json!({"key": setting.path, "value": setting.value, "origin": setting.origin, "doc": setting.doc});
    Ok(Json(json!({
        "node": portal.settings.node,
        "settings": portal.settings.shown.iter().map(show).collect::<Vec<_>>(),
    })))
}
