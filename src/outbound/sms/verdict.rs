//! What a gateway is asked, what it says, and what comes from it by itself.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::sms::Encoded;

/// A message as a gateway is asked to take it.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// Our key of this message, the same at each try: 32 small hexadecimal digits. For gateways that know a message by it, and for
    /// the address by which they tell what became of it.
    pub key: String,
    /// The recipient in E.164, with `+`. Never logged.
    pub to: String,
    /// The sender: `+` and digits, a short code, or up to eleven letters and digits.
    pub from: String,
    /// The text, for gateways that make the parts themselves. Never logged.
    pub text: String,
    /// The text in parts. Never logged.
    pub encoded: Encoded,
    /// Reference of the parts where there are several; the same for all of them.
    pub reference: u16,
    /// After this the message is of no use to its recipient.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.encoded.parts.len();
        write!(f, "Submission({}, {:?}, {parts} parts)", self.key, self.encoded.coding)
    }
}

/// What became of a message that a gateway was asked to take. The texts are for people: without number, text, token or secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The gateway took it; its ids of it, one for each part or one for all; none where it gives none.
    Accepted(Vec<String>),
    /// Not taken: too much at once. The whole route is to wait.
    Throttled {
        /// What the gateway said.
        why: String,
        /// For how long, where it said so.
        wait: Option<Duration>,
    },
    /// Certainly not taken, and it may be at the next try.
    NotNow {
        /// What went wrong.
        why: String,
        /// For how long to wait, where the gateway said so.
        wait: Option<Duration>,
    },
    /// Not taken, and it never will be.
    Refused {
        /// What the gateway said.
        why: String,
        /// Whether it says that the recipient wants no messages.
        opted_out: bool,
    },
    /// Not taken, as no message is: the login, the credit or the address of the gateway is wrong. Somebody has to look.
    RouteDown {
        /// What the gateway said.
        why: String,
    },
    /// It was on its way and nobody knows whether it arrived.
    Unknown {
        /// What went wrong.
        why: String,
    },
}

/// What a receipt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiptState {
    /// On its way; more is to come.
    Pending,
    /// The phone has it.
    Delivered,
    /// It did not arrive, and will not.
    Failed,
}

/// What a gateway tells by itself.
#[derive(Clone, PartialEq, Eq)]
pub enum Inbound {
    /// The gateway took a message after all, of which nobody knew.
    Accepted {
        /// Our key of it.
        key: String,
        /// The gateway's ids of it, one for each part; none where it gives none.
        ids: Vec<String>,
    },
    /// What became of a message, or of one part of it.
    Receipt {
        /// The gateway's id of it; empty where it only knows ours.
        id: String,
        /// Our key, where the gateway gives it back.
        key: Option<String>,
        /// What it says.
        state: ReceiptState,
        /// The gateway's own word and code for it, such as `UNDELIV 012`.
        detail: String,
    },
    /// A message from a phone.
    Message {
        /// The gateway's id of it, by which a repetition is known; where it gives none, one made of what it is.
        id: String,
        /// The sender's number as the gateway writes it. Never logged.
        from: String,
        /// Whom it was sent to.
        to: String,
        /// What it says. Never logged.
        text: String,
    },
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { key, .. } => write!(f, "Accepted({key})"),
            Self::Receipt { state, detail, .. } => write!(f, "Receipt({state:?}, {detail})"),
            Self::Message { .. } => f.write_str("Message"),
        }
    }
}
