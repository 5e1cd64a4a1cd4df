//! What the database is, and how it is.

use std::time::Duration;

/// How the database's writing part is at one moment, known without asking the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StorageVitals {
    /// Whether it runs at all.
    pub alive: bool,
    /// Writes waiting for the next batch.
    pub queue_depth: usize,
    /// Time since the last commit; `None` before the first.
    pub last_commit_age: Option<Duration>,
    /// How long the batch in hand has been worked on; `None` when it waits for work. A long time here means a disk
    /// that hangs.
    pub busy_for: Option<Duration>,
    /// How often the connection was rebuilt after a panic.
    pub restarts: u64,
    /// Batches committed.
    pub commits: u64,
    /// Writes committed.
    pub writes: u64,
    /// Writes in the last batch.
    pub last_batch: u64,
    /// Writes in the largest batch.
    pub largest_batch: u64,
    /// Batches that had to be done again, write by write, because one of them failed.
    pub replays: u64,
}

impl StorageVitals {
    /// Two writing parts as one: sums of what they did, the worst of how they are.
    #[must_use]
    pub(in crate::storage) fn and(self, other: &Self) -> Self {
        Self {
            alive: self.alive && other.alive,
            queue_depth: self.queue_depth + other.queue_depth,
            last_commit_age: self.last_commit_age.into_iter().chain(other.last_commit_age).min(),
            busy_for: self.busy_for.max(other.busy_for),
            restarts: self.restarts + other.restarts,
            commits: self.commits + other.commits,
            writes: self.writes + other.writes,
            last_batch: self.last_batch.max(other.last_batch),
            largest_batch: self.largest_batch.max(other.largest_batch),
            replays: self.replays + other.replays,
        }
    }
}

/// What the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageFacts {
    /// Engine and version, such as `SQLite 3.50.4`.
    pub engine: String,
    /// Number of the newest migration applied.
    pub schema: u32,
    /// Bytes on disk; `None` where the server does not tell.
    pub size_bytes: Option<u64>,
    /// Responses stored.
    pub responses: u64,
    /// Answers stored.
    pub answers: u64,
}
