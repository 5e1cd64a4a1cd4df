//! Gives a child a thread of its own: a plain thread named after it, with a runtime and a beat.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix::Addr;
use actix::dev::channel::channel;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;

use super::child::{Child, Factory};
use super::keeper::Keeper;
use super::line::{Line, Seat, Wire};
use super::mail::{Event, Mail, Note, Order};
use crate::foundation::{Chance, Clock};

/// Starts threads for one child, whatever its type.
pub(super) trait Launch: Send {
    /// A new thread with a new mailbox; the orders go to the returned sender. Failure is told by mail, as `Gone`.
    fn launch(&self, row: usize, generation: u64, mail: &UnboundedSender<Mail>) -> UnboundedSender<Order>;
}

pub(super) struct Launcher<C: Child> {
    pub(super) seat: Arc<Seat<C>>,
    pub(super) factory: Factory<C>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) chance: Arc<dyn Chance>,
}

impl<C: Child> Launch for Launcher<C> {
    fn launch(&self, row: usize, generation: u64, mail: &UnboundedSender<Mail>) -> UnboundedSender<Order> {
        let (orders, inbox) = unbounded_channel();
        let line = Arc::new(Line::new(generation));
        // 0: without a bound of its own, see `ActorRef::post`.
        let (sender, receiver) = channel(0);
        let keeper = Keeper {
            row,
            seat: Arc::clone(&self.seat),
            line: Arc::clone(&line),
            factory: Arc::clone(&self.factory),
            clock: Arc::clone(&self.clock),
            chance: Arc::clone(&self.chance),
            orders: inbox,
            mail: mail.clone(),
        };
        let leaving = Leaving { row, line: Arc::clone(&line), mail: mail.clone(), planned: false };
        let beat_every = self.seat.vitals.heartbeat.map(beat_every);
        self.seat.connect(Wire { addr: Addr::new(sender), line: Arc::clone(&line) });
        let name = self.seat.vitals.name;
        let begun = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => {
                    tracing::error!(child = name, "no runtime for the thread of {name}: {error}");
                    return;
                }
            };
            let local = LocalSet::new();
            if let Some(period) = beat_every {
                local.spawn_local(beat(line, period));
            }
            local.block_on(&runtime, keeper.keep(receiver, leaving));
            drop(local);
            // A blocking call still under way must not keep the thread.
            runtime.shutdown_background();
        });
        if let Err(error) = begun {
            // Dropping the closure has told the root that the thread is gone.
            tracing::error!(child = name, "no thread for {name}: {error}");
        }
        orders
    }
}

/// Four beats in the allowed silence, so that one late timer is no alarm.
pub(super) fn beat_every(silence: Duration) -> Duration {
    (silence / 4).clamp(Duration::from_millis(5), Duration::from_secs(1))
}

async fn beat(line: Arc<Line>, period: Duration) {
    loop {
        line.beat.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(period).await;
    }
}

/// Tells the root when a thread ends without having been told to, however that happens.
pub(super) struct Leaving {
    row: usize,
    line: Arc<Line>,
    mail: UnboundedSender<Mail>,
    planned: bool,
}

impl Leaving {
    pub(super) fn as_planned(&mut self) {
        self.planned = true;
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let deposed_before = self.line.deposed();
        self.line.depose();
        if !self.planned && !deposed_before {
            let note = Note { row: self.row, generation: self.line.generation, event: Event::Gone };
            let _ = self.mail.send(Mail::Note(note));
        }
    }
}
