//! The callers: each connection takes a survey from its offer to its end, then the next one, until the time is over.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::LocalSet;

use crate::client::{Answered, Client, element, member, variable};
use crate::{Outcome, bare, survey};

/// The longest wait told apart: a minute.
const LONGEST_MICROS: u64 = 60_000_000;

/// How requests carry their parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Form,
    Json,
    /// Forms, and XML in reply.
    Xml,
    /// Forms, and VoiceXML in reply.
    Vxml,
    /// No survey: JSON to the bare endpoint.
    Bare,
}

impl Encoding {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Form, Self::Json, Self::Xml, Self::Vxml, Self::Bare];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Vxml => "vxml",
            Self::Bare => "bare",
        }
    }

    /// What requests are written in.
    fn content_type(self) -> &'static str {
        match self {
            Self::Form | Self::Xml | Self::Vxml => "application/x-www-form-urlencoded",
            Self::Json | Self::Bare => "application/json",
        }
    }

    /// Where an answer goes.
    fn answer_path(self) -> &'static str {
        match self {
            Self::Xml => "/ivr/v1/answer.xml",
            Self::Vxml => "/ivr/v1/answer.vxml",
            Self::Form | Self::Json | Self::Bare => "/ivr/v1/answer",
        }
    }

    /// Reads the reply to an answer.
    fn taken(self, body: &[u8]) -> Taken<'_> {
        let (new, result, next) = match self {
            Self::Xml => (element(body, "stored"), element(body, "result"), element(body, "question_id")),
            // Its replies do not say whether the answer was new; the answers stored are counted at the end.
            Self::Vxml => (Some("new"), variable(body, "result"), variable(body, "next")),
            Self::Form | Self::Json | Self::Bare => {
                (member(body, "stored"), member(body, "result"), member(body, "\"question_id"))
            }
        };
        match (result, next) {
            _ if new != Some("new") => Taken::Wrong,
            (Some("QUESTION"), Some(next)) => Taken::Next(next),
            (Some("DONE"), _) => Taken::Done,
            _ => Taken::Wrong,
        }
    }
}

/// What became of an answer.
enum Taken<'a> {
    /// The key of the question that comes next.
    Next(&'a str),
    Done,
    Wrong,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) server: SocketAddr,
    pub(crate) key: String,
    pub(crate) connections: u32,
    pub(crate) encoding: Encoding,
    /// Requests before this are not counted.
    pub(crate) warm_up: Duration,
    pub(crate) measure: Duration,
    /// Makes the calls' ids of this run its own.
    pub(crate) run: u32,
}

/// What was seen.
pub(crate) struct Seen {
    /// Answers acknowledged within the measured time.
    pub(crate) answers: u64,
    /// Answers acknowledged in all, warm-up included.
    pub(crate) acknowledged: u64,
    /// Microseconds from each answer's request to its reply.
    pub(crate) micros: Histogram<u64>,
    /// Replies that were not what they should be, and the first of them.
    pub(crate) wrong: u64,
    pub(crate) first_wrong: Option<String>,
    /// Connections that broke.
    pub(crate) broken: u32,
}

struct Tally {
    from: Instant,
    until: Instant,
    seen: RefCell<Seen>,
    stop: Cell<bool>,
}

/// Runs the callers on this thread; `meanwhile` is called when the measured time begins and when it ends.
pub(crate) fn run(plan: &Plan, mut meanwhile: impl FnMut(bool) -> Outcome<()>) -> Outcome<Seen> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let from = Instant::now() + plan.warm_up;
    let seen = Seen {
        answers: 0,
        acknowledged: 0,
        micros: Histogram::new_with_max(LONGEST_MICROS, 3)?,
        wrong: 0,
        first_wrong: None,
        broken: 0,
    };
    let until = from + plan.measure;
    let tally = Rc::new(Tally { from, until, seen: RefCell::new(seen), stop: Cell::new(false) });
    let local = LocalSet::new();
    let callers: Vec<_> = (0..plan.connections)
        .map(|no| {
            let (plan, tally) = (plan.clone(), Rc::clone(&tally));
            local.spawn_local(async move {
                if caller(&plan, no, &tally).await.is_err() {
                    tally.seen.borrow_mut().broken += 1;
                }
            })
        })
        .collect();
    local.block_on(&runtime, async {
        tokio::time::sleep_until(from.into()).await;
        meanwhile(true)?;
        tokio::time::sleep_until(until.into()).await;
        meanwhile(false)?;
        tally.stop.set(true);
        for caller in callers {
            caller.await?;
        }
        Outcome::Ok(())
    })?;
    let tally = Rc::try_unwrap(tally).map_err(|_| "a caller is left")?;
    Ok(tally.seen.into_inner())
}

