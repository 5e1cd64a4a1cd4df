//! Prompts over HTTP: which there are, under which address each is played, and how one is stored.

mod cache;
mod keep;
mod manage;
mod play;
mod serve;
mod shelf;
pub(in crate::http) mod upload;

pub(in crate::http) use keep::Place;
pub(super) use manage::{
    __path_list, __path_one, __path_put, __path_remove, METHODS, PromptList, PromptView, list, one, put,
    remove,
};
pub(super) use play::{__path_by_id, __path_by_name, by_id, by_name};
pub(in crate::http) use serve::audio_response;
use serve::dated;
pub use shelf::{PromptLinks, PromptShelf};
