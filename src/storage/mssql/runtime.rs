//! The one home of the engine's thread. The driver is asynchronous and belongs to a runtime; callers come from many.

use std::future::Future;
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::storage::{StorageError, StorageErrorKind};

/// A thread with a runtime. Dropping it cuts off what still runs there.
pub(super) struct Runtime {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Runtime {
    /// Starts the thread.
    pub(super) fn start() -> Result<Self, StorageError> {
        const DOING: &str = "cannot start the database's thread";
        let failed = |error: std::io::Error| StorageError {
            kind: StorageErrorKind::Unavailable,
            doing: DOING.into(),
            what: "the system gives no more threads or files; raise its limits (`ulimit -u`, `ulimit -n`)"
                .into(),
            source: Some(Box::new(error)),
        };
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let work = move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                drop(tell.send(Ok(runtime.handle().clone())));
                // A sender that is dropped stops it as well.
                drop(runtime.block_on(stopped));
            }
            Err(error) => drop(tell.send(Err(error))),
        };
        let thread = std::thread::Builder::new().name("ac-db-net".into()).spawn(work).map_err(failed)?;
        let handle = told.recv().map_err(|error| failed(std::io::Error::other(error)))?.map_err(failed)?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Runs a future on the thread; dropping what this returns does not stop it.
    pub(super) fn spawn<F>(&self, future: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.handle.spawn(future)
    }

    /// The same for those who only have the handle.
    pub(super) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Does something that asks for a runtime around it, on this thread.
    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        let _guard = self.handle.enter();
        work()
    }

    /// Runs a future on the thread and blocks this one until it is done; `None` when it ended without a result.
    pub(super) fn wait_for<F>(&self, future: F) -> Option<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (tell, told) = mpsc::channel();
        drop(self.handle.spawn(async move { drop(tell.send(future.await)) }));
        told.recv().ok()
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
