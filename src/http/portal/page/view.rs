//! The customer's page as HTML: one question, or a few words.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::languages::own_name;
use super::visit::{Asked as Address, Standing, Visit};
use crate::domain::response::AnswerValue;
use crate::domain::survey::{Direction, Question, QuestionKind};
use crate::foundation::hash_of;
use crate::http::portal::words::Words;

/// How the page looks.
pub(super) const STYLE: &str = include_str!("../../../../static/page/page.css");
/// A page may load its style and nothing else, send its form here, and stand in no other page.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// What marks this style: another program's is another file.
pub(super) fn style_mark() -> &'static str {
    static MARK: LazyLock<String> = LazyLock::new(|| {
        hash_of(STYLE).iter().take(6).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    });
    &MARK
}

/// What stands around every page.
struct Frame {
    language: String,
    direction: &'static str,
    title: String,
    style: String,
    words: &'static Words,
    /// Attributes of what is said in another language than the survey's, where its own has no words here.
    ui: String,
    others: Vec<Other>,
}

/// The same page in another language.
struct Other {
    tag: String,
    name: String,
    href: String,
}

/// A page of a few words.
#[derive(Template)]
#[template(path = "tell.html")]
struct TellPage {
    frame: Frame,
    heading: String,
    /// Attributes of the heading: its language, where it is not the page's.
    heading_in: String,
    /// What is said, and its attributes.
    lines: Vec<(String, String)>,
    /// What leads on, and where.
    way: Option<(String, String)>,
    /// What declines the survey, and where it is sent.
    no: Option<(String, String)>,
}

/// A page that asks.
#[derive(Template)]
#[template(path = "ask.html")]
struct AskPage {
    frame: Frame,
    progress: String,
    note: Option<String>,
    error: Option<String>,
    key: String,
    text: String,
    asked: Asked,
    action: String,
    on: String,
    back: Option<String>,
    send: String,
    skip: Option<String>,
}

/// How a question is asked.
enum Asked {
    /// Not any more: this was answered, and stays.
    Kept { answer: String },
    /// By what there is to choose from.
    Options { options: Vec<Choice>, columns: &'static str, direction: &'static str, ends: Vec<String> },
    /// In words.
    Words { value: String, most: u32, hint: String },
}

/// Something to choose.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
    /// Attributes of the label: its language, where it is not the page's.
    within: String,
}

/// A question, and how it is to be shown.
pub(super) struct Shown<'a> {
    /// The question.
    pub(super) question: &'a Question,
    /// What was answered to it or, where that was not taken, entered.
    pub(super) given: Option<String>,
    /// It was answered before others, and stays as it is.
    pub(super) is_kept: bool,
    /// Why what was entered was not taken.
    pub(super) error: Option<String>,
}

impl Visit {
    /// A question.
    pub(super) fn ask(&self, status: StatusCode, shown: Shown<'_>) -> HttpResponse {
        let Shown { question, given, is_kept, error } = shown;
        let (words, turn) = (self.words, &self.seen.turn);
        let path = self.seen.progress.path(self.graph());
        let place = path.iter().position(|no| *no == question.no).unwrap_or(0);
        let left = self.graph().at_most_from(question.no, turn.channel);
        let (at, most) = (place + 1, place + left.max(1));
        let progress = if at == most && at > 1 {
            words.say("page-progress-last")
        } else {
            words.say_numbers("page-progress", &[("at", at), ("most", most)])
        };
        let before = place.checked_sub(1).and_then(|before| self.graph().at(*path.get(before)?));
        let back = before.map(|before| self.asked.elsewhere(|to| to.question = Some(before.key.clone())));
        let survey = self.graph().name();
        let title = match &error {
            Some(_) => format!("{}: {survey}", words.say("page-error")),
            None => format!("{progress} – {survey}"),
        };
        let asked =
            if is_kept { Asked::Kept { answer: self.told(question) } } else { self.how(question, given) };
        let mut here = Address { language: self.asked.language.clone(), go: true, ..Address::default() };
        here.question.clone_from(&self.asked.question);
        let page = AskPage {
            progress,
            note: self.asked.note.map(|note| words.say(note.key())),
            error,
            key: question.key.clone(),
            text: question.text(&self.language).to_owned(),
            asked,
            action: self.asked.elsewhere(|_| {}),
            on: self.asked.elsewhere(|to| to.go = true),
            back,
            send: words.say(if left <= 1 { "page-finish" } else { "page-next" }),
            skip: (!question.required).then(|| words.say("page-skip")),
            frame: self.frame(title, &here),
        };
        send(status, page.render())
    }

