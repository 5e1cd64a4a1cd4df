//! One message: its first part alone, then the others, and what that comes to.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use rusmpp_core::pdus::owned::SubmitSm;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout_at};

use super::compose::compose;
use super::waiting::{Answer, Group, Item};
use super::{LaneState, Shared};
use crate::outbound::sms::{Submission, Verdict};

/// How long a later part waits where the gateway has too much to do, before it is handed over again.
const PART_AGAIN: Duration = Duration::from_millis(500);

/// Hands a message over; within the route's time limit.
pub(super) async fn submit(shared: Rc<Shared>, submission: Submission) -> Verdict {
    let begins = Instant::now();
    let now = shared.clock.now();
    let pdus = match compose(&submission, &shared.gateway, shared.receipts, now) {
        Ok(pdus) => pdus,
        Err(why) => return Verdict::Refused { why, opted_out: false },
    };
    let message = Message {
        shared: &shared,
        group: Group::new(submission.key, pdus.len()),
        writes_by: begins + shared.timeout / 2,
        deadline: begins + shared.timeout,
    };
    let total = pdus.len();
    let mut pdus = pdus.into_iter().enumerate();
    let Some((_, first)) = pdus.next() else {
        return Verdict::Refused { why: "the text is empty".to_owned(), opted_out: false };
    };
    let first = match message.part(0, first).await {
        Ok(id) => id,
        Err(verdict) => return verdict,
    };
    let rest = join_all(pdus.map(|(part, pdu)| message.later_part(part, pdu))).await;
    let mut ids = vec![first];
    for (part, answer) in (2..).zip(rest) {
        match answer {
            Ok(id) => ids.push(id),
            Err(verdict) => {
                let why =
                    format!("of {total} parts the gateway took the first; of part {part}: {}", why(&verdict));
                return Verdict::Unknown { why };
            }
        }
    }
    ids.retain(|id| !id.is_empty());
    Verdict::Accepted(ids)
}

/// A message on its way. Once it is dropped, whoever asked is not there any more.
struct Message<'a> {
    shared: &'a Shared,
    group: Rc<Group>,
    /// When what is not on the line yet is given up.
    writes_by: Instant,
    deadline: Instant,
}

impl Message<'_> {
    /// Hands a part over once.
    async fn part(&self, part: usize, pdu: SubmitSm) -> Answer {
        let writes_by = if part == 0 { self.writes_by } else { self.deadline };
        let Some(lane) = self.shared.sender() else {
            return Err(Verdict::RouteDown { why: "this route is told only: bind says so".to_owned() });
        };
        if self.shared.closes.get().is_some() {
            return Err(not_now("the line is being closed"));
        }
        match &lane.state.borrow().0 {
            LaneState::Connecting | LaneState::Bound(_) => {}
            LaneState::Failing(why) => return Err(not_now(why)),
            LaneState::Refused(why) => return Err(Verdict::RouteDown { why: why.clone() }),
            LaneState::Closed => return Err(not_now("the line is closed")),
        }
        let (tell, mut told) = oneshot::channel();
        let begun = Rc::new(Cell::new(false));
        let group = Rc::clone(&self.group);
        let item = Item { pdu, group, part, deadline: self.deadline, begun: Rc::clone(&begun), tell };
        self.shared.queue.put(item);
        lane.news.notify_one();
        let gone = || Err(not_now("the line is closed"));
        if let Ok(answer) = timeout_at(writes_by, &mut told).await {
            return answer.unwrap_or_else(|_| gone());
        }
        if !begun.get() {
            // With its receiver it is gone from the queue.
            return Err(not_now("the line is not up, or as much is under way as the gateway takes"));
        }
        // Its session answers it at its deadline at the latest.
        told.await.unwrap_or_else(|_| Err(Verdict::Unknown { why: "the line ended".to_owned() }))
    }

    /// A part after the first: where the gateway has too much to do it is handed over again while there is time, for half a
    /// message is worth nothing.
    async fn later_part(&self, part: usize, pdu: SubmitSm) -> Answer {
        loop {
            match self.part(part, pdu.clone()).await {
                Err(Verdict::Throttled { .. }) if Instant::now() + PART_AGAIN < self.deadline => {
                    sleep(PART_AGAIN).await;
                }
                answer => return answer,
            }
        }
    }
}

impl Drop for Message<'_> {
    fn drop(&mut self) {
        self.group.settle();
    }
}

fn not_now(why: &str) -> Verdict {
    Verdict::NotNow { why: why.to_owned(), wait: None }
}

fn why(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Throttled { why, .. }
        | Verdict::NotNow { why, .. }
        | Verdict::Refused { why, .. }
        | Verdict::RouteDown { why }
        | Verdict::Unknown { why } => why,
        Verdict::Accepted(_) => "it was taken",
    }
}
