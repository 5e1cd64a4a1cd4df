//! Figures counted ahead in SQL Server. The server counts, the figures are put together here and stored as packed rows.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use super::change::{Change, first};
use super::fault::{Failure, Fault};
use super::link::Answers;
use super::packed::{Cell, Kind, Packer, ROWS_MAX, TextUnits, rows_of};
use super::responses::all;
use super::value::{Value, values};
use super::{Engine, MssqlStorage, statements as sql};
use crate::domain::lease::Fence;
use crate::domain::report::Period;
use crate::storage::columns::Columns;
use crate::storage::records::{Bounds, CountedGroup, Counting, StoredGroup, fold_ahead, team_marks};
use crate::storage::{CountedAhead, ReportFilter, RollupPeriod, RollupStore, StoreFuture};

use Kind::{BigInt, Id, Int, Text};

const GROUP: [(&str, Kind); 13] = [
    ("starts_at", BigInt),
    ("no", Int),
    ("survey_id", Id),
    ("service_id", Id),
    ("channel", Text),
    ("language", Text),
    ("agent_id", Kind::OrNull(&Text)),
    ("team", Kind::OrNull(&Text)),
    ("queue", Kind::OrNull(&Text)),
    ("hour_at", Kind::OrNull(&BigInt)),
    ("agent_name", Kind::OrNull(&Text)),
    ("named_at", Kind::OrNull(&BigInt)),
    ("counts", Text),
];

static INSERT: LazyLock<String> =
    LazyLock::new(|| sql::ROLLUP_GROUPS_INSERT.replace("(rows)", &rows_of(0, &GROUP)));

impl RollupStore for MssqlStorage {
    fn oldest_response(&self) -> StoreFuture<'_, Option<DateTime<Utc>>> {
        self.read("cannot find the oldest response", sql::RESPONSE_OLDEST, Vec::new(), |answers| {
            Ok(first(answers).map(|mut row| row.time_or_null()).transpose()?.flatten())
        })
    }

    fn rollup_periods(&self) -> StoreFuture<'_, Vec<RollupPeriod>> {
        self.read("cannot list what is counted ahead", sql::ROLLUP_PERIODS, Vec::new(), |answers| {
            all(answers, Columns::rollup_period)
        })
    }

    fn plan_rollups(&self, drop: Vec<Period>, add: Vec<Period>, zone: String) -> StoreFuture<'_, ()> {
        let mut change = Change::default();
        for period in drop {
            let from = period.from.timestamp_millis();
            change = change
                .then(sql::ROLLUP_GROUPS_DELETE, values![from])
                .then(sql::ROLLUP_PERIOD_DELETE, values![from]);
        }
        for Period { from, until } in add {
            let values = values![from.timestamp_millis(), until.timestamp_millis(), zone.as_str()];
            change = change.then(sql::ROLLUP_PERIOD_INSERT, values);
        }
        self.change("cannot plan what is counted ahead", change, super::catalog::done)
    }

    fn count_rollup(&self, fence: Fence, period: Period) -> StoreFuture<'_, bool> {
        self.run("cannot count ahead", move |engine| async move {
            let Some((seq, groups)) = engine.count_period(period).await? else { return Ok(false) };
            let from = period.from.timestamp_millis();
            let counted = values![fence.role.as_str(), fence.epoch, from, seq];
            let change = Change::default()
                .or_undo(sql::ROLLUP_COUNTED, counted)
                .then(sql::ROLLUP_GROUPS_DELETE, values![from]);
            let units = engine.pool.take().await?.text_units;
            let parts = groups.chunks(ROWS_MAX).enumerate();
            let change = parts.fold(change, |change, (part, groups)| {
                change.then(INSERT.as_str(), packed(from, part * ROWS_MAX, groups, units))
            });
            Ok(engine.make(&change).await?.is_done())
        })
    }
}

