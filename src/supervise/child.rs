//! What a child is: its state, its messages, its replies, and its row in the table.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

use super::{Life, Limit};
use crate::foundation::Backoff;

/// Why a child could not be made or could not go on. Its chain of causes goes to the log and the board.
pub type ChildError = Box<dyn std::error::Error + Send + Sync>;

/// An actor of the tree. It is made by its factory on a thread of its own, lives until it stops, fails, panics or
/// hangs, and is then made anew; so its state is only ever a cache of what is stored elsewhere.
///
/// Nothing in it may block: a blocked thread is a hung child.
pub trait Child: Sized + Unpin + 'static {
    /// The life begins. An error is the exit `failed`.
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let _ = life;
        Ok(())
    }

    /// A planned stop: everything queued before it was served; no message is served after it. The life ends when the
    /// returned future and all replies in hand are done, or at the stop limit.
    fn drain(&mut self, life: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        let _ = life;
        ready(()).boxed_local()
    }

    /// What the board shows of this child, asked for once a second: cheap.
    fn observe(&self) -> serde_json::Value {
        serde_json::json!({})
    }
}

/// A message and the type of its answer. It may be served more than once when a life ends under it: a message must
/// be idempotent.
pub trait Request: Clone + Send + 'static {
    /// The answer.
    type Reply: Send + 'static;
}

/// A child that answers `M`.
pub trait Serves<M: Request>: Child {
    /// Serves one message. A panic here ends the life; the asker's message is tried once more in the next.
    fn serve(&mut self, message: M, life: &mut Life<'_, Self>) -> Reply<M::Reply>;
}

/// An answer, now or later.
pub enum Reply<T> {
    /// The answer.
    Now(T),
    /// A future that makes the answer, run on the child's thread beside its other work. It dies with the life; its
    /// panic is the child's panic.
    Later(LocalBoxFuture<'static, T>),
}

impl<T> Reply<T> {
    /// An answer made by `future`.
    pub fn later(future: impl Future<Output = T> + 'static) -> Self {
        Self::Later(Box::pin(future))
    }
}

pub(super) type Factory<C> = Arc<dyn Fn() -> Result<C, ChildError> + Send + Sync>;

/// A row of the table: how a child is made, what it needs, and when to give up on it.
pub struct ChildSpec<C> {
    pub(super) name: &'static str,
    pub(super) factory: Factory<C>,
    pub(super) group: Option<&'static str>,
    pub(super) after: Vec<&'static str>,
    pub(super) mailbox: usize,
    pub(super) limit: Limit,
    pub(super) backoff: Backoff,
    pub(super) stop_within: Duration,
    pub(super) heartbeat: Option<Duration>,
    pub(super) vip_critical: bool,
}

impl<C: Child> ChildSpec<C> {
    /// A child called `name` that `factory` makes, on its own thread, for every life. Alone in its group, a mailbox
    /// of 1,024, 5 restarts in 30 s, waits of 50 ms to 5 s, 5 s to stop, hung after 10 s without a beat, and not
    /// needed by the virtual IP.
    pub fn new(
        name: &'static str,
        factory: impl Fn() -> Result<C, ChildError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            factory: Arc::new(factory),
            group: None,
            after: Vec::new(),
            mailbox: 1_024,
            limit: Limit::per(5, Duration::from_secs(30)),
            backoff: Backoff { min: Duration::from_millis(50), max: Duration::from_secs(5) },
            stop_within: Duration::from_secs(5),
            heartbeat: Some(Duration::from_secs(10)),
            vip_critical: false,
        }
    }

    /// The group that is rebuilt as a whole when this child's limit is used up.
    pub fn group(mut self, group: &'static str) -> Self {
        self.group = Some(group);
        self
    }

    /// Children that must stand above this one in the table: they start before it and stop after it.
    pub fn after(mut self, names: &[&'static str]) -> Self {
        self.after = names.to_vec();
        self
    }

    /// Messages that may wait; one more is refused.
    pub fn mailbox(mut self, messages: usize) -> Self {
        self.mailbox = messages;
        self
    }

    /// Restarts allowed before the group is told.
    pub fn restart(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }

    /// Waits before the second and later restarts within the limit's span; the first is at once.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How long a planned stop may take before the child is cut off.
    pub fn stop_within(mut self, limit: Duration) -> Self {
        self.stop_within = limit;
        self
    }

    /// Silence of its thread after which the child is hung; `None` never.
    pub fn heartbeat(mut self, silence: Option<Duration>) -> Self {
        self.heartbeat = silence;
        self
    }

    /// Whether this node should give up the virtual IP while the child does not run.
    pub fn vip_critical(mut self, critical: bool) -> Self {
        self.vip_critical = critical;
        self
    }
}
