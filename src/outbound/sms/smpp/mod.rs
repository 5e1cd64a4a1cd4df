//! A gateway that speaks SMPP 3.4: a line that is kept up, and messages that go over it.
//!
//! A message is one request for each of its parts. The first goes alone: where it is refused, nothing more is sent. What the
//! gateway answers too late is told as [`Inbound::Accepted`], and never taken for the answer to another. What the gateway
//! delivers is acknowledged only once it is stored. Nothing is spawned: whoever owns the link polls its work.

mod arrivals;
mod compose;
mod joiner;
mod keep;
mod line;
mod pdu;
mod receipt;
mod session;
mod status;
mod submit;
mod waiting;

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, join_all};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use self::arrivals::Arrivals;
use self::line::As;
use self::waiting::Queue;
use super::{Gateway, Inbound, LineState, Submission, Verdict};
use crate::foundation::smpp::SmppBind;
use crate::foundation::{Chance, Clock, SmppGateway, SmsRoute};

/// Takes what comes from the gateway by itself; resolves to whether it is stored. What is not, the gateway is asked to repeat.
pub type TakeInbound = Rc<dyn Fn(Inbound) -> LocalBoxFuture<'static, bool>>;

/// How much longer than it was told to a link may take to end.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

/// How a link is, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmppState {
    /// How the line is.
    pub line: LineState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Where the gateway is, while the line is up.
    pub address: Option<SocketAddr>,
    /// Requests written, one for each part.
    pub sent: u64,
    /// Requests that the gateway took.
    pub accepted: u64,
    /// Requests that it did not answer in time.
    pub unanswered: u64,
    /// Receipts and messages that it delivered.
    pub delivered: u64,
    /// Requests of it that nobody could read.
    pub garbled: u64,
    /// Times that the line was up.
    pub connected: u64,
}

/// How a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LaneState {
    /// It is on its way, and nothing is known against it.
    Connecting,
    Bound(SocketAddr),
    /// It is tried again. Why it is not up.
    Failing(String),
    /// It is tried again, slowly; somebody has to look. Why.
    Refused(String),
    Closed,
}

/// A session to the gateway: the only one, or that for one direction.
struct Lane {
    bind: As,
    state: RefCell<(LaneState, DateTime<Utc>)>,
    /// Something is to be written, or the link is closing.
    news: Notify,
}

impl Lane {
    fn set(&self, state: LaneState, now: DateTime<Utc>) {
        let mut held = self.state.borrow_mut();
        if held.0 != state {
            *held = (state, now);
        }
    }

    fn line(&self) -> LineState {
        match &self.state.borrow().0 {
            LaneState::Connecting => LineState::Waiting("the line is not up yet".to_owned()),
            LaneState::Bound(_) => LineState::Up,
            LaneState::Failing(why) => LineState::Waiting(why.clone()),
            LaneState::Refused(why) => LineState::Down(why.clone()),
            LaneState::Closed => LineState::Waiting("the line is closed".to_owned()),
        }
    }
}

#[derive(Default)]
struct Counts {
    sent: Cell<u64>,
    accepted: Cell<u64>,
    unanswered: Cell<u64>,
    delivered: Cell<u64>,
    garbled: Cell<u64>,
    connected: Cell<u64>,
}

fn one_more(counter: &Cell<u64>) {
    counter.set(counter.get() + 1);
}

/// What the handle and the work of a link share.
struct Shared {
    name: String,
    window: usize,
    timeout: Duration,
    receipts: bool,
    gateway: SmppGateway,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    arrivals: Rc<Arrivals>,
    lanes: Vec<Lane>,
    queue: Queue,
    counts: Counts,
    /// When what is under way is given up, once the link is closing.
    closes: Cell<Option<Instant>>,
    ended: Cell<bool>,
    end: Notify,
}

impl Shared {
    /// The session that sends, if there is one.
    fn sender(&self) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.bind != As::Receiver)
    }

    fn set(&self, lane: &Lane, state: LaneState) {
        lane.set(state, self.clock.now());
    }
}

