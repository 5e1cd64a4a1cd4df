//! Messages to customers: what each is for, and where it stands.

use serde::{Deserialize, Serialize};

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It invites to a survey. Its text is made when it is sent: the link in it is nowhere else.
    Invite,
    /// It reminds of one. Made when it is sent, too.
    Reminder,
    /// A question, or thanks, in a dialogue of text messages.
    Dialogue,
    /// It confirms that no more messages come, or that they come again.
    Confirmation,
    /// Somebody tries a route.
    Test,
}

impl Purpose {
    const ALL: [Self; 5] = [Self::Invite, Self::Reminder, Self::Dialogue, Self::Confirmation, Self::Test];

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reminder => "reminder",
            Self::Dialogue => "dialogue",
            Self::Confirmation => "confirmation",
            Self::Test => "test",
        }
    }

    /// The purpose of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }

    /// Whether its recipient may have said that no more messages are wanted: who answers or asks is answered.
    pub fn heeds_opt_out(self) -> bool {
        matches!(self, Self::Invite | Self::Reminder | Self::Dialogue)
    }

    /// Whether it waits for hours in which people are not woken by it: who writes is answered at once.
    pub fn heeds_quiet_hours(self) -> bool {
        matches!(self, Self::Invite | Self::Reminder)
    }
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It waits to be sent.
    Queued,
    /// A sender has it in hand, and has not begun.
    Claimed,
    /// A sender is handing it to a gateway.
    Submitting,
    /// The gateway took it.
    Accepted,
    /// The phone has it.
    Delivered,
    /// The gateway took it, and it did not arrive.
    Undelivered,
    /// The gateway will not take it, or did not at any of the tries.
    Refused,
    /// It was not sent in time.
    Expired,
    /// It was not to be sent any more: its recipient wants none, or has answered.
    Skipped,
    /// Nobody knows whether the gateway took it. Held until a receipt or a person says so.
    Unknown,
}

impl MessageState {
    /// All of them, in the order of a message's life.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Claimed,
        Self::Submitting,
        Self::Accepted,
        Self::Delivered,
        Self::Undelivered,
        Self::Refused,
        Self::Expired,
        Self::Skipped,
        Self::Unknown,
    ];

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Claimed => "claimed",
            Self::Submitting => "submitting",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }

    /// The state of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}
