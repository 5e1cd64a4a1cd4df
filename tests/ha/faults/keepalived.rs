//! What moves the callers' address ends by itself.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use super::super::scene::Scene;
use super::super::support::until;

/// The process between the server and keepalived.
pub(super) fn loses_its_guard(scene: &mut Scene<'_>) {
    let [guard, ..] = scene.node().helpers();
    kill(scene, &[guard]);
}

/// The same process does nothing any more, and would not notice that the server ends.
pub(super) fn has_a_guard_that_hangs(scene: &mut Scene<'_>) {
    let [guard, ..] = scene.node().helpers();
    kill_process(guard, Signal::STOP).unwrap();
    until("the server ends a guard that hangs", || {
        !Path::new(&format!("/proc/{}", guard.as_raw_nonzero())).exists()
    });
    scene.load.served(100);
}

/// Its first process: the second ends with it, in good order.
pub(super) fn loses_its_first_process(scene: &mut Scene<'_>) {
    let [_, first, _] = scene.node().helpers();
    kill(scene, &[first]);
}

/// The process that has the address: the first begins another one.
pub(super) fn loses_its_second_process(scene: &mut Scene<'_>) {
    let [.., second] = scene.node().helpers();
    kill(scene, &[second]);
}

/// All of it at once: nobody takes the address away from the node.
pub(super) fn loses_all_processes(scene: &mut Scene<'_>) {
    let [_, first, second] = scene.node().helpers();
    kill(scene, &[second, first]);
}

fn kill(scene: &Scene<'_>, processes: &[Pid]) {
    for process in processes {
        // With its parent gone it may be gone as well.
        let _ = kill_process(*process, Signal::KILL);
    }
    scene.load.served(100);
}
