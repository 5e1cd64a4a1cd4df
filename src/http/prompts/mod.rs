//! Prompts over HTTP: which there are, and under which address each is played.

mod serve;
mod shelf;

pub(in crate::http) use serve::audio_response;
pub use shelf::{PromptLinks, PromptShelf};
