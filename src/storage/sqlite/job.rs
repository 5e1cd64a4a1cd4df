//! A piece of work on a connection, the caller who waits for it, and how the two find together.

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::fault::{Failure, Fault};
use crate::storage::{StorageError, StorageErrorKind};

/// A piece of work that can be run again as long as nothing of it was committed.
pub(super) trait Job: Send {
    /// Does the work and keeps the result.
    fn run(&mut self, conn: &Connection) -> Result<(), Failure>;
    /// Hands the kept result to the caller; for writes, once it is durable.
    fn acknowledge(self: Box<Self>);
    /// Tells the caller that it failed.
    fn refuse(self: Box<Self>, fault: &Fault);
}

/// Work waiting for its turn.
pub(super) type Waiting = Box<dyn Job>;

struct Asked<T, F> {
    doing: &'static str,
    work: F,
    result: Option<T>,
    reply: oneshot::Sender<Result<T, StorageError>>,
}

impl<T, F> Job for Asked<T, F>
where
    T: Send,
    F: FnMut(&Connection) -> Result<T, Failure> + Send,
{
    fn run(&mut self, conn: &Connection) -> Result<(), Failure> {
        self.result = Some((self.work)(conn)?);
        Ok(())
    }

    fn acknowledge(self: Box<Self>) {
        let doing = self.doing;
        let result = self.result.ok_or_else(|| gone(doing));
        // A caller who no longer waits loses nothing: the write stands.
        drop(self.reply.send(result));
    }

    fn refuse(self: Box<Self>, fault: &Fault) {
        drop(self.reply.send(Err(fault.error(self.doing))));
    }
}

/// A job and where its result will come.
pub(super) fn job<T, F>(doing: &'static str, work: F) -> (Waiting, oneshot::Receiver<Result<T, StorageError>>)
where
    T: Send + 'static,
    F: FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
{
    let (reply, result) = oneshot::channel();
    (Box::new(Asked { doing, work, result: None, reply }), result)
}

/// The error when the thread that had the work is no more.
pub(super) fn gone(doing: &str) -> StorageError {
    StorageError::new(
        StorageErrorKind::Unavailable,
        doing,
        "the database's thread ended while it had this in hand; try again",
    )
}
