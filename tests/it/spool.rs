//! Callers are served while the database is away, and everything they did is in it afterwards, once.

mod entries;
mod file;
mod held;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aftercall::foundation::SystemClock;
use aftercall::storage::spool::{SpoolSettings, SpooledStorage};
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{StorageError, StorageErrorKind};
use serde_json::Value;

use super::support::{Server, block_on};

/// A database and the spool before it, in one folder.
struct House {
    folder: tempfile::TempDir,
    database: Arc<SqliteStorage>,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings::new(folder.path().join("aftercall.db"));
        let database = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
        Self { folder, database }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("spool.db")
    }

    async fn spool(&self) -> Arc<SpooledStorage> {
        self.spool_of(100_000_000).await
    }

    async fn spool_of(&self, bytes_max: u64) -> Arc<SpooledStorage> {
        open(&self.path(), self.database.clone(), bytes_max).await.unwrap()
    }
}

async fn open(
    path: &Path,
    database: Arc<SqliteStorage>,
    bytes_max: u64,
) -> Result<Arc<SpooledStorage>, StorageError> {
    let settings = SpoolSettings { path: path.to_owned(), bytes_max, patience: Duration::from_secs(5) };
    SpooledStorage::open(database, &settings, Arc::new(SystemClock::new())).await
}

/// As if the database had not answered.
fn leave(spool: &SpooledStorage) {
    spool.leave(&StorageError::new(StorageErrorKind::Unavailable, "asking the database", "it is not there"));
}

/// What the server says of itself.
pub async fn health(server: &Server) -> Value {
    serde_json::from_str(&server.http().fresh().get("/health").await.body).unwrap()
}

/// What the server says of its spool.
fn spool_of(server: &Server) -> Value {
    block_on(health(server))["spool"].clone()
}

pub async fn is_away(server: &Server) -> bool {
    health(server).await["spool"]["mode"] == "away"
}

pub async fn is_back(server: &Server) -> bool {
    let spool = &health(server).await["spool"];
    spool["mode"] == "direct" && spool["entries"] == 0
}

/// One figure of `/metrics`.
async fn metric(server: &Server, name: &str) -> f64 {
    let metrics = server.http().fresh().get("/metrics").await.body;
    let line = metrics
        .lines()
        .find(|line| line.starts_with(&format!("{name} ")))
        .unwrap_or_else(|| panic!("{name}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}
