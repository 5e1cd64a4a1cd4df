//! Figures for reports, counted by `SQLite`.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::SqliteStorage;
use super::codec::Columns;
use super::connect::all;
use super::fault::Failure;
use super::statements as sql;
use crate::foundation::VersionId;
use crate::storage::{
    ReportFilter, ReportGroup, ReportRow, ReportStore, StateCountRow, StoreFuture, TallyRow,
};

impl ReportStore for SqliteStorage {
    fn tallies(&self, filter: ReportFilter) -> StoreFuture<'_, Vec<TallyRow>> {
        self.read_long("cannot count the answers", move |conn| {
            let names = agent_names(conn, &filter)?;
            counted(conn, sql::REPORT_TALLIES, &filter, |row| {
                let mut columns = Columns::of(row);
                Ok(TallyRow {
                    group: group(&mut columns, &names)?,
                    version: columns.id(VersionId::from_bytes)?,
                    question_key: columns.get()?,
                    value: columns.answer_value()?,
                    n: columns.count()?,
                })
            })
        })
    }

    fn state_counts(&self, filter: ReportFilter) -> StoreFuture<'_, Vec<StateCountRow>> {
        self.read_long("cannot count the responses", move |conn| {
            let names = agent_names(conn, &filter)?;
            counted(conn, sql::REPORT_STATES, &filter, |row| {
                let mut columns = Columns::of(row);
                Ok(StateCountRow {
                    group: group(&mut columns, &names)?,
                    state: columns.state()?,
                    n: columns.count()?,
                })
            })
        })
    }
}

/// Newest name by agent id. One name each, so that an agent who was renamed stays one group.
type AgentNames = HashMap<String, String>;

fn agent_names(conn: &Connection, filter: &ReportFilter) -> Result<AgentNames, Failure> {
    if filter.group != ReportGroup::Agent {
        return Ok(HashMap::new());
    }
    let (survey, from, until) = bounds(filter);
    let names = all(conn, sql::REPORT_AGENT_NAMES, &[&survey, &from, &until], |row| {
        let mut columns = Columns::of(row);
        Ok((columns.get()?, columns.get()?))
    })?;
    Ok(names.into_iter().collect())
}

fn counted<T>(
    conn: &Connection,
    statement: &str,
    filter: &ReportFilter,
    read: impl FnMut(&Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let (survey, from, until) = bounds(filter);
    let group = match filter.group {
        ReportGroup::Survey => "survey",
        ReportGroup::Agent => "agent",
        ReportGroup::Team => "team",
        ReportGroup::Queue => "queue",
        ReportGroup::Service => "service",
        ReportGroup::QuarterHour => "quarter_hour",
    };
    all(conn, statement, &[&survey, &from, &until, &group], read)
}

/// An open end is a time no response has, so that one statement serves all filters by its index.
fn bounds(filter: &ReportFilter) -> (Option<[u8; 16]>, i64, i64) {
    (
        filter.survey.map(|survey| *survey.as_bytes()),
        filter.from.map_or(i64::MIN, |from| from.timestamp_millis()),
        filter.until.map_or(i64::MAX, |until| until.timestamp_millis()),
    )
}

fn group(columns: &mut Columns<'_, '_>, names: &AgentNames) -> Result<ReportRow, Failure> {
    let survey = columns.get()?;
    let key: Option<String> = columns.get()?;
    let label = key.as_ref().and_then(|key| names.get(key).filter(|name| *name != key).cloned());
    Ok(ReportRow { survey, key, label })
}
