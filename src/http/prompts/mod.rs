//! Prompts over HTTP: which there are, and under which address each is played.

mod shelf;

pub use shelf::{PromptLinks, PromptShelf};
