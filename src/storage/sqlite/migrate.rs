//! Brings a database to this program's schema. The migrations, their numbering, checksums and history table are
//! refinery's; they are applied here because all of it, from reading the history on, must be one transaction that
//! holds the write lock: then two processes that start at once cannot both apply the same migration.

use std::path::Path;

use refinery::Migration;
use rusqlite::Connection;

use super::connect::{APPLICATION_ID, all, application_id, run};
use super::fault::{Failure, Fault};
use super::statements::{HISTORY, HISTORY_INSERT, HISTORY_TABLE, TABLES};
use crate::foundation::Clock;
use crate::storage::StorageErrorKind;

mod embedded {
    #![allow(unreachable_pub, reason = "the macro writes `pub`")]
    refinery::embed_migrations!("migrations/sqlite");
}

/// A migration that was applied to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its number.
    pub version: u32,
    /// Its name, such as `first_tables`.
    pub name: String,
    /// When (RFC 3339).
    pub applied_at: String,
    checksum: String,
}

/// A migration that is yet to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMigration {
    /// Its number.
    pub version: u32,
    /// Its name.
    pub name: String,
}

/// Where a database stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationStatus {
    /// What was applied, oldest first; a newer program's migrations are among them.
    pub applied: Vec<AppliedMigration>,
    /// What the next start applies.
    pub pending: Vec<PendingMigration>,
}

impl MigrationStatus {
    /// Number of the newest migration applied; 0 for none.
    pub fn schema(&self) -> u32 {
        self.applied.last().map_or(0, |newest| newest.version)
    }
}

/// Number of the newest migration this program knows.
pub fn newest_schema() -> u32 {
    known().iter().map(number).max().unwrap_or(0)
}

/// Applies what is pending, all of it or nothing.
pub(super) fn migrate(conn: &Connection, path: &Path, clock: &dyn Clock) -> Result<(), Fault> {
    let fault = |failure: Failure| Fault::of(failure, path);
    conn.execute_batch("BEGIN IMMEDIATE").map_err(|error| fault(error.into()))?;
    let done = apply_pending(conn, path, clock)
        .and_then(|()| conn.execute_batch("COMMIT").map_err(|error| fault(error.into())));
    if done.is_err() && !conn.is_autocommit() {
        // The first error says more than a failing rollback would.
        drop(conn.execute_batch("ROLLBACK"));
    }
    done
}

fn apply_pending(conn: &Connection, path: &Path, clock: &dyn Clock) -> Result<(), Fault> {
    let fault = |failure: Failure| Fault::of(failure, path);
    run(conn, HISTORY_TABLE, &[]).map_err(fault)?;
    let status = read_status(conn, path)?;
    verify(&status, path)?;
    for migration in known() {
        if status.pending.iter().any(|pending| pending.version == number(&migration)) {
            apply(conn, &migration, clock).map_err(fault)?;
        }
    }
    Ok(())
}

fn apply(conn: &Connection, migration: &Migration, clock: &dyn Clock) -> Result<(), Failure> {
    conn.execute_batch(migration.sql().unwrap_or_default())?;
    let applied_at = clock.now().to_rfc3339();
    let checksum = migration.checksum().to_string();
    run(conn, HISTORY_INSERT, &[&migration.version(), &migration.name(), &applied_at, &checksum])?;
    Ok(())
}

/// What is applied and what is not, from a database that is ours or empty.
pub(super) fn read_status(conn: &Connection, path: &Path) -> Result<MigrationStatus, Fault> {
    let applied = read_applied(conn).map_err(|failure| Fault::of(failure, path))?;
    let pending = known()
        .iter()
        .filter(|migration| !applied.iter().any(|done| done.version == number(migration)))
        .map(|migration| PendingMigration { version: number(migration), name: migration.name().to_owned() })
        .collect();
    Ok(MigrationStatus { applied, pending })
}

pub(super) fn read_applied(conn: &Connection) -> Result<Vec<AppliedMigration>, Failure> {
    let (tables, history): (i64, i64) = conn.query_row(TABLES, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let ours = application_id(conn)? == APPLICATION_ID;
    if tables > history && !ours {
        let what = "it is a database of another program; name another file";
        return Err(Failure::Own(StorageErrorKind::Corrupt, what.into()));
    }
    if history == 0 {
        return Ok(Vec::new());
    }
    all(conn, HISTORY, &[], |row| {
        let (version, name) = (row.get(0)?, row.get(1)?);
        Ok(AppliedMigration { version, name, applied_at: row.get(2)?, checksum: row.get(3)? })
    })
}

/// Refuses a database of a newer program, and one whose migrations are not ours.
pub(super) fn verify(status: &MigrationStatus, path: &Path) -> Result<(), Fault> {
    let known = known();
    for applied in &status.applied {
        match known.iter().find(|migration| number(migration) == applied.version) {
            None => {
                let what = format!(
                    "{} has schema {}, this program knows up to {}; start the newer aftercall that upgraded it",
                    path.display(),
                    status.schema(),
                    newest_schema()
                );
                return Err(Fault::new(StorageErrorKind::NewerSchema, what));
            }
            Some(migration) if migration.checksum().to_string() != applied.checksum => {
                let what = format!(
                    "migration {} (`{}`) of {} was not applied by a release of aftercall; bring back a backup",
                    applied.version,
                    applied.name,
                    path.display()
                );
                return Err(Fault::new(StorageErrorKind::Corrupt, what));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn known() -> Vec<Migration> {
    let mut migrations = embedded::migrations::runner().get_migrations().clone();
    migrations.sort();
    migrations
}

fn number(migration: &Migration) -> u32 {
    u32::try_from(migration.version()).unwrap_or(0)
}
