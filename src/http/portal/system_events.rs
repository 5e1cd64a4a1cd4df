//! `/api/v1/system/events`: the system's page as it goes on: the same picture again every two seconds, as server-sent events. The
//! stream ends with the session, and when this node is about to stop, so that nobody has to be waited for.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use futures_util::stream;

use super::error::PortalError;
use super::session::{SignedIn, lasts};
use super::state::Portal;
use super::system::picture;
use crate::domain::account::Right;

/// Between two pictures.
const EVERY: Duration = Duration::from_secs(2);

/// The pictures.
pub(super) async fn events(portal: Data<Portal>, person: SignedIn) -> Result<HttpResponse, PortalError> {
    person.must(Right::SeeSystem)?;
    let hash = person.session.token_hash;
    let events = stream::unfold((portal, true), move |(portal, is_first)| async move {
        if !is_first {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = portal.leaving.cancelled() => return None,
            }
            // Asked by no person, so that a page left open does not keep its session alive.
            if !lasts(&portal, hash).await {
                return None;
            }
        }
        let event = format!("data: {}\n\n", picture(&portal).await);
        Some((Ok::<_, PortalError>(Bytes::from(event)), (portal, false)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        // A proxy before the portal hands on what comes as it comes.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(Box::pin(events)))
}
