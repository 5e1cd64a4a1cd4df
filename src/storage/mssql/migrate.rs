//! Brings a database to this program's schema. All of it, from reading the history on, is one transaction that holds an
//! application lock: then two nodes that start at once cannot both apply the same migration, and one that fails half
//! way leaves the schema as it was.

use refinery::Migration;

use super::change::first;
use super::fault::{Failure, Fault};
use super::link::Link;
use super::responses::all;
use super::value::values;
use super::{Engine, Remedy, statements as sql};
use crate::storage::StorageErrorKind;
use crate::storage::columns::Columns;
use crate::storage::schema::{MigrationStatus, in_order, number};

mod embedded {
    #![allow(unreachable_pub, reason = "the macro writes `pub`")]
    refinery::embed_migrations!("migrations/mssql");
}

/// What separates the batches of a migration, on a line of its own: a statement cannot name a column that its own batch
/// adds.
const SEPARATOR: &str = "GO";

/// Applies what is pending, all of it or nothing.
pub(super) async fn migrate(engine: &Engine) -> Result<(), Fault> {
    let mut tries = super::Tries::default();
    loop {
        let mut link = engine.pool.take().await?;
        // A migration of a large table takes its time.
        link.set_limit(engine.dialer.settings.report_timeout);
        let done = bring_up(engine, &mut link).await;
        link.set_limit(engine.dialer.settings.statement_timeout);
        let Err(failure) = done else { return Ok(()) };
        link.undo().await;
        let fault = engine.struck(&link, failure);
        drop(link);
        // Not written before its commit: what broke may be begun anew.
        let remedy = repeated(&fault);
        tries.again(engine, fault.with(remedy)).await?;
    }
}

fn repeated(fault: &Fault) -> Remedy {
    if fault.kind == StorageErrorKind::Duplicate { Remedy::RetryNow } else { fault.remedy }
}

async fn bring_up(engine: &Engine, link: &mut Link) -> Result<(), Failure> {
    let place = engine.dialer.place();
    // Most starts find everything done: they take no lock.
    let status = read_status(link).await?;
    verify(&status, &place)?;
    if status.pending.is_empty() {
        return Ok(());
    }
    link.batch("BEGIN TRANSACTION").await?;
    lock(link, engine).await?;
    link.run(sql::HISTORY_TABLE, &[]).await?;
    let status = read_status(link).await?;
    verify(&status, &place)?;
    for migration in known() {
        if status.pending.iter().any(|pending| pending.version == number(&migration)) {
            apply(engine, link, &migration).await?;
        }
    }
    link.batch("COMMIT TRANSACTION").await?;
    Ok(())
}

/// Waits for another node that is at it.
async fn lock(link: &mut Link, engine: &Engine) -> Result<(), Failure> {
    let wait = engine.dialer.settings.report_timeout.as_millis() / 2;
    let text = format!(
        "DECLARE @got INT; EXEC @got = sp_getapplock @Resource = N'aftercall migration', @LockMode = N'Exclusive', \
         @LockOwner = N'Transaction', @LockTimeout = {wait}; SELECT @got"
    );
    let got: i32 = first(link.batch(&text).await?).map(|mut row| row.get()).transpose()?.unwrap_or(-1);
    if got >= 0 {
        return Ok(());
    }
    let what =
        format!("another node has been upgrading {} for too long; look at its log", engine.dialer.place());
    Err(Failure::Own(StorageErrorKind::Locked, what))
}

async fn apply(engine: &Engine, link: &mut Link, migration: &Migration) -> Result<(), Failure> {
    for batch in batches(migration.sql().unwrap_or_default()) {
        link.batch(&batch).await?;
    }
    let applied_at = engine.dialer.clock.now().to_rfc3339();
    let version = i64::from(number(migration));
    let values = values![version, migration.name(), applied_at, migration.checksum().to_string()];
    link.run(sql::HISTORY_INSERT, &values).await?;
    Ok(())
}

/// The parts of a script between its separators.
fn batches(script: &str) -> Vec<String> {
    let mut batches = vec![String::new()];
    for line in script.lines() {
        if line.trim() == SEPARATOR {
            batches.push(String::new());
        } else if let Some(batch) = batches.last_mut() {
            batch.push_str(line);
            batch.push('\n');
        }
    }
    batches.retain(|batch| !batch.trim().is_empty());
    batches
}

/// What is applied and what is not, from a database that is ours or empty.
pub(super) async fn read_status(link: &mut Link) -> Result<MigrationStatus, Failure> {
    let counts = first(link.ask(sql::TABLES, &[]).await?);
    let (tables, history, floors) = match counts {
        Some(mut row) => (row.count()?, row.count()?, row.count()?),
        None => (0, 0, 0),
    };
    if tables > 0 && history == 0 {
        let what = "it holds tables of another program; give aftercall an empty database of its own";
        return Err(Failure::Own(StorageErrorKind::Corrupt, what.to_owned()));
    }
    let applied =
        if history == 0 { Vec::new() } else { all(link.ask(sql::HISTORY, &[]).await?, Columns::applied)? };
    let floor = if floors == 0 {
        None
    } else {
        first(link.ask(sql::SCHEMA_FLOOR, &[]).await?).map(|mut row| row.get()).transpose()?
    };
    Ok(MigrationStatus::of(applied, floor, &known()))
}

/// Refuses a database that asks for a newer program, and one whose migrations are not ours.
pub(super) fn verify(status: &MigrationStatus, place: &str) -> Result<(), Failure> {
    match status.objection(&known(), place) {
        Some((kind, what)) => Err(Failure::Own(kind, what)),
        None => Ok(()),
    }
}

fn known() -> Vec<Migration> {
    in_order(embedded::migrations::runner().get_migrations().clone())
}

impl Engine {
    /// Where the schema stands.
    pub(super) async fn schema(&self) -> Result<MigrationStatus, Fault> {
        let mut link = self.pool.take().await?;
        match read_status(&mut link).await {
            Ok(status) => Ok(status),
            Err(failure) => {
                link.undo().await;
                Err(self.struck(&link, failure))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_cut_at_lines_that_hold_the_separator_alone() {
        assert_eq!(batches("A\n go \nB\nGO\n\nC -- GO on\n  GO  \n"), ["A\n go \nB\n", "\nC -- GO on\n"]);
    }
}
