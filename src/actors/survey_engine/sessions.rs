//! Open responses in memory, one lock each, so that two requests for the same response are taken one after the other.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use crate::domain::contact::Channel;
use crate::domain::response::ResponseState;
use crate::domain::survey::Progress;
use crate::foundation::{ResponseId, ServiceId};
use crate::storage::ResponseRow;

use super::{Engine, EngineError, PublishedVersion};

/// A response as the engine knows it.
pub(super) struct Session {
    pub(super) version: Arc<PublishedVersion>,
    pub(super) channel: Channel,
    pub(super) language: Arc<str>,
    pub(super) state: ResponseState,
    pub(super) seq: i64,
    pub(super) ended_at: Option<DateTime<Utc>>,
    pub(super) progress: Progress,
}

/// Holds a session, or nothing when it has to be read (again) from the database.
pub(super) type Slot = Rc<Mutex<Option<Session>>>;

/// At most so many sessions; the oldest go first (ids sort by time), and are read again if they come back.
pub(super) struct SessionCache {
    max: usize,
    slots: RefCell<BTreeMap<ResponseId, Slot>>,
}

impl SessionCache {
    pub(super) fn new(max: usize) -> Self {
        Self { max, slots: RefCell::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.borrow().len()
    }

    pub(super) fn slot(&self, id: ResponseId) -> Slot {
        let mut slots = self.slots.borrow_mut();
        if let Some(slot) = slots.get(&id) {
            return Rc::clone(slot);
        }
        // A slot in use is kept alive by its user; losing it here only costs a read and, at worst, a write conflict.
        while slots.len() >= self.max.max(1) {
            slots.pop_first();
        }
        Rc::clone(slots.entry(id).or_default())
    }

    pub(super) fn forget(&self, id: ResponseId) {
        self.slots.borrow_mut().remove(&id);
    }
}

/// One lock for each call that is being offered a survey, so that two asks for one call make one response.
#[derive(Default)]
pub(super) struct CallLocks {
    locks: RefCell<HashMap<CallKey, Rc<Mutex<()>>>>,
}

/// A service and the contact centre's id of a call.
pub(super) type CallKey = (ServiceId, String);

impl CallLocks {
    pub(super) fn of(&self, call: &CallKey) -> Rc<Mutex<()>> {
        let mut locks = self.locks.borrow_mut();
        // Locks nobody holds are dropped now and then, so that the map stays as small as the load.
        if locks.len() >= 1024 {
            locks.retain(|_, lock| Rc::strong_count(lock) > 1);
        }
        Rc::clone(locks.entry(call.clone()).or_default())
    }
}

impl Engine {
    /// Fills an empty slot from the database.
    pub(super) async fn load<'a>(
        &self,
        id: ResponseId,
        slot: &'a mut Option<Session>,
    ) -> Result<&'a mut Session, EngineError> {
        if slot.is_none() {
            let Some(row) = self.parts.responses.response(id).await? else {
                self.sessions.forget(id);
                return Err(EngineError::UnknownResponse(id));
            };
            *slot = Some(self.session_of(row).await?);
        }
        slot.as_mut().ok_or(EngineError::Busy)
    }

    async fn session_of(&self, row: ResponseRow) -> Result<Session, EngineError> {
        let version = self.version(row.facts.version).await?;
        let answers = row.answers.into_iter().map(|a| (a.question_no, a.value));
        let progress = Progress::replay(&version.graph, row.facts.channel, answers);
        Ok(Session {
            channel: row.facts.channel,
            language: row.facts.language.into(),
            state: row.state,
            seq: row.seq,
            ended_at: row.ended_at,
            progress,
            version,
        })
    }
}
