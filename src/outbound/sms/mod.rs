//! Gateways of text messages: one trait, and what speaks to each kind of them.
//!
//! A gateway is asked to take one message at a time and says what became of it as a [`Verdict`]. It keeps nothing, repeats
//! nothing and decides nothing about what comes next: whoever asks has the message durable before, and writes the verdict down
//! after.

pub mod http;
mod misfit;
pub mod smpp;
mod verdict;

use std::time::Duration;

use futures_util::future::LocalBoxFuture;

pub use misfit::Misfit;
pub use verdict::{Inbound, ReceiptState, Submission, Verdict};

/// How the line to a gateway is, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineState {
    /// Messages can be handed over.
    Up,
    /// Not yet, or not any more; it is tried again. Why.
    Waiting(String),
    /// Not before somebody looks. Why.
    Down(String),
}

/// What takes messages.
pub trait Gateway {
    /// Hands a message over, all its parts in order, and says what became of it within the route's time limit.
    fn submit(&self, submission: Submission) -> LocalBoxFuture<'_, Verdict>;

    /// How the line is.
    fn line(&self) -> LineState;

    /// Ends the line in order: what is under way may take `within` at most. Nothing is handed over after it.
    fn close(&self, within: Duration) -> LocalBoxFuture<'_, ()>;
}
