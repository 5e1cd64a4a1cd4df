//! The survey in a chat window of somebody else: what its script (`/w/widget.js`) asks under a link's token, as JSON. The same
//! survey as the page, by the same messages to the engine; every word that is shown comes from here.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, ORIGIN, RETRY_AFTER};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::visit::{Nowhere, Standing, Visit};
use super::{FORM_MAX, Form, complaint};
use crate::actors::survey_engine::{EndWish, EngineError, Finish, GiveAnswer};
use crate::http::chat::{AskedQuestion, asked_question};
use crate::http::portal::state::Portal;
use crate::http::portal::words::Words;

/// The script.
const SCRIPT: &str = include_str!("../../../../static/widget/widget.js");
/// How long a browser keeps it without asking for another: a new program's script is there within the hour.
const SCRIPT_KEPT: &str = "public, max-age=3600";
/// How long a browser keeps what it was allowed, in seconds.
const ALLOWED_FOR: &str = "600";

/// What the script sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    /// `answer`, `skip` or `decline`.
    act: String,
    #[serde(default)]
    question_id: String,
    #[serde(default)]
    value: String,
}

/// What the script shows.
#[derive(Serialize)]
struct Shown {
    /// `open`, `answered`, `declined` or `over`.
    standing: &'static str,
    language: String,
    direction: &'static str,
    /// The survey's name.
    name: String,
    intro: Option<String>,
    /// Whether something was answered already.
    begun: bool,
    /// What is asked now.
    question: Option<AskedQuestion>,
    progress: String,
    is_last: bool,
    /// What is said when nothing is asked any more.
    heading: String,
    lines: Vec<String>,
    words: Said,
    /// Why an answer was not taken, which its customer can mend.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The words of buttons, and what is said when a line breaks.
#[derive(Serialize)]
struct Said {
    start: String,
    decline: String,
    next: String,
    finish: String,
    skip: String,
    choose: String,
    write: String,
    away: String,
}

/// The script, for every page.
pub(in crate::http::portal) async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, SCRIPT_KEPT))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .body(SCRIPT)
}

/// May a page of this origin ask? Its browser does so before the script's own request.
pub(in crate::http::portal) async fn allow(request: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    match origin(&request, &portal) {
        Some(origin) => answer(StatusCode::NO_CONTENT, origin)
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, ALLOWED_FOR))
            .finish(),
        None => stranger(),
    }
}

/// Where the survey stands.
pub(in crate::http::portal) async fn look(request: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    let Some(origin) = origin(&request, &portal) else { return stranger() };
    match Visit::find(&request, &portal).await {
        Ok(visit) => answer(StatusCode::OK, origin).json(shown(&visit, &request, None)),
        Err(nowhere) => without(&request, &nowhere, origin),
    }
}

/// Takes an answer; the reply is where the survey stands then.
pub(in crate::http::portal) async fn take(
    request: HttpRequest,
    portal: Data<Portal>,
    payload: Payload,
) -> HttpResponse {
    let Some(origin) = origin(&request, &portal) else { return stranger() };
    let visit = match Visit::find(&request, &portal).await {
        Ok(visit) => visit,
        Err(nowhere) => return without(&request, &nowhere, origin),
    };
    let body = payload.to_bytes_limited(FORM_MAX).await;
    let sent = body.ok().and_then(Result::ok).and_then(|body| serde_json::from_slice::<Sent>(&body).ok());
    let Some(sent) = sent else {
        let message = "the body is not what the widget sends: load its script anew";
        return answer(StatusCode::BAD_REQUEST, origin)
            .json(json!({"code": "malformed", "message": message}));
    };
    if visit.standing() == Standing::Over {
        return answer(StatusCode::OK, origin).json(shown(&visit, &request, None));
    }
    let error = match give(&portal, &visit, sent).await {
        Ok(error) => error,
        Err(nowhere) => return without(&request, &nowhere, origin),
    };
    // Read anew: what was sent twice, late or from a second device is answered by where the response is now.
    match Visit::find(&request, &portal).await {
        Ok(visit) => answer(StatusCode::OK, origin).json(shown(&visit, &request, error)),
        Err(nowhere) => without(&request, &nowhere, origin),
    }
}

/// Gives an answer to the engine; what is wrong with it, where its customer can mend it.
async fn give(portal: &Portal, visit: &Visit, sent: Sent) -> Result<Option<String>, Nowhere> {
    let (response, within) = (visit.seen.turn.response, portal.api.settings.deadline);
    let engine = &portal.api.engine;
    let given = if sent.act == "decline" {
        let finish = Finish { response, wish: EndWish::Declined };
        engine.ask(finish, within).await
    } else {
        let value = if sent.act == "skip" { String::new() } else { sent.value.clone() };
        engine.ask(GiveAnswer { response, question: sent.question_id.clone(), value }, within).await
    };
    match given.map_err(|_| Nowhere::Away)? {
        Ok(_) | Err(EngineError::Closed(_)) => Ok(None),
        Err(EngineError::Refused(refusal)) => {
            let form = Form { question: sent.question_id, value: sent.value, act: sent.act };
            Ok(complaint(visit, &form, &refusal))
        }
        Err(EngineError::UnknownResponse(_)) => Err(Nowhere::Unknown),
        Err(EngineError::Storage { .. } | EngineError::Busy | EngineError::Starting) => Err(Nowhere::Away),
    }
}

