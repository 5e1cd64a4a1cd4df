//! Keeps a session up: opens the line, serves it until it ends, and waits before it is opened again.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::line::{NoLine, open};
use super::session::{End, Session};
use super::{As, Lane, LaneState, Shared, one_more};
use crate::outbound::sms::Verdict;

/// A session that lived so long was a good one: the next try comes at once.
const STEADY: Duration = Duration::from_secs(10);

/// Keeps a session up until the link is closed.
pub(super) async fn keep(shared: &Shared, lane: &Lane) {
    let mut retry = 0;
    let mut session = 0;
    while shared.closes.get().is_none() {
        let opened = tokio::select! {
            opened = open(&shared.gateway, lane.bind) => opened,
            () = closing(shared, lane) => break,
        };
        match opened {
            Ok(opened) => {
                session += 1;
                one_more(&shared.counts.connected);
                tracing::info!(route = shared.name, bind = ?lane.bind, address = %opened.address, "the gateway let us in");
                shared.set(lane, LaneState::Bound(opened.address));
                let began = Instant::now();
                let End { why, did_work } = Session::new(shared, lane, opened, session).run().await;
                if shared.closes.get().is_some() {
                    break;
                }
                tracing::warn!(route = shared.name, bind = ?lane.bind, reason = why, "the line to the gateway ended, will try again");
                if did_work || began.elapsed() >= STEADY {
                    retry = 0;
                    shared.set(lane, LaneState::Connecting);
                } else {
                    failing(shared, lane, LaneState::Failing(why));
                }
            }
            Err(no) => {
                let is_news = lane.line() != line_of(&no);
                let (state, why) = match no {
                    NoLine::NotNow(why) => (LaneState::Failing(why.clone()), why),
                    NoLine::Refused(why) => (LaneState::Refused(why.clone()), why),
                };
                if is_news {
                    tracing::warn!(route = shared.name, bind = ?lane.bind, reason = why, "no line to the gateway, will try again");
                }
                failing(shared, lane, state);
            }
        }
        let wait = wait(shared, lane, retry);
        retry += 1;
        tokio::select! {
            () = sleep(wait) => {}
            () = closing(shared, lane) => {}
        }
    }
    failing(shared, lane, LaneState::Closed);
}

fn line_of(no: &NoLine) -> crate::outbound::sms::LineState {
    match no {
        NoLine::NotNow(why) => crate::outbound::sms::LineState::Waiting(why.clone()),
        NoLine::Refused(why) => crate::outbound::sms::LineState::Down(why.clone()),
    }
}

/// How long until the next try. Somebody who refuses the login is not asked often: some lock it after a few tries.
fn wait(shared: &Shared, lane: &Lane, retry: u32) -> Duration {
    let backoff = shared.gateway.reconnect;
    let is_refused = matches!(lane.state.borrow().0, LaneState::Refused(_));
    let retry = if is_refused { u32::MAX } else { retry };
    backoff.delay(retry, &*shared.chance)
}

/// Sets a state in which nothing is sent, and answers what waits to be.
fn failing(shared: &Shared, lane: &Lane, state: LaneState) {
    let verdict = match &state {
        LaneState::Failing(why) => Verdict::NotNow { why: why.clone(), wait: None },
        LaneState::Refused(why) => Verdict::RouteDown { why: why.clone() },
        _ => Verdict::NotNow { why: "the line is closed".to_owned(), wait: None },
    };
    shared.set(lane, state);
    if lane.bind != As::Receiver {
        shared.queue.answer_all(&verdict);
    }
}

/// Resolves once the link is to be closed.
async fn closing(shared: &Shared, lane: &Lane) {
    while shared.closes.get().is_none() {
        lane.news.notified().await;
    }
}
