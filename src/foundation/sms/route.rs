//! A way to a gateway, whatever it speaks.

use std::time::Duration;

/// What becomes of a message of which nobody knows whether the gateway took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// It is kept until a person or a receipt says what became of it: never sent twice.
    Hold,
    /// It is sent once more: never lost, sometimes sent twice, which is counted.
    Resend,
}

/// Who a message is from, for recipients whose numbers begin so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderRule {
    /// `+` and the first digits of a number; only `+`: all others.
    pub prefix: String,
    /// `+` and digits, a short code, or up to eleven letters and digits.
    pub sender: String,
}

/// A way to a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsRoute {
    /// Its name: small letters, digits and hyphens.
    pub name: String,
    /// Recipients it takes, as the beginning of their numbers with `+`; none: all.
    pub prefixes: Vec<String>,
    /// The route with the lowest number is used, of those that take a recipient and can send.
    pub order: u16,
    /// Who messages are from, the longest prefix that fits.
    pub senders: Vec<SenderRule>,
    /// Parts a second at most.
    pub parts_per_s: u32,
    /// Messages under way at once at most.
    pub window: u16,
    /// How long the gateway may take to say what became of a message.
    pub timeout: Duration,
    /// What becomes of a message of which nobody knows.
    pub on_unknown: OnUnknown,
    /// Whether the gateway is asked to tell what became of each message.
    pub receipts: bool,
}
