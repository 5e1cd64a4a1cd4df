//! The root: starts the table in order, replaces threads, rebuilds groups, gives up, stops in reverse. It runs on a
//! thread of its own, so that no child can block it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::exit::Exit;
use super::launch::Launch;
use super::mail::{Event, Mail, Note, Order};
use super::metrics::{self, millis};
use super::policy::{History, Verdict};
use super::tree::{EX_SOFTWARE, NO_BACKOFF, RootExit, StartError, StopReport, TreeSettings};
use super::vitals::{State, Vitals, lock};
use super::watchdog::StopLimit;
use crate::foundation::{Chance, Clock};

/// One child as the root sees it.
pub(super) struct Row {
    pub(super) vitals: Arc<Vitals>,
    pub(super) stop_within: Duration,
    launcher: Box<dyn Launch>,
    generation: u64,
    /// Where orders go; nothing while the child has no thread.
    pub(super) orders: Option<UnboundedSender<Order>>,
}

impl Row {
    pub(super) fn new(vitals: Arc<Vitals>, stop_within: Duration, launcher: Box<dyn Launch>) -> Self {
        Self { vitals, stop_within, launcher, generation: 0, orders: None }
    }

    pub(super) fn order(&self, order: Order) {
        // A thread that has ended tells by itself.
        let _ = self.orders.as_ref().map(|orders| orders.send(order));
    }

    /// Takes the child away from its thread, for good: whatever that thread still does, it does in vain.
    pub(super) fn depose(&mut self) {
        if let Some(line) = self.vitals.line() {
            line.depose();
        }
        self.order(Order::Leave);
        self.orders = None;
    }
}

pub(super) struct Root {
    pub(super) rows: Vec<Row>,
    pub(super) settings: TreeSettings,
    groups: HashMap<&'static str, History>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    mail: UnboundedSender<Mail>,
    received: UnboundedReceiver<Mail>,
    /// Mail that came while another was waited for.
    later: VecDeque<Mail>,
    /// A stop ends what is being waited for.
    interruptible: bool,
}

impl Root {
    pub(super) fn new(
        rows: Vec<Row>,
        settings: TreeSettings,
        (clock, chance): (Arc<dyn Clock>, Arc<dyn Chance>),
        (mail, received): (UnboundedSender<Mail>, UnboundedReceiver<Mail>),
    ) -> Self {
        let history = |row: &Row| (row.vitals.group, History::new(settings.group_limit, NO_BACKOFF));
        let groups = rows.iter().map(history).collect();
        Self {
            rows,
            settings,
            groups,
            clock,
            chance,
            mail,
            received,
            later: VecDeque::new(),
            interruptible: false,
        }
    }

    /// Starts the tree and keeps it until it ends.
    pub(super) async fn run(mut self, started: oneshot::Sender<Result<(), StartError>>) -> Option<RootExit> {
        if let Err(error) = self.start_all().await {
            let _ = started.send(Err(error));
            return None;
        }
        let _ = started.send(Ok(()));
        loop {
            match self.next().await {
                Mail::Drill { row, drill } => self.rows[row].order(Order::Drill(drill)),
                Mail::Stop => return Some(RootExit::Stopped(self.stop_all().await)),
                Mail::Note(note) => {
                    let row = note.row;
                    if let Some(last) = self.mend(note).await {
                        return Some(self.give_up(row, last).await);
                    }
                }
            }
        }
    }

    async fn next(&mut self) -> Mail {
        match self.later.pop_front() {
            Some(mail) => mail,
            None => self.receive().await,
        }
    }

    async fn receive(&mut self) -> Mail {
        // `self.mail` keeps the channel open; were it closed, waiting for ever is all that is left.
        match self.received.recv().await {
            Some(mail) => mail,
            None => std::future::pending().await,
        }
    }

    async fn start_all(&mut self) -> Result<(), StartError> {
        for row in 0..self.rows.len() {
            self.begin(row, true, Duration::ZERO);
            let child = self.rows[row].vitals.name;
            let within = self.settings.start_within;
            match self.wait_for(row, Instant::now() + within).await {
                Some(Event::Up) => {}
                Some(Event::FirstFailed(exit) | Event::Exhausted(exit)) => {
                    let stopped = self.stop_all().await;
                    return Err(StartError::Child { child, exit, stopped });
                }
                Some(Event::Gone | Event::Halted) => {
                    let stopped = self.stop_all().await;
                    return Err(StartError::Child { child, exit: Exit::ThreadGone, stopped });
                }
                Some(Event::Hung(_)) | None => {
                    let stopped = self.stop_all().await;
                    return Err(StartError::TooSlow { child, within, stopped });
                }
            }
        }
        Ok(())
    }

    /// Lets a child live, on a new thread if it has none.
    fn begin(&mut self, row: usize, first: bool, wait: Duration) {
        let mail = self.mail.clone();
        let row_number = row;
        let row = &mut self.rows[row];
        if row.orders.is_none() {
            row.generation += 1;
            row.orders = Some(row.launcher.launch(row_number, row.generation, &mail));
        }
        row.order(Order::Begin { first, wait });
    }

