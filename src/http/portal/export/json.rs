//! Files for programs: a list of objects, named as the columns of the other forms.

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use serde_json::{Map, Value};

use super::table::{Columns, Row, Sheet};
use super::{Pages, plain};
use crate::http::portal::error::PortalError;

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

/// A sheet as a whole.
pub(super) fn whole(sheet: &Sheet) -> String {
    Value::from(sheet.rows.iter().map(|row| object(&sheet.names, row)).collect::<Vec<_>>()).to_string()
}

fn object(names: &[String], row: &Row) -> Value {
    Value::Object(names.iter().cloned().zip(row.iter().map(plain)).collect::<Map<_, _>>())
}
