//! Supervision: a tree of actors that mends itself.
//!
//! A child lives on a thread of its own. When it panics, fails or stops, its keeper makes it anew there with the same
//! mailbox; when its thread hangs or ends, the root gives it another; when it does so too often, its group is rebuilt
//! as a whole; when that does not help, the tree gives up and the program exits with [`EX_SOFTWARE`]. Callers hold an
//! [`ActorRef`] and notice nothing but time.
//!
//! ```text
//! Tree (table) → Running → root (own thread) → keeper (child's thread) → actix context → Cell → the child
//!                             ↑ watchdog (own thread): beats               ↑ ActorRef: ask, try_tell
//! ```

mod actor_ref;
mod board;
mod cell;
mod child;
mod core;
mod drill;
mod exit;
mod keeper;
mod launch;
mod life;
mod line;
mod mail;
pub mod metrics;
mod policy;
mod root;
mod stop;
mod tree;
mod vitals;
mod watchdog;

pub use actor_ref::{ActorRef, AskError, TellError};
pub use board::{Board, ChildReport};
pub use child::{Child, ChildError, ChildSpec, Reply, Request, Serves};
pub use drill::{Drill, DrillError};
pub use exit::Exit;
pub use life::Life;
pub use policy::Limit;
pub use tree::{
    EX_SOFTWARE, RootExit, Running, StartError, StopReport, StoppedChild, Tree, TreeError, TreeSettings,
};
pub use vitals::{LastExit, State};
