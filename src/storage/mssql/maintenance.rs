//! The database as a thing to be kept healthy.

use std::path::PathBuf;

use super::responses::count;
use super::value::values;
use super::{Change, MssqlStorage, Statement, statements as sql};
use crate::storage::{
    MaintenanceStore, StorageError, StorageErrorKind, StorageFacts, StorageVitals, StoreFuture,
};

impl MaintenanceStore for MssqlStorage {
    fn probe(&self) -> StoreFuture<'_, ()> {
        let at = self.engine.dialer.clock.now().timestamp_millis();
        self.change("cannot write to the database", Change::of(sql::PROBE, values![at]), super::catalog::done)
    }

    fn facts(&self) -> StoreFuture<'_, StorageFacts> {
        self.run("cannot read what the database is", |engine| async move {
            let server = engine.server().await?;
            let counts = engine
                .ask(Statement::Once(sql::COUNTS), &[], Some(engine.dialer.settings.report_timeout))
                .await?;
            let size = count(engine.ask(Statement::Once(sql::SIZE), &[], None).await?)
                .map_err(|failure| engine.fault(failure))?;
            let counted = super::change::first(counts).map(|mut row| Ok((row.count()?, row.count()?)));
            let (responses, answers) =
                counted.transpose().map_err(|e: super::Failure| engine.fault(e))?.unwrap_or((0, 0));
            let schema = engine.schema().await?.schema();
            let size_bytes = Some(size).filter(|size| *size > 0);
            Ok(StorageFacts { engine: server.name(), schema, size_bytes, responses, answers })
        })
    }

    fn vitals(&self) -> StorageVitals {
        self.writers.as_ref().map(|writers| writers.vitals(&self.engine)).unwrap_or_default()
    }

    fn backup(&self, to: PathBuf) -> StoreFuture<'_, u64> {
        let place = self.engine.dialer.place();
        Box::pin(async move {
            let doing = format!("cannot back up {place} to {}", to.display());
            if to.exists() {
                let what = "the target exists already; name a new file, nothing is overwritten";
                return Err(StorageError::new(StorageErrorKind::Duplicate, doing, what));
            }
            let what = "SQL Server writes its backups itself, to a disk of its own (BACKUP DATABASE, or the site's backup \
                        software); `aftercall copy` makes a SQLite file of it";
            Err(StorageError::new(StorageErrorKind::Internal, doing, what))
        })
    }

    fn fold_log(&self) -> StoreFuture<'_, ()> {
        // The server keeps its log by itself.
        Box::pin(async { Ok(()) })
    }
}
