//! The customer's page, `/s/{token}`: one question after another, without a script. Everything is decided by the survey engine; a
//! page shows where the response stands, and a form names its question, so that whatever is sent twice, late or from a second
//! device is answered by where the response is now. Looking changes nothing: previews of links may look.

mod languages;
mod throttle;
mod view;
mod visit;
pub(super) mod widget;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::http::header::{CACHE_CONTROL, HOST, ORIGIN, RETRY_AFTER};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::state::Portal;
use super::words::Words;
use crate::actors::survey_engine::{EndWish, EngineError, Finish, GiveAnswer, Turn};
use crate::domain::response::AnswerValue;
use crate::domain::survey::{Question, Refusal};
use view::{STYLE, Shown, see, style_mark, tell};
use visit::{Asked, Note, Nowhere, Standing, Visit};

pub(super) use throttle::Throttle;

/// Largest form in bytes: the longest text there may be, each character of it as four bytes of three letters.
const FORM_MAX: usize = 64 * 1024;

/// What a form says.
#[derive(Default)]
struct Form {
    question: String,
    value: String,
    act: String,
}

impl Form {
    fn of(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "question" => form.question = value.into_owned(),
                // Browsers send a line break as two characters, and count it as one.
                "value" => form.value = value.replace("\r\n", "\n"),
                "act" => form.act = value.into_owned(),
                _ => {}
            }
        }
        form
    }
}

/// What stands under a link.
pub(super) async fn show(request: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    let visit = match Visit::find(&request, &portal).await {
        Ok(visit) => visit,
        Err(nowhere) => return without(&request, nowhere),
    };
    match visit.standing() {
        Standing::Open => open(&visit),
        standing => visit.end(standing),
    }
}

/// Takes an answer, and leads on.
pub(super) async fn take(request: HttpRequest, portal: Data<Portal>, payload: Payload) -> HttpResponse {
    if is_foreign(&request) {
        return tell(Words::of(&request, None), StatusCode::FORBIDDEN, "page-unknown", false);
    }
    let visit = match Visit::find(&request, &portal).await {
        Ok(visit) => visit,
        Err(nowhere) => return without(&request, nowhere),
    };
    if visit.standing() == Standing::Over {
        return visit.end(Standing::Over);
    }
    let form = match payload.to_bytes_limited(FORM_MAX).await {
        Ok(Ok(body)) => Form::of(&body),
        _ => return tell(visit.words, StatusCode::PAYLOAD_TOO_LARGE, "page-away", true),
    };
    let response = visit.seen.turn.response;
    let within = portal.api.settings.deadline;
    let engine = &portal.api.engine;
    if form.act == "decline" {
        let asked = engine.ask(Finish { response, wish: EndWish::Declined }, within).await;
        return match asked {
            Ok(Ok(_)) => see(visit.asked.elsewhere(|to| to.done = true)),
            _ => without(&request, Nowhere::Away),
        };
    }
    let value = if form.act == "skip" { String::new() } else { form.value.clone() };
    let answer = GiveAnswer { response, question: form.question.clone(), value };
    match engine.ask(answer, within).await {
        Ok(given) => answered(&request, &visit, &form, given),
        Err(_) => not_stored(&request, &visit, &form),
    }
}

/// How the page looks. Kept by browsers for good where the address names this very style.
pub(super) async fn style(request: HttpRequest) -> HttpResponse {
    let is_this = request.query_string().strip_prefix("v=") == Some(style_mark());
    let kept = if is_this { "public, max-age=31536000, immutable" } else { "no-store" };
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, kept))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(ContentType(mime::TEXT_CSS_UTF_8))
        .body(STYLE)
}

/// What a link leads to that is none.
pub(super) async fn nowhere(request: HttpRequest) -> HttpResponse {
    without(&request, Nowhere::Unknown)
}

/// The question that is asked for, or is due; what comes before it where nothing was answered yet.
fn open(visit: &Visit) -> HttpResponse {
    let path = visit.seen.progress.path(visit.graph());
    let wanted = visit.asked.question.as_deref().and_then(|key| visit.graph().question(key));
    let place = wanted.and_then(|wanted| path.iter().position(|no| *no == wanted.no));
    if let Some((question, place)) = wanted.zip(place) {
        // The last one of the path is due, the one before it was answered last and may still be changed.
        let is_kept = place + 2 < path.len();
        return visit
            .ask(StatusCode::OK, Shown { question, given: given(visit, question), is_kept, error: None });
    }
    let is_new = path.len() <= 1;
    let due = visit.seen.turn.next.and_then(|no| visit.graph().at(no));
    match due {
        Some(_) if is_new && !visit.asked.go => visit.begin(),
        Some(question) => {
            visit.ask(StatusCode::OK, Shown { question, given: None, is_kept: false, error: None })
        }
        None => visit.end(Standing::Answered),
    }
}

/// The stored answer as its form has it.
fn given(visit: &Visit, question: &Question) -> Option<String> {
    match visit.seen.progress.answer(question.no)? {
        AnswerValue::Number(number) => Some(number.to_string()),
        AnswerValue::Choice(key) => Some(key.clone()),
        AnswerValue::Text(text) => Some(text.clone()),
        AnswerValue::Recording(_) | AnswerValue::Skipped => None,
    }
}

