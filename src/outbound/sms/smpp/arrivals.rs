//! What the gateway delivers by itself, up to whether it was stored: only then it is told that it came.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::TakeInbound;
use super::joiner::{Joined, Joiner, Key, Whole};
use super::pdu::Delivered;
use super::receipt::{Found, find};
use crate::foundation::Clock;
use crate::foundation::smpp::SmscAlphabet;
use crate::outbound::sms::Inbound;

/// How long it may take to store what came.
const STORES_WITHIN: Duration = Duration::from_secs(10);
/// How long the gateway waits for its answer to a part while the rest may come. Some send the next only after it.
const PART_WAITS: Duration = Duration::from_secs(2);
/// How long after the line broke a message counts as a repetition of one that came before it did.
const REPEATS: Duration = Duration::from_mins(10);
/// Messages remembered at most, to know repetitions, and joined ones that could not be stored yet.
const REMEMBERED: usize = 1_000;
/// How long is waited before a joined message is stored again.
const AGAIN: Duration = Duration::from_secs(5);

/// A message that came, to know it again.
struct Came {
    print: String,
    id: String,
    session: u64,
    at: Duration,
}

/// A joined message, whose parts the gateway may have been told of, that is not stored yet.
struct Unstored {
    whole: Whole,
    id: String,
    due: Duration,
}

pub(super) struct Arrivals {
    take: TakeInbound,
    clock: Arc<dyn Clock>,
    joiner: RefCell<Joiner>,
    /// The parts whose answers wait for the rest.
    held: RefCell<HashMap<Key, Vec<oneshot::Sender<bool>>>>,
    came: RefCell<VecDeque<Came>>,
    unstored: RefCell<VecDeque<Unstored>>,
    nameless: Cell<u64>,
    part_waits: Duration,
}

impl Arrivals {
    pub(super) fn new(take: TakeInbound, clock: Arc<dyn Clock>, alphabet: SmscAlphabet) -> Self {
        Self {
            take,
            clock,
            joiner: RefCell::new(Joiner::new(alphabet)),
            held: RefCell::default(),
            came: RefCell::default(),
            unstored: RefCell::default(),
            nameless: Cell::new(0),
            part_waits: PART_WAITS,
        }
    }

