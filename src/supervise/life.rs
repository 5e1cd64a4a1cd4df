//! What a child may do with its life: spawn, repeat, fail, name itself.

use std::sync::Arc;
use std::time::Duration;

use super::actor_ref::ActorRef;
use super::child::{Child, ChildError};
use super::core::{Core, Step};
use super::exit::{Caught, Exit};

/// The life of a child, lent to it with each call. Everything begun here dies with the life.
pub struct Life<'a, C: Child> {
    core: &'a Core<C>,
}

impl<'a, C: Child> Life<'a, C> {
    pub(super) fn new(core: &'a Core<C>) -> Self {
        Self { core }
    }

    pub(super) fn core(&self) -> &Core<C> {
        self.core
    }

    /// Runs `future` beside the child's other work. Its panic is the child's panic.
    pub fn spawn(&mut self, future: impl Future<Output = ()> + 'static) {
        let future = Caught(Box::pin(future));
        self.core.spawn(Box::pin(async move {
            match future.await {
                Ok(()) => Step::Done,
                Err(exit) => Step::Crashed(exit),
            }
        }));
    }

    /// Runs `future`, then `then` on the child with what the future made.
    pub fn spawn_then<T: 'static>(
        &mut self,
        future: impl Future<Output = T> + 'static,
        then: impl FnOnce(&mut C, T, &mut Life<'_, C>) + 'static,
    ) {
        let future = Caught(Box::pin(future));
        self.core.spawn(Box::pin(async move {
            match future.await {
                Ok(made) => Step::Then(Box::new(move |child, life| then(child, made, life))),
                Err(exit) => Step::Crashed(exit),
            }
        }));
    }

    /// Runs `work` on the child after each `period`, counted from the end of the work before.
    pub fn every(&mut self, period: Duration, mut work: impl FnMut(&mut C, &mut Life<'_, C>) + 'static) {
        self.spawn_then(tokio::time::sleep(period), move |child, (), life| {
            work(child, life);
            life.every(period, work);
        });
    }

    /// Runs `work` at once and again `period` after each end of it: never two at a time.
    pub fn repeat<F>(&mut self, period: Duration, mut work: impl FnMut() -> F + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        self.spawn(async move {
            loop {
                work().await;
                tokio::time::sleep(period).await;
            }
        });
    }

    /// Ends the life as `failed`, once the present call returns.
    pub fn fail(&mut self, error: impl Into<ChildError>) {
        self.core.end(Exit::failed(&error.into()));
    }

    /// Ends the life as `stopped`, once the present call returns. The child is made anew as after any other exit.
    pub fn stop(&mut self) {
        self.core.end(Exit::Stopped);
    }

    /// The child's own address.
    pub fn me(&self) -> ActorRef<C> {
        ActorRef::new(Arc::clone(&self.core.seat))
    }
}
