//! Text messages: how a text is written in them, whom they go to, and what is said back.

mod encoding;
mod pulse;

pub use encoding::{Coding, Encoded};
pub use pulse::{Beat, Health, Pulse};
