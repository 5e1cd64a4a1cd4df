//! Connections shared by all who read and write: `bb8` with a manager that knows when a connection is of no use.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bb8::{ErrorSink, ManageConnection, PooledConnection, QueueStrategy, RunError};
use tokio::time::timeout;

use super::CALLER;
use super::dial::Dialer;
use super::fault::{Failure, Fault};
use super::link::Link;
use crate::storage::StorageErrorKind;

/// A connection that went well less than this ago is handed out without a question; one that died since is noticed by
/// whoever uses it, and replaced.
pub(super) const FRESH: Duration = Duration::from_secs(1);
/// How long an idle connection may take to show that it lives.
const PROBE_WITHIN: Duration = Duration::from_millis(500);
/// Connections are renewed after this long, so that load spreads again after a failover and nothing grows for ever.
const LIFETIME: Duration = Duration::from_mins(10);
/// Connections beyond the idle minimum are closed after this long without use.
const IDLE: Duration = Duration::from_mins(2);

/// Makes connections and judges them.
pub(super) struct Manager(pub(super) Arc<Dialer>);

impl ManageConnection for Manager {
    type Connection = Link;
    type Error = Fault;

    async fn connect(&self) -> Result<Link, Fault> {
        self.0.connect().await
    }

    async fn is_valid(&self, link: &mut Link) -> Result<(), Fault> {
        let place = self.0.place();
        if self.0.is_old(link) {
            return Err(Fault::new(StorageErrorKind::Unavailable, format!("{place} failed over")));
        }
        if self.0.clock.monotonic().saturating_sub(link.used_at) < FRESH {
            return Ok(());
        }
        // Cut off in the midst of the question, the link stays marked and is not used again.
        let answered = match timeout(PROBE_WITHIN, link.batch("SELECT 1")).await {
            Ok(answered) => answered.map(drop),
            Err(_) => Err(Failure::Late(PROBE_WITHIN)),
        };
        match answered {
            Ok(()) => {
                link.used_at = self.0.clock.monotonic();
                Ok(())
            }
            Err(failure) => {
                self.0.broke(link);
                Err(Fault::of(failure, &place))
            }
        }
    }

    fn has_broken(&self, link: &mut Link) -> bool {
        link.is_broken() || self.0.is_old(link)
    }
}

/// The pool.
pub(super) struct Pool {
    pool: bb8::Pool<Manager>,
    dialer: Arc<Dialer>,
}

impl Pool {
    /// A pool without connections yet; to be made and used within a runtime.
    pub(super) fn new(dialer: &Arc<Dialer>) -> Self {
        let from = &dialer.settings;
        let pool = bb8::Pool::builder()
            .max_size(from.connections_max)
            .min_idle(from.connections_idle.min(from.connections_max))
            .test_on_check_out(true)
            // Those last used first: they have the statements prepared.
            .queue_strategy(QueueStrategy::Lifo)
            .max_lifetime(LIFETIME)
            .idle_timeout(IDLE)
            .connection_timeout(from.connect_timeout + PROBE_WITHIN)
            // Waits between tries are the dialer's, so that whoever asks meanwhile is told at once.
            .retry_connection(false)
            .error_sink(Box::new(Quiet))
            .build_unchecked(Manager(Arc::clone(dialer)));
        Self { pool, dialer: Arc::clone(dialer) }
    }

    /// A connection; as soon as it is clear that none can be had, why. While others have one that works, theirs is worth
    /// waiting for, though no further one can be made.
    pub(super) async fn take(&self) -> Result<PooledConnection<'static, Manager>, Fault> {
        let mut taking = pin!(self.pool.get_owned());
        let mut failed = pin!(self.dialer.failed.notified());
        loop {
            tokio::select! {
                biased;
                taken = &mut taking => return taken.map_err(|error| match error {
                    RunError::User(fault) => fault,
                    RunError::TimedOut => self.none_free(),
                }),
                () = &mut failed => {
                    failed.set(self.dialer.failed.notified());
                    if self.pool.state().connections == 0 {
                        return Err(self.none_free());
                    }
                }
                () = abandoned() => {
                    return Err(Fault::new(StorageErrorKind::Unavailable, "nobody waits for it any more"));
                }
            }
        }
    }

    fn none_free(&self) -> Fault {
        self.dialer.trouble().unwrap_or_else(|| {
            let what = format!(
                "all {} connections to {} are in use; try again, or raise database.connections_max",
                self.dialer.settings.connections_max,
                self.dialer.place()
            );
            Fault::new(StorageErrorKind::Unavailable, what)
        })
    }
}

/// Ready when the caller of this work gave up: those who still wait go first.
pub(super) async fn abandoned() {
    match CALLER.try_with(Clone::clone) {
        Ok(caller) => caller.cancelled_owned().await,
        Err(_) => std::future::pending().await,
    }
}

/// Errors in the background are told to whoever asks next, by [`Dialer::trouble`].
#[derive(Debug, Clone, Copy)]
struct Quiet;

impl ErrorSink<Fault> for Quiet {
    fn sink(&self, _error: Fault) {}

    fn boxed_clone(&self) -> Box<dyn ErrorSink<Fault>> {
        Box::new(*self)
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Manager({})", self.0.place())
    }
}
