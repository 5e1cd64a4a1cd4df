//! `/api/v1/system`: how this node is, and what the nodes say of themselves in the database.

use actix_web::web::{Data, Json};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::error::PortalError;
use super::messages::routes_json;
use super::session::SignedIn;
use super::state::Portal;
use crate::domain::account::Right;
use crate::http::cluster;
use crate::http::health;
use crate::storage::StorageError;
use crate::telemetry::recent_lines;

/// Everything the page of the system shows. While the database is away, what this node knows by itself.
pub(super) async fn system(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeSystem)?;
    Ok(Json(picture(&portal).await))
}

/// The same, for whoever may see it.
pub(super) async fn picture(portal: &Portal) -> Value {
    let (cluster, cluster_error) = match timeout(portal.settings.patience, cluster_of(portal)).await {
        Ok(Ok(cluster)) => (cluster, None),
        Ok(Err(error)) => (Value::Null, Some(error.to_string())),
        Err(_) => (Value::Null, Some("the database does not answer in time".to_owned())),
    };
    let gateways = match timeout(portal.settings.patience, portal.outbox.routes()).await {
        Ok(Ok(routes)) => routes_json(&routes, &portal.settings.sms_routes, portal.clock.now()),
        _ => Value::Null,
    };
    json!({
        "node": portal.settings.node,
        "now": portal.clock.now(),
        "health": health::report(&portal.api),
        "cluster": cluster,
        "cluster_error": cluster_error,
        "gateways": gateways["routes"],
        "recent": recent_lines(),
    })
}

async fn cluster_of(portal: &Portal) -> Result<Value, StorageError> {
    let nodes = portal.nodes.nodes().await?;
    let leases = portal.leases.leases().await?;
    Ok(cluster::as_json(&nodes, &leases, &cluster::warnings_of(&nodes)))
}
