//! What stands in the spool: an ask or a change of a response, exactly as the database is to store it.

use serde::{Deserialize, Serialize};

use crate::foundation::ResponseId;
use crate::storage::{OfferRow, ResponseUpdate};

/// One entry's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Content {
    /// An ask, with the response it led to.
    Offer(Box<OfferRow>),
    /// A change.
    Change(Box<ResponseUpdate>),
}

/// An entry at its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Its number; entries are replayed in their order.
    pub(super) n: i64,
    /// What it says, or why it cannot be read.
    pub(super) content: Result<Content, String>,
}

impl Content {
    pub(super) fn response(&self) -> ResponseId {
        match self {
            Self::Offer(offer) => offer.id,
            Self::Change(update) => update.id,
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Offer(_) => "offer",
            Self::Change(_) => "change",
        }
    }

    /// The response's sequence number afterwards.
    pub(super) fn seq(&self) -> i64 {
        match self {
            Self::Offer(_) => 0,
            Self::Change(update) => update.expected_seq.saturating_add(1),
        }
    }
}