    /// Hands something on; whether it was stored.
    pub(super) fn hand_on(&self, inbound: Inbound) -> LocalBoxFuture<'static, bool> {
        let taken = (self.take)(inbound);
        async move { timeout(STORES_WITHIN, taken).await.unwrap_or(false) }.boxed_local()
    }

    /// Takes a delivery of this session; resolves to whether the gateway may forget it.
    pub(super) fn delivered(self: &Rc<Self>, it: Delivered, session: u64) -> LocalBoxFuture<'static, bool> {
        match find(&it) {
            Found::Receipt(receipt) => self.hand_on(Inbound::Receipt {
                id: receipt.id,
                key: None,
                state: receipt.state,
                detail: receipt.detail,
            }),
            Found::Nameless => {
                self.nameless.set(self.nameless.get() + 1);
                tracing::warn!(
                    "a gateway sent a receipt that does not say of which message, which was passed over"
                );
                async { true }.boxed_local()
            }
            Found::Message => self.message(it, session),
        }
    }

    fn message(self: &Rc<Self>, it: Delivered, session: u64) -> LocalBoxFuture<'static, bool> {
        let header = it.octets.first().filter(|_| it.esm_class & 0x40 != 0);
        let header = header.map_or(0, |length| usize::from(*length) + 1);
        let key_octets = it.octets.get(..header).unwrap_or_default().to_vec();
        let now = self.clock.monotonic();
        let joined = self.joiner.borrow_mut().take(it, now);
        match joined {
            Joined::Waits(key) => {
                let (tell, told) = oneshot::channel();
                self.held.borrow_mut().entry(key).or_default().push(tell);
                // Held in memory from then on: who sends part by part waits for this answer.
                let limit = self.part_waits;
                async move { timeout(limit, told).await.map_or(true, |told| told.unwrap_or(true)) }
                    .boxed_local()
            }
            Joined::Whole(whole) => {
                let id = self.id_of(&whole, &key_octets, session);
                self.store(whole, id)
            }
        }
    }

    /// Stores a message; a joined one is kept and stored again where that fails, for the gateway may have forgotten its parts.
    fn store(self: &Rc<Self>, whole: Whole, id: String) -> LocalBoxFuture<'static, bool> {
        let held = self.release(&whole);
        let taken = self.hand_on(Inbound::Message {
            id: id.clone(),
            from: whole.from.clone(),
            to: whole.to.clone(),
            text: whole.text.clone(),
        });
        let this = Rc::clone(self);
        async move {
            let mut is_stored = taken.await;
            if !is_stored && whole.parts > 1 {
                let due = this.clock.monotonic() + AGAIN;
                let mut unstored = this.unstored.borrow_mut();
                is_stored = unstored.len() < REMEMBERED;
                if is_stored {
                    unstored.push_back(Unstored { whole, id, due });
                }
            }
            for tell in held {
                let _ = tell.send(is_stored);
            }
            is_stored
        }
        .boxed_local()
    }

    /// The answers that waited for the rest of a message.
    fn release(&self, whole: &Whole) -> Vec<oneshot::Sender<bool>> {
        whole.key.as_ref().and_then(|key| self.held.borrow_mut().remove(key)).unwrap_or_default()
    }

    /// Something that is to be stored now by itself: what waited too long for its rest, or could not be stored before.
    pub(super) fn overdue(self: &Rc<Self>, session: u64) -> Option<LocalBoxFuture<'static, bool>> {
        let now = self.clock.monotonic();
        let unstored = self.unstored.borrow_mut().pop_front_if(|unstored| unstored.due <= now);
        if let Some(Unstored { whole, id, .. }) = unstored {
            return Some(self.store(whole, id));
        }
        let whole = self.joiner.borrow_mut().overdue(now)?;
        let id = self.id_of(&whole, &[], session);
        Some(self.store(whole, id))
    }

    /// In how long something is overdue.
    pub(super) fn due(&self) -> Option<Duration> {
        let unstored = self.unstored.borrow().front().map(|unstored| unstored.due);
        let due = [unstored, self.joiner.borrow().due()].into_iter().flatten().min()?;
        Some(due.saturating_sub(self.clock.monotonic()))
    }

    /// The id of a message. Where the gateway gives none, what comes again after the line broke has the id of the first: its
    /// answer may have been lost. Within a session, or later, it is another message with the same words.
    fn id_of(&self, whole: &Whole, header: &[u8], session: u64) -> String {
        if let Some(id) = &whole.id {
            return id.clone();
        }
        let print = print_of(whole, header);
        let now = self.clock.monotonic();
        let mut came = self.came.borrow_mut();
        while came.front().is_some_and(|first| first.at + REPEATS < now) || came.len() >= REMEMBERED {
            came.pop_front();
        }
        if let Some(first) = came.iter_mut().find(|first| first.print == print && first.session != session) {
            first.session = session;
            return first.id.clone();
        }
        let nth = came.iter().filter(|other| other.print == print).count();
        let id = format!("{}-{:x}-{nth}", &print[..24], self.clock.now().timestamp_millis());
        came.push_back(Came { print, id: id.clone(), session, at: now });
        id
    }
}

