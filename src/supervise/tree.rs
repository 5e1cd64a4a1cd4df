//! The tree as data: a table of children in start order, and how it starts and ends.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};

use super::actor_ref::ActorRef;
use super::board::Board;
use super::child::{Child, ChildSpec};
use super::drill::{Drill, DrillError};
use super::exit::{Exit, note_panic_places};
use super::launch::{Launch, Launcher};
use super::line::Seat;
use super::mail::Mail;
use super::policy::{History, Limit};
use super::root::{Root, Row};
use super::vitals::{State, Vitals};
use super::watchdog::{self, StopLimit};
use crate::foundation::{Backoff, Chance, Clock};

/// The exit code of a program whose tree gave up: `EX_SOFTWARE` of sysexits.h. The service manager starts it again.
pub const EX_SOFTWARE: u8 = 70;

/// What holds for the tree as a whole.
#[derive(Clone)]
pub struct TreeSettings {
    /// How often a group may be rebuilt as a whole before the root gives up.
    pub group_limit: Limit,
    /// How long a child may take until its first life has begun, its factory included.
    pub start_within: Duration,
    /// How long stopping the whole tree may take before `end_process` is called.
    pub stop_within: Duration,
    /// How often `Child::observe` is asked.
    pub observe_every: Duration,
    /// Ends the process with an exit code when stopping hangs.
    pub end_process: Arc<dyn Fn(i32) + Send + Sync>,
}

impl Default for TreeSettings {
    /// One rebuild of a group in 10 minutes, 60 s to start, 20 s to stop, an observation a second, `exit`.
    fn default() -> Self {
        Self {
            group_limit: Limit::per(1, Duration::from_mins(10)),
            start_within: Duration::from_mins(1),
            stop_within: Duration::from_secs(20),
            observe_every: Duration::from_secs(1),
            end_process: Arc::new(|code| std::process::exit(code)),
        }
    }
}

impl fmt::Debug for TreeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TreeSettings")
            .field("group_limit", &self.group_limit)
            .field("start_within", &self.start_within)
            .field("stop_within", &self.stop_within)
            .field("observe_every", &self.observe_every)
            .finish_non_exhaustive()
    }
}

/// A row that the table cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Two children of one name.
    #[error("the tree has two children called `{0}`, rename one")]
    TwiceNamed(&'static str),
    /// `after` names a child that does not stand above.
    #[error("`{child}` is to start after `{needs}`, which does not stand above it in the table")]
    NotAbove {
        /// The row refused.
        child: &'static str,
        /// What it needs.
        needs: &'static str,
    },
}

/// Why the tree did not start. What had started was stopped again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StartError {
    /// A child's first life did not begin.
    #[error("{child} did not start: {exit}")]
    Child {
        /// The child.
        child: &'static str,
        /// How its first life ended.
        exit: Exit,
        /// How the children above it stopped.
        stopped: StopReport,
    },
    /// A child's first life took too long to begin.
    #[error("{child} did not start within {} ms", within.as_millis())]
    TooSlow {
        /// The child.
        child: &'static str,
        /// The limit.
        within: Duration,
        /// How the children above it stopped.
        stopped: StopReport,
    },
    /// The operating system gave no thread for the root.
    #[error("cannot start the root of the tree: {0}")]
    Root(String),
}

/// How stopping went, in the order in which the children stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StopReport {
    /// The children, last started first.
    pub children: Vec<StoppedChild>,
}

/// How one child stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoppedChild {
    /// The child.
    pub name: &'static str,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// It did not finish within its limit and was cut off.
    pub cut: bool,
}

/// How the tree ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootExit {
    /// As asked.
    Stopped(StopReport),
    /// A group was rebuilt as often as allowed and failed again. What was left was stopped.
    GaveUp {
        /// The child whose exit was the last straw.
        child: &'static str,
        /// Its group.
        group: &'static str,
        /// That exit.
        last: Exit,
    },
}

impl RootExit {
    /// The exit code of the process: 0, or [`EX_SOFTWARE`].
    pub fn code(&self) -> u8 {
        match self {
            Self::Stopped(_) => 0,
            Self::GaveUp { .. } => EX_SOFTWARE,
        }
    }
}

/// The table, while it is filled.
pub struct Tree {
    settings: TreeSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    rows: Vec<Row>,
    names: HashSet<&'static str>,
}

impl Tree {
    /// An empty table.
    pub fn new(settings: TreeSettings, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        Self { settings, clock, chance, rows: Vec::new(), names: HashSet::new() }
    }

