//! The network between the nodes fails, or a node is gone from it altogether.

use std::time::Duration;

use super::super::scene::{Scene, lasts};

/// Long enough for every node to draw its conclusions.
const CUT: Duration = Duration::from_secs(6);

/// The machine is gone at once, and comes back as after a start: without the callers' address.
pub(super) fn loses_power(scene: &mut Scene<'_>) {
    let (victim, name) = (scene.victim, scene.name());
    scene.lab.plug(name, false);
    scene.lab.kill_all(name);
    scene.node().kill();
    scene.until_moved();
    scene.lab.forget_addresses(name);
    scene.lab.plug(name, true);
    scene.pair.start_node(victim);
}

pub(super) fn loses_its_cable(scene: &mut Scene<'_>) {
    let name = scene.name();
    scene.lab.plug(name, false);
    scene.until_moved();
    scene.lab.plug(name, true);
}

pub(super) fn is_mute(scene: &mut Scene<'_>) {
    let name = scene.name();
    scene.lab.mute(name, true);
    scene.until_moved();
    scene.lab.mute(name, false);
}

/// Each node believes that the other is gone, and callers may reach either.
pub(super) fn are_apart(scene: &mut Scene<'_>) {
    scene.lab.part(true);
    scene.until_moved();
    lasts(CUT);
    scene.lab.part(false);
}