/// A link to a gateway that speaks SMPP. Clones are the same link.
#[derive(Clone)]
pub struct SmppLink {
    shared: Rc<Shared>,
}

impl SmppLink {
    /// A link, and the work that keeps it up until it is closed: to be polled for as long as the link is used.
    pub fn new(
        route: &SmsRoute,
        gateway: SmppGateway,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        take: TakeInbound,
    ) -> (Self, LocalBoxFuture<'static, ()>) {
        let binds: &[As] = match gateway.bind {
            SmppBind::Transceiver => &[As::Transceiver],
            SmppBind::Split => &[As::Transmitter, As::Receiver],
            SmppBind::Transmitter => &[As::Transmitter],
            SmppBind::Receiver => &[As::Receiver],
        };
        let lane = |bind: &As| Lane {
            bind: *bind,
            state: RefCell::new((LaneState::Connecting, clock.now())),
            news: Notify::new(),
        };
        let shared = Rc::new(Shared {
            name: route.name.clone(),
            window: usize::from(route.window.max(1)),
            timeout: route.timeout,
            receipts: route.receipts,
            arrivals: Rc::new(Arrivals::new(take, Arc::clone(&clock), gateway.alphabet)),
            lanes: binds.iter().map(lane).collect(),
            gateway,
            clock,
            chance,
            queue: Queue::default(),
            counts: Counts::default(),
            closes: Cell::new(None),
            ended: Cell::new(false),
            end: Notify::new(),
        });
        let work = Rc::clone(&shared);
        let work = async move {
            join_all(work.lanes.iter().map(|lane| keep::keep(&work, lane))).await;
            work.ended.set(true);
            work.end.notify_waiters();
        };
        (Self { shared }, work.boxed_local())
    }

    /// How the link is.
    pub fn state(&self) -> SmppState {
        let shared = &self.shared;
        // Of two sessions the one that is not up is what people have to know of.
        let first = shared.lanes.iter().find(|lane| lane.line() != LineState::Up).or(shared.lanes.first());
        let (state, since) =
            first.map_or((LaneState::Closed, shared.clock.now()), |lane| lane.state.borrow().clone());
        let address = match state {
            LaneState::Bound(address) => Some(address),
            _ => None,
        };
        let counts = &shared.counts;
        SmppState {
            line: self.line(),
            since,
            address,
            sent: counts.sent.get(),
            accepted: counts.accepted.get(),
            unanswered: counts.unanswered.get(),
            delivered: counts.delivered.get(),
            garbled: counts.garbled.get(),
            connected: counts.connected.get(),
        }
    }
}

impl Gateway for SmppLink {
    fn submit(&self, submission: Submission) -> LocalBoxFuture<'_, Verdict> {
        submit::submit(Rc::clone(&self.shared), submission).boxed_local()
    }

    fn line(&self) -> LineState {
        let mut lines = self.shared.lanes.iter().map(|lane| (lane.bind, lane.line()));
        match lines.find(|(_, line)| *line != LineState::Up) {
            None => LineState::Up,
            // Messages can be handed over; what comes back waits at the gateway.
            Some((As::Receiver, _)) if self.shared.sender().is_some() => LineState::Up,
            Some((_, line)) => line,
        }
    }

    fn close(&self, within: Duration) -> LocalBoxFuture<'_, ()> {
        let shared = Rc::clone(&self.shared);
        async move {
            if shared.closes.get().is_none() {
                shared.closes.set(Some(Instant::now() + within));
            }
            for lane in &shared.lanes {
                lane.news.notify_one();
            }
            let ended = async {
                loop {
                    let end = shared.end.notified();
                    if shared.ended.get() {
                        return;
                    }
                    end.await;
                }
            };
            let _ = timeout(within + ENDS_WITHIN, ended).await;
        }
        .boxed_local()
    }
}