    /// Adds the next row. The address can be used at once: a question asked before the start waits.
    pub fn add<C: Child>(&mut self, spec: ChildSpec<C>) -> Result<ActorRef<C>, TreeError> {
        let name = spec.name;
        if let Some(needs) = spec.after.iter().find(|needs| !self.names.contains(*needs)) {
            return Err(TreeError::NotAbove { child: name, needs });
        }
        if !self.names.insert(name) {
            return Err(TreeError::TwiceNamed(name));
        }
        let vitals = Arc::new(Vitals::new(
            (name, spec.group.unwrap_or(name)),
            (spec.mailbox, spec.heartbeat),
            self.settings.observe_every,
            spec.vip_critical,
            History::new(spec.limit, spec.backoff),
        ));
        let seat = Arc::new(Seat::new(Arc::clone(&vitals)));
        let launcher: Box<dyn Launch> = Box::new(Launcher {
            seat: Arc::clone(&seat),
            factory: spec.factory,
            clock: Arc::clone(&self.clock),
            chance: Arc::clone(&self.chance),
        });
        self.rows.push(Row::new(vitals, spec.stop_within, launcher));
        Ok(ActorRef::new(seat))
    }

    /// Starts the children one after another. If one does not start, those above it are stopped in reverse.
    pub async fn start(self) -> Result<Running, StartError> {
        note_panic_places();
        let vitals = self.rows.iter().map(|row| Arc::clone(&row.vitals)).collect();
        let board = Arc::new(Board::new(vitals, Arc::clone(&self.clock)));
        let (mail, received) = unbounded_channel();
        let (ended, exit) = watch::channel(None);
        let (started, start) = oneshot::channel();
        watchdog::watch(Arc::clone(&board), self.settings.start_within, mail.clone());
        let settings = self.settings.clone();
        let root = Root::new(self.rows, self.settings, (self.clock, self.chance), (mail.clone(), received));
        std::thread::Builder::new()
            .name("supervisor".into())
            .spawn(move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => {
                    let exit = runtime.block_on(root.run(started));
                    ended.send_replace(exit);
                }
                Err(error) => {
                    let _ = started.send(Err(StartError::Root(error.to_string())));
                }
            })
            .map_err(|error| StartError::Root(error.to_string()))?;
        start.await.unwrap_or_else(|_| Err(StartError::Root("its thread ended".into())))?;
        Ok(Running { board, mail, exit, settings })
    }
}

/// The tree, running. Dropping it stops the tree in the background.
pub struct Running {
    board: Arc<Board>,
    mail: UnboundedSender<Mail>,
    exit: watch::Receiver<Option<RootExit>>,
    settings: TreeSettings,
}

impl Running {
    /// The board, for health, metrics and the operator.
    pub fn board(&self) -> Arc<Board> {
        Arc::clone(&self.board)
    }

    /// Waits for the end of the tree: after [`Running::stop`], or because it gave up.
    pub async fn ended(&self) -> RootExit {
        let mut exit = self.exit.clone();
        let ended = exit.wait_for(Option::is_some).await.ok().and_then(|exit| exit.clone());
        ended.unwrap_or_else(root_gone)
    }

    /// Stops the children in reverse order, each within its limit. Should that hang as a whole, the process is ended.
    pub async fn stop(&self) -> StopReport {
        let end = Arc::clone(&self.settings.end_process);
        let limit = StopLimit::arm(self.settings.stop_within, i32::from(EX_SOFTWARE), end);
        // Refused if the tree has ended already: then that is the answer.
        let _ = self.mail.send(Mail::Stop);
        let exit = self.ended().await;
        drop(limit);
        match exit {
            RootExit::Stopped(report) => report,
            RootExit::GaveUp { .. } => StopReport::default(),
        }
    }

    /// Breaks a running child on purpose, as a fire drill.
    pub fn drill(&self, child: &str, drill: Drill) -> Result<(), DrillError> {
        let found = self.board.children().iter().enumerate().find(|(_, vitals)| vitals.name == child);
        let Some((row, vitals)) = found else { return Err(DrillError::NoSuchChild(child.to_owned())) };
        if vitals.state() != State::Running {
            return Err(DrillError::NotRunning(vitals.name));
        }
        tracing::warn!(child = vitals.name, "crash drill: {drill:?}");
        self.mail.send(Mail::Drill { row, drill }).map_err(|_| DrillError::NotRunning(vitals.name))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Refused if the tree has ended already.
        let _ = self.mail.send(Mail::Stop);
    }
}

fn root_gone() -> RootExit {
    RootExit::GaveUp { child: "supervisor", group: "supervisor", last: Exit::ThreadGone }
}

/// Groups are rebuilt without a wait: their children have waited already.
pub(super) const NO_BACKOFF: Backoff = Backoff { min: Duration::ZERO, max: Duration::ZERO };
