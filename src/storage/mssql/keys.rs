//! API keys in SQL Server.

use chrono::{DateTime, Utc};

use super::catalog::{done, raised, told};
use super::change::Change;
use super::responses::all;
use super::value::{Value, values};
use super::{MssqlStorage, statements as sql};
use crate::foundation::ApiKeyId;
use crate::storage::columns::{Columns, scopes_text};
use crate::storage::{ApiKeyRow, AuditRow, KeyStore, StoreFuture};

impl KeyStore for MssqlStorage {
    fn keys(&self) -> StoreFuture<'_, Vec<ApiKeyRow>> {
        self.read("cannot list the API keys", sql::API_KEYS, Vec::new(), |answers| {
            all(answers, Columns::api_key)
        })
    }

    fn add_key(&self, key: ApiKeyRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        let values = values![
            key.id.as_bytes(),
            key.name.as_str(),
            &key.hash,
            scopes_text(&key.scopes),
            key.created_at.timestamp_millis(),
            Value::IntegerOrNull(key.last_used_at.map(|at| at.timestamp_millis())),
            Value::IntegerOrNull(key.revoked_at.map(|at| at.timestamp_millis())),
        ];
        let change = told(raised().then(sql::API_KEY_INSERT, values), audit.as_ref())
            .made_if(sql::API_KEY_EXISTS, values![key.id.as_bytes()]);
        self.change("cannot add the API key", change, done)
    }

    fn revoke_key(&self, name: String, now: DateTime<Utc>, audit: Option<AuditRow>) -> StoreFuture<'_, bool> {
        let revoked = raised().or_undo(sql::API_KEY_REVOKE, values![name, now.timestamp_millis()]);
        let change = told(revoked, audit.as_ref());
        self.change("cannot revoke the API key", change, |made| Ok(made.is_done()))
    }

    fn touch_keys(&self, used: Vec<(ApiKeyId, DateTime<Utc>)>) -> StoreFuture<'_, ()> {
        let change = used.iter().fold(Change::default(), |change, (key, at)| {
            change.then(sql::API_KEY_TOUCH, values![key.as_bytes(), at.timestamp_millis()])
        });
        self.change("cannot record the use of API keys", change, done)
    }
}
