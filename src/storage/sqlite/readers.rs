//! Connections that read, each on its own thread, beside the writer: each job sees one consistent state.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::connect::{Link, Opener};
use super::fault::{Failure, Fault};
use super::job::Waiting;
use super::threads;
use crate::storage::{StorageError, StorageErrorKind};

/// Reads that may wait for a reader before the next caller has to wait with its request.
const QUEUE: usize = 1_024;

/// A group of readers with one queue.
pub(super) struct Readers {
    pub(super) queue: mpsc::Sender<Waiting>,
    pub(super) threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Starts `count` readers (at least one) named `name`.
    pub(super) fn start(opener: &Opener, name: &str, count: usize) -> Result<Self, StorageError> {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        let threads = (0..count.max(1))
            .map(|_| {
                let (opener, waiting) = (opener.clone(), Arc::clone(&waiting));
                threads::start(name, move || Reader { opener, link: None }.work(&waiting))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { queue, threads })
    }
}

struct Reader {
    opener: Opener,
    link: Option<Link>,
}

impl Reader {
    fn work(mut self, queue: &Mutex<mpsc::Receiver<Waiting>>) {
        // The idle reader that holds the queue waits for the next job; the others wait for the queue.
        while let Some(job) = { queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv() } {
            self.settle(job);
        }
    }

    fn settle(&mut self, mut job: Waiting) {
        let link = match self.link() {
            Ok(link) => link,
            Err(fault) => return job.refuse(&fault),
        };
        link.start_limit();
        match catch_unwind(AssertUnwindSafe(|| in_snapshot(&link.conn, &mut job))) {
            Ok(Ok(())) => job.acknowledge(),
            Ok(Err(failure)) => {
                let fault = link.fault(failure);
                if fault.strikes_all() || !link.conn.is_autocommit() {
                    self.link = None;
                }
                job.refuse(&fault);
            }
            Err(_panic) => {
                self.link = None;
                let what = "the read failed in a way that was not foreseen; its cause is in the log";
                job.refuse(&Fault::new(StorageErrorKind::Internal, what));
            }
        }
    }

    fn link(&mut self) -> Result<&Link, Fault> {
        let link = match self.link.take() {
            Some(link) => link,
            None => self.opener.reader()?,
        };
        Ok(self.link.insert(link))
    }
}

/// Several statements of one job read the same state.
fn in_snapshot(conn: &Connection, job: &mut Waiting) -> Result<(), Failure> {
    conn.prepare_cached("BEGIN")?.raw_execute()?;
    let done = job.run(conn);
    if !conn.is_autocommit() {
        conn.prepare_cached("COMMIT")?.raw_execute()?;
    }
    done
}
