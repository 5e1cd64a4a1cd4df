//! The contract of the storage against each engine there is: one line each.

use std::sync::Arc;

use aftercall::foundation::SystemClock;
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};

use crate::storage_contract::{Engine, contract};
use crate::support::mssql::TestDatabase;

#[expect(clippy::unnecessary_wraps, reason = "there is not always a server for the other engine")]
fn sqlite_in_a_folder(_test: &str) -> Option<Engine> {
    let folder = tempfile::tempdir().unwrap();
    let settings = SqliteSettings::new(folder.path().join("aftercall.db"));
    let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
    Some(Engine { storage, folder, database: None })
}

fn mssql_in_a_database(test: &str) -> Option<Engine> {
    let database = TestDatabase::empty(test)?;
    let storage = database.open();
    Some(Engine { storage, folder: tempfile::tempdir().unwrap(), database: Some(database) })
}

contract!(sqlite, crate::storage_engines::sqlite_in_a_folder);
contract!(mssql, crate::storage_engines::mssql_in_a_database);
