//! Open responses in memory, one lock each, so that two requests for the same response are taken one after the other.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, VecDeque};
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
    /// Of the order of choices.
    pub(super) seed: i64,
    pub(super) state: ResponseState,
    pub(super) seq: i64,
    pub(super) ended_at: Option<DateTime<Utc>>,
    pub(super) progress: Progress,
}

/// Holds a session, or nothing when it has to be read (again) from the database.
pub(super) type Slot = Rc<Mutex<Option<Session>>>;

/// Ended responses kept in memory: a script repeats its last answer, or says `complete`, within moments or never.
const ENDED_KEPT: usize = 500;

/// At most so many sessions; the oldest go first (ids sort by time), and are read again if they come back.
pub(super) struct SessionCache {
    max: usize,
    slots: RefCell<BTreeMap<ResponseId, Slot>>,
    /// The last that ended, in the order in which they did.
    ended: RefCell<VecDeque<ResponseId>>,
}

impl SessionCache {
    pub(super) fn new(max: usize) -> Self {
        Self { max, slots: RefCell::default(), ended: RefCell::default() }
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

    /// Notes that a response ended: it is forgotten when enough others have ended after it.
    pub(super) fn ended(&self, id: ResponseId) {
        let mut ended = self.ended.borrow_mut();
        ended.push_back(id);
        if ended.len() > ENDED_KEPT
            && let Some(oldest) = ended.pop_front()
        {
            self.forget(oldest);
        }
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
            seed: row.facts.seed,
            state: row.state,
            seq: row.seq,
            ended_at: row.ended_at,
            progress,
            version,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::foundation::SeededChance;

    fn ids(count: i64) -> Vec<ResponseId> {
        let chance = SeededChance::new(1);
        let at = |ms| DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms);
        (0..count).map(|ms| ResponseId::new(at(ms), &chance)).collect()
    }

    #[test]
    fn at_most_so_many_sessions_are_kept_and_the_oldest_go_first() {
        let (cache, ids) = (SessionCache::new(2), ids(3));
        for id in &ids {
            cache.slot(*id);
        }
        assert_eq!(cache.len(), 2);
        assert!(!cache.slots.borrow().contains_key(&ids[0]));
    }

    #[test]
    fn ended_responses_do_not_pile_up_and_open_ones_stay() {
        let (cache, ids) = (SessionCache::new(10_000), ids(2_001));
        for id in &ids {
            cache.slot(*id);
        }
        for id in &ids[1..] {
            cache.ended(*id);
        }
        assert_eq!(cache.len(), ENDED_KEPT + 1);
        assert!(cache.slots.borrow().contains_key(&ids[0]), "the open one is the oldest and stays");
        assert!(cache.slots.borrow().contains_key(&ids[2_000]), "the last that ended is kept for repeats");
    }
}
