//! `aftercall migrate`: brings the database up to date, or shows where it stands.

use std::process::ExitCode;

use super::args::{MigrateArgs, MigrateCommand};
use super::engine::{Migrations, block_on, migrations, open_storage};
use super::failure::Outcome;
use super::output::say;
use crate::config::Config;

/// Migrates, or with `status` only looks.
pub(super) fn run(args: &MigrateArgs, config: &Config) -> Outcome {
    let before = migrations(config)?;
    if let Some(MigrateCommand::Status) = args.command {
        print(&before);
        return Ok(ExitCode::SUCCESS);
    }
    // Opening is what migrates; there is no other way to a handle that writes.
    let storage = open_storage(config)?;
    let facts = block_on(storage.facts())??;
    before.pending.iter().for_each(|name| say!("applied  {name}"));
    say!("the database is up to date: {}, schema {}", facts.engine, facts.schema);
    Ok(ExitCode::SUCCESS)
}

fn print(migrations: &Migrations) {
    migrations.applied.iter().for_each(|name| say!("applied  {name}"));
    migrations.pending.iter().for_each(|name| say!("pending  {name}"));
    if migrations.pending.is_empty() {
        say!("the database is up to date");
    } else {
        say!("{} to be applied: run `aftercall migrate`, or start the server", migrations.pending.len());
    }
}