/// What follows an answer.
fn answered(
    request: &HttpRequest,
    visit: &Visit,
    form: &Form,
    given: Result<Turn, EngineError>,
) -> HttpResponse {
    let done = || see(visit.asked.elsewhere(|to| to.done = true));
    let noted = |note| match visit.standing() {
        Standing::Open => see(visit.asked.elsewhere(|to| (to.go, to.note) = (true, Some(note)))),
        _ => done(),
    };
    match given {
        Ok(turn) => match turn.next.filter(|_| turn.state.is_open()).and_then(|no| visit.graph().at(no)) {
            // Each question has an address of its own, so that the browser's way back leads to the one before.
            Some(next) => see(visit.asked.elsewhere(|to| to.question = Some(next.key.clone()))),
            None => done(),
        },
        Err(EngineError::Closed(_) | EngineError::Refused(Refusal::Ended { .. })) => done(),
        Err(EngineError::Refused(refusal)) => match complaint(visit, form, &refusal) {
            Some(error) => again(visit, form, StatusCode::UNPROCESSABLE_ENTITY, error)
                .unwrap_or_else(|| noted(Note::Moved)),
            None if matches!(refusal, Refusal::TooLate { .. }) => noted(Note::Kept),
            None => noted(Note::Moved),
        },
        Err(EngineError::UnknownResponse(_)) => without(request, Nowhere::Unknown),
        Err(EngineError::Storage { .. } | EngineError::Busy | EngineError::Starting) => {
            not_stored(request, visit, form)
        }
    }
}

/// What is wrong with an answer that the customer can mend; `None`: it is not the answer that is wrong.
fn complaint(visit: &Visit, form: &Form, refusal: &Refusal) -> Option<String> {
    let words = visit.words;
    let is_text = || {
        let question = visit.graph().question(&form.question);
        question.is_some_and(|question| question.kind.as_str() == "free_text")
    };
    match refusal {
        Refusal::Required { .. } => Some(words.say(if is_text() { "page-write" } else { "page-choose" })),
        Refusal::InvalidValue { .. } => Some(words.say("page-not-an-answer")),
        Refusal::TextTooLong { got, max, .. } => {
            Some(words.say_numbers("page-too-long", &[("got", *got), ("most", *max)]))
        }
        Refusal::ControlCharacter { .. } => Some(words.say("page-strange-characters")),
        _ => None,
    }
}

/// The question once more, with what was entered and why it was not taken.
fn again(visit: &Visit, form: &Form, status: StatusCode, error: String) -> Option<HttpResponse> {
    let question = visit.graph().question(&form.question)?;
    let given = Some(form.value.clone());
    Some(visit.ask(status, Shown { question, given, is_kept: false, error: Some(error) }))
}

/// What was entered could not be stored: it is not lost, it stands in its form.
fn not_stored(request: &HttpRequest, visit: &Visit, form: &Form) -> HttpResponse {
    let error = visit.words.say("page-not-stored");
    let mut reply = again(visit, form, StatusCode::SERVICE_UNAVAILABLE, error)
        .unwrap_or_else(|| without(request, Nowhere::Away));
    reply.headers_mut().insert(RETRY_AFTER, 1.into());
    reply
}

/// The page of a link that leads nowhere, or nowhere now. What it says of one that is over has the same form.
fn without(request: &HttpRequest, nowhere: Nowhere) -> HttpResponse {
    let asked = Asked::of(request.query_string());
    let words = Words::of(request, asked.language.as_deref());
    let wait = |mut reply: HttpResponse, wait: Duration| {
        reply.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
        reply
    };
    match nowhere {
        Nowhere::Unknown => tell(words, StatusCode::NOT_FOUND, "page-unknown", false),
        Nowhere::TooFast(time) => wait(tell(words, StatusCode::TOO_MANY_REQUESTS, "page-busy", true), time),
        Nowhere::Away => {
            wait(tell(words, StatusCode::SERVICE_UNAVAILABLE, "page-away", true), Duration::from_secs(1))
        }
    }
}

/// Whether a form was sent from another site's page, as far as the browser says. It has to know the link besides; this keeps a
/// page that knows one from answering for its customer unseen. Our own pages tell no origin (`null`), for they tell no referrer.
fn is_foreign(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = header(ORIGIN.as_str()).filter(|origin| *origin != "null") else { return false };
    let host = header(HOST.as_str()).unwrap_or_default();
    origin.split_once("://").is_none_or(|(_, authority)| !authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_our_own_pages_send_answers() {
        let sent = |headers: &[(&'static str, &'static str)]| {
            let request = TestRequest::post().insert_header(("host", "s.example:8090"));
            let request = headers.iter().fold(request, |request, header| request.insert_header(*header));
            is_foreign(&request.to_http_request())
        };
        assert!(!sent(&[]), "an old browser says nothing");
        assert!(!sent(&[("origin", "null")]));
        assert!(!sent(&[("origin", "https://s.example:8090")]));
        assert!(!sent(&[("origin", "null"), ("sec-fetch-site", "same-origin")]));
        assert!(sent(&[("origin", "https://evil.example")]));
        assert!(sent(&[("origin", "null"), ("sec-fetch-site", "cross-site")]));
        assert!(sent(&[("origin", "nonsense")]));
    }

    #[test]
    fn a_line_break_counts_once() {
        let form = Form::of(b"question=why&value=a%0D%0Ab&act=next&other=1");
        assert_eq!((form.question.as_str(), form.value.as_str(), form.act.as_str()), ("why", "a\nb", "next"));
    }
}
