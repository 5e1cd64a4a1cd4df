//! The one writer: takes whatever writes are waiting, does them in one transaction, and acknowledges them after the
//! commit is on the disk (group commit). A write that fails does not fail its neighbours, and a panic costs them
//! nothing but time: what was not committed is done again on a new connection.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::connect::{Link, Opener};
use super::fault::{Failure, Fault};
use super::job::Waiting;
use crate::storage::StorageErrorKind;
use crate::storage::board::Board;

/// The writer thread's state.
pub(super) struct Writer {
    opener: Opener,
    /// `None` between two lives.
    link: Option<Link>,
    board: Arc<Board>,
}

/// How far a batch came.
enum Attempt {
    /// On the disk.
    Committed,
    /// Failed as a whole: another try would fail alike.
    Refused(Fault),
    /// One of the writes failed or panicked; nothing is committed.
    Undone,
}

impl Writer {
    /// A writer that begins with an open connection.
    pub(super) fn new(opener: Opener, link: Link, board: Arc<Board>) -> Self {
        Self { opener, link: Some(link), board }
    }

    /// Works until every sender is gone and the queue is empty.
    pub(super) fn work(mut self, mut queue: mpsc::Receiver<Waiting>) {
        let batch_max = self.opener.settings.batch_max.max(1);
        let mut batch = Vec::with_capacity(batch_max);
        while queue.blocking_recv_many(&mut batch, batch_max) > 0 {
            self.board.batch_begins(&*self.opener.clock);
            self.settle(std::mem::take(&mut batch));
            self.board.batch_ends();
        }
    }

    /// Commits a batch and tells every caller what became of its write.
    fn settle(&mut self, mut batch: Vec<Waiting>) {
        match self.together(&mut batch) {
            Attempt::Committed => acknowledge(batch),
            Attempt::Refused(fault) => refuse(batch, &fault),
            Attempt::Undone => {
                self.board.replayed();
                self.one_by_one(batch);
            }
        }
    }

    /// The usual way: all writes in one transaction, no savepoints.
    fn together(&mut self, batch: &mut [Waiting]) -> Attempt {
        let board = Arc::clone(&self.board);
        let link = match self.link() {
            Ok(link) => link,
            Err(fault) => return Attempt::Refused(fault),
        };
        if let Err(error) = begin(&link.conn) {
            return self.give_up(error.into());
        }
        let done = catch_unwind(AssertUnwindSafe(|| -> Result<(), Failure> {
            for job in batch.iter_mut() {
                link.start_limit();
                job.run(&link.conn)?;
            }
            board.crash_if_asked();
            Ok(())
        }));
        match done {
            Ok(Ok(())) => self.commit(batch.len()),
            Ok(Err(failure)) => {
                let fault = link.fault(failure);
                roll_back(&link.conn);
                if fault.strikes_all() { self.refused(fault) } else { Attempt::Undone }
            }
            Err(_panic) => {
                self.rebuild();
                Attempt::Undone
            }
        }
    }

    /// After a failure: each write in a savepoint of its own, all of them in one transaction. Those that fail are
    /// told why, after the commit of the others: a `Duplicate` may be one of them.
    fn one_by_one(&mut self, mut waiting: Vec<Waiting>) {
        let mut refused: Vec<(Waiting, Fault)> = Vec::new();
        // Each round ends it or takes one write out.
        loop {
            match self.round(&mut waiting, &mut refused) {
                Some(Attempt::Committed) => break acknowledge(waiting),
                Some(Attempt::Refused(fault)) => break refuse(waiting, &fault),
                Some(Attempt::Undone) | None => {}
            }
        }
        for (job, fault) in refused {
            job.refuse(&fault);
        }
    }

    /// One transaction over `waiting`; moves the writes that fail to `refused`. `None` or `Undone`: start over.
    fn round(&mut self, waiting: &mut Vec<Waiting>, refused: &mut Vec<(Waiting, Fault)>) -> Option<Attempt> {
        let link = match self.link() {
            Ok(link) => link,
            Err(fault) => return Some(Attempt::Refused(fault)),
        };
        if let Err(error) = begin(&link.conn) {
            return Some(self.give_up(error.into()));
        }
        let mut place = 0;
        while let Some(job) = waiting.get_mut(place) {
            link.start_limit();
            match catch_unwind(AssertUnwindSafe(|| in_savepoint(&link.conn, job))) {
                Ok(Ok(())) => place += 1,
                Ok(Err(failure)) => {
                    let fault = link.fault(failure);
                    // Some failures end the transaction by themselves.
                    let ended = link.conn.is_autocommit();
                    if fault.strikes_all() {
                        roll_back(&link.conn);
                        return Some(self.refused(fault));
                    }
                    refused.push((waiting.remove(place), fault));
                    if ended {
                        return None;
                    }
                }
                Err(_panic) => {
                    let what = "the write failed in a way that was not foreseen; its cause is in the log";
                    refused.push((waiting.remove(place), Fault::new(StorageErrorKind::Internal, what)));
                    self.rebuild();
                    return None;
                }
            }
        }
        Some(self.commit(waiting.len()))
    }

    fn commit(&mut self, writes: usize) -> Attempt {
        let link = match self.link() {
            Ok(link) => link,
            Err(fault) => return Attempt::Refused(fault),
        };
        if let Err(error) = link.conn.prepare_cached("COMMIT").and_then(|mut commit| commit.raw_execute()) {
            return self.give_up(error.into());
        }
        self.board.committed(writes, &*self.opener.clock);
        Attempt::Committed
    }

    /// The batch failed at its transaction's beginning or end.
    fn give_up(&mut self, failure: Failure) -> Attempt {
        let fault = Fault::of(failure, self.opener.path());
        if let Some(link) = &self.link {
            roll_back(&link.conn);
        }
        self.refused(fault)
    }

    /// Refuses the whole batch; the next one gets a new connection where the old may be the trouble.
    fn refused(&mut self, fault: Fault) -> Attempt {
        if matches!(fault.kind, StorageErrorKind::Unavailable | StorageErrorKind::Corrupt) {
            self.link = None;
        }
        Attempt::Refused(fault)
    }

    /// A panic may have left the connection in the midst of something: the next work gets a new one.
    fn rebuild(&mut self) {
        self.link = None;
        self.board.restarted();
    }

    fn link(&mut self) -> Result<&Link, Fault> {
        let link = match self.link.take() {
            Some(link) => link,
            None => self.opener.writer(false)?,
        };
        Ok(self.link.insert(link))
    }
}

fn acknowledge(batch: Vec<Waiting>) {
    for job in batch {
        job.acknowledge();
    }
}

fn refuse(batch: Vec<Waiting>, fault: &Fault) {
    for job in batch {
        job.refuse(fault);
    }
}

/// Takes the right to write at once, so that another process can only be waited for here.
fn begin(conn: &Connection) -> Result<usize, rusqlite::Error> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.raw_execute()
}

/// Undoes what is open, if anything is. A failure here leaves a connection on which the next BEGIN fails and says so.
fn roll_back(conn: &Connection) {
    if !conn.is_autocommit() {
        drop(conn.execute_batch("ROLLBACK"));
    }
}

fn in_savepoint(conn: &Connection, job: &mut Waiting) -> Result<(), Failure> {
    conn.execute_batch("SAVEPOINT job")?;
    let done = job.run(conn);
    if done.is_err() && !conn.is_autocommit() {
        conn.execute_batch("ROLLBACK TO job")?;
    }
    if !conn.is_autocommit() {
        conn.execute_batch("RELEASE job")?;
    }
    done
}
