//! Figures for reports, counted by SQL Server.

use super::fault::Fault;
use super::responses::all;
use super::value::{Value, values};
use super::{Engine, MssqlStorage, Statement, statements as sql};
use crate::storage::columns::{Columns, Unreadable};
use crate::storage::records::{AgentNames, Bounds, team_marks};
use crate::storage::{
    CountedAhead, Page, ReportFilter, ReportStore, StateCountKey, StateCountRow, StoreFuture, TallyKey,
    TallyRow,
};

impl ReportStore for MssqlStorage {
    fn tallies(&self, filter: ReportFilter, page: Page<TallyKey>) -> StoreFuture<'_, Vec<TallyRow>> {
        let Page { after, limit } = page;
        let TallyKey { survey, group, version, question, kind, num, text } = after;
        let page = values![survey, group, &version, question, kind, i64::from(num), text, limit.get()];
        self.run("cannot count the answers", |engine| async move {
            counted(&engine, sql::REPORT_TALLIES, &filter, page, Columns::tally).await
        })
    }

    fn state_counts(
        &self,
        filter: ReportFilter,
        page: Page<StateCountKey>,
    ) -> StoreFuture<'_, Vec<StateCountRow>> {
        let Page { after: StateCountKey { survey, group, state }, limit } = page;
        let page = values![survey, group, state, limit.get()];
        self.run("cannot count the responses", |engine| async move {
            counted(&engine, sql::REPORT_STATES, &filter, page, Columns::state_count).await
        })
    }

    fn counted_ahead(&self, filter: ReportFilter, zone: String) -> StoreFuture<'_, CountedAhead> {
        self.run("cannot read what is counted ahead", |engine| async move {
            engine.counted_ahead(&filter, &zone).await
        })
    }
}

impl MssqlStorage {
    /// A list that may take its time.
    pub(super) fn read_long<T: Send + 'static>(
        &self,
        doing: &'static str,
        sql: &'static str,
        values: Vec<Value>,
        make: impl FnOnce(super::Answers) -> Result<T, super::Failure> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        self.run(doing, move |engine| async move {
            let answers = engine.ask_long(sql, &values).await?;
            make(answers).map_err(|failure| engine.fault(failure))
        })
    }
}

impl Engine {
    /// Asks for something long, behind at most one other such.
    pub(super) async fn ask_long(&self, sql: &str, values: &[Value]) -> Result<super::Answers, Fault> {
        // The semaphore is never closed.
        let _turn = self.long_reads.acquire().await.ok();
        self.ask(Statement::Once(sql), values, Some(self.dialer.settings.report_timeout)).await
    }
}

async fn counted<T>(
    engine: &Engine,
    statement: &'static str,
    filter: &ReportFilter,
    page: Vec<Value>,
    read: fn(&mut Columns, &AgentNames) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Fault> {
    let Bounds { surveys, from, until } = filter.bounds();
    let mut values = values![&surveys.0, &surveys.1, from, until];
    let names = if filter.group.is_of_agents() {
        let rows = engine.ask_long(sql::REPORT_AGENT_NAMES, &values).await?;
        let names = all(rows, |row| Ok((row.get()?, row.get()?)));
        names.map_err(|failure| engine.fault(failure))?.into_iter().collect()
    } else {
        AgentNames::new()
    };
    values.push(filter.group.as_str().into());
    values.extend(page);
    values.push(team_marks(filter.teams.as_deref()).into());
    values.extend(filter.narrowed.texts().map(Value::from));
    let rows = engine.ask_long(statement, &values).await?;
    all(rows, |row| read(row, &names)).map_err(|failure| engine.fault(failure))
}
