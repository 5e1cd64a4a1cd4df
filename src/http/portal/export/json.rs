//! Responses as a file for programs.

use actix_web::web::Bytes;
use futures_util::{Stream, stream};

use super::Pages;
use super::columns::Columns;
use crate::http::portal::error::PortalError;
use crate::reports::sheet::json;

/// What stands between two objects.
const BETWEEN: &str = ",\n";

/// Responses, as they are read.
pub(super) fn stream(pages: Pages, columns: Columns) -> impl Stream<Item = Result<Bytes, PortalError>> {
    stream::try_unfold(Some((pages, columns, "[\n")), |state| async move {
        // `before`: what stands before the next object; the bracket as long as none was written.
        let Some((mut pages, columns, mut before)) = state else { return Ok(None) };
        let Some(found) = pages.next().await? else {
            let end = if before == BETWEEN { "\n]\n" } else { "[]\n" };
            return Ok(Some((Bytes::from_static(end.as_bytes()), None)));
        };
        let mut written = Vec::new();
        for response in &found {
            written.extend_from_slice(before.as_bytes());
            json::put(&mut written, columns.names(), &pages.row(response, &columns))?;
            before = BETWEEN;
        }
        Ok(Some((Bytes::from(written), Some((pages, columns, before)))))
    })
}
