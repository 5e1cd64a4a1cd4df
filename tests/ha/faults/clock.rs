//! The time of day of one node is wrong, and later right again.

use std::time::Duration;

use super::super::scene::{Scene, lasts};

/// Longer than a lease lasts.
const WRONG: Duration = Duration::from_secs(7);

pub(super) fn is_ahead(scene: &mut Scene<'_>) {
    let victim = scene.victim;
    is_off(scene, victim, 600_000);
}

pub(super) fn is_behind(scene: &mut Scene<'_>) {
    let victim = scene.victim;
    is_off(scene, victim, -600_000);
}

pub(super) fn of_the_other_is_ahead(scene: &mut Scene<'_>) {
    let other = scene.other();
    is_off(scene, other, 600_000);
}

fn is_off(scene: &Scene<'_>, node: usize, by_ms: i64) {
    scene.pair.nodes[node].ail(&format!("clock_ms={by_ms}"));
    lasts(WRONG);
    scene.pair.nodes[node].heal();
    scene.load.served(100);
}
