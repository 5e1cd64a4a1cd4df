//! Faults in places other than a handler, and what a life can do by itself.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aftercall::foundation::Backoff;
use aftercall::supervise::{
    ActorRef, Child, ChildError, ChildSpec, Life, Reply, Request, Running, Serves, TreeSettings,
};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::{SOON, report, tree_with, until};

/// Where the first life goes wrong once it has been told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Factory,
    FactoryPanic,
    Started,
    Observe,
    Drop,
    FutureDrop,
    Drain,
    Stop,
    FailInTimer,
}

struct Odd {
    life: u32,
    fault: Fault,
    ticks: u32,
    broken: bool,
}

impl Drop for Odd {
    fn drop(&mut self) {
        assert!(!(self.fault == Fault::Drop && self.life == 1), "panic in a drop");
    }
}

struct PanicsWhenDropped;
impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("panic in a future's drop");
    }
}

impl Child for Odd {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        if self.fault == Fault::Started && self.life == 2 {
            return Err("cannot begin".into());
        }
        if self.fault == Fault::FutureDrop && self.life == 1 {
            let held = PanicsWhenDropped;
            life.spawn(async move {
                std::future::pending::<()>().await;
                drop(held);
            });
        }
        life.every(Duration::from_millis(2), |odd, life| {
            odd.ticks += 1;
            if odd.fault == Fault::FailInTimer && odd.broken {
                life.fail("the timer found a fault");
            }
        });
        Ok(())
    }

    fn drain(&mut self, _: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        assert_ne!(self.fault, Fault::Drain, "panic in drain");
        std::future::ready(()).boxed_local()
    }

    fn observe(&self) -> serde_json::Value {
        assert!(!(self.fault == Fault::Observe && self.broken), "panic in observe");
        serde_json::json!({ "ticks": self.ticks })
    }
}

/// Breaks the life it is served in, unless the fault lies elsewhere: then it just panics.
#[derive(Clone)]
struct Break;
impl Request for Break {
    type Reply = ();
}
impl Serves<Break> for Odd {
    fn serve(&mut self, _: Break, life: &mut Life<'_, Self>) -> Reply<()> {
        self.broken = true;
        match self.fault {
            Fault::Observe | Fault::FailInTimer => {}
            Fault::Stop => life.stop(),
            _ => life.fail("broken as asked"),
        }
        Reply::Now(())
    }
}

/// Answers the life's number through a future and back through the state.
#[derive(Clone)]
struct Ticks;
impl Request for Ticks {
    type Reply = (u32, u32);
}
impl Serves<Ticks> for Odd {
    fn serve(&mut self, _: Ticks, life: &mut Life<'_, Self>) -> Reply<(u32, u32)> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        life.spawn_then(tokio::task::yield_now(), |odd, (), _| {
            let _ = answer.send((odd.life, odd.ticks));
        });
        Reply::later(async move { answered.await.unwrap() })
    }
}

async fn odd(fault: Fault) -> (ActorRef<Odd>, Running) {
    let lives = AtomicU32::new(0);
    let spec = ChildSpec::new("odd", move || {
        let life = lives.fetch_add(1, Ordering::SeqCst) + 1;
        assert!(!(fault == Fault::FactoryPanic && life == 2), "panic in the factory");
        if fault == Fault::Factory && life == 2 {
            return Err("no parts".into());
        }
        Ok(Odd { life, fault, ticks: 0, broken: false })
    });
    let backoff = Backoff { min: Duration::from_millis(2), max: Duration::from_millis(10) };
    let settings = TreeSettings { observe_every: Duration::from_millis(5), ..TreeSettings::default() };
    let mut tree = tree_with(settings);
    let child = tree.add(spec.backoff(backoff)).unwrap();
    (child, tree.start().await.unwrap())
}

async fn check_survives(fault: Fault, lives: u32, cause: &str, text: &str) {
    let (child, running) = odd(fault).await;
    child.ask(Break, SOON).await.unwrap();
    until("the last life", || report(&running, "odd").restarts == u64::from(lives - 1)).await;
    assert_eq!(child.ask(Ticks, SOON).await.unwrap().0, lives, "{fault:?}");
    let exit = report(&running, "odd").last_exit.unwrap();
    assert_eq!(exit.cause, cause, "{fault:?}: {}", exit.text);
    assert!(exit.text.contains(text), "{fault:?}: {}", exit.text);
    let stopped = running.stop().await;
    assert!(!stopped.children[0].cut, "{fault:?}");
}

#[tokio::test]
async fn a_factory_that_fails_or_panics_is_tried_again() {
    check_survives(Fault::Factory, 3, "failed", "no parts").await;
    check_survives(Fault::FactoryPanic, 3, "panicked", "panic in the factory").await;
}

#[tokio::test]
async fn a_life_that_cannot_begin_is_tried_again() {
    check_survives(Fault::Started, 3, "failed", "cannot begin").await;
}

#[tokio::test]
async fn a_panic_while_being_observed_or_in_a_timer_is_an_exit() {
    check_survives(Fault::Observe, 2, "panicked", "panic in observe").await;
    check_survives(Fault::FailInTimer, 2, "failed", "the timer found a fault").await;
}

#[tokio::test]
async fn a_panic_while_being_dropped_does_not_stop_the_next_life() {
    check_survives(Fault::Drop, 2, "failed", "broken as asked").await;
    check_survives(Fault::FutureDrop, 2, "failed", "broken as asked").await;
}

#[tokio::test]
async fn a_child_that_stops_by_itself_is_made_anew() {
    check_survives(Fault::Stop, 2, "stopped", "it stopped").await;
}

#[tokio::test]
async fn a_panic_in_drain_ends_the_stop_and_is_on_the_board() {
    let (_child, running) = odd(Fault::Drain).await;
    assert!(!running.stop().await.children[0].cut);
    let exit = report(&running, "odd").last_exit.unwrap();
    assert!(exit.text.contains("panic in drain"), "{}", exit.text);
}

#[tokio::test]
async fn timers_run_and_their_work_is_seen_on_the_board() {
    let (child, running) = odd(Fault::Stop).await;
    until("ticks", || report(&running, "odd").observed["ticks"].as_u64() > Some(2)).await;
    assert!(child.ask(Ticks, SOON).await.unwrap().1 > 2);
}

/// Leaves itself in the mailbox again: the mailbox is never empty from then on.
#[derive(Clone)]
struct Flood;
impl Request for Flood {
    type Reply = ();
}
impl Serves<Flood> for Odd {
    fn serve(&mut self, flood: Flood, life: &mut Life<'_, Self>) -> Reply<()> {
        life.me().try_tell(flood).unwrap();
        Reply::Now(())
    }
}

#[tokio::test]
async fn replies_in_hand_and_timers_go_on_while_the_mailbox_never_empties() {
    let (child, running) = odd(Fault::Stop).await;
    child.try_tell(Flood).unwrap();
    for _ in 0..10 {
        assert_eq!(child.ask(Ticks, SOON).await.map(|(life, _)| life), Ok(1));
    }
    let before = child.ask(Ticks, SOON).await.unwrap().1;
    until("ticks", || report(&running, "odd").observed["ticks"].as_u64() > Some(u64::from(before))).await;
    assert_eq!(report(&running, "odd").restarts, 0);
}
