//! What stands at an address: which response its link leads to, how that stands, and what of it is asked for.

use std::time::Duration;

use actix_web::HttpRequest;
use tokio::time::timeout;

use crate::actors::survey_engine::{EngineError, Look, Seen};
use crate::domain::response::ResponseState;
use crate::domain::survey::SurveyGraph;
use crate::foundation::LinkToken;
use crate::http::portal::session::address;
use crate::http::portal::state::Portal;
use crate::http::portal::words::Words;

/// A link that leads to a response.
pub(super) struct Visit {
    /// The response.
    pub(super) seen: Seen,
    /// Whether the link's time is over.
    is_over: bool,
    /// The language of the survey in which the page is shown.
    pub(super) language: String,
    /// The words around it.
    pub(super) words: &'static Words,
    /// What of it is asked for.
    pub(super) asked: Asked,
}

/// How a survey stands for whoever opens its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It can be answered.
    Open,
    /// It was.
    Answered,
    /// The customer did not want to.
    Declined,
    /// It cannot be answered any more.
    Over,
}

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nowhere {
    /// The link leads nowhere.
    Unknown,
    /// Too many were asked for from there.
    TooFast(Duration),
    /// It cannot be seen now.
    Away,
}

/// What an address says besides its link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The language chosen.
    pub(super) language: Option<String>,
    /// Past the beginning.
    pub(super) go: bool,
    /// Back at this question.
    pub(super) question: Option<String>,
    /// The last answer was given just now.
    pub(super) done: bool,
    /// What is to be said of the answer before.
    pub(super) note: Option<Note>,
}

/// What is said of an answer that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    /// There is another one, which stays.
    Kept,
    /// The survey has gone on.
    Moved,
}

impl Note {
    const ALL: [Self; 2] = [Self::Kept, Self::Moved];

    /// The word in an address.
    fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Moved => "moved",
        }
    }

    /// The key of what is said.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Kept => "page-kept",
            Self::Moved => "page-moved",
        }
    }
}

impl Asked {
    pub(super) fn of(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "lang" => asked.language = Some(value.into_owned()),
                "go" => asked.go = true,
                "q" => asked.question = Some(value.into_owned()),
                "done" => asked.done = true,
                "note" => asked.note = Note::ALL.into_iter().find(|note| note.as_str() == value),
                _ => {}
            }
        }
        asked
    }

    /// The address that says this, from whatever is shown under the same link. The link itself is not in it.
    pub(super) fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix(String::from("?"), 1);
        if self.go {
            query.append_pair("go", "1");
        }
        if let Some(question) = &self.question {
            query.append_pair("q", question);
        }
        if self.done {
            query.append_pair("done", "1");
        }
        if let Some(note) = self.note {
            query.append_pair("note", note.as_str());
        }
        if let Some(language) = &self.language {
            query.append_pair("lang", language);
        }
        query.finish()
    }

    /// Another place in the same language.
    pub(super) fn elsewhere(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut other = Self { language: self.language.clone(), ..Self::default() };
        change(&mut other);
        other.address()
    }
}

impl Visit {
    /// Looks for what a link leads to. Changes nothing: whoever makes previews of links may look.
    pub(super) async fn find(request: &HttpRequest, portal: &Portal) -> Result<Self, Nowhere> {
        let from = address(request);
        let now = portal.clock.monotonic();
        portal.throttle.page(&from, now).await.map_err(Nowhere::TooFast)?;
        let path = request.match_info().get("token").unwrap_or_default();
        let link = match LinkToken::parse(path) {
            Some(token) => {
                let found = timeout(portal.settings.patience, portal.links.response_link(token.hash()));
                found.await.map_err(|_| Nowhere::Away)?.map_err(|_| Nowhere::Away)?
            }
            None => None,
        };
        let Some(link) = link else {
            portal.throttle.miss(&from, now).await.map_err(Nowhere::TooFast)?;
            return Err(Nowhere::Unknown);
        };
        let look = portal.api.engine.ask(Look { response: link.response }, portal.api.settings.deadline);
        let seen = match look.await.map_err(|_| Nowhere::Away)? {
            Ok(seen) => seen,
            // Deleted since.
            Err(EngineError::UnknownResponse(_)) => return Err(Nowhere::Unknown),
            Err(_) => return Err(Nowhere::Away),
        };
        let asked = Asked::of(request.query_string());
        let graph = &seen.turn.version.graph;
        let wanted = asked.language.as_deref().unwrap_or(&seen.turn.language);
        let language = graph.language_for(Some(wanted)).to_owned();
        let words = Words::of(request, Some(&language));
        Ok(Self { is_over: link.expires_at <= portal.clock.now(), seen, language, words, asked })
    }

    /// The survey.
    pub(super) fn graph(&self) -> &SurveyGraph {
        &self.seen.turn.version.graph
    }

    /// How it stands.
    pub(super) fn standing(&self) -> Standing {
        match self.seen.turn.state {
            ResponseState::Complete => Standing::Answered,
            ResponseState::Declined => Standing::Declined,
            ResponseState::Expired => Standing::Over,
            _ if self.is_over => Standing::Over,
            ResponseState::Partial => Standing::Answered,
            ResponseState::Offered | ResponseState::InProgress => Standing::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let asked = Asked {
            language: Some("ar".into()),
            go: true,
            question: Some("a&b".into()),
            done: true,
            note: Some(Note::Kept),
        };
        let address = asked.address();
        assert_eq!(address, "?go=1&q=a%26b&done=1&note=kept&lang=ar");
        assert_eq!(Asked::of(&address[1..]), asked);
        assert_eq!(asked.elsewhere(|other| other.go = true), "?go=1&lang=ar");
        assert_eq!(Asked::of("note=%00&x"), Asked::default());
    }
}
