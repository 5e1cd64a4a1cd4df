//! What each node says of itself all the time a fault lasts, asked at the node itself, so that no cut of the network keeps
//! an answer away; and what must never be among it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::lab::{Lab, NODES};

/// How often a node is asked.
const EVERY: Duration = Duration::from_millis(50);
/// A node that takes longer does not answer: it may have been paused meanwhile.
const PATIENCE: Duration = Duration::from_millis(700);
/// Two looks further apart than this say nothing of the time between them.
const NEAR: Duration = Duration::from_secs(1);

/// One answer of a node.
#[derive(Debug, Clone)]
pub struct Look {
    pub began: Instant,
    pub ended: Instant,
    pub health: Value,
    /// Whether its figures say that it holds the janitor's lease.
    pub has_lease: bool,
    /// The epoch in which it holds it, if its health says so too: that was asked a moment later.
    epoch: Option<i64>,
}

impl Look {
    /// What it shows of a child.
    pub fn child(&self, name: &str) -> &Value {
        let children = self.health["children"].as_array();
        children.into_iter().flatten().find(|child| child["name"] == name).unwrap_or(&Value::Null)
    }

    /// Whether everything runs, and nothing waits to be stored.
    pub fn is_well(&self) -> bool {
        let spool = &self.health["spool"];
        self.health["status"] == "ok" && spool["mode"] == "direct" && spool["entries"] == 0
    }

    /// Whether figures and health, asked one after the other, say the same of the lease.
    pub fn agrees(&self) -> bool {
        self.has_lease == self.epoch.is_some()
    }

    /// Whether the node believes that it has the callers' address.
    pub fn has_vip(&self) -> bool {
        self.child("vip_keeper")["observed"]["held"] == true
    }
}

/// Two watchmen, one at each node, until it is dropped.
pub struct Watch {
    looks: [Arc<Mutex<Vec<Look>>>; 2],
    over: Arc<AtomicBool>,
    watchmen: Vec<JoinHandle<()>>,
}

impl Watch {
    pub fn begin(lab: &Arc<Lab>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let looks: [Arc<Mutex<Vec<Look>>>; 2] = Default::default();
        let watchmen = NODES.into_iter().zip(&looks).map(|(node, looks)| {
            let (lab, over, looks) = (Arc::clone(lab), Arc::clone(&over), Arc::clone(looks));
            std::thread::spawn(move || {
                lab.enter(node);
                while !over.load(Ordering::SeqCst) {
                    if let Some(look) = look() {
                        looks.lock().unwrap().push(look);
                    }
                    std::thread::park_timeout(EVERY);
                }
            })
        });
        let watchmen = watchmen.collect();
        Self { looks, over, watchmen }
    }

    /// The last answer of a node to a question asked after `since`.
    pub fn last(&self, node: usize, since: Instant) -> Option<Look> {
        let looks = self.looks[node].lock().unwrap();
        looks.last().filter(|look| look.began >= since).cloned()
    }

    /// Whether a node was well at every look since.
    pub fn was_well(&self, node: usize, since: Instant) -> bool {
        let looks = self.looks[node].lock().unwrap();
        looks.iter().filter(|look| look.began >= since).all(Look::is_well)
    }

    /// The nodes that said just now that they hold the lease.
    pub fn lease_holders(&self) -> Vec<usize> {
        let since = Instant::now().checked_sub(NEAR).unwrap();
        let holds = |node: &usize| self.last(*node, since).is_some_and(|look| look.has_lease);
        (0..NODES.len()).filter(holds).collect()
    }

    /// How long after `fault` a node other than `before` first said that it holds the lease.
    pub fn lease_moved(&self, before: usize, fault: Instant) -> Option<Duration> {
        let looks = self.looks[1 - before].lock().unwrap();
        let first = looks.iter().find(|look| look.began >= fault && look.has_lease)?;
        Some(first.ended - fault)
    }

    /// Fails if both nodes held the lease at one moment, or one after the other in epochs that do not rise.
    pub fn verify_leases(&self) {
        let all = self.looks.each_ref().map(|looks| looks.lock().unwrap().clone());
        assert!(all.iter().all(|looks| !looks.is_empty()), "a node was never seen");
        let mut tenures: Vec<Tenure> =
            all.iter().enumerate().flat_map(|(node, looks)| held(node, looks)).collect();
        tenures.sort_unstable_by_key(|tenure| tenure.from);
        for (one, next) in tenures.iter().zip(tenures.iter().skip(1)) {
            let [(first, epoch), (second, later)] = [one, next].map(|held| (NODES[held.node], held.epoch));
            let both = one.to.checked_duration_since(next.from).filter(|_| first != second);
            assert!(
                both.is_none(),
                "{first} held the lease in epoch {epoch} when {second} did in epoch {later}"
            );
            let rises = if first == second { epoch <= later } else { epoch < later };
            assert!(rises, "{second} held the lease in epoch {later} after {first} did in epoch {epoch}");
        }
    }
}

/// A time in which a node held the lease for certain.
struct Tenure {
    node: usize,
    from: Instant,
    to: Instant,
    epoch: i64,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        for watchman in self.watchmen.drain(..) {
            drop(watchman.join());
        }
    }
}

/// Between two looks, one soon after the other, that both say so.
fn held(node: usize, looks: &[Look]) -> Vec<Tenure> {
    let pairs = looks.iter().zip(looks.iter().skip(1));
    let held = pairs.filter_map(|(one, next)| {
        let says_so = one.has_lease && next.has_lease && one.epoch == next.epoch;
        let epoch = one.epoch.filter(|_| says_so && next.began - one.ended < NEAR)?;
        Some(Tenure { node, from: one.ended, to: next.began, epoch })
    });
    held.collect()
}

/// What the node at whose place this thread is says of itself.
fn look() -> Option<Look> {
    let began = Instant::now();
    let figures = get("/metrics")?;
    let health = health()?;
    let has_lease = figures.lines().any(|line| line == "aftercall_lease_held{role=\"janitor\"} 1");
    let mut look = Look { began, ended: Instant::now(), health, has_lease, epoch: None };
    let lease = &look.child("lease_keeper")["observed"]["janitor"];
    look.epoch = lease["epoch"].as_i64().filter(|_| lease["held"] == true);
    Some(look)
}

/// The health of the node at whose place this thread is.
pub fn health() -> Option<Value> {
    serde_json::from_str(&get("/health")?).ok()
}

fn get(path: &str) -> Option<String> {
    let node = SocketAddr::from(([127, 0, 0, 1], 8080));
    let mut line = TcpStream::connect_timeout(&node, PATIENCE).ok()?;
    line.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(line, "GET {path} HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n").ok()?;
    let mut reply = String::new();
    line.read_to_string(&mut reply).ok()?;
    Some(reply.split_once("\r\n\r\n")?.1.to_owned())
}
