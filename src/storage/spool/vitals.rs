//! How the spool is, for the one who watches it.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::file::Figures;
use super::{Mode, SpooledStorage, lock};

/// How the spool is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpoolVitals {
    /// `direct` (the database is used), `away` (it is not there) or `returning` (it is back, older entries go first).
    pub mode: &'static str,
    /// Since when the database is away.
    pub away_since: Option<DateTime<Utc>>,
    /// Why.
    pub error: Option<String>,
    /// Entries not yet in the database.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The most there may be.
    pub bytes_max: u64,
    /// When the oldest of them came.
    pub oldest: Option<DateTime<Utc>>,
    /// Entries the database did not take, kept apart.
    pub stranded: u64,
    /// Damaged files that were set aside and are still there.
    pub damaged: usize,
    /// How often the database went away since this program started.
    pub outages: u64,
    /// Entries added since then.
    pub spooled: u64,
    /// Entries replayed since then.
    pub replayed: u64,
    /// Entries of these that were merged with what somebody else had stored meanwhile.
    pub merged: u64,
    /// Callers refused because the spool was full.
    pub refused: u64,
}

impl SpoolVitals {
    /// Whether somebody should look: the database is away, or something could not be stored.
    pub fn is_trouble(&self) -> bool {
        self.mode != "direct" || self.stranded > 0 || self.damaged > 0
    }
}

/// Why the database is away, and since when.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    pub(super) since: DateTime<Utc>,
    pub(super) error: String,
}

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    entries: AtomicU64,
    /// Milliseconds since 1970; 0 for none.
    oldest: AtomicI64,
    stranded: AtomicU64,
    damaged: AtomicUsize,
    outages: AtomicU64,
    spooled: AtomicU64,
    replayed: AtomicU64,
    merged: AtomicU64,
    refused: AtomicU64,
}

impl Tally {
    /// What the file says.
    pub(super) fn set(&self, figures: &Figures) {
        self.entries.store(figures.entries, Ordering::Relaxed);
        self.oldest.store(figures.oldest.unwrap_or(0), Ordering::Relaxed);
        self.stranded.store(figures.stranded, Ordering::Relaxed);
    }

    pub(super) fn set_damaged(&self, files: usize) {
        self.damaged.store(files, Ordering::Relaxed);
    }

    pub(super) fn left(&self) {
        self.outages.fetch_add(1, Ordering::Relaxed);
    }

    /// An entry was added at this moment.
    pub(super) fn spooled(&self, at: DateTime<Utc>) {
        self.spooled.fetch_add(1, Ordering::Relaxed);
        if self.entries.fetch_add(1, Ordering::Relaxed) == 0 {
            self.oldest.store(at.timestamp_millis(), Ordering::Relaxed);
        }
    }

    pub(super) fn replayed(&self, entries: u64, merged: u64) {
        self.replayed.fetch_add(entries, Ordering::Relaxed);
        self.merged.fetch_add(merged, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }
}

impl SpooledStorage {
    pub(super) fn seen(&self) -> SpoolVitals {
        let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let trouble = lock(&self.trouble).clone();
        let oldest = self.tally.oldest.load(Ordering::Relaxed);
        SpoolVitals {
            mode: match self.mode() {
                Mode::Direct => "direct",
                Mode::Away => "away",
                Mode::Returning => "returning",
            },
            away_since: trouble.as_ref().map(|trouble| trouble.since),
            error: trouble.map(|trouble| trouble.error),
            entries: get(&self.tally.entries),
            bytes: get(&self.used),
            bytes_max: self.bytes_max,
            oldest: if oldest > 0 { DateTime::from_timestamp_millis(oldest) } else { None },
            stranded: get(&self.tally.stranded),
            damaged: self.tally.damaged.load(Ordering::Relaxed),
            outages: get(&self.tally.outages),
            spooled: get(&self.tally.spooled),
            replayed: get(&self.tally.replayed),
            merged: get(&self.tally.merged),
            refused: get(&self.tally.refused),
        }
    }
}
