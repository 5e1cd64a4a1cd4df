//! A route in the hand of a sender: its queue, its pace, and how it is.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::domain::outbox::MessageState;
use crate::domain::sms::{Beat, Health, Pulse};
use crate::foundation::{ClaimId, ConfiguredRoute, Pace, SmsRoute};
use crate::outbound::sms::{Gateway, LineState, Submission};
use crate::storage::{ClaimedMessage, RouteRow};

/// A message on its way to a gateway.
pub(super) struct InHand {
    pub(super) claim: ClaimId,
    pub(super) message: ClaimedMessage,
    pub(super) submission: Submission,
}

impl InHand {
    /// Parts it is sent in.
    pub(super) fn parts(&self) -> u32 {
        u32::try_from(self.submission.encoded.parts.len()).unwrap_or(u32::MAX)
    }
}

/// A route in the hand of a sender, for one term of its lease.
pub(super) struct Desk {
    pub(super) route: SmsRoute,
    kind: &'static str,
    /// Whether the gateway takes a message once however often it comes.
    pub(super) knows_key: bool,
    pub(super) gateway: Rc<dyn Gateway>,
    queue: RefCell<VecDeque<InHand>>,
    news: Notify,
    pace: RefCell<Pace>,
    pulse: RefCell<Pulse>,
    ending: Cell<bool>,
    taken: Cell<u64>,
    refused: Cell<u64>,
    unknown: Cell<u64>,
    /// The state and reason last told, and since when.
    told: RefCell<(String, String, Option<DateTime<Utc>>)>,
}

impl Desk {
    pub(super) fn new(configured: &ConfiguredRoute, gateway: Rc<dyn Gateway>) -> Self {
        let route = configured.route.clone();
        let pace = Pace::new(route.parts_per_s);
        Self {
            route,
            kind: configured.gateway.kind(),
            knows_key: configured.gateway.knows_key(),
            gateway,
            queue: RefCell::default(),
            news: Notify::new(),
            pace: RefCell::new(pace),
            pulse: RefCell::default(),
            ending: Cell::default(),
            taken: Cell::default(),
            refused: Cell::default(),
            unknown: Cell::default(),
            told: RefCell::default(),
        }
    }

    /// Whether it takes messages to this number.
    pub(super) fn takes(&self, number: &str) -> bool {
        self.route.prefixes.is_empty() || self.route.prefixes.iter().any(|prefix| number.starts_with(prefix))
    }

    /// Whether messages handed to it now would not have to wait for it to get well.
    pub(super) fn is_well(&self, now: Duration) -> bool {
        self.gateway.line() == LineState::Up && self.pulse.borrow().waits(now).is_zero()
    }

    /// For how long it is not used.
    pub(super) fn waits(&self, now: Duration) -> Duration {
        self.pulse.borrow().waits(now)
    }

    /// Who a message to this number is from: by the longest prefix that fits.
    pub(super) fn sender(&self, number: &str) -> Option<&str> {
        let fits = self.route.senders.iter().filter(|rule| number.starts_with(&rule.prefix));
        fits.max_by_key(|rule| rule.prefix.len()).map(|rule| rule.sender.as_str())
    }

    pub(super) fn put(&self, message: InHand) {
        self.queue.borrow_mut().push_back(message);
        self.news.notify_one();
    }

    /// Takes all that waits, as the route does not get on.
    pub(super) fn take_all(&self) -> Vec<InHand> {
        self.queue.borrow_mut().drain(..).collect()
    }

    /// Nothing more is begun.
    pub(super) fn end(&self) {
        self.ending.set(true);
        self.news.notify_one();
    }

    /// The next message, when it may be handed over; `None` once nothing more is begun. Loses nothing when it is dropped.
    pub(super) async fn next(&self, now: &impl Fn() -> Duration) -> Option<InHand> {
        loop {
            if self.ending.get() {
                return None;
            }
            let parts = self.queue.borrow().front().map(InHand::parts);
            let wait = match parts {
                None => None,
                Some(parts) => {
                    let at = now();
                    let mut pace = self.pace.borrow_mut();
                    pace.set_rate(self.pulse.borrow().rate(self.route.parts_per_s, at));
                    let waits = self.waits(at);
                    let may = if waits.is_zero() { pace.take(parts, at) } else { Err(waits) };
                    match may {
                        Ok(()) => return self.queue.borrow_mut().pop_front(),
                        Err(wait) => Some(wait),
                    }
                }
            };
            match wait {
                None => self.news.notified().await,
                // Looked at again before that: a route that is ended does not wait.
                Some(wait) => {
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = self.news.notified() => {}
                    }
                }
            }
        }
    }

    /// Takes in what a gateway's word says of the route, and where it led its message.
    pub(super) fn note(&self, beat: Beat, state: MessageState, now: Duration) {
        self.pulse.borrow_mut().note(beat, now);
        let counter = match state {
            MessageState::Accepted => &self.taken,
            MessageState::Refused => &self.refused,
            MessageState::Unknown => &self.unknown,
            _ => return,
        };
        counter.set(counter.get() + 1);
    }

    /// How it is, in one word and why.
    fn state(&self, now: Duration) -> (&'static str, String) {
        if let LineState::Down(why) = self.gateway.line() {
            return ("down", why);
        }
        let pulse = self.pulse.borrow();
        match (pulse.health(), self.gateway.line()) {
            (Health::Down(why), _) => ("down", why.clone()),
            (Health::Waiting(why), _) if !pulse.waits(now).is_zero() => ("waiting", why.clone()),
            (_, LineState::Waiting(why)) => ("waiting", why),
            _ => ("up", String::new()),
        }
    }

    /// How it is, to be written down.
    pub(super) fn row(&self, node: &str, monotonic: Duration, now: DateTime<Utc>) -> RouteRow {
        let (state, detail) = self.state(monotonic);
        let mut told = self.told.borrow_mut();
        if told.2.is_none() || told.0 != state {
            *told = (state.to_owned(), detail.clone(), Some(now));
        }
        RouteRow {
            name: self.route.name.clone(),
            node: node.to_owned(),
            kind: self.kind.to_owned(),
            state: state.to_owned(),
            detail,
            changed_at: told.2.unwrap_or(now),
            seen_at: now,
            taken: self.taken.get(),
            refused: self.refused.get(),
            unknown: self.unknown.get(),
        }
    }
}
