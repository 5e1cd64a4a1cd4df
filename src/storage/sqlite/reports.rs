//! Figures for reports, counted by `SQLite`.

use rusqlite::Connection;

use super::SqliteStorage;
use super::connect::all;
use super::fault::Failure;
use super::statements as sql;
use crate::storage::columns::{Columns, Unreadable};
use crate::storage::records::{AgentNames, Bounds};
use crate::storage::{ReportFilter, ReportGroup, ReportStore, StateCountRow, StoreFuture, TallyRow};

impl ReportStore for SqliteStorage {
    fn tallies(&self, filter: ReportFilter) -> StoreFuture<'_, Vec<TallyRow>> {
        self.read_long("cannot count the answers", move |conn| {
            let names = agent_names(conn, &filter)?;
            counted(conn, sql::REPORT_TALLIES, &filter, |row| row.tally(&names))
        })
    }

    fn state_counts(&self, filter: ReportFilter) -> StoreFuture<'_, Vec<StateCountRow>> {
        self.read_long("cannot count the responses", move |conn| {
            let names = agent_names(conn, &filter)?;
            counted(conn, sql::REPORT_STATES, &filter, |row| row.state_count(&names))
        })
    }
}

fn agent_names(conn: &Connection, filter: &ReportFilter) -> Result<AgentNames, Failure> {
    if filter.group != ReportGroup::Agent {
        return Ok(AgentNames::new());
    }
    let Bounds { surveys, from, until } = filter.bounds();
    let names = all(conn, sql::REPORT_AGENT_NAMES, &[&surveys.0, &surveys.1, &from, &until], |row| {
        Ok((row.get()?, row.get()?))
    })?;
    Ok(names.into_iter().collect())
}

fn counted<T>(
    conn: &Connection,
    statement: &str,
    filter: &ReportFilter,
    read: impl FnMut(&mut Columns) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Failure> {
    let Bounds { surveys, from, until } = filter.bounds();
    let group = filter.group.as_str();
    all(conn, statement, &[&surveys.0, &surveys.1, &from, &until, &group], read)
}