fn shown(visit: &Visit, request: &HttpRequest, error: Option<String>) -> Shown {
    let (graph, words, turn) = (visit.graph(), visit.words, &visit.seen.turn);
    let standing = visit.standing();
    let path = visit.seen.progress.path(graph);
    let due = turn.next.filter(|_| standing == Standing::Open).and_then(|no| graph.at(no));
    let place = due.and_then(|due| path.iter().position(|no| *no == due.no)).unwrap_or(0);
    let left = due.map_or(0, |due| graph.at_most_from(due.no, turn.channel));
    let (at, most) = (place + 1, place + left.max(1));
    let is_last = left <= 1;
    let progress = if is_last && at > 1 {
        words.say("page-progress-last")
    } else {
        words.say_numbers("page-progress", &[("at", at), ("most", most)])
    };
    let thanks = graph.thanks(&visit.language).map(str::to_owned);
    let (word, heading, lines) = match standing {
        Standing::Open if due.is_some() => ("open", String::new(), Vec::new()),
        Standing::Open | Standing::Answered => {
            ("answered", words.say("page-thanks"), thanks.into_iter().collect())
        }
        Standing::Declined => ("declined", words.say("page-declined"), vec![words.say("page-declined-text")]),
        Standing::Over => ("over", words.say("page-over"), vec![words.say("page-over-text")]),
    };
    Shown {
        standing: word,
        language: visit.language.clone(),
        direction: super::view::direction(&visit.language),
        name: graph.name().to_owned(),
        intro: graph.intro(&visit.language).map(str::to_owned),
        begun: path.len() > 1,
        question: due
            .map(|question| asked_question(turn, question, &visit.language, visit.seen.seed, request)),
        progress,
        is_last,
        heading,
        lines,
        words: Said {
            start: words.say("page-start"),
            decline: words.say("page-decline"),
            next: words.say("page-next"),
            finish: words.say("page-finish"),
            skip: words.say("page-skip"),
            choose: words.say("page-choose"),
            write: words.say("page-write"),
            away: words.say("page-not-sent-yet"),
        },
        error,
    }
}

/// From where a page asks that may.
enum From {
    /// From here: our own pages and programs send no origin, or ours.
    Here,
    /// From a page of this origin, whose browser has to be told that it may.
    Page(String),
}

/// From where a page asks; `None`: it may not.
fn origin(request: &HttpRequest, portal: &Portal) -> Option<From> {
    let Some(origin) = header_of(request.headers(), ORIGIN.as_str()) else { return Some(From::Here) };
    if portal.settings.widget_origins.iter().any(|known| known.eq_ignore_ascii_case(origin)) {
        return Some(From::Page(origin.to_owned()));
    }
    let host = header_of(request.headers(), header::HOST.as_str()).unwrap_or_default();
    let (_, authority) = origin.split_once("://")?;
    authority.eq_ignore_ascii_case(host).then_some(From::Here)
}

fn stranger() -> HttpResponse {
    let message = "pages of this origin may not show the survey: portal.widget_origins does not name it";
    answer(StatusCode::FORBIDDEN, From::Here).json(json!({"code": "wrong_origin", "message": message}))
}

fn header_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A reply that nobody keeps, readable by the page of this origin alone.
fn answer(status: StatusCode, origin: From) -> HttpResponseBuilder {
    let mut reply = HttpResponse::build(status);
    reply
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "origin"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    if let From::Page(origin) = origin {
        reply
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin))
            .insert_header(("cross-origin-resource-policy", "cross-origin"));
    }
    reply
}

/// What is said where there is no survey, or none now.
fn without(request: &HttpRequest, nowhere: &Nowhere, origin: From) -> HttpResponse {
    let words = Words::of(request, None);
    let (status, code, key, wait) = match nowhere {
        Nowhere::Unknown => (StatusCode::NOT_FOUND, "unknown_link", "page-unknown", None),
        Nowhere::TooFast(wait) => (StatusCode::TOO_MANY_REQUESTS, "too_fast", "page-busy-text", Some(*wait)),
        Nowhere::Away => {
            (StatusCode::SERVICE_UNAVAILABLE, "away", "page-not-sent-yet", Some(Duration::from_secs(1)))
        }
    };
    let mut reply = answer(status, origin);
    if let Some(wait) = wait {
        reply.insert_header((RETRY_AFTER, wait.as_secs().max(1).to_string()));
    }
    reply.json(json!({"code": code, "message": words.say(key)}))
}
