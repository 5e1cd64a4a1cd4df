//! Figures counted ahead in `SQLite`. They are counted beside the writer, which only stores them: calls never wait for it.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::connect::{all, first, run, tallied};
use super::fault::Failure;
use super::statements as sql;
use crate::domain::lease::Fence;
use crate::domain::report::Period;
use crate::storage::columns::{Cell, Columns};
use crate::storage::records::{Bounds, CountedGroup, Counting, StoredGroup, fold_ahead, team_marks};
use crate::storage::{CountedAhead, ReportFilter, RollupPeriod, RollupStore, StoreFuture};

impl RollupStore for SqliteStorage {
    fn oldest_response(&self) -> StoreFuture<'_, Option<DateTime<Utc>>> {
        self.read("cannot find the oldest response", |conn| {
            Ok(first(conn, sql::RESPONSE_OLDEST, &[], Columns::time_or_null)?.flatten())
        })
    }

    fn rollup_periods(&self) -> StoreFuture<'_, Vec<RollupPeriod>> {
        self.read("cannot list what is counted ahead", |conn| {
            all(conn, sql::ROLLUP_PERIODS, &[], Columns::rollup_period)
        })
    }

    fn plan_rollups(&self, drop: Vec<Period>, add: Vec<Period>, zone: String) -> StoreFuture<'_, ()> {
        self.write("cannot plan what is counted ahead", move |conn| {
            for period in &drop {
                let from = period.from.timestamp_millis();
                run(conn, sql::ROLLUP_GROUPS_DELETE, &[&from])?;
                run(conn, sql::ROLLUP_PERIOD_DELETE, &[&from])?;
            }
            for Period { from, until } in &add {
                let values: [&dyn ToSql; 3] = [&from.timestamp_millis(), &until.timestamp_millis(), &zone];
                run(conn, sql::ROLLUP_PERIOD_INSERT, &values)?;
            }
            Ok(())
        })
    }

    fn count_rollup(&self, fence: Fence, period: Period) -> StoreFuture<'_, bool> {
        const DOING: &str = "cannot count ahead";
        Box::pin(async move {
            let counted = self.read_long(DOING, move |conn| count(conn, period)).await?;
            let Some((seq, groups)) = counted else { return Ok(false) };
            self.write(DOING, move |conn| store(conn, fence, period, seq, &groups)).await
        })
    }
}

/// Counts a period; its sequence number, read before all that was counted, and its groups.
fn count(conn: &Connection, period: Period) -> Result<Option<(i64, Vec<CountedGroup>)>, Failure> {
    let due = first(conn, sql::ROLLUP_DUE, &[&period.from.timestamp_millis()], |row| {
        Ok((Period { from: row.time()?, until: row.time()? }, row.get::<String>()?, row.get::<i64>()?))
    })?;
    let Some((_, zone, seq)) = due.filter(|(planned, ..)| *planned == period) else { return Ok(None) };
    let bounds: [&dyn ToSql; 2] = [&period.from.timestamp_millis(), &period.until.timestamp_millis()];
    let mut counting = Counting::in_zone(&zone);
    for (cells, n) in tallied(conn, sql::ROLLUP_ANSWERS, &bounds)? {
        counting.add_answers(&mut with_count(cells, n))?;
    }
    for (cells, n) in tallied(conn, sql::ROLLUP_STATES, &bounds)? {
        counting.add_states(&mut with_count(cells, n))?;
    }
    let names =
        all(conn, sql::ROLLUP_AGENT_NAMES, &bounds, |row| Ok((row.get()?, (row.get()?, row.get()?))))?;
    Ok(Some((seq, counting.finish(&names.into_iter().collect()))))
}

fn with_count(mut cells: Vec<Cell>, n: i64) -> Columns {
    cells.push(Cell::Integer(n));
    Columns::of(cells)
}

/// Puts what was counted in the place of what was; false, and nothing, when the period changed meanwhile.
fn store(
    conn: &Connection,
    fence: Fence,
    period: Period,
    seq: i64,
    groups: &[CountedGroup],
) -> Result<bool, Failure> {
    let from = period.from.timestamp_millis();
    if run(conn, sql::ROLLUP_COUNTED, &[&fence.role.as_str(), &fence.epoch, &from, &seq])? == 0 {
        return Ok(false);
    }
    run(conn, sql::ROLLUP_GROUPS_DELETE, &[&from])?;
    for (no, group) in (0i64..).zip(groups) {
        let CountedGroup { common: c, hour_at, name, named_at, counts } = group;
        let values: [&dyn ToSql; 13] = [
            &from,
            &no,
            &c.survey,
            &c.service,
            &c.channel,
            &c.language,
            &c.agent,
            &c.team,
            &c.queue,
            hour_at,
            name,
            named_at,
            counts,
        ];
        run(conn, sql::ROLLUP_GROUP_INSERT, &values)?;
    }
    Ok(true)
}

/// What of a report was counted ahead.
pub(super) fn counted_ahead(
    conn: &Connection,
    filter: &ReportFilter,
    zone: &str,
) -> Result<CountedAhead, Failure> {
    if !filter.may_be_counted_ahead() {
        return Ok(CountedAhead::default());
    }
    let periods = || all(conn, sql::ROLLUP_PERIODS, &[], Columns::rollup_period);
    let before = periods()?;
    let Bounds { surveys, from, until } = filter.bounds();
    let (group, teams, narrowed) =
        (filter.group.as_str(), team_marks(filter.teams.as_deref()), filter.narrowed.texts());
    let mut values: Vec<&dyn ToSql> = vec![&surveys.0, &surveys.1, &from, &until, &group, &zone, &teams];
    values.extend(narrowed.iter().map(|text| text as &dyn ToSql));
    let groups = all(conn, sql::ROLLUP_GROUPS, &values, StoredGroup::read)?;
    Ok(fold_ahead(&before, groups, &periods()?, (filter, zone))?)
}
