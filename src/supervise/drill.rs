//! Crash drills: break a child on purpose, to see that the tree mends it.

use std::time::Duration;

use super::Life;
use super::child::Child;

/// A way to break a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drill {
    /// Panic while a message is served.
    Panic,
    /// Panic in a future of the child.
    PanicInFuture,
    /// Return an error.
    Fail,
    /// Block the thread for this long.
    Hang(Duration),
    /// End the thread.
    KillThread,
}

/// Why a drill was not begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrillError {
    /// No child has this name.
    #[error("no child is called `{0}`")]
    NoSuchChild(String),
    /// The child is not running now.
    #[error("{0} is not running, wait until it is")]
    NotRunning(&'static str),
}

impl actix::Message for Drill {
    type Result = ();
}

impl Drill {
    /// Breaks the child from inside its life. `KillThread` is the keeper's to perform.
    pub(super) fn perform<C: Child>(self, life: &mut Life<'_, C>) {
        match self {
            Self::Panic => blow_up("crash drill: panic in a handler"),
            Self::PanicInFuture => life.spawn(async { blow_up("crash drill: panic in a future") }),
            Self::Fail => life.fail("crash drill: returned error"),
            Self::Hang(duration) => hang(duration),
            Self::KillThread => {}
        }
    }
}

#[expect(clippy::panic, reason = "the drill is a panic")]
fn blow_up(text: &'static str) {
    panic!("{text}");
}

#[expect(clippy::disallowed_methods, reason = "the drill is a blocked thread")]
fn hang(duration: Duration) {
    std::thread::sleep(duration);
}