    /// What the survey begins with.
    pub(super) fn begin(&self) -> HttpResponse {
        let (words, graph) = (self.words, self.graph());
        let questions = graph.at_most_from(0, self.seen.turn.channel);
        let mut lines: Vec<(String, String)> =
            graph.intro(&self.language).map(|text| (text.to_owned(), String::new())).into_iter().collect();
        lines.push((words.say_numbers("page-questions", &[("count", questions)]), self.ui()));
        let first = self.seen.turn.next.and_then(|no| graph.at(no));
        let start = self.asked.elsewhere(|to| match first {
            Some(first) => to.question = Some(first.key.clone()),
            None => to.go = true,
        });
        let page = TellPage {
            heading: graph.name().to_owned(),
            heading_in: String::new(),
            lines,
            way: Some((words.say("page-start"), start)),
            no: Some((words.say("page-decline"), self.asked.elsewhere(|_| {}))),
            frame: self.frame(graph.name().to_owned(), &Address::default()),
        };
        send(StatusCode::OK, page.render())
    }

    /// What is said of a survey that takes no answers.
    pub(super) fn end(&self, standing: Standing) -> HttpResponse {
        let (words, asked) = (self.words, &self.asked);
        let own = |key: &str| (words.say(key), self.ui());
        let thanks = self.graph().thanks(&self.language).map(|text| (text.to_owned(), String::new()));
        let (status, key, lines) = match standing {
            Standing::Over => (StatusCode::NOT_FOUND, "page-over", vec![own("page-over-text")]),
            Standing::Declined => (StatusCode::OK, "page-declined", vec![own("page-declined-text")]),
            Standing::Answered | Standing::Open => {
                let key = if asked.done { "page-thanks" } else { "page-used" };
                (StatusCode::OK, key, thanks.into_iter().chain([own("page-close")]).collect())
            }
        };
        let heading = words.say(key);
        let here = Address { done: asked.done, ..Address::default() };
        let frame = self.frame(heading.clone(), &here);
        let page = TellPage { heading, heading_in: self.ui(), lines, way: None, no: None, frame };
        send(status, page.render())
    }

    fn frame(&self, title: String, here: &Address) -> Frame {
        let all = self.graph().languages();
        let other = |tag: &String| Other {
            href: Address { language: Some(tag.clone()), ..here.clone() }.address(),
            name: own_name(tag, all),
            tag: tag.clone(),
        };
        Frame {
            language: self.language.clone(),
            direction: direction(&self.language),
            title,
            style: style(),
            words: self.words,
            ui: self.ui(),
            others: all.iter().filter(|tag| **tag != self.language).map(other).collect(),
        }
    }

    /// The attributes of our own words: nothing where they are in the survey's language.
    fn ui(&self) -> String {
        let main = self.language.split(['-', '_']).next().unwrap_or_default();
        if main.eq_ignore_ascii_case(self.words.language()) {
            return String::new();
        }
        format!(" lang=\"{}\" dir=\"{}\"", self.words.language(), self.words.direction())
    }

