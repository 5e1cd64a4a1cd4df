//! Callers who answer whole surveys, and go on asking until their call is finished.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Client;

use super::support::DN;
use super::support::callers::{Record, as_stored, digits};
use super::support::http::{Reply, read};
use super::support::store::Answers;

/// Callers at once.
const CALLERS: u64 = 20;
/// Time between two requests of all of them together.
const PACE: Duration = Duration::from_millis(10);
/// How long a script waits for a reply.
const PATIENCE: Duration = Duration::from_secs(3);
/// Time between the further attempts of a request that failed twice.
const AGAIN: Duration = Duration::from_millis(200);
/// Within this time after the fault every call has to be finished.
const FINISH: Duration = Duration::from_mins(1);

/// What became of all requests.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub sent: u64,
    /// Failed at first.
    pub lost: u64,
    /// Failed when they were sent once more as well.
    pub lost_twice: u64,
    /// What every caller knows for certain.
    pub records: Vec<Record>,
    /// Calls that could not be finished, and replies that no caller should get.
    pub problems: Vec<String>,
}

/// What others see of the callers, and tell them.
#[derive(Debug, Default)]
pub struct Signs {
    pub acknowledged: AtomicU64,
    /// No new calls; those that go on are finished.
    pub stop: AtomicBool,
    /// Nobody wants to know any more.
    pub leave: AtomicBool,
}

/// All of them; they share a thread.
pub struct Callers {
    place: String,
    name: String,
    key: String,
    signs: Arc<Signs>,
    next_call: Cell<u64>,
    next_at: Cell<tokio::time::Instant>,
    /// When the last call is given up; set when they are told to stop.
    give_up: Cell<Option<Instant>>,
    tally: RefCell<Tally>,
}

/// The connections of one caller.
struct Lines {
    usual: Client,
    /// A new connection for each request.
    fresh: Client,
}

/// Why a request has no reply to go on with.
enum Lack {
    /// Worth another attempt.
    Lost(String),
    /// The same again would change nothing.
    Refused(String),
}

impl Callers {
    /// They call at the address `place`; `name` distinguishes their calls from all others.
    pub fn new(place: &str, name: &str, key: &str, signs: Arc<Signs>) -> Self {
        Self {
            place: place.to_owned(),
            name: name.to_owned(),
            key: key.to_owned(),
            signs,
            next_call: Cell::new(0),
            next_at: Cell::new(tokio::time::Instant::now()),
            give_up: Cell::new(None),
            tally: RefCell::default(),
        }
    }

    /// Calls until they are told to stop; then what became of everything.
    pub async fn call(self) -> Tally {
        join_all((0..CALLERS).map(|caller| self.calls(caller.is_multiple_of(2)))).await;
        self.tally.into_inner()
    }

    /// One caller's calls, one after the other. Half of them keep their connections.
    async fn calls(&self, keeps_alive: bool) {
        let fresh = client(false);
        let lines = Lines { usual: if keeps_alive { client(true) } else { fresh.clone() }, fresh };
        while !self.signs.stop.load(Ordering::SeqCst) {
            let number = self.next_call.replace(self.next_call.get() + 1);
            let mut record = Record { call: format!("{}-{number}", self.name), ..Record::default() };
            let played = self.play(&lines, &mut record, number).await;
            let mut tally = self.tally.borrow_mut();
            tally.problems.extend(played.err().map(|why| format!("call {}: {why}", record.call)));
            tally.records.push(record);
        }
    }

    async fn play(&self, lines: &Lines, record: &mut Record, number: u64) -> Result<(), String> {
        let call = record.call.clone();
        let offer = [("dn", DN), ("call_id", &call)];
        let mut reply = self.send(lines, record, "survey", &offer, Answers::new()).await?;
        let response = reply.word("response_id");
        record.response = Some(response.clone());
        while reply.word("result") == "QUESTION" {
            let question = reply.word("question_id");
            let value = digits(&question, number);
            let mut answers = record.acknowledged.clone();
            answers.insert(question.clone(), as_stored(&question, &value));
            let fields = [("response_id", &*response), ("question_id", &*question), ("value", &*value)];
            reply = self.send(lines, record, "answer", &fields, answers).await?;
        }
        let is_whole = reply.word("result") == "DONE" && record.state.as_deref() == Some("complete");
        is_whole.then_some(()).ok_or_else(|| format!("ended with {}", reply.body))
    }

    /// Sends a request until it is served; it leaves `answers` behind then.
    async fn send(
        &self,
        lines: &Lines,
        record: &mut Record,
        path: &str,
        fields: &[(&str, &str)],
        answers: Answers,
    ) -> Result<Reply, String> {
        let mine = self.next_at.get().max(tokio::time::Instant::now());
        self.next_at.set(mine + PACE);
        tokio::time::sleep_until(mine).await;
        record.unsure = Some(answers);
        self.tally.borrow_mut().sent += 1;
        for attempt in 0_u32.. {
            let client = if attempt == 0 { &lines.usual } else { &lines.fresh };
            let why = match self.attempt(client, path, fields).await {
                Ok(reply) => {
                    record.acknowledged = record.unsure.take().unwrap_or_default();
                    record.state = Some(reply.word("state"));
                    self.signs.acknowledged.fetch_add(1, Ordering::SeqCst);
                    return Ok(reply);
                }
                Err(Lack::Refused(why)) => return Err(why),
                Err(Lack::Lost(why)) => why,
            };
            self.count_lost(attempt);
            if self.is_over() {
                return Err(why);
            }
            if attempt > 0 {
                tokio::time::sleep(AGAIN).await;
            }
        }
        unreachable!("attempts end with a reply or with patience")
    }

    fn count_lost(&self, attempt: u32) {
        let mut tally = self.tally.borrow_mut();
        match attempt {
            0 => tally.lost += 1,
            1 => tally.lost_twice += 1,
            _ => {}
        }
    }

    async fn attempt(&self, client: &Client, path: &str, fields: &[(&str, &str)]) -> Result<Reply, Lack> {
        let url = format!("http://{}:8080/ivr/v1/{path}", self.place);
        let request = client.post(url).header("X-API-Key", &self.key);
        let reply = read(request.form(fields)).await;
        let reply = reply.map_err(|error| Lack::Lost(format!("{path} {fields:?}: {error:?}")))?;
        let said = || format!("{path} {fields:?}: {} {}", reply.status, reply.body);
        match reply.status {
            200 => Ok(reply),
            408 | 429 | 500.. => Err(Lack::Lost(said())),
            _ => Err(Lack::Refused(said())),
        }
    }

    /// Whether a call that is not finished by now never will be.
    fn is_over(&self) -> bool {
        if !self.signs.stop.load(Ordering::SeqCst) {
            return false;
        }
        let give_up = self.give_up.get().unwrap_or_else(|| Instant::now() + FINISH);
        self.give_up.set(Some(give_up));
        Instant::now() >= give_up || self.signs.leave.load(Ordering::SeqCst)
    }
}

fn client(keeps_alive: bool) -> Client {
    // One provider per process; a second attempt changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = Client::builder().timeout(PATIENCE).no_proxy();
    builder.pool_max_idle_per_host(usize::from(keeps_alive)).build().unwrap()
}
