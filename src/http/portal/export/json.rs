//! Files for programs: a list of objects, named as the columns of the other forms.

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use serde_json::{Map, Value};

use super::table::{Columns, Row, Sheet};
use super::{Pages, plain};
use crate::http::portal::error::PortalError;

/// Responses, as they are read.
pub(super) fn stream(pages: Pages, columns: Columns) -> impl Stream<Item = Result<Bytes, PortalError>> {
    stream::try_unfold(Some((pages, columns, true)), |state| async move {
        let Some((mut pages, columns, is_first)) = state else { return Ok(None) };
        let mut text = String::from(if is_first { "[" } else { "" });
        let Some(found) = pages.next().await? else {
            text.push_str("\n]\n");
            return Ok(Some((Bytes::from(text), None)));
        };
        let mut has_more = !is_first;
        for response in &found {
            text.push_str(if has_more { ",\n" } else { "\n" });
            text.push_str(&object(columns.names(), &pages.row(response, &columns)).to_string());
            has_more = true;
        }
        // Until something was written the next one is the first.
        Ok(Some((Bytes::from(text), Some((pages, columns, is_first && found.is_empty())))))
    })
}

/// A sheet as a whole.
pub(super) fn whole(sheet: &Sheet) -> String {
    Value::from(sheet.rows.iter().map(|row| object(&sheet.names, row)).collect::<Vec<_>>()).to_string()
}

fn object(names: &[String], row: &Row) -> Value {
    Value::Object(names.iter().cloned().zip(row.iter().map(plain)).collect::<Map<_, _>>())
}
