//! Figures for reports, counted by `SQLite`.

use std::num::NonZeroU32;

use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::connect::{all, tallied};
use super::fault::Failure;
use super::rollups::counted_ahead;
use super::statements as sql;
use crate::storage::columns::{Cell, Columns, Unreadable};
use crate::storage::records::{AgentNames, Bounds, team_marks};
use crate::storage::{
    CountedAhead, Page, ReportFilter, ReportStore, StateCountKey, StateCountRow, StoreFuture, TallyKey,
    TallyRow,
};

impl ReportStore for SqliteStorage {
    fn tallies(&self, filter: ReportFilter, page: Page<TallyKey>) -> StoreFuture<'_, Vec<TallyRow>> {
        self.read_long("cannot count the answers", move |conn| {
            let names = agent_names(conn, &filter)?;
            let Page { after, limit } = &page;
            let TallyKey { survey, group, version, question, kind, num, text } = after;
            let after: [&dyn ToSql; 7] = [survey, group, version, question, kind, num, text];
            counted(conn, sql::REPORT_TALLIES, (&filter, &after, *limit), |row| row.tally(&names))
        })
    }

    fn state_counts(
        &self,
        filter: ReportFilter,
        page: Page<StateCountKey>,
    ) -> StoreFuture<'_, Vec<StateCountRow>> {
        self.read_long("cannot count the responses", move |conn| {
            let names = agent_names(conn, &filter)?;
            let Page { after: StateCountKey { survey, group, state }, limit } = &page;
            let after: [&dyn ToSql; 3] = [survey, group, state];
            counted(conn, sql::REPORT_STATES, (&filter, &after, *limit), |row| row.state_count(&names))
        })
    }

    fn counted_ahead(&self, filter: ReportFilter, zone: String) -> StoreFuture<'_, CountedAhead> {
        self.read_long("cannot read what is counted ahead", move |conn| counted_ahead(conn, &filter, &zone))
    }
}

fn agent_names(conn: &Connection, filter: &ReportFilter) -> Result<AgentNames, Failure> {
    if !filter.group.is_of_agents() {
        return Ok(AgentNames::new());
    }
    let Bounds { surveys, from, until } = filter.bounds();
    let names = all(conn, sql::REPORT_AGENT_NAMES, &[&surveys.0, &surveys.1, &from, &until], |row| {
        Ok((row.get()?, row.get()?))
    })?;
    Ok(names.into_iter().collect())
}

/// The first rows after a place, each with how often the statement gives it.
fn counted<T>(
    conn: &Connection,
    statement: &str,
    (filter, after, limit): (&ReportFilter, &[&dyn ToSql], NonZeroU32),
    mut read: impl FnMut(&mut Columns) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Failure> {
    let Bounds { surveys, from, until } = filter.bounds();
    let group = filter.group.as_str();
    let covered: [&dyn ToSql; 5] = [&surveys.0, &surveys.1, &from, &until, &group];
    let (teams, narrowed) = (team_marks(filter.teams.as_deref()), filter.narrowed.texts());
    let mut values = [&covered, after].concat();
    values.push(&teams);
    values.extend(narrowed.iter().map(|text| text as &dyn ToSql));
    let mut rows = tallied(conn, statement, &values)?;
    rows.sort_unstable();
    rows.truncate(usize::try_from(limit.get()).unwrap_or(usize::MAX));
    let rows = rows.into_iter().map(|(mut cells, n)| {
        cells.push(Cell::Integer(n));
        Ok(read(&mut Columns::of(cells))?)
    });
    rows.collect()
}
