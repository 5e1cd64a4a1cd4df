//! Responses as a file for programs.

use actix_web::web::Bytes;
use futures_util::{Stream, stream};

use super::Pages;
use super::columns::Columns;
use crate::http::portal::error::PortalError;
use crate::reports::sheet::json::object;

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
        let mut text = String::new();
        for response in &found {
            text.push_str(before);
            text.push_str(&object(columns.names(), &pages.row(response, &columns)).to_string());
            before = BETWEEN;
        }
        Ok(Some((Bytes::from(text), Some((pages, columns, before)))))
    })
}