impl Engine {
    /// Counts a period; its sequence number, read before all that was counted, and its groups.
    async fn count_period(&self, period: Period) -> Result<Option<(i64, Vec<CountedGroup>)>, Fault> {
        let (from, until) = (period.from.timestamp_millis(), period.until.timestamp_millis());
        let due = self.ask_long(sql::ROLLUP_DUE, &[from.into()]).await?;
        let due = first(due).map(|mut row| {
            let period = Period { from: row.time()?, until: row.time()? };
            Ok((period, row.get::<String>()?, row.get::<i64>()?))
        });
        let due = due.transpose().map_err(|failure: Failure| self.fault(failure))?;
        let Some((_, zone, seq)) = due.filter(|(planned, ..)| *planned == period) else { return Ok(None) };
        let bounds = [from, until].map(Value::from);
        let counts = self.ask_long(sql::ROLLUP_COUNTS, &bounds).await?;
        let names = self.ask_long(sql::ROLLUP_AGENT_NAMES, &bounds).await?;
        let groups = groups(&zone, counts, names).map_err(|failure| self.fault(failure))?;
        Ok(Some((seq, groups)))
    }

    /// What of a report was counted ahead.
    pub(super) async fn counted_ahead(
        &self,
        filter: &ReportFilter,
        zone: &str,
    ) -> Result<CountedAhead, Fault> {
        if !filter.may_be_counted_ahead() {
            return Ok(CountedAhead::default());
        }
        let Bounds { surveys, from, until } = filter.bounds();
        let mut values = values![&surveys.0, &surveys.1, from, until, filter.group.as_str(), zone];
        values.push(team_marks(filter.teams.as_deref()).into());
        values.extend(filter.narrowed.texts().map(Value::from));
        let answers = self.ask_long(sql::ROLLUP_GROUPS, &values).await?;
        ahead(answers, filter, zone).map_err(|failure| self.fault(failure))
    }
}

fn ahead(answers: Answers, filter: &ReportFilter, zone: &str) -> Result<CountedAhead, Failure> {
    let mut sets = answers.into_iter();
    let mut next = || sets.next().into_iter().collect::<Answers>();
    let (before, groups, after) = (next(), next(), next());
    let periods = |set| all(set, Columns::rollup_period);
    let groups = all(groups, StoredGroup::read)?;
    Ok(fold_ahead(&periods(before)?, groups, &periods(after)?, (filter, zone))?)
}

fn groups(zone: &str, counts: Answers, names: Answers) -> Result<Vec<CountedGroup>, Failure> {
    let mut counting = Counting::in_zone(zone);
    let mut sets = counts.into_iter();
    for mut row in sets.next().into_iter().flatten() {
        counting.add_answers(&mut row)?;
    }
    for mut row in sets.next().into_iter().flatten() {
        counting.add_states(&mut row)?;
    }
    let names: HashMap<String, (String, i64)> =
        all(names, |row| Ok((row.get()?, (row.get()?, row.get()?))))?.into_iter().collect();
    Ok(counting.finish(&names))
}

fn packed(from: i64, first_no: usize, groups: &[CountedGroup], units: TextUnits) -> Vec<Value> {
    let mut packer = Packer::new(units);
    let rows = groups.iter().enumerate().map(|(no, group)| {
        let CountedGroup { common: c, hour_at, name, named_at, counts } = group;
        [
            Cell::BigInt(from),
            Cell::Int(i32::try_from(first_no + no).unwrap_or(i32::MAX)),
            Cell::Id(&c.survey),
            Cell::Id(&c.service),
            Cell::Text(&c.channel),
            Cell::Text(&c.language),
            text(c.agent.as_ref()),
            text(c.team.as_ref()),
            text(c.queue.as_ref()),
            Cell::or_null(*hour_at, Cell::BigInt),
            text(name.as_ref()),
            Cell::or_null(*named_at, Cell::BigInt),
            Cell::Text(counts),
        ]
    });
    packer.table(&GROUP, rows);
    packer.finish()
}

fn text(text: Option<&String>) -> Cell<'_> {
    Cell::or_null(text, |text| Cell::Text(text))
}
