//! What moves the callers' address ends by itself.

use super::super::scene::Scene;

/// Its first process only: the others end with it, in good order.
pub(super) fn loses_its_first_process(scene: &mut Scene<'_>) {
    scene.node().kill_keepalived(false);
    scene.load.served(100);
}

/// All of it at once: nobody takes the address away from the node.
pub(super) fn loses_all_processes(scene: &mut Scene<'_>) {
    scene.node().kill_keepalived(true);
    scene.load.served(100);
}
