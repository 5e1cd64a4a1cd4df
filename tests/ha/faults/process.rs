//! The server's process ends, is paused, or loses a part of itself.

use std::time::Duration;

use rustix::process::Signal;

use super::super::lab::NODES;
use super::super::scene::{Scene, lasts};
use super::super::support::{until, until_within};

/// Longer than the lease lasts.
const PAUSE: Duration = Duration::from_secs(8);
/// Another process notices within this time.
const NOTICED: Duration = Duration::from_secs(30);

pub(super) fn is_killed(scene: &mut Scene<'_>) {
    scene.node().kill();
    scene.until_moved();
    let victim = scene.victim;
    lease_leaves(scene, victim);
    scene.pair.start_node(victim);
}

pub(super) fn is_paused(scene: &mut Scene<'_>) {
    scene.node().signal(Signal::STOP);
    scene.until_moved();
    lasts(PAUSE);
    scene.node().signal(Signal::CONT);
}

/// As a virtual machine is while a copy of it is made.
pub(super) fn is_paused_with_all_helpers(scene: &mut Scene<'_>) {
    scene.node().signal_all(Signal::STOP);
    scene.until_moved();
    lasts(PAUSE);
    scene.node().signal_all(Signal::CONT);
}

/// Nobody is left to take the address away from the node, whose network goes on.
pub(super) fn is_killed_with_all_helpers(scene: &mut Scene<'_>) {
    let (victim, name) = (scene.victim, scene.name());
    scene.lab.kill_all(name);
    scene.node().kill();
    scene.until_moved();
    scene.pair.start_node(victim);
}

pub(super) fn is_stopped(scene: &mut Scene<'_>) {
    let ended = scene.node().stop();
    assert!(ended.success(), "a planned stop ended with {ended}");
    scene.until_moved();
    let victim = scene.victim;
    scene.pair.start_node(victim);
}

pub(super) fn loses_an_actor(scene: &mut Scene<'_>) {
    for _ in 0..3 {
        let (key, node) = (scene.pair.database.key().to_owned(), scene.name());
        scene.lab.at(node, || crash(&key));
        scene.load.served(50);
    }
}

pub(super) fn die_both_and_one_returns_first(scene: &mut Scene<'_>) {
    die_both(scene, [0, 1]);
}

pub(super) fn die_both_and_two_returns_first(scene: &mut Scene<'_>) {
    die_both(scene, [1, 0]);
}

/// Both nodes end at once; the second starts when the first serves.
fn die_both(scene: &mut Scene<'_>, order: [usize; 2]) {
    for node in &mut scene.pair.nodes {
        node.kill();
    }
    scene.pair.start_node(order[0]);
    until_within(NOTICED, "the first node back has the callers' address", || {
        scene.lab.has_vip(NODES[order[0]])
    });
    scene.load.served(50);
    scene.pair.start_node(order[1]);
}

/// Waits until a node that is gone has no lease any more.
fn lease_leaves(scene: &Scene<'_>, node: usize) {
    until_within(NOTICED, "the other node has the lease", || scene.watch.lease_holders() == [1 - node]);
}

/// Crashes what decides which question is next.
fn crash(key: &str) {
    let http = super::super::support::http::Http::new("http://127.0.0.1:8080".to_owned(), key);
    until("the engine is crashed", || {
        super::super::support::block_on(http.fresh().crash("survey_engine", "panic"))
    });
}
