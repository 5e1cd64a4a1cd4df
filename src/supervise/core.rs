//! One life's state, on the child's thread: the child, the futures it spawned, and how it ended. The actor (`cell`)
//! works on it, the keeper (`keeper`) fills and empties it.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;

use super::child::Child;
use super::exit::{Exit, catch};
use super::life::Life;
use super::line::{Line, Seat};

/// Steps taken in one go before the thread's other tasks get their turn.
const STEPS: usize = 256;

/// What a spawned future asks for when it is done.
pub(super) enum Step<C: Child> {
    /// Nothing.
    Done,
    /// A reply that was owed has been given, or its asker has gone.
    Replied,
    /// The child's `drain` is done.
    Drained,
    /// It panicked: the life is over.
    Crashed(Exit),
    /// Work on the child's state.
    Then(Work<C>),
}

pub(super) type Work<C> = Box<dyn FnOnce(&mut C, &mut Life<'_, C>)>;
pub(super) type Task<C> = LocalBoxFuture<'static, Step<C>>;

/// How far a planned stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drain {
    No,
    Asked,
    Done,
}

pub(super) struct Core<C: Child> {
    pub(super) seat: Arc<Seat<C>>,
    pub(super) line: Arc<Line>,
    /// Which life of this line it is: an order meant for one life must not reach the next.
    pub(super) life: Cell<u64>,
    /// `Child::started` has returned.
    pub(super) up: Cell<bool>,
    child: RefCell<Option<C>>,
    /// Spawned, not yet among `tasks`: a task may spawn while `tasks` is being polled.
    fresh: RefCell<Vec<Task<C>>>,
    /// One set for all futures of the child: actix polls each of its own spawned items at every wake-up, which 1,000
    /// replies in hand would make quadratic.
    tasks: RefCell<FuturesUnordered<Task<C>>>,
    exit: RefCell<Option<Exit>>,
    owed: Cell<usize>,
    drain: Cell<Drain>,
}

impl<C: Child> Core<C> {
    pub(super) fn new(seat: Arc<Seat<C>>, line: Arc<Line>) -> Self {
        Self {
            seat,
            line,
            life: Cell::new(0),
            up: Cell::new(false),
            child: RefCell::new(None),
            fresh: RefCell::new(Vec::new()),
            tasks: RefCell::new(FuturesUnordered::new()),
            exit: RefCell::new(None),
            owed: Cell::new(0),
            drain: Cell::new(Drain::No),
        }
    }

    /// Begins a life with `child`.
    pub(super) fn begin(&self, child: C) {
        self.life.set(self.life.get() + 1);
        *self.child.borrow_mut() = Some(child);
    }

    /// Ends the life: drops the child and all it had in hand, and returns how it ended if that was noted.
    pub(super) fn clear(&self) -> Option<Exit> {
        // Each drop runs the child's own code, which may panic; what remains is dropped all the same.
        for task in self.fresh.take() {
            let _ = catch(|| drop(task));
        }
        let _ = catch(|| drop(self.tasks.take()));
        let child = self.child.take();
        let _ = catch(|| drop(child));
        self.fresh.take();
        self.owed.set(0);
        self.drain.set(Drain::No);
        self.up.set(false);
        self.exit.take()
    }

    /// Notes how the life ends; the first cause counts.
    pub(super) fn end(&self, exit: Exit) {
        self.exit.borrow_mut().get_or_insert(exit);
    }

    /// Whether the life is over, by its own doing or because its thread was deposed.
    pub(super) fn over(&self) -> bool {
        self.exit.borrow().is_some() || self.line.deposed()
    }

    /// Runs `work` on the child; nothing if the life is over, the crash if it panicked.
    pub(super) fn enter<T>(
        &self,
        work: impl FnOnce(&mut C, &mut Life<'_, C>) -> T,
    ) -> Option<Result<T, Exit>> {
        if self.over() {
            return None;
        }
        let mut slot = self.child.borrow_mut();
        let child = slot.as_mut()?;
        let outcome = catch(|| work(child, &mut Life::new(self)));
        if let Err(exit) = &outcome {
            self.end(exit.clone());
        }
        Some(outcome)
    }

    pub(super) fn spawn(&self, task: Task<C>) {
        self.fresh.borrow_mut().push(task);
    }

    /// Spawns a future that will give a reply: a planned stop waits for it.
    pub(super) fn spawn_reply(&self, task: Task<C>) {
        self.owed.set(self.owed.get() + 1);
        self.spawn(task);
    }

    /// Begins a planned stop with the child's `drain`.
    pub(super) fn begin_drain(&self) {
        self.drain.set(Drain::Asked);
        if let Some(Ok(drain)) = self.enter(Child::drain) {
            let drain = super::exit::Caught(drain);
            self.spawn(Box::pin(async move {
                match drain.await {
                    Ok(()) => Step::Drained,
                    Err(exit) => Step::Crashed(exit),
                }
            }));
        }
    }

    /// Polls what was spawned and takes the steps that fall due.
    pub(super) fn pump(&self, cx: &mut Context<'_>) {
        for _ in 0..STEPS {
            if self.over() {
                return;
            }
            let next = {
                let mut tasks = self.tasks.borrow_mut();
                tasks.extend(self.fresh.borrow_mut().drain(..));
                tasks.poll_next_unpin(cx)
            };
            let Poll::Ready(Some(step)) = next else { return };
            match step {
                Step::Done => {}
                Step::Replied => self.owed.set(self.owed.get().saturating_sub(1)),
                Step::Drained => self.drain.set(Drain::Done),
                Step::Crashed(exit) => self.end(exit),
                Step::Then(work) => {
                    let _ = self.enter(work);
                }
            }
            if self.drain.get() == Drain::Done && self.owed.get() == 0 {
                self.end(Exit::Stopped);
            }
        }
        cx.waker().wake_by_ref();
    }
}
