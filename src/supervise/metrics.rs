//! The names of the metrics of supervision, and the one place that writes each.

use std::time::Duration;

/// Counter: lives that ended and were followed by another, by `child` and `cause`.
pub const CHILD_RESTARTS: &str = "aftercall_child_restarts_total";
/// Gauge: 1 while the child runs, else 0, by `child`.
pub const CHILD_UP: &str = "aftercall_child_up";
/// Gauge: messages waiting in the child's mailbox, by `child`. Refreshed at each look of the watchdog.
pub const CHILD_MAILBOX_DEPTH: &str = "aftercall_child_mailbox_depth";

pub(super) fn restarted(child: &'static str, cause: &'static str) {
    metrics::counter!(CHILD_RESTARTS, "child" => child, "cause" => cause).increment(1);
}

pub(super) fn up(child: &'static str, running: bool) {
    metrics::gauge!(CHILD_UP, "child" => child).set(if running { 1.0 } else { 0.0 });
}

pub(super) fn mailbox_depth(child: &'static str, depth: usize) {
    // A mailbox is bounded far below 2^32.
    let depth = u32::try_from(depth).unwrap_or(u32::MAX);
    metrics::gauge!(CHILD_MAILBOX_DEPTH, "child" => child).set(f64::from(depth));
}

/// Whole milliseconds, for logs and reports.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