    /// The next event of `row`; other mail is kept for later. Nothing after `deadline`.
    pub(super) async fn wait_for(&mut self, row: usize, deadline: Instant) -> Option<Event> {
        loop {
            let mail = timeout_at(deadline, self.receive()).await.ok()?;
            match mail {
                Mail::Note(note) if self.is_stale(&note) => {}
                Mail::Note(note) if note.row == row => return Some(note.event),
                Mail::Stop if self.interruptible => {
                    self.later.push_front(Mail::Stop);
                    return None;
                }
                mail => self.later.push_back(mail),
            }
        }
    }

    /// Forgets the news of `row` that wait to be read: what follows has overtaken them.
    pub(super) fn forget_news(&mut self, row: usize) {
        self.later.retain(|mail| !matches!(mail, Mail::Note(note) if note.row == row));
    }

    fn is_stale(&self, note: &Note) -> bool {
        let row = &self.rows[note.row];
        note.generation != row.generation || row.orders.is_none()
    }

    /// Reacts to news of a child. Returns the last straw if the root has to give up.
    async fn mend(&mut self, note: Note) -> Option<Exit> {
        if self.is_stale(&note) {
            return None;
        }
        match note.event {
            Event::Up | Event::Halted => None,
            Event::Hung(silent) => {
                self.rows[note.row].vitals.set_state(State::Hung);
                self.rows[note.row].vitals.abandoned.fetch_add(1, Ordering::Relaxed);
                self.replace(note.row, Exit::Hung(silent)).await
            }
            Event::Gone => self.replace(note.row, Exit::ThreadGone).await,
            Event::FirstFailed(exit) | Event::Exhausted(exit) => self.escalate(note.row, exit).await,
        }
    }

    /// Gives a child a new thread after `exit` took the old one.
    async fn replace(&mut self, row: usize, exit: Exit) -> Option<Exit> {
        self.rows[row].depose();
        let vitals = Arc::clone(&self.rows[row].vitals);
        vitals.note_exit(&exit, self.clock.now());
        let verdict = lock(&vitals.history).record(self.clock.monotonic(), self.chance.as_ref());
        let Verdict::Again { restart, wait } = verdict else {
            vitals.set_state(State::GaveUp);
            return self.escalate(row, exit).await;
        };
        vitals.restarts.fetch_add(1, Ordering::Relaxed);
        metrics::restarted(vitals.name, exit.cause());
        tracing::error!(
            child = vitals.name,
            cause = exit.cause(),
            restart,
            wait_ms = millis(wait),
            "{} lost its thread and gets another: {exit}",
            vitals.name
        );
        self.begin(row, false, wait);
        None
    }

    /// Rebuilds the child's group, or returns `exit` if that was done too often.
    async fn escalate(&mut self, row: usize, exit: Exit) -> Option<Exit> {
        let (child, group) = (self.rows[row].vitals.name, self.rows[row].vitals.group);
        let now = self.clock.monotonic();
        let chance = Arc::clone(&self.chance);
        let verdict = self.groups.get_mut(group).map(|history| history.record(now, chance.as_ref()));
        let Some(Verdict::Again { restart, .. }) = verdict else { return Some(exit) };
        tracing::error!(
            child,
            group,
            cause = exit.cause(),
            restart,
            "{child} used up its restarts, group {group} is rebuilt: {exit}"
        );
        self.rebuild(group).await;
        None
    }

    async fn rebuild(&mut self, group: &'static str) {
        let members: Vec<usize> =
            (0..self.rows.len()).filter(|row| self.rows[*row].vitals.group == group).collect();
        for &row in members.iter().rev() {
            self.halt(row).await;
        }
        for &row in &members {
            if self.later.iter().any(|mail| matches!(mail, Mail::Stop)) {
                return;
            }
            let vitals = &self.rows[row].vitals;
            lock(&vitals.history).forgive();
            vitals.restarts.fetch_add(1, Ordering::Relaxed);
            metrics::restarted(vitals.name, "group");
            self.begin(row, false, Duration::ZERO);
            let deadline = Instant::now() + self.settings.start_within;
            self.interruptible = true;
            let event = self.wait_for(row, deadline).await;
            self.interruptible = false;
            match event {
                Some(Event::Up) | None => {}
                // Bad news again: read as any other news, after the rest of the group has begun.
                Some(event) => {
                    let generation = self.rows[row].generation;
                    self.later.push_back(Mail::Note(Note { row, generation, event }));
                }
            }
        }
    }

    async fn give_up(&mut self, row: usize, last: Exit) -> RootExit {
        let (child, group) = (self.rows[row].vitals.name, self.rows[row].vitals.group);
        tracing::error!(child, group, "the tree gives up after {child} failed in a rebuilt group: {last}");
        let code = i32::from(EX_SOFTWARE);
        let end = Arc::clone(&self.settings.end_process);
        let limit = StopLimit::arm(self.settings.stop_within, code, end);
        self.rows[row].vitals.set_state(State::GaveUp);
        let _: StopReport = self.stop_all().await;
        self.rows[row].vitals.set_state(State::GaveUp);
        drop(limit);
        RootExit::GaveUp { child, group, last }
    }
}
