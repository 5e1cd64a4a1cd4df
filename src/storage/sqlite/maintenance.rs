//! The database as a file: does it still take writes, what is in it, a copy of it.

use std::path::{Path, PathBuf};

use super::connect::{Opener, first, run};
use super::fault::{Fault, beside};
use super::job::gone;
use super::{SqliteStorage, backup, migrate, statements as sql, threads};
use crate::storage::{MaintenanceStore, StorageFacts, StorageVitals, StoreFuture};

impl MaintenanceStore for SqliteStorage {
    fn probe(&self) -> StoreFuture<'_, ()> {
        let at = self.opener().clock.now().timestamp_millis();
        self.write("cannot write to the database", move |conn| run(conn, sql::PROBE, &[&at]).map(|_| ()))
    }

    fn facts(&self) -> StoreFuture<'_, StorageFacts> {
        let path = self.opener().path().to_owned();
        self.read_long("cannot read what the database is", move |conn| {
            let counts = first(conn, sql::COUNTS, &[], |row| Ok((row.count()?, row.count()?)))?;
            let (responses, answers) = counts.unwrap_or((0, 0));
            let schema =
                migrate::read_applied(&migrate::DATABASE, conn)?.last().map_or(0, |newest| newest.version);
            Ok(StorageFacts {
                engine: format!("SQLite {}", rusqlite::version()),
                schema,
                size_bytes: Some(size_on_disk(&path)),
                responses,
                answers,
            })
        })
    }

    fn vitals(&self) -> StorageVitals {
        self.file.vitals()
    }

    fn backup(&self, to: PathBuf) -> StoreFuture<'_, u64> {
        let opener = self.opener().clone();
        Box::pin(async move {
            let (reply, result) = tokio::sync::oneshot::channel();
            // A thread of its own: a copy of a large database must not stand before reads.
            threads::start("ac-db-backup", move || drop(reply.send(backup::write(&opener, &to))))?;
            result.await.map_err(|_| gone("cannot write the backup"))?
        })
    }

    fn fold_log(&self) -> StoreFuture<'_, ()> {
        const DOING: &str = "cannot fold the log into the database";
        let opener = self.opener().clone();
        Box::pin(async move {
            let (reply, result) = tokio::sync::oneshot::channel();
            threads::start("ac-db-fold", move || drop(reply.send(fold(&opener))))?;
            result.await.map_err(|_| gone(DOING))?.map_err(|fault| fault.error(DOING))
        })
    }
}

fn fold(opener: &Opener) -> Result<(), Fault> {
    let link = opener.writer(false)?;
    // The row tells whether somebody was in the way; then the log stays, as after a crash.
    let folded = link.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    folded.map_err(|error| link.fault(error))
}

/// Bytes of the database and its log.
fn size_on_disk(path: &Path) -> u64 {
    let size = |ending| std::fs::metadata(beside(path, ending)).map_or(0, |data| data.len());
    size("") + size("-wal")
}
