//! Leases as they are stored.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::lease::{LeaseRole, LeaseView};

/// A lease with what people want to know of it; all times are the database's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRow {
    /// What it is for.
    pub role: LeaseRole,
    /// Who holds it, its epoch and sequence number, whether it is over.
    pub view: LeaseView,
    /// When this holder got it.
    pub acquired_at: Option<DateTime<Utc>>,
    /// When it was last acquired or renewed.
    pub renewed_at: Option<DateTime<Utc>>,
    /// How long it lasts from now on, unless it is renewed; zero when it is over.
    pub left: Duration,
}
