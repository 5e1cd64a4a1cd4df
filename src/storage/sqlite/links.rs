//! Links to responses in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::ToSql;

use super::SqliteStorage;
use super::connect::{first, run};
use super::fault::Failure;
use super::responses::count;
use super::statements as sql;
use crate::domain::lease::Fence;
use crate::storage::columns::Columns;
use crate::storage::{LinkStore, ResponseLinkRow, StoreFuture};

impl LinkStore for SqliteStorage {
    fn put_response_link(&self, link: ResponseLinkRow) -> StoreFuture<'_, bool> {
        self.write("cannot make the link", move |conn| {
            let known = first(conn, sql::RESPONSE_LINK_GET, &[&link.hash], Columns::response_link)?;
            if known.is_some() {
                return Ok(true);
            }
            let [created, expires] = [link.created_at, link.expires_at].map(|at| at.timestamp_millis());
            let values: [&dyn ToSql; 4] = [&link.hash, link.response.as_bytes(), &created, &expires];
            Ok::<_, Failure>(run(conn, sql::RESPONSE_LINK_INSERT, &values)? > 0)
        })
    }

    fn response_link(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<ResponseLinkRow>> {
        self.read("cannot read the link", move |conn| {
            first(conn, sql::RESPONSE_LINK_GET, &[&hash], Columns::response_link)
        })
    }

    fn delete_stale_response_links(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.write("cannot delete links whose time is over", move |conn| {
            let values: [&dyn ToSql; 4] =
                [&fence.role.as_str(), &fence.epoch, &before.timestamp_millis(), &limit];
            count(run(conn, sql::RESPONSE_LINKS_DELETE_STALE, &values))
        })
    }
}
