//! The keeper of a child: lives on the child's thread, owns its actix context, polls it, and makes it anew after an
//! exit with the same mailbox. What it cannot mend (limit used up) it tells the root.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use actix::dev::ContextFut;
use actix::dev::channel::AddressReceiver;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::cell::{Cell, Halt};
use super::child::{Child, Factory};
use super::core::Core;
use super::drill::Drill;
use super::exit::{Exit, catch};
use super::launch::Leaving;
use super::line::{Line, Seat};
use super::mail::{Event, Mail, Note, Order};
use super::metrics::{self, millis};
use super::policy::Verdict;
use super::vitals::{State, lock};
use crate::foundation::{Chance, Clock};

type Fut<C> = ContextFut<Cell<C>, actix::Context<Cell<C>>>;

pub(super) struct Keeper<C: Child> {
    pub(super) row: usize,
    pub(super) seat: Arc<Seat<C>>,
    pub(super) line: Arc<Line>,
    pub(super) factory: Factory<C>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) chance: Arc<dyn Chance>,
    pub(super) orders: UnboundedReceiver<Order>,
    pub(super) mail: UnboundedSender<Mail>,
}

/// How a stretch of lives came to its end.
enum End {
    /// The first life of all did not begin.
    FirstFailed(Exit),
    /// The restart limit is used up.
    Exhausted(Exit),
    /// The root asked for it.
    Halted,
    /// The thread is to end.
    Leave,
    /// The thread is to end as if by accident.
    Killed,
}

/// How one life came to its end.
enum LifeEnd {
    Exit(Exit),
    Ordered(End),
}

impl<C: Child> Keeper<C> {
    /// Carries out the root's orders until told to leave.
    pub(super) async fn keep(mut self, receiver: AddressReceiver<Cell<C>>, mut leaving: Leaving) {
        let core = Rc::new(Core::new(Arc::clone(&self.seat), Arc::clone(&self.line)));
        let context = actix::Context::with_receiver(receiver);
        let mut fut = context.into_future(Cell::new(Rc::clone(&core)));
        while let Some(order) = self.orders.recv().await {
            let end = match order {
                Order::Begin { first, wait } => self.lives(&core, &mut fut, first, wait).await,
                Order::Halt | Order::Cut => End::Halted,
                Order::Leave => End::Leave,
                Order::Drill(Drill::KillThread) => End::Killed,
                Order::Drill(_) => continue,
            };
            match end {
                End::FirstFailed(exit) => self.tell(Event::FirstFailed(exit)),
                End::Exhausted(exit) => self.tell(Event::Exhausted(exit)),
                End::Halted => self.tell(Event::Halted),
                End::Leave => {
                    leaving.as_planned();
                    break;
                }
                End::Killed => break,
            }
        }
        // Deposes the line before the mailbox closes, so that nobody sends into it in vain.
        drop(leaving);
        core.clear();
    }

    /// Life after life, until the limit or an order ends it.
    async fn lives(&mut self, core: &Rc<Core<C>>, fut: &mut Fut<C>, first: bool, wait: Duration) -> End {
        let mut first = first;
        let mut wait = wait;
        loop {
            if !wait.is_zero() {
                self.seat.vitals.set_state(State::BackingOff);
                if let Some(end) = self.rest(wait).await {
                    return end;
                }
            }
            self.seat.vitals.set_state(if first { State::Starting } else { State::Restarting });
            let end = self.live(core, fut).await;
            let vitals = &self.seat.vitals;
            let began = core.up.get();
            let noted = core.clear();
            let exit = match end {
                _ if self.line.deposed() => return End::Leave,
                LifeEnd::Ordered(end) => {
                    if let Some(exit) = noted.filter(|exit| *exit != Exit::Stopped) {
                        tracing::warn!(child = vitals.name, cause = exit.cause(), "while stopping: {exit}");
                        vitals.note_exit(&exit, self.clock.now());
                    }
                    return end;
                }
                LifeEnd::Exit(exit) => noted.unwrap_or(exit),
            };
            vitals.note_exit(&exit, self.clock.now());
            if first && !began {
                return End::FirstFailed(exit);
            }
            first = false;
            wait = match self.after(&exit) {
                Verdict::Again { wait, .. } => wait,
                Verdict::GiveUp => return End::Exhausted(exit),
            };
        }
    }

