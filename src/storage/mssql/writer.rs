//! The writers: each takes whatever writes are waiting for it, stores them in one transaction and acknowledges them when
//! that is committed (group commit). All writes on one response go to one writer, so they keep their order. A write that
//! fails does not fail its neighbours.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bb8::PooledConnection;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::batch::Request;
use super::fault::{Failure, Fault, Remedy};
use super::link::Answers;
use super::pool::{FRESH, Manager};
use super::responses::all;
use super::room::{Room, Write};
use super::runtime::Runtime;
use super::{Engine, Tries, gone};
use crate::foundation::ResponseId;
use crate::storage::board::Board;
use crate::storage::{StorageError, StorageErrorKind, StorageVitals, StoreFuture, UpdateOutcome};

/// Writes that may wait for a writer before the next caller has to wait with its request.
const QUEUE: usize = 4_096;

/// How long a writer under load waits for others to join a batch: next to nothing beside a round trip, and it makes batches
/// several times as large.
const LINGER: Duration = Duration::from_millis(1);

/// How long a writer that always has something to do keeps a connection: at the next moment without work it is renewed if
/// that is due.
const KEPT: Duration = Duration::from_mins(1);

/// A write and the caller who waits for it.
struct Waiting {
    write: Write,
    doing: &'static str,
    reply: oneshot::Sender<Result<UpdateOutcome, StorageError>>,
}

/// The writers of an engine.
pub(super) struct Writers {
    lanes: Vec<Lane>,
}

struct Lane {
    queue: mpsc::Sender<Waiting>,
    board: Arc<Board>,
    work: JoinHandle<()>,
}

impl Writers {
    pub(super) fn start(engine: &Arc<Engine>, runtime: &Runtime) -> Self {
        let lanes = (0..engine.dialer.settings.writers.max(1)).map(|_| {
            let (queue, waiting) = mpsc::channel(QUEUE);
            let board = Arc::new(Board::default());
            let writer = Writer {
                engine: Arc::clone(engine),
                board: Arc::clone(&board),
                runtime: runtime.handle(),
                batch_max: engine.dialer.settings.batch_max.max(1),
                held: Mutex::new(None),
            };
            Lane { queue, board, work: runtime.spawn(writer.work(waiting)) }
        });
        Self { lanes: lanes.collect() }
    }

    /// Hands a write to the writer of its response; ready when it is committed.
    pub(super) fn write(&self, doing: &'static str, write: Write) -> StoreFuture<'static, UpdateOutcome> {
        // The last bytes of an id are chance.
        let last = write.response().as_bytes()[15];
        let queue = self.lanes[usize::from(last) % self.lanes.len()].queue.clone();
        Box::pin(async move {
            let (reply, outcome) = oneshot::channel();
            queue.send(Waiting { write, doing, reply }).await.map_err(|_| gone(doing))?;
            outcome.await.map_err(|_| gone(doing))?
        })
    }

    /// How they are, as one.
    pub(super) fn vitals(&self, engine: &Engine) -> StorageVitals {
        let each = self.lanes.iter().map(|lane| {
            let waiting = lane.queue.max_capacity().saturating_sub(lane.queue.capacity());
            lane.board.facts(!lane.work.is_finished(), waiting, &*engine.dialer.clock)
        });
        each.reduce(|sum, lane| sum.and(&lane)).unwrap_or_default()
    }

    /// Lets them do what is waiting, and waits until they have.
    pub(super) fn finish(self, runtime: &Runtime) {
        let (queues, work): (Vec<_>, Vec<_>) =
            self.lanes.into_iter().map(|lane| (lane.queue, lane.work)).unzip();
        drop(queues);
        let all_done = async move {
            for lane in work {
                drop(lane.await);
            }
        };
        // `None`: the thread is gone, and they with it.
        let _ = runtime.wait_for(all_done);
    }
}

/// One writer's state.
struct Writer {
    engine: Arc<Engine>,
    board: Arc<Board>,
    runtime: tokio::runtime::Handle,
    batch_max: usize,
    /// Its connection while there is work: readers never stand before it then.
    held: Mutex<Option<PooledConnection<'static, Manager>>>,
}

impl Writer {
    /// The connection at hand, or a new one when that one broke or may have.
    async fn link(&self) -> Result<PooledConnection<'static, Manager>, Fault> {
        match self
            .held
            .lock()
            .await
            .take()
            .filter(|link| !link.is_broken() && !self.engine.dialer.is_old(link))
        {
            Some(link) => Ok(link),
            None => self.engine.pool.take().await,
        }
    }

    /// Gives the connection back among the others, where it is renewed, and tried before it is used again.
    async fn let_go(&self) {
        *self.held.lock().await = None;
    }

    /// Waits for writes; how many came, none when every sender is gone. Until something comes soon, the connection is kept:
    /// it has the statements prepared.
    async fn next(&self, queue: &mut mpsc::Receiver<Waiting>, news: &mut Vec<Waiting>) -> usize {
        if let Ok(came) = tokio::time::timeout(FRESH, queue.recv_many(news, self.batch_max)).await {
            return came;
        }
        self.let_go().await;
        queue.recv_many(news, self.batch_max).await
    }

