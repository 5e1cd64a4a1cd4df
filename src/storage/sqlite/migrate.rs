//! Brings a database to this program's schema. All of it, from reading the history on, is one transaction that holds
//! the write lock: then two processes that start at once cannot both apply the same migration.

use std::path::Path;

use refinery::Migration;
use rusqlite::Connection;

use super::connect::{all, application_id, first, run};
use super::fault::{Failure, Fault};
use super::statements::{HISTORY, HISTORY_INSERT, HISTORY_TABLE, SCHEMA_FLOOR, TABLES};
use crate::foundation::Clock;
use crate::storage::StorageErrorKind;
use crate::storage::columns::Columns;
use crate::storage::schema::{AppliedMigration, MigrationStatus, in_order, number};

mod embedded {
    #![allow(unreachable_pub, reason = "the macro writes `pub`")]
    refinery::embed_migrations!("migrations/sqlite");
}

/// What makes a file one of ours: its mark, and the migrations that make its tables.
#[derive(Clone, Copy)]
pub(in crate::storage) struct Scheme {
    /// The `application_id` that its first migration sets.
    pub(in crate::storage) mark: i32,
    /// Its migrations, in any order.
    pub(in crate::storage) migrations: fn() -> Vec<Migration>,
}

/// The database: its mark is "aftc".
pub(super) const DATABASE: Scheme =
    Scheme { mark: 0x6166_7463, migrations: || embedded::migrations::runner().get_migrations().clone() };

impl Scheme {
    fn known(&self) -> Vec<Migration> {
        in_order((self.migrations)())
    }
}

/// Number of the newest migration this program knows.
pub fn newest_schema() -> u32 {
    DATABASE.known().iter().map(number).max().unwrap_or(0)
}

/// Applies what is pending, all of it or nothing.
pub(super) fn migrate(
    scheme: &Scheme,
    conn: &Connection,
    path: &Path,
    clock: &dyn Clock,
) -> Result<(), Fault> {
    let fault = |failure: Failure| Fault::of(failure, path);
    conn.execute_batch("BEGIN IMMEDIATE").map_err(|error| fault(error.into()))?;
    let done = apply_pending(scheme, conn, path, clock)
        .and_then(|()| conn.execute_batch("COMMIT").map_err(|error| fault(error.into())));
    if done.is_err() && !conn.is_autocommit() {
        // The first error says more than a failing rollback would.
        drop(conn.execute_batch("ROLLBACK"));
    }
    done
}

fn apply_pending(scheme: &Scheme, conn: &Connection, path: &Path, clock: &dyn Clock) -> Result<(), Fault> {
    let fault = |failure: Failure| Fault::of(failure, path);
    run(conn, HISTORY_TABLE, &[]).map_err(fault)?;
    let status = read_status(scheme, conn, path)?;
    verify(scheme, &status, path)?;
    for migration in scheme.known() {
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
pub(super) fn read_status(scheme: &Scheme, conn: &Connection, path: &Path) -> Result<MigrationStatus, Fault> {
    let fault = |failure: Failure| Fault::of(failure, path);
    let (applied, floor) = (read_applied(scheme, conn).map_err(fault)?, read_floor(conn).map_err(fault)?);
    Ok(MigrationStatus::of(applied, floor, &scheme.known()))
}

pub(super) fn read_applied(scheme: &Scheme, conn: &Connection) -> Result<Vec<AppliedMigration>, Failure> {
    let (tables, history, _) = tables(conn)?;
    let ours = application_id(conn)? == scheme.mark;
    if tables > history && !ours {
        let what = "it is a database of another program; name another file";
        return Err(Failure::Own(StorageErrorKind::Corrupt, what.into()));
    }
    if history == 0 {
        return Ok(Vec::new());
    }
    all(conn, HISTORY, &[], Columns::applied)
}

fn read_floor(conn: &Connection) -> Result<Option<u32>, Failure> {
    let (_, _, floors) = tables(conn)?;
    if floors == 0 {
        return Ok(None);
    }
    first(conn, SCHEMA_FLOOR, &[], Columns::get)
}

/// How many tables there are, how many of them are the history, how many the floor.
fn tables(conn: &Connection) -> Result<(i64, i64, i64), Failure> {
    Ok(conn.query_row(TABLES, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
}

/// Refuses a database that asks for a newer program, and one whose migrations are not ours.
pub(super) fn verify(scheme: &Scheme, status: &MigrationStatus, path: &Path) -> Result<(), Fault> {
    match status.objection(&scheme.known(), &path.display().to_string()) {
        Some((kind, what)) => Err(Fault::new(kind, what)),
        None => Ok(()),
    }
}
