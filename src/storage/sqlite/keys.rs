//! API keys in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::ToSql;

use super::SqliteStorage;
use super::catalog::changed;
use super::connect::{all, run};
use super::statements as sql;
use crate::foundation::ApiKeyId;
use crate::storage::columns::{Columns, scopes_text};
use crate::storage::{ApiKeyRow, AuditRow, KeyStore, StoreFuture};

impl KeyStore for SqliteStorage {
    fn keys(&self) -> StoreFuture<'_, Vec<ApiKeyRow>> {
        self.read("cannot list the API keys", |conn| all(conn, sql::API_KEYS, &[], Columns::api_key))
    }

    fn add_key(&self, key: ApiKeyRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        self.write("cannot add the API key", move |conn| {
            let values: [&dyn ToSql; 7] = [
                key.id.as_bytes(),
                &key.name,
                &key.hash,
                &scopes_text(&key.scopes),
                &key.created_at.timestamp_millis(),
                &key.last_used_at.map(|at| at.timestamp_millis()),
                &key.revoked_at.map(|at| at.timestamp_millis()),
            ];
            run(conn, sql::API_KEY_INSERT, &values)?;
            changed(conn, audit.as_ref())
        })
    }

    fn revoke_key(&self, name: String, now: DateTime<Utc>, audit: Option<AuditRow>) -> StoreFuture<'_, bool> {
        self.write("cannot revoke the API key", move |conn| {
            let found = run(conn, sql::API_KEY_REVOKE, &[&name, &now.timestamp_millis()])? > 0;
            if found {
                changed(conn, audit.as_ref())?;
            }
            Ok(found)
        })
    }

    fn touch_keys(&self, used: Vec<(ApiKeyId, DateTime<Utc>)>) -> StoreFuture<'_, ()> {
        self.write("cannot record the use of API keys", move |conn| {
            for (key, at) in &used {
                run(conn, sql::API_KEY_TOUCH, &[key.as_bytes(), &at.timestamp_millis()])?;
            }
            Ok(())
        })
    }
}
