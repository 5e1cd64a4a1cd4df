//! `SmsSender` hands the messages of the outbox to gateways.
//!
//! Works only while its node holds the lease for it. A message is in its hand by a claim, is noted as begun before a byte of it
//! leaves, and what became of it is noted by the same claim: a sender that was paused or cut off changes nothing that another has
//! begun since. What was begun and never heard of again is unknown, and never silent. Owns nothing durable; not VIP-critical.
//! Messages: none, a timer.

mod compose;
mod desk;
mod inbox;
mod outcome;
mod submit;
mod term;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};
use tokio::sync::{Mutex, Notify};

use crate::domain::lease::Fence;
use crate::foundation::{Backoff, Chance, ClaimId, Clock, ConfiguredRoute, MessageId};
use crate::outbound::sms::Gateway;
use crate::storage::{CatalogStore, InviteStore, OutboxStore, ResponseStore, Settled};
use crate::supervise::{Child, ChildError, Life};

use compose::Composer;

pub use compose::{MakeLink, MessageSettings};
pub use inbox::{InboxError, InboxParts, SmsInbox};

/// How often it is looked whether this node leads.
const LOOK: Duration = Duration::from_millis(50);

/// What the sender is told at start.
#[derive(Clone)]
pub struct SenderSettings {
    /// The node's name.
    pub node: String,
    /// How often the outbox is looked at while nothing is due.
    pub every: Duration,
    /// Messages in hand at most.
    pub batch: u32,
    /// Waits between two tries of a message.
    pub backoff: Backoff,
    /// Tries of a message at most.
    pub tries_max: u32,
    /// How messages are written.
    pub messages: MessageSettings,
}

/// A line to a gateway, and the work that keeps it up where there is some.
pub struct OpenLine {
    /// The gateway.
    pub gateway: Rc<dyn Gateway>,
    /// What has to be polled while the gateway is used.
    pub work: LocalBoxFuture<'static, ()>,
}

/// Opens a line to a gateway; called on the sender's thread, once for each route and term of the lease.
pub type OpenGateway = Arc<dyn Fn(&ConfiguredRoute) -> OpenLine + Send + Sync>;

/// What it works with.
#[derive(Clone)]
pub struct SenderParts {
    /// The outbox.
    pub outbox: Arc<dyn OutboxStore>,
    /// Invites, and who wants none.
    pub invites: Arc<dyn InviteStore>,
    /// Responses, for what messages say.
    pub responses: Arc<dyn ResponseStore>,
    /// Surveys.
    pub catalog: Arc<dyn CatalogStore>,
    /// The routes, the preferred one first.
    pub routes: Arc<[ConfiguredRoute]>,
    /// What opens a line to each.
    pub open: OpenGateway,
    /// The lease in hand; `None` while this node does not hold it.
    pub lease: Arc<dyn Fn() -> Option<Fence> + Send + Sync>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// Settings.
    pub settings: SenderSettings,
}

/// The supervised child.
pub struct SmsSender {
    work: Rc<Work>,
}

struct Work {
    parts: SenderParts,
    composer: Composer,
    /// Held while a term of the lease is under way.
    term: Mutex<()>,
    /// Set when nothing more is to be begun.
    stops: Cell<bool>,
    stop: Notify,
    leads: Cell<bool>,
    counts: Counts,
    /// What became of messages, where the database could not be told.
    untold: RefCell<HashMap<MessageId, (ClaimId, Settled)>>,
    last_error: RefCell<Option<String>>,
}

#[derive(Default)]
struct Counts {
    taken: Cell<u64>,
    refused: Cell<u64>,
    unknown: Cell<u64>,
    in_hand: Cell<usize>,
}

impl SmsSender {
    /// A fresh life.
    pub fn new(parts: SenderParts) -> Self {
        let composer = Composer::default();
        Self {
            work: Rc::new(Work {
                parts,
                composer,
                term: Mutex::default(),
                stops: Cell::default(),
                stop: Notify::new(),
                leads: Cell::default(),
                counts: Counts::default(),
                untold: RefCell::default(),
                last_error: RefCell::default(),
            }),
        }
    }
}

impl Child for SmsSender {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let work = Rc::clone(&self.work);
        life.repeat(LOOK, move || {
            let work = Rc::clone(&work);
            async move { work.serve().await }
        });
        Ok(())
    }

    /// What is on its way is seen to its end, and no other message is begun.
    fn drain(&mut self, _: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        let work = Rc::clone(&self.work);
        work.stops.set(true);
        work.stop.notify_waiters();
        async move { drop(work.term.lock().await) }.boxed_local()
    }

    fn observe(&self) -> Value {
        let counts = &self.work.counts;
        json!({
            "lease": if self.work.leads.get() { "held" } else { "not held by this node" },
            "in_hand": counts.in_hand.get(),
            "taken": counts.taken.get(),
            "refused": counts.refused.get(),
            "unknown": counts.unknown.get(),
            "last_error": *self.work.last_error.borrow(),
        })
    }
}

impl Work {
    /// Serves a term of the lease, if this node has it.
    async fn serve(&self) {
        let Some(fence) = self.fence() else { return };
        let _term = self.term.lock().await;
        if self.stops.get() {
            return;
        }
        term::serve(self, fence).await;
    }

    /// The lease, asked for before each write.
    fn fence(&self) -> Option<Fence> {
        let fence = (self.parts.lease)();
        self.leads.set(fence.is_some());
        fence
    }

    /// Tells of an error once, however often it is met in a row.
    fn note_error(&self, error: Option<String>) {
        if let Some(error) = &error
            && self.last_error.borrow().as_ref() != Some(error)
        {
            tracing::warn!(error, "the outbox could not be worked on, will try again");
        }
        *self.last_error.borrow_mut() = error;
    }
}