/// Tells messages from one another without keeping their words.
fn print_of(whole: &Whole, header: &[u8]) -> String {
    let mut hash = Sha256::new();
    for field in [whole.from.as_bytes(), whole.to.as_bytes(), whole.text.as_bytes(), header] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::ManualClock;

    type Seen = Rc<RefCell<Vec<Inbound>>>;

    fn arrivals(stores: bool) -> (Rc<Arrivals>, Seen, Arc<ManualClock>) {
        let seen = Seen::default();
        let clock = Arc::new(ManualClock::at(chrono::DateTime::UNIX_EPOCH));
        let into = Rc::clone(&seen);
        let take: TakeInbound = Rc::new(move |inbound| {
            into.borrow_mut().push(inbound);
            async move { stores }.boxed_local()
        });
        let arrivals = Arrivals::new(take, clock.clone(), SmscAlphabet::Gsm);
        (Rc::new(Arrivals { part_waits: Duration::from_millis(20), ..arrivals }), seen, clock)
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn message(text: &[u8], esm_class: u8) -> Delivered {
        Delivered {
            from: "447700900000".to_owned(),
            to: "12345".to_owned(),
            esm_class,
            octets: text.to_vec(),
            ..Delivered::default()
        }
    }

    fn ids(seen: &Seen) -> Vec<String> {
        let seen = seen.borrow();
        let ids = seen.iter().map(|inbound| match inbound {
            Inbound::Message { id, .. } => id.clone(),
            other => panic!("{other:?}"),
        });
        ids.collect()
    }

    #[test]
    fn what_comes_again_over_a_new_line_is_a_repetition_and_over_the_same_one_it_is_not() {
        let (arrivals, seen, clock) = arrivals(true);
        run(async {
            for session in [1, 1, 2, 2, 2] {
                assert!(arrivals.delivered(message(b"5", 0), session).await);
                clock.advance(Duration::from_secs(1));
            }
            clock.advance(REPEATS + Duration::from_secs(10));
            assert!(arrivals.delivered(message(b"5", 0), 3).await);
        });
        let ids = ids(&seen);
        assert_ne!(ids[0], ids[1]);
        assert_eq!(ids[0], ids[2]);
        assert_eq!(ids[1], ids[3]);
        assert!(!ids[..4].contains(&ids[4]));
        assert!(!ids[..5].contains(&ids[5]));
    }

    #[test]
    fn a_message_that_was_not_stored_is_not_answered_as_if_it_were() {
        let (refusing, seen, _) = arrivals(false);
        run(async {
            assert!(!refusing.delivered(message(b"STOP", 0), 1).await);
            assert!(!refusing.delivered(message(b"id:1 stat:DELIVRD", 4), 1).await);
            assert!(refusing.delivered(message(b"stat:DELIVRD", 4), 1).await, "it would come for ever");
        });
        assert_eq!(seen.borrow().len(), 2);
    }

    #[test]
    fn parts_are_answered_with_the_whole_or_when_it_takes_too_long() {
        let (arrivals, seen, _) = arrivals(true);
        run(async {
            let first = arrivals.delivered(message(&[5, 0, 3, 7, 2, 1, b'a'], 0x40), 1);
            let second = arrivals.delivered(message(&[5, 0, 3, 7, 2, 2, b'b'], 0x40), 1);
            assert_eq!(futures_util::future::join(first, second).await, (true, true));
            assert!(arrivals.delivered(message(&[5, 0, 3, 8, 2, 1, b'a'], 0x40), 1).await);
        });
        assert_eq!(seen.borrow().len(), 1);
    }

    #[test]
    fn a_joined_message_that_cannot_be_stored_is_tried_again() {
        let (refusing, seen, clock) = arrivals(false);
        run(async {
            assert!(refusing.delivered(message(&[5, 0, 3, 7, 2, 1, b'a'], 0x40), 1).await);
            assert!(refusing.delivered(message(&[5, 0, 3, 7, 2, 2, b'b'], 0x40), 1).await);
            assert!(refusing.overdue(1).is_none());
            clock.advance(AGAIN);
            assert_eq!(refusing.due(), Some(Duration::ZERO));
            refusing.overdue(1).unwrap().await;
        });
        let ids = ids(&seen);
        assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));
    }
}
