//! The contract of the storage against each engine there is: one line each.

use std::sync::Arc;

use aftercall::foundation::SystemClock;
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};

use crate::storage_contract::{Engine, contract};

fn sqlite_in_a_folder() -> Engine {
    let folder = tempfile::tempdir().unwrap();
    let settings = SqliteSettings::new(folder.path().join("aftercall.db"));
    let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
    Engine { storage, folder }
}

contract!(sqlite, crate::storage_engines::sqlite_in_a_folder);