    /// Works until every sender is gone and the queue is empty.
    async fn work(self, mut queue: mpsc::Receiver<Waiting>) {
        let writer = Arc::new(self);
        // What could not go with the batch before.
        let mut held: VecDeque<Waiting> = VecDeque::new();
        let mut kept_from = writer.engine.dialer.clock.monotonic();
        loop {
            let mut news = Vec::new();
            if held.is_empty() {
                if writer.next(&mut queue, &mut news).await == 0 {
                    return;
                }
            } else {
                while held.len() + news.len() < writer.batch_max
                    && let Ok(waiting) = queue.try_recv()
                {
                    news.push(waiting);
                }
            }
            held.extend(news);
            if writer.board.last_batch() > 1 {
                // The callers of the batch before are about to come back with their next answers.
                tokio::time::sleep(LINGER).await;
                while held.len() < writer.batch_max
                    && let Ok(waiting) = queue.try_recv()
                {
                    held.push_back(waiting);
                }
            }
            let batch = gather(&mut held, writer.batch_max);
            if batch.is_empty() {
                continue;
            }
            writer.board.batch_begins(&*writer.engine.dialer.clock);
            // In a task of its own: one that panics takes its callers' replies with it, not the writer.
            let settled = Arc::clone(&writer);
            let task = writer.runtime.spawn(async move { settled.settle(batch).await });
            if task.await.is_err() {
                writer.board.restarted();
            }
            writer.board.batch_ends();
            let now = writer.engine.dialer.clock.monotonic();
            if held.is_empty() && queue.is_empty() && now.saturating_sub(kept_from) > KEPT {
                kept_from = now;
                writer.let_go().await;
            }
        }
    }

    /// Stores a batch and tells every caller what became of its write.
    async fn settle(&self, batch: Vec<Waiting>) {
        match self.store(&batch).await {
            Ok(outcomes) => self.acknowledge(batch, outcomes),
            // One of them is at fault, or all: alone it shows.
            Err(fault) if fault.remedy == Remedy::Never && batch.len() > 1 => {
                self.board.replayed();
                for waiting in batch {
                    match self.store(std::slice::from_ref(&waiting)).await {
                        Ok(outcomes) => self.acknowledge(vec![waiting], outcomes),
                        Err(fault) => refuse(waiting, &fault),
                    }
                }
            }
            Err(fault) => batch.into_iter().for_each(|waiting| refuse(waiting, &fault)),
        }
    }

    fn acknowledge(&self, batch: Vec<Waiting>, outcomes: Vec<UpdateOutcome>) {
        self.board.committed(batch.len(), &*self.engine.dialer.clock);
        for (waiting, outcome) in batch.into_iter().zip(outcomes) {
            // A caller who no longer waits loses nothing: the write stands.
            drop(waiting.reply.send(Ok(outcome)));
        }
    }

    /// Stores a batch as one transaction. All of it may be repeated, so after a break it is.
    async fn store(&self, batch: &[Waiting]) -> Result<Vec<UpdateOutcome>, Fault> {
        self.engine.prepare().await?;
        let mut tries = Tries::default();
        loop {
            let mut link = self.link().await?;
            let writes = batch.iter().map(|waiting| &waiting.write);
            let request = Request::of(writes, link.text_units, self.engine.dialer.clock.now());
            match link.ask_prepared(request.sql, &request.values).await {
                Ok(answers) => {
                    link.used_at = self.engine.dialer.clock.monotonic();
                    *self.held.lock().await = Some(link);
                    return outcomes(batch, answers).map_err(|failure| self.engine.fault(failure));
                }
                Err(failure) => {
                    link.undo().await;
                    let mut fault = self.engine.struck(&link, failure);
                    drop(link);
                    // Of two that stored the same offer at once, the later one finds it there when it asks again.
                    if fault.kind == StorageErrorKind::Duplicate {
                        fault.remedy = Remedy::RetryNow;
                    }
                    let again = tries.again(&self.engine, fault).await;
                    again.map_err(|fault| match fault.kind {
                        StorageErrorKind::Duplicate => fault.with(Remedy::Never),
                        _ => fault,
                    })?;
                }
            }
        }
    }
}

/// Takes what goes into the next batch; the rest stays, in its order.
fn gather(held: &mut VecDeque<Waiting>, most: usize) -> Vec<Waiting> {
    let mut room = Room::default();
    let (mut batch, mut rest) = (Vec::new(), VecDeque::new());
    while let Some(waiting) = held.pop_front() {
        // Whoever gave up has it done otherwise; what was not begun is not done.
        if waiting.reply.is_closed() {
            continue;
        }
        if batch.len() < most && room.takes(&waiting.write) {
            batch.push(waiting);
        } else {
            rest.push_back(waiting);
        }
    }
    *held = rest;
    batch
}

fn refuse(waiting: Waiting, fault: &Fault) {
    drop(waiting.reply.send(Err(fault.error(waiting.doing))));
}

/// What became of each write, from the ids of the changed responses that are stored.
fn outcomes(batch: &[Waiting], answers: Answers) -> Result<Vec<UpdateOutcome>, Failure> {
    let stored: HashSet<ResponseId> =
        all(answers, |row| row.id(ResponseId::from_bytes))?.into_iter().collect();
    let outcome = |waiting: &Waiting| match &waiting.write {
        Write::Update(update) if !stored.contains(&update.id) => UpdateOutcome::Conflict,
        Write::Offer(_) | Write::Update(_) => UpdateOutcome::Stored,
    };
    Ok(batch.iter().map(outcome).collect())
}
