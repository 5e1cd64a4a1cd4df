//! Responses as a file for spreadsheets.

use actix_web::web::Bytes;
use futures_util::{Stream, stream};

use super::Pages;
use super::columns::Columns;
use crate::http::portal::error::PortalError;
use crate::reports::sheet::csv;

/// Responses, as they are read.
pub(super) fn stream(pages: Pages, columns: Columns) -> impl Stream<Item = Result<Bytes, PortalError>> {
    stream::try_unfold((pages, columns, true), |(mut pages, columns, is_first)| async move {
        let mut writer = csv::writer(if is_first { csv::MARK.to_vec() } else { Vec::new() });
        if is_first {
            csv::head(&mut writer, columns.names())?;
        } else {
            let Some(found) = pages.next().await? else { return Ok(None) };
            for response in &found {
                csv::put(&mut writer, &pages.row(response, &columns))?;
            }
        }
        Ok(Some((Bytes::from(csv::written(writer)?), (pages, columns, false))))
    })
}
