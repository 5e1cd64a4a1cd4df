//! Counts ahead what is over, so that reports over months are read and not counted.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Work;
use crate::domain::report::{Period, periods};
use crate::storage::{RollupPeriod, StorageError};

/// Periods planned in one round at most, the newest first: after an upgrade there may be years of days.
const PLANNED_PER_ROUND: usize = 100;
/// Periods counted in one round at most.
const COUNTED_PER_ROUND: usize = 50;
/// A node that was seen this short a time ago may still be writing.
const SEEN: Duration = Duration::from_mins(10);

impl Work {
    /// Plans and counts; how many periods were counted.
    pub(super) async fn roll_up(&self, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let (rollups, zone) = (&self.parts.rollups, self.parts.settings.zone);
        let there = rollups.rollup_periods().await?;
        // A program of another version may not know what it makes out of date.
        let wanted = match rollups.oldest_response().await? {
            Some(oldest) if !self.another_version_works().await? => periods(oldest, now, zone),
            _ => Vec::new(),
        };
        let is_wanted: HashSet<Period> = wanted.iter().copied().collect();
        let kept = |row: &RollupPeriod| row.zone == zone.name() && is_wanted.contains(&row.period);
        let drop: Vec<Period> = there.iter().filter(|row| !kept(row)).map(|row| row.period).collect();
        let planned: HashSet<Period> = there.iter().filter(|row| kept(row)).map(|row| row.period).collect();
        let new = wanted.iter().rev().filter(|period| !planned.contains(period)).take(PLANNED_PER_ROUND);
        let new: Vec<Period> = new.copied().collect();
        if !(drop.is_empty() && new.is_empty()) {
            rollups.plan_rollups(drop, new, zone.name().to_owned()).await?;
        }
        let mut counted = 0;
        let due = rollups.rollup_periods().await?;
        for row in due.iter().rev().filter(|row| !row.holds()).take(COUNTED_PER_ROUND) {
            let Some(fence) = self.fence() else { break };
            counted += u64::from(rollups.count_rollup(fence, row.period).await?);
        }
        Ok(counted)
    }

    async fn another_version_works(&self) -> Result<bool, StorageError> {
        let nodes = self.parts.nodes.nodes().await?;
        Ok(nodes.iter().any(|node| node.age < SEEN && node.facts.version != env!("CARGO_PKG_VERSION")))
    }
}
