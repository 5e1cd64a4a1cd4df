//! What the writer thread shows of itself, for the keeper that watches it and for `/health`.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::foundation::Clock;
use crate::storage::StorageVitals;

/// Where the writer notes what it does. Times are monotonic milliseconds plus one; 0 stands for never.
#[derive(Debug, Default)]
pub(super) struct Board {
    last_commit: AtomicU64,
    busy_since: AtomicU64,
    restarts: AtomicU64,
    commits: AtomicU64,
    writes: AtomicU64,
    last_batch: AtomicU64,
    largest_batch: AtomicU64,
    replays: AtomicU64,
    crash: AtomicBool,
}

impl Board {
    pub(super) fn batch_begins(&self, clock: &dyn Clock) {
        self.busy_since.store(stamp(clock), Ordering::Relaxed);
    }

    pub(super) fn batch_ends(&self) {
        self.busy_since.store(0, Ordering::Relaxed);
    }

    pub(super) fn committed(&self, writes: usize, clock: &dyn Clock) {
        let writes = u64::try_from(writes).unwrap_or(u64::MAX);
        self.last_commit.store(stamp(clock), Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(writes, Ordering::Relaxed);
        self.last_batch.store(writes, Ordering::Relaxed);
        self.largest_batch.fetch_max(writes, Ordering::Relaxed);
    }

    /// Writes in the last batch.
    pub(super) fn last_batch(&self) -> u64 {
        self.last_batch.load(Ordering::Relaxed)
    }

    pub(super) fn restarted(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn replayed(&self) {
        self.replays.fetch_add(1, Ordering::Relaxed);
    }

    /// Asks the writer to panic with its next batch in hand.
    pub(super) fn ask_for_crash(&self) {
        self.crash.store(true, Ordering::Release);
    }

    /// Panics if that was asked for.
    pub(super) fn crash_if_asked(&self) {
        assert!(!self.crash.swap(false, Ordering::AcqRel), "the writer was asked to crash");
    }

    pub(super) fn facts(&self, alive: bool, queue_depth: usize, clock: &dyn Clock) -> StorageVitals {
        let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
        StorageVitals {
            alive,
            queue_depth,
            last_commit_age: age(get(&self.last_commit), clock),
            busy_for: age(get(&self.busy_since), clock),
            restarts: get(&self.restarts),
            commits: get(&self.commits),
            writes: get(&self.writes),
            last_batch: get(&self.last_batch),
            largest_batch: get(&self.largest_batch),
            replays: get(&self.replays),
        }
    }
}

fn stamp(clock: &dyn Clock) -> u64 {
    u64::try_from(clock.monotonic().as_millis()).unwrap_or(u64::MAX - 1) + 1
}

fn age(stamped: u64, clock: &dyn Clock) -> Option<Duration> {
    (stamped > 0).then(|| Duration::from_millis(stamp(clock).saturating_sub(stamped)))
}