    fn how(&self, question: &Question, given: Option<String>) -> Asked {
        let language = &self.language;
        let chosen = |value: &str| given.as_deref() == Some(value);
        let own = |value: &str, label: String, within: String| Choice {
            chosen: chosen(value),
            value: value.to_owned(),
            label,
            within,
        };
        let list = |options| Asked::Options { options, columns: "", direction: "", ends: Vec::new() };
        match &question.kind {
            QuestionKind::Rating { .. } | QuestionKind::Nps => {
                let (min, max) = question.kind.range().unwrap_or_default();
                let number = |n: i32| own(&n.to_string(), n.to_string(), String::new());
                let ends = [min, max].into_iter().zip(question.ends(language));
                let end = |(value, meaning): (i32, Option<&str>)| {
                    meaning.map_or_else(String::new, |meaning| self.words.say_end(value, meaning))
                };
                let ends: Vec<String> = ends.map(end).collect();
                Asked::Options {
                    options: (min..=max).map(number).collect(),
                    columns: match max - min {
                        6 => "c7",
                        10 => "c6",
                        _ => "c5",
                    },
                    direction: self.graph().scale_direction(language).as_str(),
                    ends: if ends.iter().all(String::is_empty) { Vec::new() } else { ends },
                }
            }
            QuestionKind::YesNo => list(
                [("1", "page-yes"), ("0", "page-no")]
                    .map(|(value, key)| own(value, self.words.say(key), self.ui()))
                    .into(),
            ),
            QuestionKind::Choice { choices, .. } => {
                let order = question.choice_order(self.seen.turn.channel, self.seen.seed);
                let choices = order.into_iter().filter_map(|place| choices.get(place));
                list(choices.map(|c| own(&c.key, c.label(language).to_owned(), String::new())).collect())
            }
            QuestionKind::FreeText { max_chars } => {
                let most = *max_chars;
                let count = usize::try_from(most).unwrap_or(usize::MAX);
                let hint = self.words.say_numbers("page-at-most-letters", &[("count", count)]);
                Asked::Words { value: given.unwrap_or_default(), most, hint }
            }
            // Asked by phone only.
            QuestionKind::VoiceComment { .. } => list(Vec::new()),
        }
    }

    /// What was answered, in words.
    fn told(&self, question: &Question) -> String {
        let nothing = || self.words.say("page-no-answer");
        match self.seen.progress.answer(question.no) {
            None | Some(AnswerValue::Skipped | AnswerValue::Recording(_)) => nothing(),
            Some(AnswerValue::Number(1)) if question.kind == QuestionKind::YesNo => {
                self.words.say("page-yes")
            }
            Some(AnswerValue::Number(_)) if question.kind == QuestionKind::YesNo => self.words.say("page-no"),
            Some(AnswerValue::Number(number)) => number.to_string(),
            Some(AnswerValue::Choice(key)) => {
                let QuestionKind::Choice { choices, .. } = &question.kind else { return key.clone() };
                let choice = choices.iter().find(|choice| choice.key == *key);
                choice.map_or_else(|| key.clone(), |choice| choice.label(&self.language).to_owned())
            }
            Some(AnswerValue::Text(text)) => text.clone(),
        }
    }
}

/// `ltr` or `rtl`.
pub(super) fn direction(language: &str) -> &'static str {
    Direction::of(language).as_str()
}

/// A page where there is no survey to show.
pub(super) fn tell(words: &'static Words, status: StatusCode, key: &str, again: bool) -> HttpResponse {
    let heading = words.say(key);
    let frame = Frame {
        language: words.language().to_owned(),
        direction: words.direction(),
        title: heading.clone(),
        style: style(),
        words,
        ui: String::new(),
        others: Vec::new(),
    };
    let lines = vec![(words.say(&format!("{key}-text")), String::new())];
    let way = again.then(|| (words.say("page-again"), "?".to_owned()));
    let page = TellPage { heading, heading_in: String::new(), lines, way, no: None, frame };
    send(status, page.render())
}

/// Leads on, to another place under the same link.
pub(super) fn see(address: String) -> HttpResponse {
    guarded(StatusCode::SEE_OTHER).insert_header((header::LOCATION, address)).finish()
}

fn style() -> String {
    format!("/s/page.css?v={}", style_mark())
}

fn send(status: StatusCode, document: Result<String, askama::Error>) -> HttpResponse {
    match document {
        Ok(document) => guarded(status).insert_header(ContentType::html()).body(document),
        Err(error) => {
            tracing::error!(error = %error, "a page could not be made");
            guarded(StatusCode::INTERNAL_SERVER_ERROR).finish()
        }
    }
}

/// Kept by nobody, found by no search engine, told to no other site, shown in no other page.
fn guarded(status: StatusCode) -> HttpResponseBuilder {
    let mut reply = HttpResponse::build(status);
    reply
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-robots-tag", "noindex, nofollow, noarchive"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"));
    reply
}
