//! Responses as a workbook. It can be sent only as a whole, so that there are fewer rows in one than in the other forms.

use tokio::sync::mpsc;

use super::Pages;
use super::columns::Columns;
use crate::http::portal::error::PortalError;
use crate::reports::sheet::{Row, xlsx};

/// Rows of a workbook at most.
const MOST: u32 = 200_000;
/// Pages that wait for being written.
const WAITING: usize = 2;

/// Responses. Rows are written on a thread for such work, while the next are read.
pub(super) async fn book(mut pages: Pages, columns: Columns) -> Result<Vec<u8>, PortalError> {
    let (hand, mut take) = mpsc::channel::<Vec<Row>>(WAITING);
    let names = columns.names().to_vec();
    let write = actix_web::web::block(move || xlsx::write(&names, || take.blocking_recv()));
    let read = async move {
        let mut count = 0;
        while let Some(found) = pages.next().await? {
            count += found.len();
            if count > MOST as usize {
                let message = format!(
                    "a workbook takes at most {MOST} responses: narrow the filters, or take the CSV file"
                );
                return Err(PortalError::conflict("too_many_rows", message));
            }
            let rows = found.iter().map(|response| pages.row(response, &columns)).collect();
            if hand.send(rows).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    let (written, read) = futures_util::future::join(write, read).await;
    read?;
    Ok(written.map_err(|error| PortalError::internal(&error.to_string()))??)
}