    /// Decides what follows `exit`, and says so once.
    fn after(&self, exit: &Exit) -> Verdict {
        let vitals = &self.seat.vitals;
        let verdict = lock(&vitals.history).record(self.clock.monotonic(), self.chance.as_ref());
        match verdict {
            Verdict::Again { restart, wait } => {
                vitals.restarts.fetch_add(1, Ordering::Relaxed);
                metrics::restarted(vitals.name, exit.cause());
                tracing::warn!(
                    child = vitals.name,
                    cause = exit.cause(),
                    restart,
                    wait_ms = millis(wait),
                    "{} ended and is made anew: {exit}",
                    vitals.name
                );
            }
            Verdict::GiveUp => vitals.set_state(State::GaveUp),
        }
        verdict
    }

    /// Waits before the next life; an order may come first.
    async fn rest(&mut self, wait: Duration) -> Option<End> {
        let rested = tokio::time::sleep(wait);
        tokio::pin!(rested);
        loop {
            let order = tokio::select! {
                () = &mut rested => return None,
                order = self.orders.recv() => order,
            };
            match order {
                Some(Order::Halt | Order::Cut) => return Some(End::Halted),
                None | Some(Order::Leave) => return Some(End::Leave),
                Some(Order::Drill(Drill::KillThread)) => return Some(End::Killed),
                Some(Order::Begin { .. } | Order::Drill(_)) => {}
            }
        }
    }

    /// One life, from the factory to the exit.
    async fn live(&mut self, core: &Rc<Core<C>>, fut: &mut Fut<C>) -> LifeEnd {
        // The factory may block (open a file, bind a port): silence is allowed for the start limit meanwhile.
        self.line.building.store(true, Ordering::SeqCst);
        let made = catch(|| (self.factory)());
        self.line.building.store(false, Ordering::SeqCst);
        match made {
            Ok(Ok(child)) => core.begin(child),
            Ok(Err(error)) => return LifeEnd::Exit(Exit::failed(&error)),
            Err(exit) => return LifeEnd::Exit(exit),
        }
        self.seat.vitals.since_ms.store(millis(self.clock.monotonic()), Ordering::Relaxed);
        if core.life.get() > 1 {
            let _ = catch(|| fut.restart());
        }
        let mut halting = false;
        let mut up = false;
        poll_fn(|cx| {
            if let Some(end) = self.obey(core, fut, cx, &mut halting) {
                return Poll::Ready(LifeEnd::Ordered(end));
            }
            match catch(|| Pin::new(&mut *fut).poll(cx)) {
                Ok(Poll::Pending) => {
                    if core.up.get() && !up {
                        up = true;
                        self.came_up();
                    }
                    Poll::Pending
                }
                outcome => {
                    let exit = outcome.err().unwrap_or(Exit::Stopped);
                    core.end(exit.clone());
                    Poll::Ready(if halting { LifeEnd::Ordered(End::Halted) } else { LifeEnd::Exit(exit) })
                }
            }
        })
        .await
    }

    /// Takes the orders that have come; an end if one of them, or being deposed, is the end.
    fn obey(
        &mut self,
        core: &Core<C>,
        fut: &mut Fut<C>,
        cx: &mut Context<'_>,
        halting: &mut bool,
    ) -> Option<End> {
        if self.line.deposed() {
            return Some(End::Leave);
        }
        while let Poll::Ready(order) = self.orders.poll_recv(cx) {
            match order {
                Some(Order::Halt) if !*halting => {
                    *halting = true;
                    self.seat.vitals.set_state(State::Stopping);
                    // Behind what is queued, so that it is served first. The mailbox is ours and open.
                    let _ = fut.address().try_send(Halt(core.life.get()));
                }
                Some(Order::Cut) => return Some(End::Halted),
                None | Some(Order::Leave) => return Some(End::Leave),
                Some(Order::Drill(Drill::KillThread)) => return Some(End::Killed),
                Some(Order::Drill(drill)) => {
                    let _ = fut.address().try_send(drill);
                }
                Some(Order::Halt | Order::Begin { .. }) => {}
            }
        }
        None
    }

    fn came_up(&self) {
        let vitals = &self.seat.vitals;
        tracing::info!(child = vitals.name, "{} runs", vitals.name);
        self.tell(Event::Up);
    }

    fn tell(&self, event: Event) {
        // The root outlives every keeper but one that was deposed.
        let _ = self.mail.send(Mail::Note(Note { row: self.row, generation: self.line.generation, event }));
    }
}
