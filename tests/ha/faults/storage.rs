//! A disk is slow, or nodes do not reach the database.

use std::time::Duration;

use super::super::scene::{Scene, lasts};

/// Long enough for a lease to change hands.
const AWAY: Duration = Duration::from_secs(8);

pub(super) fn is_slow(scene: &mut Scene<'_>) {
    scene.node().ail("slow_ms=200");
    lasts(AWAY);
    scene.node().heal();
}

pub(super) fn is_cut_from_the_victim(scene: &mut Scene<'_>) {
    let victim = scene.victim;
    cut(scene, &[victim], true);
    lasts(AWAY);
    cut(scene, &[victim], false);
}

/// Two faults at once: what the victim acknowledged last is nowhere but in its spool when it ends.
pub(super) fn is_cut_from_the_victim_that_dies(scene: &mut Scene<'_>) {
    let victim = scene.victim;
    cut(scene, &[victim], true);
    lasts(AWAY / 2);
    scene.node().kill();
    scene.until_moved();
    cut(scene, &[victim], false);
    scene.pair.start_node(victim);
}

pub(super) fn is_cut_from_both(scene: &mut Scene<'_>) {
    cut(scene, &[0, 1], true);
    lasts(AWAY);
    cut(scene, &[0, 1], false);
}

fn cut(scene: &Scene<'_>, nodes: &[usize], is_cut: bool) {
    let folder = scene.pair.database.folder().filter(|_| is_cut);
    for node in nodes {
        scene.pair.database.cut(*node, is_cut);
        let fault = folder.as_ref().map_or(String::new(), |folder| format!("fail_path={}", folder.display()));
        scene.pair.nodes[*node].ail(&fault);
    }
}
