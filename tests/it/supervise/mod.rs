//! Supervision, with a child made to be broken.

mod asks;
mod exits;
mod groups;
mod odd;
mod stops;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aftercall::foundation::{Backoff, SeededChance, SystemClock};
use aftercall::supervise::{
    ActorRef, Child, ChildError, ChildReport, ChildSpec, Life, Limit, Reply, Request, RootExit, Running,
    Serves, Tree, TreeSettings,
};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

pub const SOON: Duration = Duration::from_secs(20);

/// What the children of one test did, in order.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn add(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub fn has(&self, line: &str) -> bool {
        self.lines().iter().any(|logged| logged == line)
    }
}

/// A gate that a blocked handler waits at: it opens when the sender is dropped.
pub type Gate = Arc<Mutex<std::sync::mpsc::Receiver<()>>>;

pub fn gate() -> (std::sync::mpsc::Sender<()>, Gate) {
    let (open, closed) = std::sync::mpsc::channel();
    (open, Arc::new(Mutex::new(closed)))
}

fn wait_at(gate: &Gate) {
    let _ = gate.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv_timeout(SOON);
}

/// How a probe ends when it is asked to stop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum AtStop {
    Finish,
    NeverFinish,
    Block,
}

/// A child that counts within one life and logs what it does.
pub struct Probe {
    name: &'static str,
    life: u32,
    count: u64,
    at_stop: AtStop,
    log: Log,
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.log.add(format!("{} {} dropped", self.name, self.life));
    }
}

impl Child for Probe {
    fn started(&mut self, _: &mut Life<'_, Self>) -> Result<(), ChildError> {
        self.log.add(format!("{} {} started", self.name, self.life));
        Ok(())
    }

    fn drain(&mut self, _: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        self.log.add(format!("{} {} drained", self.name, self.life));
        match self.at_stop {
            AtStop::Finish => std::future::ready(()).boxed_local(),
            AtStop::NeverFinish => std::future::pending().boxed_local(),
            AtStop::Block => {
                let (_held, gate) = gate();
                let _ = gate.lock().unwrap().recv_timeout(Duration::from_secs(1));
                std::future::ready(()).boxed_local()
            }
        }
    }

    fn observe(&self) -> serde_json::Value {
        serde_json::json!({ "life": self.life })
    }
}

/// Counts in this life; the answer is (life, count).
#[derive(Clone)]
pub struct Count;
impl Request for Count {
    type Reply = (u32, u64);
}
impl Serves<Count> for Probe {
    fn serve(&mut self, _: Count, _: &mut Life<'_, Self>) -> Reply<(u32, u64)> {
        self.count += 1;
        Reply::Now((self.life, self.count))
    }
}

/// Answers the number after some milliseconds of work.
#[derive(Clone)]
pub struct Slow(pub u64);
impl Request for Slow {
    type Reply = u64;
}
impl Serves<Slow> for Probe {
    fn serve(&mut self, Slow(number): Slow, _: &mut Life<'_, Self>) -> Reply<u64> {
        Reply::later(async move {
            tokio::time::sleep(Duration::from_millis(2 + number % 5)).await;
            number
        })
    }
}

/// Is in hand until released; the answer is the life.
#[derive(Clone)]
pub struct Hold(pub Arc<AtomicBool>);
impl Request for Hold {
    type Reply = u32;
}
impl Serves<Hold> for Probe {
    fn serve(&mut self, Hold(released): Hold, _: &mut Life<'_, Self>) -> Reply<u32> {
        let life = self.life;
        Reply::later(async move {
            while !released.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            life
        })
    }
}

/// Panics whenever it is served: at once, or in its future.
#[derive(Clone)]
pub struct Poison {
    pub later: bool,
}
impl Request for Poison {
    type Reply = ();
}
impl Serves<Poison> for Probe {
    fn serve(&mut self, Poison { later }: Poison, _: &mut Life<'_, Self>) -> Reply<()> {
        assert!(later, "poison in the handler");
        Reply::later(async { panic!("poison in the future") })
    }
}

/// Blocks the child's thread until the gate opens, then panics if told to.
#[derive(Clone)]
pub struct Block {
    pub gate: Gate,
    pub then_panic: bool,
}
impl Request for Block {
    type Reply = ();
}
impl Serves<Block> for Probe {
    fn serve(&mut self, message: Block, _: &mut Life<'_, Self>) -> Reply<()> {
        self.log.add(format!("{} {} blocked", self.name, self.life));
        wait_at(&message.gate);
        assert!(!message.then_panic, "panic behind the gate");
        Reply::Now(())
    }
}

/// Logs which life served it.
#[derive(Clone)]
pub struct Record(pub u32);
impl Request for Record {
    type Reply = ();
}
impl Serves<Record> for Probe {
    fn serve(&mut self, Record(number): Record, _: &mut Life<'_, Self>) -> Reply<()> {
        self.log.add(format!("{} {} served {number}", self.name, self.life));
        Reply::Now(())
    }
}

/// A row that makes probes, and the number of lives its factory began.
pub fn probe(name: &'static str, log: &Log) -> ChildSpec<Probe> {
    probe_at_stop(name, log, AtStop::Finish)
}

pub fn probe_at_stop(name: &'static str, log: &Log, at_stop: AtStop) -> ChildSpec<Probe> {
    probe_if(name, log, at_stop, |_| true)
}

/// A probe whose factory fails in every life for which `works` is false.
pub fn probe_if(
    name: &'static str,
    log: &Log,
    at_stop: AtStop,
    works: impl Fn(u32) -> bool + Send + Sync + 'static,
) -> ChildSpec<Probe> {
    let lives = AtomicU32::new(0);
    let log = log.clone();
    let spec = ChildSpec::new(name, move || {
        let life = lives.fetch_add(1, Ordering::SeqCst) + 1;
        if !works(life) {
            log.add(format!("{name} {life} failed"));
            return Err(format!("life {life} has no spark").into());
        }
        Ok(Probe { name, life, count: 0, at_stop, log: log.clone() })
    });
    spec.backoff(Backoff { min: Duration::from_millis(2), max: Duration::from_millis(10) })
        .restart(Limit::per(5, Duration::from_mins(1)))
        .stop_within(Duration::from_secs(5))
        .heartbeat(None)
}

pub fn tree() -> Tree {
    tree_with(TreeSettings::default())
}

pub fn tree_with(settings: TreeSettings) -> Tree {
    Tree::new(settings, Arc::new(SystemClock::new()), Arc::new(SeededChance::new(7)))
}

/// A tree of one child.
pub async fn alone(spec: ChildSpec<Probe>) -> (ActorRef<Probe>, Running) {
    let mut tree = tree();
    let child = tree.add(spec).unwrap();
    (child, tree.start().await.unwrap())
}

pub fn report(running: &Running, name: &str) -> ChildReport {
    running.board().report().into_iter().find(|child| child.name == name).unwrap()
}

/// The end of the tree, which must come soon.
pub async fn ended(running: &Running) -> RootExit {
    tokio::time::timeout(SOON, running.ended()).await.expect("the tree ends")
}

/// Waits for a condition, and fails with `what` if it does not come.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + SOON;
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "never saw: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
