//! The document of a whole survey.
//!
//! It asks; where it goes next, the server says after each answer, as for every channel. Variables of the document:
//! what is returned (`result`, `response_id`, `state`, `answers`, `code`), what is being answered (`question_id`, `value`),
//! how often the caller missed and may miss (`misses`, `retries`), and whether there is nothing left to tell the server
//! (`over`). One form per question leads to the form `save`, which leads to the next question or to the form `end`.

use crate::actors::survey_engine::Turn;
use crate::domain::response::ResponseState;
use crate::domain::survey::{Slot, SurveyGraph};
use crate::http::prompts::PromptLinks;

use super::ending::{self, End, Returned};
use super::page::Page;
use super::question;
use super::save::{Sent, save};

/// How the gateway listens and fetches. The time between two keys is long enough for the second key of a 10 and short
/// enough not to be noticed after a 1; a fetch may take longer than the server's own deadline.
const PROPERTIES: [(&str, &str); 9] = [
    ("inputmodes", "dtmf"),
    ("bargein", "true"),
    ("timeout", "5s"),
    ("interdigittimeout", "3s"),
    ("termtimeout", "0s"),
    ("termchar", "#"),
    ("universals", "none"),
    ("fetchtimeout", "5s"),
    ("audiofetchhint", "prefetch"),
];

/// The addresses a document sends to.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    pub(super) answer: String,
    pub(super) recording: String,
    pub(super) complete: String,
}

/// What a document is written from.
pub(super) struct Script<'a> {
    graph: &'a SurveyGraph,
    turn: &'a Turn,
    pub(super) language: &'a str,
    links: &'a PromptLinks,
    pub(super) addresses: &'a Addresses,
    end: End,
}

impl<'a> Script<'a> {
    pub(super) fn new(turn: &'a Turn, links: &'a PromptLinks, addresses: &'a Addresses, end: End) -> Self {
        Self { graph: &turn.version.graph, turn, language: &turn.language, links, addresses, end }
    }

    /// The document.
    pub(super) fn write(&self) -> String {
        let mut page = Page::new(Some(self.language));
        for (name, value) in PROPERTIES {
            page.property(name, value);
        }
        self.variables(&mut page);
        self.handlers(&mut page);
        self.begin(&mut page);
        for question in self.graph.questions().iter().filter(|q| q.asked_on(self.turn.channel)) {
            question::form(&mut page, self, question);
        }
        self.save(&mut page);
        self.end(&mut page);
        page.finish()
    }

    /// Says something: its prompt if there is one, with the words for a gateway that cannot fetch it.
    pub(super) fn say(&self, page: &mut Page, slot: Slot<'_>, text: &str) {
        match self.links.url(self.graph, slot, self.language) {
            Some(url) => page.element("audio", &[("src", &url)], text),
            None => page.text(text),
        }
    }

    /// Tells the server that the caller hung up.
    pub(super) fn submit_hangup(&self, page: &mut Page) {
        page.assign("over", "true");
        page.assign("status", "'hangup'");
        let next = ("next", self.addresses.complete.as_str());
        page.empty("submit", &[next, ("method", "post"), ("namelist", "response_id status")]);
    }

    fn variables(&self, page: &mut Page) {
        let response_id = self.turn.response.to_string();
        let returned = Returned {
            result: "ERROR",
            response_id: &response_id,
            state: self.turn.state.as_str(),
            answers: &self.turn.results,
            code: "unfinished",
        };
        returned.declare(page);
        for name in ["question_id", "status", "end"] {
            page.variable(name, "");
        }
        page.variable("value", "-1");
        for (name, value) in [("misses", "0"), ("retries", "0"), ("over", "false")] {
            page.empty("var", &[("name", name), ("expr", value)]);
        }
    }

    fn handlers(&self, page: &mut Page) {
        page.open("catch", &[("event", "connection.disconnect")]);
        page.open("if", &[("cond", "over")]);
        page.empty("exit", &[]);
        page.empty("else", &[]);
        self.submit_hangup(page);
        page.close("if");
        page.close("catch");
        page.open("catch", &[("event", "error")]);
        // An error of the error's own way out must not come back here.
        page.open("if", &[("cond", "over")]);
        page.empty("exit", &[]);
        page.close("if");
        page.assign("code", "'gateway_error'");
        page.empty("goto", &[("next", "#end")]);
        page.close("catch");
        self.miss(page, "noinput", Slot::NoInput, self.graph.no_input(self.language));
        self.miss(page, "nomatch", Slot::NoMatch, self.graph.no_match(self.language));
    }

    /// Silence and wrong keys count together: a caller is asked again so many times, and not twice as often.
    fn miss(&self, page: &mut Page, event: &str, slot: Slot<'_>, text: Option<&str>) {
        page.open(event, &[]);
        page.assign("misses", "misses + 1");
        page.open("if", &[("cond", "misses > retries")]);
        page.assign("value", "'-1'");
        page.empty("goto", &[("next", "#save")]);
        page.close("if");
        if let Some(text) = text {
            page.open("prompt", &[]);
            self.say(page, slot, text);
            page.close("prompt");
        }
        page.empty("reprompt", &[]);
        page.close(event);
    }

    /// A call that asks again in the middle of its survey goes on where it was.
    fn begin(&self, page: &mut Page) {
        page.open("form", &[("id", "begin")]);
        page.open("block", &[]);
        let next = self.turn.next.and_then(|no| self.graph.at(no));
        if let Some(intro) =
            self.graph.intro(self.language).filter(|_| self.turn.state == ResponseState::Offered)
        {
            page.open("prompt", &[]);
            self.say(page, Slot::Intro, intro);
            page.close("prompt");
        }
        if let Some(question) = next {
            page.empty("goto", &[("next", &format!("#{}", question::form_id(&question.key)))]);
        } else {
            page.assign("result", "'DONE'");
            page.empty("goto", &[("next", "#end")]);
        }
        page.close("block");
        page.close("form");
    }

    fn save(&self, page: &mut Page) {
        page.open("form", &[("id", "save")]);
        let sent = Sent {
            address: &self.addresses.answer,
            namelist: "response_id question_id value",
            enctype: None,
            refused: "#end",
            rule: "pause",
        };
        save(page, &sent);
        page.close("form");
    }

    fn end(&self, page: &mut Page) {
        page.open("form", &[("id", "end")]);
        ending::or_exit(page);
        page.open("block", &[]);
        page.open("if", &[("cond", "result == 'DONE'")]);
        page.assign("over", "true");
        page.assign("code", "''");
        page.close("if");
        if let Some(thanks) = self.graph.thanks(self.language) {
            page.open("prompt", &[("bargein", "false")]);
            self.say(page, Slot::Thanks, thanks);
            page.close("prompt");
        }
        ending::leave(page, self.end);
        page.close("block");
        page.close("form");
    }
}
