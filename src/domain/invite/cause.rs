//! What led to an invite.

use serde::{Deserialize, Serialize};

/// What led to the decision whether somebody is invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteCause {
    /// The caller hung up before the survey was over.
    HangUp,
    /// A call ended, as the contact centre said.
    CallEnded,
    /// A chat ended, as the chat engine said.
    ChatEnded,
    /// Another program asked for it.
    Api,
    /// It stands in a list that somebody uploaded.
    List,
}

impl InviteCause {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::HangUp, Self::CallEnded, Self::ChatEnded, Self::Api, Self::List];

    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HangUp => "hang_up",
            Self::CallEnded => "call_ended",
            Self::ChatEnded => "chat_ended",
            Self::Api => "api",
            Self::List => "list",
        }
    }

    /// The cause of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }
}
