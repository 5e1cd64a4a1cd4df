//! `NodeRecorder` writes down every few seconds that this node is there, and how it is: for `aftercall cluster status`.
//!
//! Owns nothing: each record replaces the one before. A planned stop records no more than that the virtual IP has left: a
//! node that is gone is told by how long ago it was seen, however it went. Not VIP-critical: nobody decides anything by it.
//! Messages: none, a timer.

mod machine;

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};

use super::survey_engine::StampInUse;
use super::vip_keeper::Vip;
use crate::domain::lease::LeaseHolder;
use crate::domain::vip::VipStanding;
use crate::foundation::Clock;
use crate::storage::{NodeFacts, NodeSpool, NodeStore, SpoolStore, StorageError};
use crate::supervise::{Child, ChildError, Life};

use machine::Machine;

/// How often the node is recorded; at once when it has got or lost the virtual IP, or read other surveys.
const RECORD_EVERY: Duration = Duration::from_secs(5);
/// How often it is seen whether that is due.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long the database may take for it.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// At a planned stop: how long the last record may take.
const LAST_WITHIN: Duration = Duration::from_secs(1);
/// An answer that was longer on its way says too little about the database's clock: half of it may be wrong.
const CLOCK_WITHIN: Duration = Duration::from_millis(500);

/// What the recorder works with.
#[derive(Clone)]
pub struct RecorderParts {
    /// Where nodes are recorded.
    pub nodes: Arc<dyn NodeStore>,
    /// The spool, where there is one.
    pub spool: Option<Arc<dyn SpoolStore>>,
    /// The virtual IP, where this node has a part in it.
    pub vip: Option<Arc<Vip>>,
    /// By which surveys this node asks.
    pub stamp: Arc<StampInUse>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// This life of this node.
    pub me: LeaseHolder,
    /// When this life began, by the monotonic clock.
    pub began: Duration,
    /// Where it serves calls.
    pub listen: SocketAddr,
    /// The folder of everything it keeps.
    pub data_dir: PathBuf,
}

/// The supervised child.
pub struct NodeRecorder {
    work: Rc<Work>,
}

struct Work {
    parts: RecorderParts,
    machine: RefCell<Machine>,
    /// As it was last recorded.
    last: RefCell<Option<NodeFacts>>,
    last_error: RefCell<Option<String>>,
    /// When it was last to be recorded, and what was news then.
    tried: Cell<Option<(Duration, News)>>,
}

/// What others are to know at once: where it stands with the virtual IP, and by which surveys it asks.
#[derive(Clone, Copy, PartialEq, Eq)]
struct News {
    vip: Option<VipStanding>,
    stamp: Option<u64>,
}

impl NodeRecorder {
    /// A fresh life.
    pub fn new(parts: RecorderParts) -> Self {
        let machine = RefCell::new(Machine::new(parts.data_dir.clone()));
        Self {
            work: Rc::new(Work {
                parts,
                machine,
                last: RefCell::default(),
                last_error: RefCell::default(),
                tried: Cell::default(),
            }),
        }
    }
}

impl Child for NodeRecorder {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let work = Rc::clone(&self.work);
        life.repeat(LOOK_EVERY, move || {
            let work = Rc::clone(&work);
            async move { work.round().await }
        });
        Ok(())
    }

    fn drain(&mut self, _: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        let work = Rc::clone(&self.work);
        let last = async move {
            if work.has_moved() {
                // The others see soon enough that this node is gone.
                let _ = tokio::time::timeout(LAST_WITHIN, work.record()).await;
            }
        };
        last.boxed_local()
    }

    fn observe(&self) -> Value {
        let last = self.work.last.borrow();
        json!({
            "clock_offset_ms": last.as_ref().and_then(|facts| facts.clock_offset_ms),
            "machine": last.as_ref().map(|facts| facts.figures),
            "last_error": *self.work.last_error.borrow(),
        })
    }
}

impl Work {
    async fn round(&self) {
        let (now, news) = (self.parts.clock.monotonic(), self.news());
        if self.tried.get().is_some_and(|(at, then)| now < at + RECORD_EVERY && then == news) {
            return;
        }
        self.tried.set(Some((now, news)));
        let recorded = tokio::time::timeout(ANSWER_WITHIN, self.record()).await;
        self.note(match recorded {
            Ok(recorded) => recorded.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer from the database within {} s", ANSWER_WITHIN.as_secs())),
        });
    }

    async fn record(&self) -> Result<(), StorageError> {
        let facts = self.facts().await?;
        let up = self.parts.clock.monotonic().saturating_sub(self.parts.began);
        self.parts.nodes.record_node(facts.clone(), up).await?;
        *self.last.borrow_mut() = Some(facts);
        Ok(())
    }

    async fn facts(&self) -> Result<NodeFacts, StorageError> {
        let (me, machine) = (&self.parts.me, self.machine.borrow().clone());
        let seen = machine.look().await;
        let spool = self.parts.spool.as_ref().map(|spool| spool.spool_vitals());
        Ok(NodeFacts {
            id: me.node,
            life: me.life,
            name: me.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            addresses: seen.addresses,
            listen: self.parts.listen.to_string(),
            clock_offset_ms: self.clock_offset().await?,
            figures: seen.figures,
            spool: spool.map(|vitals| NodeSpool { entries: vitals.entries, bytes: vitals.bytes }),
            vip: self.standing(),
            catalog_stamp: self.parts.stamp.get(),
        })
    }

    /// Where it stands with the virtual IP.
    fn standing(&self) -> Option<VipStanding> {
        self.parts.vip.as_ref().map(|vip| vip.standing())
    }

    fn news(&self) -> News {
        News { vip: self.standing(), stamp: self.parts.stamp.get() }
    }

    /// Whether it stands otherwise than when it was last to be recorded.
    fn has_moved(&self) -> bool {
        self.tried.get().is_some_and(|(_, then)| then.vip != self.standing())
    }

    /// How far this node's clock is ahead of the database's, in milliseconds: the database is taken to have looked at its
    /// clock half-way.
    async fn clock_offset(&self) -> Result<Option<i64>, StorageError> {
        let clock = &self.parts.clock;
        let (begun, here) = (clock.monotonic(), clock.now());
        let there = self.parts.nodes.database_time().await?;
        let took = clock.monotonic().saturating_sub(begun);
        let half = TimeDelta::from_std(took / 2).unwrap_or_default();
        Ok((took <= CLOCK_WITHIN).then(|| (here + half - there).num_milliseconds()))
    }

    /// Keeps how it went, and logs it when it is news.
    fn note(&self, outcome: Result<(), String>) {
        let error = outcome.err();
        let before = self.last_error.replace(error.clone());
        match error {
            Some(error) if before.is_none() => {
                tracing::warn!(error, "this node could not be recorded; it is tried again");
            }
            None if before.is_some() => tracing::info!("this node is recorded again"),
            _ => {}
        }
    }
}
