//! Figures for reports, counted by `SQLite`.

use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::connect::all;
use super::fault::Failure;
use super::statements as sql;
use crate::storage::columns::{Columns, Unreadable};
use crate::storage::records::{AgentNames, Bounds, team_marks};
use crate::storage::{
    Page, ReportFilter, ReportGroup, ReportStore, StateCountKey, StateCountRow, StoreFuture, TallyKey,
    TallyRow,
};

impl ReportStore for SqliteStorage {
    fn tallies(&self, filter: ReportFilter, page: Page<TallyKey>) -> StoreFuture<'_, Vec<TallyRow>> {
        self.read_long("cannot count the answers", move |conn| {
            let names = agent_names(conn, &filter)?;
            let Page { after, limit } = &page;
            let TallyKey { survey, group, version, question, kind, num, text } = after;
            let page: [&dyn ToSql; 8] = [survey, group, version, question, kind, num, text, limit];
            counted(conn, sql::REPORT_TALLIES, &filter, &page, |row| row.tally(&names))
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
            counted(conn, sql::REPORT_STATES, &filter, &[survey, group, state, limit], |row| {
                row.state_count(&names)
            })
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
    page: &[&dyn ToSql],
    read: impl FnMut(&mut Columns) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Failure> {
    let Bounds { surveys, from, until } = filter.bounds();
    let group = filter.group.as_str();
    let covered: [&dyn ToSql; 5] = [&surveys.0, &surveys.1, &from, &until, &group];
    let (teams, narrowed) = (team_marks(filter.teams.as_deref()), filter.narrowed.texts());
    let mut values = [&covered, page].concat();
    values.push(&teams);
    values.extend(narrowed.iter().map(|text| text as &dyn ToSql));
    all(conn, statement, &values, read)
}
