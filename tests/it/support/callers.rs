//! Callers who answer the survey `support` over the API, and remember every reply they were given.

use std::cell::{Cell, RefCell};

use futures_util::future::join_all;

use super::DN;
use super::http::{Http, Reply};
use super::store::Answers;

/// What one caller knows for certain, and what may have happened besides.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub call: String,
    /// Once the offer was acknowledged.
    pub response: Option<String>,
    /// The answers as the last acknowledgement left them.
    pub acknowledged: Answers,
    /// The answers as the request that got no reply may have left them.
    pub unsure: Option<Answers>,
    /// The state in the last acknowledgement.
    pub state: Option<String>,
}

/// Many callers at once on one server.
pub struct Callers {
    http: Http,
    /// Distinguishes their calls from all others.
    name: String,
    /// How often a request that got no reply is sent again.
    retries: u32,
    /// When the next request may be sent, and the time between two; `None`: as fast as the server is.
    pace: Option<(Cell<tokio::time::Instant>, std::time::Duration)>,
    /// How long each request took.
    took: RefCell<Vec<std::time::Duration>>,
    /// Whether the server is going to be killed: a caller without a reply leaves quietly.
    plug_pulled: bool,
    stopping: Cell<bool>,
    silent: Cell<bool>,
    in_flight: Cell<usize>,
    acknowledged: Cell<u64>,
    next: Cell<u64>,
    records: RefCell<Vec<Record>>,
    problems: RefCell<Vec<String>>,
}

impl Callers {
    /// Callers who take no failure.
    pub fn new(http: &Http, name: &str) -> Self {
        Self {
            http: http.fresh(),
            name: name.to_owned(),
            retries: 0,
            pace: None,
            took: RefCell::default(),
            plug_pulled: false,
            stopping: Cell::new(false),
            silent: Cell::new(false),
            in_flight: Cell::new(0),
            acknowledged: Cell::new(0),
            next: Cell::new(0),
            records: RefCell::default(),
            problems: RefCell::default(),
        }
    }

    /// They send a request that got no reply once more.
    pub fn who_try_twice(self) -> Self {
        Self { retries: 1, ..self }
    }

    /// They send so many requests a second together.
    pub fn at_pace(self, per_second: u32) -> Self {
        let between = std::time::Duration::from_secs(1) / per_second;
        Self { pace: Some((Cell::new(tokio::time::Instant::now()), between)), ..self }
    }

    /// How long the slowest of a hundred requests took, and the slowest of all.
    pub fn slowest(&self) -> (std::time::Duration, std::time::Duration) {
        let mut took = self.took.borrow().clone();
        took.sort_unstable();
        let last = took.len().saturating_sub(1);
        (took[last * 99 / 100], took[last])
    }

    /// They leave when there is no reply.
    pub fn until_the_plug_is_pulled(self) -> Self {
        Self { plug_pulled: true, ..self }
    }

    /// So many callers at once, one call after the other, until [`Callers::stop`].
    pub async fn call(&self, at_once: usize) {
        join_all((0..at_once).map(|_| async {
            while !self.stopping.get() {
                let number = self.next.replace(self.next.get() + 1);
                let mut record = Record { call: format!("{}-{number}", self.name), ..Record::default() };
                let whole = self.play(&mut record, number).await.is_some();
                self.records.borrow_mut().push(record);
                if !whole {
                    break;
                }
            }
        }))
        .await;
    }

    /// No new calls; those that go on are finished.
    pub fn stop(&self) {
        self.stopping.set(true);
    }

    /// No new requests; those in flight are waited for.
    pub fn fall_silent(&self) {
        self.silent.set(true);
    }

    /// Requests without a reply so far.
    pub fn in_flight(&self) -> usize {
        self.in_flight.get()
    }

    /// Fails as soon as a request was not answered with 200.
    pub fn assert_well(&self) {
        let problems = self.problems.borrow();
        assert!(problems.is_empty(), "{} requests failed, such as {:?}", problems.len(), problems[0]);
    }

