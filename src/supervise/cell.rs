//! The actix actor around a child. It opens parcels, keeps the child's futures going, and ends its context when the
//! life is over; it never restarts itself.

use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use actix::fut::ActorFuture;
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, Supervised};

use super::actor_ref::Parcel;
use super::child::{Child, Reply, Request, Serves};
use super::core::{Core, Step};
use super::drill::Drill;
use super::exit::{Caught, Exit};
use super::vitals::{State, lock};

/// Messages served in one go before the child's futures and then the thread's other tasks (timers, the beat) get
/// their turn: actix serves until the mailbox is empty, which it never is under load.
const STREAK: u32 = 64;

pub(super) struct Cell<C: Child> {
    core: Rc<Core<C>>,
    streak: u32,
}

impl<C: Child> Cell<C> {
    pub(super) fn new(core: Rc<Core<C>>) -> Self {
        Self { core, streak: 0 }
    }

    fn begin(&mut self) {
        let observe_every = self.core.seat.vitals.observe_every;
        let begun = self.core.enter(|child, life| {
            child.started(life)?;
            observe(child, life);
            life.every(observe_every, observe);
            Ok(())
        });
        match begun {
            Some(Ok(Ok(()))) => {
                self.core.up.set(true);
                // Before the first message is served, so that whoever has an answer sees the child running.
                let vitals = &self.core.seat.vitals;
                if vitals.state() != State::Stopping {
                    vitals.set_state(State::Running);
                }
            }
            Some(Ok(Err(error))) => self.core.end(Exit::failed(&error)),
            Some(Err(_)) | None => {}
        }
    }
}

fn observe<C: Child>(child: &mut C, life: &mut super::Life<'_, C>) {
    let seen = child.observe();
    *lock(&life.core().seat.vitals.observed) = seen;
}

impl<C: Child> Actor for Cell<C> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        self.begin();
        if self.core.over() {
            ctx.terminate();
        } else {
            ctx.spawn(Pump::Always);
        }
    }
}

impl<C: Child> Supervised for Cell<C> {
    fn restarting(&mut self, _ctx: &mut Context<Self>) {
        // The keeper has put fresh state into the core.
        self.streak = 0;
    }
}

impl<C: Serves<M>, M: Request> Handler<Parcel<M>> for Cell<C> {
    type Result = ();

    fn handle(&mut self, parcel: Parcel<M>, ctx: &mut Context<Self>) {
        let Parcel { message, reply, counted } = parcel;
        drop(counted);
        if reply.as_ref().is_some_and(tokio::sync::oneshot::Sender::is_closed) {
            return; // nobody waits for it any more
        }
        match self.core.enter(|child, life| child.serve(message, life)) {
            Some(Ok(Reply::Now(answer))) => {
                // The asker may have gone meanwhile: its loss.
                let _ = reply.map(|reply| reply.send(Ok(answer)));
            }
            Some(Ok(Reply::Later(future))) => {
                let future = Caught(future);
                self.core.spawn_reply(Box::pin(async move {
                    let outcome = future.await;
                    let crash = outcome.as_ref().err().cloned();
                    let _ = reply.map(|reply| reply.send(outcome));
                    crash.map_or(Step::Replied, Step::Crashed)
                }));
            }
            Some(Err(exit)) => {
                let _ = reply.map(|reply| reply.send(Err(exit)));
            }
            None => {}
        }
        self.streak += 1;
        if self.core.over() {
            ctx.terminate();
        } else if self.streak >= STREAK {
            self.streak = 0;
            ctx.wait(Pump::Yield { yielded: false });
        }
    }
}

/// Told to finish what is in hand: everything queued before it has been served. Names the life it is meant for.
pub(super) struct Halt(pub(super) u64);

impl actix::Message for Halt {
    type Result = ();
}

impl<C: Child> Handler<Halt> for Cell<C> {
    type Result = ();

    fn handle(&mut self, Halt(life): Halt, ctx: &mut Context<Self>) {
        if life == self.core.life.get() {
            self.core.begin_drain();
            ctx.wait(Pump::UntilOver);
        }
    }
}

impl<C: Child> Handler<Drill> for Cell<C> {
    type Result = ();

    fn handle(&mut self, drill: Drill, ctx: &mut Context<Self>) {
        let _ = self.core.enter(|_, life| drill.perform(life));
        if self.core.over() {
            ctx.terminate();
        }
    }
}

/// Keeps the child's futures going: beside the mailbox, between messages while yielding the thread, or instead of the
/// mailbox while draining.
enum Pump {
    Always,
    Yield { yielded: bool },
    UntilOver,
}

impl<C: Child> ActorFuture<Cell<C>> for Pump {
    type Output = ();

    fn poll(
        mut self: Pin<&mut Self>,
        cell: &mut Cell<C>,
        ctx: &mut Context<Cell<C>>,
        task: &mut std::task::Context<'_>,
    ) -> Poll<()> {
        cell.streak = 0;
        cell.core.pump(task);
        if cell.core.over() {
            ctx.terminate();
            return Poll::Ready(());
        }
        match &mut *self {
            Self::Yield { yielded: true } => Poll::Ready(()),
            Self::Yield { yielded } => {
                *yielded = true;
                task.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Always | Self::UntilOver => Poll::Pending,
        }
    }
}
