//! The one home of the engine's threads: `SQLite` blocks, so it never runs on an actor's thread.

use std::thread::JoinHandle;

use crate::storage::{StorageError, StorageErrorKind};

/// Starts a named thread (at most 15 bytes of the name show in `top -H`).
pub(super) fn start(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, StorageError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(|error| StorageError {
        kind: StorageErrorKind::Unavailable,
        doing: format!("cannot start the thread `{name}`"),
        what: "the system gives no more threads; raise its limit (`ulimit -u`, TasksMax)".into(),
        source: Some(Box::new(error)),
    })
}

/// Lets this thread rest for a moment between two tries; only for work that may block.
pub(super) fn rest(at_most: std::time::Duration) {
    std::thread::park_timeout(at_most);
}
