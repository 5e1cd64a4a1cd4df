//! What a fault acts on, and what is measured of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::faults::{Aim, Fault};
use super::lab::{Lab, NODES, VIP, address};
use super::load::Load;
use super::node::Node;
use super::pair::Pair;
use super::support::{until, until_within};
use super::watch::Watch;

/// Another node takes over within this time, on a busy machine.
const TAKE_OVER: Duration = Duration::from_secs(40);
/// A holder renews its lease within this time.
const NOTICED: Duration = Duration::from_millis(1500);
/// Requests that are served before and after each fault.
const SERVED: u64 = 100;
/// A node that serves so many requests without a spool keeps up with its callers,
const KEEPS_UP: u64 = 500;
/// and does so after this time.
const WARM: Duration = Duration::from_mins(3);

/// What one fault did to its clients.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub gap: Duration,
    pub sent: u64,
    pub lost: u64,
    pub lost_twice: u64,
    /// Until the janitor's lease had another holder; `None` when it stayed.
    pub lease: Option<Duration>,
}

/// The lab while callers call.
pub struct Scene<'a> {
    pub lab: &'a Lab,
    pub pair: &'a mut Pair,
    pub watch: &'a Watch,
    pub load: &'a Load,
    /// The node that has the callers' address before the fault.
    pub victim: usize,
}

impl Scene<'_> {
    pub fn node(&mut self) -> &mut Node {
        &mut self.pair.nodes[self.victim]
    }

    /// The name of the victim.
    pub fn name(&self) -> &'static str {
        NODES[self.victim]
    }

    pub fn other(&self) -> usize {
        1 - self.victim
    }

    /// Waits until the other node has the callers' address.
    pub fn until_moved(&self) {
        let other = self.other();
        until_within(TAKE_OVER, "the other node has the callers' address", || {
            self.pair.with_vip().contains(&other)
        });
        self.load.served(SERVED);
    }

    /// Waits until everything is as it was before.
    pub fn until_well(&self) {
        self.pair.until_well(self.watch);
    }
}

/// A fault goes on for so long.
pub fn lasts(time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        std::thread::park_timeout(end - Instant::now());
    }
}

/// Lets a fault happen while callers call, and checks everything afterwards; else what is wrong.
pub fn play(lab: &Arc<Lab>, pair: &mut Pair, fault: &Fault, calls: &str) -> Result<Measured, String> {
    let played = catch_unwind(AssertUnwindSafe(|| measure(lab, pair, fault, calls)));
    played.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    })
}

fn measure(lab: &Arc<Lab>, pair: &mut Pair, fault: &Fault, calls: &str) -> Measured {
    let victim = prepare(lab, pair, fault);
    let watch = Watch::begin(lab);
    pair.until_well(&watch);
    pair.visitor().is_still_there(lab);
    let key = pair.database.key().to_owned();
    if pair.database.folder().is_none() {
        warm_up(lab, pair, &watch, calls);
    }
    let load = Load::begin(lab, VIP, calls, &key);
    load.served(SERVED);
    let holder = watch.lease_holders().first().copied();
    let began = Instant::now();
    (fault.act)(&mut Scene { lab, pair: &mut *pair, watch: &watch, load: &load, victim });
    pair.until_well(&watch);
    load.served(SERVED);
    let lease = holder.and_then(|holder| watch.lease_moved(holder, began));
    let (gap, tally) = load.finish();
    // The last requests may have gone a long way round.
    pair.until_well(&watch);
    let problems = &tally.problems;
    assert!(
        problems.is_empty() || fault.aim == Aim::Stored,
        "{} calls failed, such as {}",
        problems.len(),
        problems[0]
    );
    pair.database.verify(calls, &tally.records);
    pair.visitor().is_still_there(lab);
    watch.verify_leases();
    let (lost, lost_twice) = (tally.lost, tally.lost_twice);
    match fault.aim {
        Aim::Stored => println!("{}: {} calls could not go on", fault.title, problems.len()),
        Aim::Finished => {}
        Aim::ServedAtTheSecondAttempt => assert_eq!(lost_twice, 0, "requests were lost after one retry"),
        Aim::ServedAtOnce => assert_eq!(lost, 0, "requests were lost"),
    }
    Measured { gap, sent: tally.sent, lost, lost_twice, lease }
}

/// Waits until all is well; which node has the callers' address then.
fn prepare(lab: &Arc<Lab>, pair: &Pair, fault: &Fault) -> usize {
    let watch = Watch::begin(lab);
    pair.until_well(&watch);
    let victim = pair.with_vip()[0];
    if fault.with_lease {
        give_lease(pair, &watch, victim);
    }
    victim
}

/// Lets both nodes serve calls until they keep up. A server may plan every statement anew for a session that is new; what
/// befalls a node that spools meanwhile is two faults, not one.
fn warm_up(lab: &Arc<Lab>, pair: &Pair, watch: &Watch, calls: &str) {
    for (node, name) in NODES.into_iter().enumerate() {
        let load = Load::begin(lab, address(name), &format!("warm-{name}-{calls}"), pair.database.key());
        until_within(WARM, "a node keeps up with its callers", || {
            let since = Instant::now();
            load.served(KEEPS_UP);
            watch.was_well(node, since)
        });
        load.finish();
    }
    pair.until_well(watch);
}

/// Lets the victim have the janitor's lease too, so that the fault shows how it moves.
fn give_lease(pair: &Pair, watch: &Watch, victim: usize) {
    for _ in 0..20 {
        if watch.lease_holders() == [victim] {
            return;
        }
        pair.database.release_lease();
        let since = Instant::now();
        // The former holder notices when it renews what it has no more.
        until("the lease is taken again", || {
            let agrees = |node| watch.last(node, since + NOTICED).is_some_and(|look| look.agrees());
            agrees(0) && agrees(1) && watch.lease_holders().len() == 1
        });
    }
}
