//! How others talk to a child: an address that stays good through every life.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::oneshot;

use super::child::{Child, Request, Serves};
use super::exit::Exit;
use super::line::{Line, Seat, Wire};

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The deadline passed first. Whether the message was served is not known.
    #[error("{child} did not answer within {} ms", deadline.as_millis())]
    TimedOut {
        /// Who was asked.
        child: &'static str,
        /// How long the asker waited.
        deadline: Duration,
    },
    /// The child crashed on this message twice.
    #[error("{child} crashed twice on this message: {cause}")]
    Crashed {
        /// Who was asked.
        child: &'static str,
        /// How the second life ended.
        cause: String,
    },
    /// The mailbox is full.
    #[error("{child} has {limit} messages waiting and takes no more, ask again later")]
    Overloaded {
        /// Who was asked.
        child: &'static str,
        /// The mailbox's bound.
        limit: usize,
    },
    /// The child was stopped for good, or given up.
    #[error("{child} is stopped")]
    Stopped {
        /// Who was asked.
        child: &'static str,
    },
}

/// Why a message was not left in the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TellError {
    /// The mailbox is full.
    #[error("{child} has {limit} messages waiting and takes no more")]
    Overloaded {
        /// Who was told.
        child: &'static str,
        /// The mailbox's bound.
        limit: usize,
    },
    /// The child has no thread at this moment: it was not started yet, or its thread just ended.
    #[error("{child} has no mailbox at this moment")]
    Away {
        /// Who was told.
        child: &'static str,
    },
    /// The child was stopped for good, or given up.
    #[error("{child} is stopped")]
    Stopped {
        /// Who was told.
        child: &'static str,
    },
}

/// What the serving side reports: the answer, or the crash that this very message caused.
pub(super) type Outcome<T> = Result<T, Exit>;

/// A message on its way, counted in the mailbox's depth until it is opened or dropped.
pub(super) struct Parcel<M: Request> {
    pub(super) message: M,
    pub(super) reply: Option<oneshot::Sender<Outcome<M::Reply>>>,
    pub(super) counted: Counted,
}

impl<M: Request> actix::Message for Parcel<M> {
    type Result = ();
}

/// One place in the mailbox.
pub(super) struct Counted(Arc<Line>);

impl Counted {
    fn take(line: &Arc<Line>, limit: usize) -> Option<Self> {
        let waiting = line.depth.fetch_add(1, Ordering::Relaxed);
        let place = Self(Arc::clone(line));
        (waiting < limit).then_some(place)
    }

    /// A place for a message that had one before: a restart must not turn it into a refusal.
    fn again(line: &Arc<Line>) -> Self {
        line.depth.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(line))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.depth.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The address of a child. It can be cloned and sent anywhere, is good before the tree starts, and outlives every
/// restart.
pub struct ActorRef<C: Child> {
    seat: Arc<Seat<C>>,
}

impl<C: Child> Clone for ActorRef<C> {
    fn clone(&self) -> Self {
        Self { seat: Arc::clone(&self.seat) }
    }
}

impl<C: Child> fmt::Debug for ActorRef<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActorRef({})", self.name())
    }
}

impl<C: Child> ActorRef<C> {
    pub(super) fn new(seat: Arc<Seat<C>>) -> Self {
        Self { seat }
    }

