//! Links to responses in SQL Server.

use chrono::{DateTime, Utc};

use super::change::{Change, first};
use super::value::values;
use super::{MssqlStorage, statements as sql};
use crate::domain::lease::Fence;
use crate::storage::{LinkStore, ResponseLinkRow, StoreFuture};

impl LinkStore for MssqlStorage {
    fn put_response_link(&self, link: ResponseLinkRow) -> StoreFuture<'_, bool> {
        let [created, expires] = [link.created_at, link.expires_at].map(|at| at.timestamp_millis());
        let values = values![&link.hash, link.response.as_bytes(), created, expires];
        let change = Change::default()
            .or_undo(sql::RESPONSE_LINK_INSERT, values)
            .made_if(sql::RESPONSE_LINK_MADE, values![&link.hash]);
        let made = self.change("cannot make the link", change, |made| Ok(made.is_done()));
        Box::pin(async move {
            match made.await {
                // The same link again.
                Err(error) if error.kind == crate::storage::StorageErrorKind::Duplicate => Ok(true),
                made => made,
            }
        })
    }

    fn response_link(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<ResponseLinkRow>> {
        self.read("cannot read the link", sql::RESPONSE_LINK_GET, values![&hash], |answers| {
            Ok(first(answers).map(|mut row| row.response_link()).transpose()?)
        })
    }

    fn delete_stale_response_links(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        let values = values![before.timestamp_millis(), limit];
        self.fenced("cannot delete links whose time is over", sql::RESPONSE_LINKS_DELETE_STALE, fence, values)
    }
}