async fn caller(plan: &Plan, no: u32, tally: &Tally) -> io::Result<()> {
    let mut client = Client::connect(plan.server).await?;
    let mut calls = 0;
    while !tally.stop.get() {
        calls += 1;
        if plan.encoding == Encoding::Bare {
            bare_answer(&mut client, tally).await?;
        } else {
            survey(plan, &mut client, &format!("{}-{no}-{calls}", plan.run), tally).await?;
        }
    }
    Ok(())
}

/// One call, from the offer to the last question.
async fn survey(plan: &Plan, client: &mut Client, call: &str, tally: &Tally) -> io::Result<()> {
    let encoding = plan.encoding;
    let headers = format!("x-api-key: {}\r\ncontent-type: {}\r\n", plan.key, encoding.content_type());
    let facts = [("dn", survey::DN), ("call_id", call), ("agent_id", "1001"), ("queue", "Support")];
    let offer = body(encoding, &facts);
    let reply = client.send("POST", "/ivr/v1/survey", &headers, &offer).await?;
    let (Some(response), Some(first)) =
        (member(reply.body, "response_id"), member(reply.body, "\"question_id"))
    else {
        tally.wrong(&reply);
        return Ok(());
    };
    let (response, mut question) = (response.to_owned(), first.to_owned());
    for turn in 0.. {
        if tally.stop.get() {
            return Ok(());
        }
        // Every third rating is low and branches off.
        let value = if turn % 3 == 0 { "1" } else { "2" };
        let pairs = [("response_id", response.as_str()), ("question_id", &question), ("value", value)];
        let answer = body(encoding, &pairs);
        let begun = Instant::now();
        let reply = client.send("POST", encoding.answer_path(), &headers, &answer).await?;
        match encoding.taken(reply.body) {
            Taken::Next(next) if reply.status == 200 => {
                tally.right(begun);
                next.clone_into(&mut question);
            }
            Taken::Done if reply.status == 200 => {
                tally.right(begun);
                return Ok(());
            }
            _ => {
                tally.wrong(&reply);
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn bare_answer(client: &mut Client, tally: &Tally) -> io::Result<()> {
    let pairs =
        [("response_id", "0190a5a0-0000-7000-8000-000000000000"), ("question_id", "q1"), ("value", "4")];
    let begun = Instant::now();
    let body = body(Encoding::Json, &pairs);
    let reply = client.send("POST", bare::PATH, "content-type: application/json\r\n", &body).await?;
    if reply.status == 200 {
        tally.right(begun);
    } else {
        tally.wrong(&reply);
    }
    Ok(())
}

/// The parameters as a body. None of their values needs escaping.
fn body(encoding: Encoding, pairs: &[(&str, &str)]) -> String {
    if encoding.content_type().ends_with("urlencoded") {
        let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        return pairs.join("&");
    }
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    format!("{{{}}}", pairs.join(","))
}

impl Tally {
    fn right(&self, begun: Instant) {
        let now = Instant::now();
        let mut seen = self.seen.borrow_mut();
        seen.acknowledged += 1;
        if begun >= self.from && now < self.until {
            seen.answers += 1;
            let micros = u64::try_from((now - begun).as_micros()).unwrap_or(u64::MAX);
            seen.micros.saturating_record(micros);
        }
    }

    fn wrong(&self, reply: &Answered<'_>) {
        let mut seen = self.seen.borrow_mut();
        seen.wrong += 1;
        if seen.first_wrong.is_none() {
            let body = String::from_utf8_lossy(&reply.body[..reply.body.len().min(300)]);
            seen.first_wrong = Some(format!("{} {body}", reply.status));
        }
    }
}
