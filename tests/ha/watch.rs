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
    /// The epoch of the janitor's lease, if the node's figures say that it holds it.
    pub lease: Option<i64>,
}

impl Look {
    /// What it shows of a child.
    pub fn child(&self, name: &str) -> &Value {
        let children = self.health["children"].as_array();
        children.into_iter().flatten().find(|child| child["name"] == name).unwrap_or(&Value::Null)
    }

    fn epoch(&self) -> Option<i64> {
        self.child("lease_keeper")["observed"]["janitor"]["epoch"].as_i64()
    }

    /// Whether everything runs, and nothing waits to be stored.
    pub fn is_well(&self) -> bool {
        let spool = &self.health["spool"];
        self.health["status"] == "ok" && spool["mode"] == "direct" && spool["entries"] == 0
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

    /// The node that says now that it holds the lease.
    pub fn lease_holder(&self) -> Option<usize> {
        let since = Instant::now().checked_sub(NEAR)?;
        (0..NODES.len()).find(|node| self.last(*node, since).is_some_and(|look| look.lease.is_some()))
    }

    /// How long after `fault` a node other than `before` first said that it holds the lease.
    pub fn lease_moved(&self, before: usize, fault: Instant) -> Option<Duration> {
        let looks = self.looks[1 - before].lock().unwrap();
        let first = looks.iter().find(|look| look.began >= fault && look.lease.is_some())?;
        Some(first.ended - fault)
    }

    /// Fails if both nodes held the lease at one moment, or an epoch fell.
    pub fn verify_leases(&self) {
        let [one, two] = self.looks.each_ref().map(|looks| looks.lock().unwrap());
        assert!(!one.is_empty() && !two.is_empty(), "a node was never seen");
        for (from, to, epoch) in tenures(&one) {
            for (other_from, other_to, other_epoch) in tenures(&two) {
                assert!(
                    to < other_from || other_to < from,
                    "both nodes held the lease for {:?}, in epoch {epoch} and in epoch {other_epoch}",
                    to.min(other_to) - from.max(other_from),
                );
            }
        }
        for looks in [&one, &two] {
            let epochs: Vec<i64> = looks.iter().filter_map(Look::epoch).collect();
            assert!(epochs.is_sorted(), "the epoch of the lease fell: {epochs:?}");
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        for watchman in self.watchmen.drain(..) {
            drop(watchman.join());
        }
    }
}

/// The times in which a node held the lease for certain: from the end of one look that says so to the begin of the next that
/// says so in the same epoch.
fn tenures(looks: &[Look]) -> Vec<(Instant, Instant, i64)> {
    let pairs = looks.iter().zip(looks.iter().skip(1));
    let held = pairs.filter_map(|(one, next)| {
        let epoch = one.lease.filter(|epoch| next.lease == Some(*epoch))?;
        (next.began - one.ended < NEAR).then_some((one.ended, next.began, epoch))
    });
    held.collect()
}

/// What the node at whose place this thread is says of itself.
fn look() -> Option<Look> {
    let began = Instant::now();
    let figures = get("/metrics")?;
    let health: Value = serde_json::from_str(&get("/health")?).ok()?;
    let look = Look { began, ended: Instant::now(), health, lease: None };
    let holds = figures.lines().any(|line| line == "aftercall_lease_held{role=\"janitor\"} 1");
    let lease = holds.then(|| look.epoch()).flatten();
    Some(Look { lease, ..look })
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