    /// The child's name.
    pub fn name(&self) -> &'static str {
        self.seat.vitals.name
    }

    /// Asks and waits for the answer, at most for `deadline`.
    ///
    /// A restart of the child costs time, not the answer: the message waits in the mailbox between two lives. If the
    /// life that held it ended for another reason than this message (a neighbour's panic, a hang, a dead thread), the
    /// message is sent again until the deadline; if this message itself made the child panic, it is sent once more.
    /// So it may be served more than once: **messages must be idempotent**. A full mailbox is told at once.
    pub async fn ask<M: Request>(&self, message: M, deadline: Duration) -> Result<M::Reply, AskError>
    where
        C: Serves<M>,
    {
        match tokio::time::timeout(deadline, self.ask_until_answered(message)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(AskError::TimedOut { child: self.name(), deadline }),
        }
    }

    /// Leaves a message without waiting for an answer. It survives panics and restarts of the child, but is lost if
    /// the child's thread hangs or ends: something else (a timer, a repeat) must make good for that.
    pub fn try_tell<M: Request>(&self, message: M) -> Result<(), TellError>
    where
        C: Serves<M>,
    {
        let child = self.name();
        let Some(wire) = self.seat.wire() else {
            return Err(if self.seat.vitals.closed() {
                TellError::Stopped { child }
            } else {
                TellError::Away { child }
            });
        };
        self.post(&wire, message, None, false).map_err(|refused| match refused {
            Refused::Full => TellError::Overloaded { child, limit: self.seat.vitals.mailbox },
            Refused::Gone => TellError::Away { child },
            Refused::Closed => TellError::Stopped { child },
        })
    }

    async fn ask_until_answered<M: Request>(&self, message: M) -> Result<M::Reply, AskError>
    where
        C: Serves<M>,
    {
        let child = self.name();
        let mut crashed = false;
        let mut admitted = false;
        loop {
            match self.attempt(message.clone(), admitted).await {
                Attempt::Answered(reply) => return Ok(reply),
                Attempt::Crashed(exit) if crashed => {
                    return Err(AskError::Crashed { child, cause: exit.to_string() });
                }
                Attempt::Crashed(_) => {
                    crashed = true;
                    admitted = true;
                }
                Attempt::Full => {
                    return Err(AskError::Overloaded { child, limit: self.seat.vitals.mailbox });
                }
                Attempt::Closed => return Err(AskError::Stopped { child }),
                Attempt::Lost => admitted = true,
                Attempt::NotSent => {}
            }
        }
    }

    async fn attempt<M: Request>(&self, message: M, admitted: bool) -> Attempt<M::Reply>
    where
        C: Serves<M>,
    {
        let Some(wire) = self.connected().await else { return Attempt::Closed };
        let (reply, mut answer) = oneshot::channel();
        let mut ended = pin!(wire.line.ended());
        // Listening before looking: a line deposed from here on wakes us, one deposed before is seen below.
        ended.as_mut().enable();
        match self.post(&wire, message, Some(reply), admitted) {
            Ok(()) => {}
            Err(Refused::Full) => return Attempt::Full,
            Err(Refused::Closed) => return Attempt::Closed,
            Err(Refused::Gone) => return Attempt::NotSent,
        }
        if wire.line.deposed() {
            return Attempt::Lost;
        }
        let outcome = tokio::select! {
            biased;
            outcome = &mut answer => outcome.ok(),
            () = ended => answer.try_recv().ok(),
        };
        match outcome {
            Some(Ok(reply)) => Attempt::Answered(reply),
            Some(Err(exit)) => Attempt::Crashed(exit),
            None => Attempt::Lost,
        }
    }

    /// The line of today, waiting for one if there is none; nothing if there will never be one.
    async fn connected(&self) -> Option<Arc<Wire<C>>> {
        loop {
            let mut moved = pin!(self.seat.vitals.moved.notified());
            moved.as_mut().enable();
            if self.seat.vitals.closed() {
                return None;
            }
            if let Some(wire) = self.seat.wire().filter(|wire| !wire.line.deposed()) {
                return Some(wire);
            }
            moved.await;
        }
    }

    fn post<M: Request>(
        &self,
        wire: &Wire<C>,
        message: M,
        reply: Option<oneshot::Sender<Outcome<M::Reply>>>,
        admitted: bool,
    ) -> Result<(), Refused>
    where
        C: Serves<M>,
    {
        if self.seat.vitals.closed() {
            return Err(Refused::Closed);
        }
        let counted = if admitted {
            Counted::again(&wire.line)
        } else {
            Counted::take(&wire.line, self.seat.vitals.mailbox).ok_or(Refused::Full)?
        };
        // The actix channel is unbounded (its own bound grows with every clone of the address): `Counted` is the bound.
        wire.addr.try_send(Parcel { message, reply, counted }).map_err(|_| Refused::Gone)
    }
}

enum Attempt<T> {
    Answered(T),
    Crashed(Exit),
    Full,
    Closed,
    /// It was in the mailbox or in hand when the life or the thread ended.
    Lost,
    NotSent,
}

enum Refused {
    Full,
    Gone,
    Closed,
}
