//! What the root, the keepers and the watchdog say to each other.

use std::time::Duration;

use super::Drill;
use super::exit::Exit;

/// From the root to a keeper.
#[derive(Debug)]
pub(super) enum Order {
    /// Begin to live, after `wait`. The first life of all is not retried.
    Begin { first: bool, wait: Duration },
    /// Serve what is queued, finish what is in hand, and rest.
    Halt,
    /// Rest at once.
    Cut,
    /// End the thread.
    Leave,
    /// Break on purpose.
    Drill(Drill),
}

/// To the root.
pub(super) enum Mail {
    Note(Note),
    Stop,
    Drill { row: usize, drill: Drill },
}

/// News of the child in `row`, on its `generation`th thread.
pub(super) struct Note {
    pub(super) row: usize,
    pub(super) generation: u64,
    pub(super) event: Event,
}

pub(super) enum Event {
    /// A life began.
    Up,
    /// The first life of all did not begin.
    FirstFailed(Exit),
    /// The restart limit is used up.
    Exhausted(Exit),
    /// It rests, as ordered.
    Halted,
    /// Its thread has given no sign of life for so long.
    Hung(Duration),
    /// Its thread ended by accident.
    Gone,
}
