//! Stopping: a child within its limit, the table in reverse.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::mail::{Event, Order};
use super::metrics::millis;
use super::root::Root;
use super::tree::{StopReport, StoppedChild};
use super::vitals::State;

/// How long a child that was cut off may take to say so before its thread is left behind.
const CUT_GRACE: Duration = Duration::from_millis(100);

impl Root {
    /// Stops every child, last started first, and closes its mailbox for good.
    pub(super) async fn stop_all(&mut self) -> StopReport {
        let mut report = StopReport::default();
        for row in (0..self.rows.len()).rev() {
            self.rows[row].vitals.close();
            if self.rows[row].orders.is_none() {
                self.rows[row].vitals.set_state(State::Stopped);
                continue;
            }
            let begun = Instant::now();
            let cut = self.halt(row).await;
            let row = &mut self.rows[row];
            row.depose();
            row.vitals.set_line(None);
            row.vitals.set_state(State::Stopped);
            let name = row.vitals.name;
            let took_ms = millis(begun.elapsed());
            tracing::info!(child = name, took_ms, cut, "{name} stopped");
            report.children.push(StoppedChild { name, took_ms, cut });
        }
        report
    }

    /// Brings a child to rest within its stop limit; its mailbox stays. Says whether it had to be cut off.
    pub(super) async fn halt(&mut self, row: usize) -> bool {
        self.forget_news(row);
        if self.rows[row].orders.is_none() {
            return false;
        }
        let stop_within = self.rows[row].stop_within;
        self.rows[row].order(Order::Halt);
        if self.rested(row, stop_within).await {
            return false;
        }
        let name = self.rows[row].vitals.name;
        tracing::warn!(
            child = name,
            limit_ms = millis(stop_within),
            "{name} did not stop in time and is cut off"
        );
        self.rows[row].order(Order::Cut);
        if !self.rested(row, CUT_GRACE).await && self.rows[row].orders.is_some() {
            self.rows[row].vitals.abandoned.fetch_add(1, Ordering::Relaxed);
            self.rows[row].depose();
        }
        true
    }

    /// Waits until the child rests or has lost its thread.
    async fn rested(&mut self, row: usize, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        loop {
            match self.wait_for(row, deadline).await {
                Some(Event::Halted) => return true,
                Some(Event::Gone) => {
                    self.rows[row].depose();
                    return true;
                }
                // A blocked thread does not stop by waiting longer.
                None | Some(Event::Hung(_)) => return false,
                Some(Event::Up | Event::FirstFailed(_) | Event::Exhausted(_)) => {}
            }
        }
    }
}
