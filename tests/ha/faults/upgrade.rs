//! Both nodes change from an older build to the present one, one after the other, while callers call.

use super::super::scene::Scene;

/// Begins with both on the older build, and ends with both on the present one.
pub(super) fn node_by_node(scene: &mut Scene<'_>) {
    let nodes = [scene.other(), scene.victim];
    if scene.pair.has_older() {
        for node in nodes {
            change(scene, node, true);
        }
    }
    for node in nodes {
        change(scene, node, false);
    }
}

fn change(scene: &mut Scene<'_>, node: usize, to_older: bool) {
    let ended = scene.pair.nodes[node].stop();
    assert!(ended.success(), "a planned stop ended with {ended}");
    scene.pair.start_build(node, to_older);
    scene.until_well();
    scene.load.served(50);
}
