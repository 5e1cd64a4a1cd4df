//! The contact a survey is about: its channel, its service, and the facts the script knows of the call.

use serde::{Deserialize, Serialize};

use crate::foundation::{BoundedText, ServiceId};

/// The service every voice contact falls back to when its own has no active survey.
pub const ALL_VOICE: &str = "All";
/// The service every chat contact falls back to.
pub const ALL_WEB: &str = "All-Web";

/// What kind of contacts a service takes. Voice services also cover SMS surveys after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceChannel {
    /// Phone calls, found by dialled number.
    Voice,
    /// Chats, found by name.
    Chat,
}

impl ServiceChannel {
    /// The word used in the API, the CLI and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Chat => "chat",
        }
    }

    /// The channel of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Voice, Self::Chat].into_iter().find(|c| c.as_str() == word)
    }

    /// The name of the service that stands in when a contact's own has no active survey.
    pub fn fallback(self) -> &'static str {
        match self {
            Self::Voice => ALL_VOICE,
            Self::Chat => ALL_WEB,
        }
    }
}

/// The channel on which a customer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The keypad, in the call itself.
    Voice,
    /// A dialogue of text messages.
    Sms,
    /// The chat window.
    Chat,
    /// The survey page.
    Web,
}

impl Channel {
    /// The word used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Sms => "sms",
            Self::Chat => "chat",
            Self::Web => "web",
        }
    }

    /// The channel of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Voice, Self::Sms, Self::Chat, Self::Web].into_iter().find(|c| c.as_str() == word)
    }
}

/// What a contact belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its name, unique without regard to case.
    pub name: String,
    /// The contacts it takes.
    pub channel: ServiceChannel,
    /// The dialled number that leads to it, matched exactly; only voice services have one, `All` has none.
    pub dn: Option<String>,
}

/// Digits, letters and `+*#` of a dialled or calling number or an agent's login.
pub type Number = BoundedText<40>;
/// A name: of an agent, a team, a queue, a survey.
pub type Name = BoundedText<100>;
/// An id given by the contact centre, such as a call id.
pub type ForeignId = BoundedText<100>;

/// What the script knows of the contact, kept with the offer as it was at that moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFacts {
    /// The dialled number, by which the service is found.
    pub dn: Option<Number>,
    /// The customer's number (ANI). Never logged.
    pub customer: Option<Number>,
    /// The contact centre's id of the call; repeats of it get the same response.
    pub call_id: Option<ForeignId>,
    /// The agent's login id.
    pub agent_id: Option<Number>,
    /// The agent's name.
    pub agent_name: Option<Name>,
    /// The agent's team.
    pub team: Option<Name>,
    /// The queue (CSQ, skill group) the call came through.
    pub queue: Option<Name>,
}
