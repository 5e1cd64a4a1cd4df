//! The way to a child. A `Line` is one thread's time with the child: it stays through panics and restarts, and is
//! deposed when the thread hangs or ends. A `Seat` is where callers find the line of today.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use actix::Addr;
use tokio::sync::Notify;

use super::cell::Cell;
use super::child::Child;
use super::vitals::Vitals;

/// What is shared about one thread's time with a child.
pub(super) struct Line {
    /// 1 for the first thread, one more for each that followed.
    pub(super) generation: u64,
    /// Messages waiting in the mailbox.
    pub(super) depth: AtomicUsize,
    /// Counts up while the thread is alive and not blocked.
    pub(super) beat: AtomicU64,
    /// The factory is at work: silence is allowed for the start limit.
    pub(super) building: AtomicBool,
    deposed: AtomicBool,
    ended: Notify,
}

impl Line {
    pub(super) fn new(generation: u64) -> Self {
        Self {
            generation,
            depth: AtomicUsize::new(0),
            beat: AtomicU64::new(0),
            building: AtomicBool::new(true),
            deposed: AtomicBool::new(false),
            ended: Notify::new(),
        }
    }

    /// Ends this line for good: its thread may no longer act for the child, and its askers ask again elsewhere.
    pub(super) fn depose(&self) {
        self.deposed.store(true, Ordering::SeqCst);
        self.ended.notify_waiters();
    }

    pub(super) fn deposed(&self) -> bool {
        self.deposed.load(Ordering::SeqCst)
    }

    /// Is done when the line is deposed after this was first polled or enabled.
    pub(super) fn ended(&self) -> tokio::sync::futures::Notified<'_> {
        self.ended.notified()
    }
}

/// A line and the address that belongs to it.
pub(super) struct Wire<C: Child> {
    pub(super) addr: Addr<Cell<C>>,
    pub(super) line: Arc<Line>,
}

/// Where callers find the child, whatever thread it lives on.
pub(super) struct Seat<C: Child> {
    pub(super) vitals: Arc<Vitals>,
    wire: RwLock<Option<Arc<Wire<C>>>>,
}

impl<C: Child> Seat<C> {
    pub(super) fn new(vitals: Arc<Vitals>) -> Self {
        Self { vitals, wire: RwLock::new(None) }
    }

    pub(super) fn wire(&self) -> Option<Arc<Wire<C>>> {
        self.wire.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes `wire` the one that callers find.
    pub(super) fn connect(&self, wire: Wire<C>) {
        self.vitals.set_line(Some(Arc::clone(&wire.line)));
        *self.wire.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(wire));
        self.vitals.moved.notify_waiters();
    }
}
