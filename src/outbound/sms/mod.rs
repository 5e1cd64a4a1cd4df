//! Gateways of text messages: one trait, and what speaks to each kind of them.
//!
//! A gateway is asked to take one message at a time and says what became of it as a [`Verdict`]. It keeps nothing, repeats
//! nothing and decides nothing about what comes next: whoever asks has the message durable before, and writes the verdict down
//! after.

mod verdict;

pub use verdict::{Inbound, ReceiptState, Submission, Verdict};
