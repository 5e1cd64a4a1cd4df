//! What is known of one child at any moment, written by its thread and the root, read by the board.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::Notify;

use super::line::Line;
use super::policy::History;
use super::{Exit, metrics};

/// What a child is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum State {
    /// Its first life has not begun.
    Starting,
    /// It serves.
    Running,
    /// It is being made anew.
    Restarting,
    /// It waits before it is made anew.
    BackingOff,
    /// Its thread gives no sign of life and is being replaced.
    Hung,
    /// It was told to stop and finishes what is in hand.
    Stopping,
    /// It stopped as planned.
    Stopped,
    /// Its restart limit is used up.
    GaveUp,
}

const STATES: [State; 8] = [
    State::Starting,
    State::Running,
    State::Restarting,
    State::BackingOff,
    State::Hung,
    State::Stopping,
    State::Stopped,
    State::GaveUp,
];

/// The end of a life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastExit {
    /// `stopped`, `failed`, `panicked`, `hung` or `thread_gone`.
    pub cause: &'static str,
    /// The whole story.
    pub text: String,
    /// When it was noticed.
    pub at: DateTime<Utc>,
}

pub(super) struct Vitals {
    pub(super) name: &'static str,
    pub(super) group: &'static str,
    pub(super) mailbox: usize,
    pub(super) heartbeat: Option<Duration>,
    pub(super) vip_critical: bool,
    /// How often `Child::observe` is asked.
    pub(super) observe_every: Duration,
    /// No new message is taken, for good.
    pub(super) closed: AtomicBool,
    /// Told when the line changes or the child is closed.
    pub(super) moved: Notify,
    pub(super) restarts: AtomicU64,
    pub(super) abandoned: AtomicU32,
    /// Milliseconds since the last beat seen.
    pub(super) silent_ms: AtomicU64,
    /// Monotonic milliseconds at which the present life began.
    pub(super) since_ms: AtomicU64,
    pub(super) history: Mutex<History>,
    pub(super) observed: Mutex<serde_json::Value>,
    state: AtomicU8,
    last_exit: Mutex<Option<LastExit>>,
    line: RwLock<Option<Arc<Line>>>,
}

impl Vitals {
    pub(super) fn new(
        (name, group): (&'static str, &'static str),
        (mailbox, heartbeat): (usize, Option<Duration>),
        observe_every: Duration,
        vip_critical: bool,
        history: History,
    ) -> Self {
        Self {
            name,
            group,
            mailbox,
            heartbeat,
            vip_critical,
            observe_every,
            closed: AtomicBool::new(false),
            moved: Notify::new(),
            restarts: AtomicU64::new(0),
            abandoned: AtomicU32::new(0),
            silent_ms: AtomicU64::new(0),
            since_ms: AtomicU64::new(0),
            history: Mutex::new(history),
            observed: Mutex::new(serde_json::json!({})),
            state: AtomicU8::new(State::Starting as u8),
            last_exit: Mutex::new(None),
            line: RwLock::new(None),
        }
    }

    pub(super) fn state(&self) -> State {
        STATES.get(usize::from(self.state.load(Ordering::SeqCst))).copied().unwrap_or(State::Starting)
    }

    pub(super) fn set_state(&self, state: State) {
        self.state.store(state as u8, Ordering::SeqCst);
        metrics::up(self.name, state == State::Running);
    }

    pub(super) fn line(&self) -> Option<Arc<Line>> {
        self.line.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_line(&self, line: Option<Arc<Line>>) {
        *self.line.write().unwrap_or_else(PoisonError::into_inner) = line;
    }

    /// Refuses every message from now on; whoever waits for the child is told.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.moved.notify_waiters();
    }

    pub(super) fn closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(super) fn note_exit(&self, exit: &Exit, at: DateTime<Utc>) {
        *lock(&self.last_exit) = Some(LastExit { cause: exit.cause(), text: exit.to_string(), at });
    }

    pub(super) fn last_exit(&self) -> Option<LastExit> {
        lock(&self.last_exit).clone()
    }
}

/// A lock that no panic can spoil: what it guards is whole at every moment.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_back_as_it_was_written() {
        for (number, state) in STATES.into_iter().enumerate() {
            assert_eq!(state as usize, number);
        }
    }
}