    /// How many requests were answered with 200.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.get()
    }

    /// What everybody knows now.
    pub fn so_far(&self) -> Vec<Record> {
        self.records.borrow().clone()
    }

    /// What everybody knows; fails if any request was not answered with 200.
    pub fn records(self) -> Vec<Record> {
        self.assert_well();
        self.records.into_inner()
    }

    /// What everybody knows, and what was refused.
    pub fn records_and_problems(self) -> (Vec<Record>, Vec<String>) {
        (self.records.into_inner(), self.problems.into_inner())
    }

    async fn play(&self, record: &mut Record, number: u64) -> Option<()> {
        let call = record.call.clone();
        let agent = format!("agent-{}", number % 7);
        let offer = [("dn", DN), ("call_id", &call), ("agent_id", &agent), ("queue", "help")];
        let mut reply = self.send(record, "survey", &offer, Answers::new()).await?;
        let response = reply.word("response_id");
        record.response = Some(response.clone());
        match number % 8 {
            4 => return self.all_at_once(record, &response, "1:2:2:0").await,
            5 => return self.all_at_once(record, &response, "4:-1:1:10").await,
            6 => return self.end(record, &response, "declined").await,
            _ => {}
        }
        while reply.word("result") == "QUESTION" {
            let question = reply.word("question_id");
            reply = self.answer(record, &response, &question, number).await?;
            if number.is_multiple_of(3) {
                reply = self.answer(record, &response, &question, number).await?;
            }
            if number.is_multiple_of(5) {
                reply = self.answer(record, &response, &question, number + 1).await?;
            }
            if number % 8 == 7 {
                return self.end(record, &response, "hangup").await;
            }
        }
        Some(())
    }

    async fn answer(&self, record: &mut Record, response: &str, question: &str, draw: u64) -> Option<Reply> {
        let digits = digits(question, draw);
        let mut answers = record.acknowledged.clone();
        answers.insert(question.to_owned(), as_stored(question, &digits));
        let fields = [("response_id", response), ("question_id", question), ("value", &digits)];
        self.send(record, "answer", &fields, answers).await
    }

    async fn all_at_once(&self, record: &mut Record, response: &str, list: &str) -> Option<()> {
        let pairs = ["csat", "reason", "solved", "recommend"].into_iter().zip(list.split(':'));
        let given = pairs.filter(|(_, digits)| *digits != "-1");
        let answers = given.map(|(question, digits)| (question.to_owned(), as_stored(question, digits)));
        let fields = [("response_id", response), ("a", list)];
        self.send(record, "answers", &fields, answers.collect()).await.map(|_| ())
    }

    async fn end(&self, record: &mut Record, response: &str, status: &str) -> Option<()> {
        let answers = record.acknowledged.clone();
        let fields = [("response_id", response), ("status", status)];
        self.send(record, "complete", &fields, answers).await.map(|_| ())
    }

    /// Sends a request that leaves `answers` behind if it is served.
    async fn send(
        &self,
        record: &mut Record,
        path: &str,
        fields: &[(&str, &str)],
        answers: Answers,
    ) -> Option<Reply> {
        if self.silent.get() {
            return None;
        }
        if let Some((next, between)) = &self.pace {
            let mine = next.get();
            next.set(mine + *between);
            tokio::time::sleep_until(mine).await;
        }
        record.unsure = Some(answers);
        let begun = std::time::Instant::now();
        self.in_flight.set(self.in_flight.get() + 1);
        let path = format!("/ivr/v1/{path}");
        let mut sent = self.http.form(&path, fields).await;
        for _ in 0..self.retries {
            if sent.is_err() {
                // On a connection of its own: those kept open may all have been closed by now.
                sent = self.http.fresh().form(&path, fields).await;
            }
        }
        self.in_flight.set(self.in_flight.get() - 1);
        self.took.borrow_mut().push(begun.elapsed());
        match sent {
            Ok(reply) if reply.status == 200 => {
                record.acknowledged = record.unsure.take().unwrap_or_default();
                record.state = Some(reply.word("state"));
                self.acknowledged.set(self.acknowledged.get() + 1);
                Some(reply)
            }
            Ok(reply) => {
                self.problems
                    .borrow_mut()
                    .push(format!("{path} {fields:?}: {} {}", reply.status, reply.body));
                None
            }
            Err(_) if self.plug_pulled => None,
            Err(error) => {
                self.problems.borrow_mut().push(format!("{path} {fields:?}: {error:?}"));
                None
            }
        }
    }
}

/// The keys a caller presses.
pub fn digits(question: &str, draw: u64) -> String {
    match question {
        "csat" => (1 + draw % 5).to_string(),
        "reason" => (1 + draw % 3).to_string(),
        "solved" => (1 + draw % 2).to_string(),
        "recommend" => (draw % 11).to_string(),
        other => panic!("the survey has no question {other}"),
    }
}

/// What is stored of them.
pub fn as_stored(question: &str, digits: &str) -> String {
    match (question, digits) {
        ("reason", "1") => "waiting",
        ("reason", "2") => "answer",
        ("reason", "3") => "manner",
        ("solved", "2") => "0",
        _ => digits,
    }
    .to_owned()
}
