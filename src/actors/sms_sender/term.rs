//! One term of the lease: what others left behind is seen to, then messages are taken in hand and given to the routes, until
//! the lease or the program ends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::future::{Either, join, join_all, select};
use futures_util::stream::FuturesUnordered;

use super::Work;
use super::compose::Composed;
use super::desk::{Desk, InHand};
use super::outcome::after;
use crate::domain::lease::Fence;
use crate::domain::outbox::{MessageState, Purpose};
use crate::foundation::{ClaimId, MessageId, OnUnknown};
use crate::storage::{Claim, ClaimedMessage, DueReminder, MessageRow, ResendRoutes, Settled, StorageError};

/// How often reminders are looked for, and the routes written down.
const CHORES: Duration = Duration::from_secs(2);
/// Reminders made in one go at most.
const REMINDERS: u32 = 200;
/// How long what is under way may take when the lease or the program ends.
const CLOSES_WITHIN: Duration = Duration::from_secs(4);

/// A message that waits again: when it is due, and why it waits.
type Back = (MessageId, DateTime<Utc>, String);

/// A term.
pub(super) struct Term<'a> {
    pub(super) work: &'a Work,
    pub(super) fence: Fence,
    desks: Vec<Rc<Desk>>,
    /// Messages that are claimed and not begun, by the claim.
    waiting: RefCell<HashMap<MessageId, ClaimId>>,
}

/// Serves a term; returns when the lease is gone or the program ends.
pub(super) async fn serve(work: &Work, fence: Fence) {
    tracing::info!(epoch = fence.epoch, "this node sends text messages from now on");
    let mut lines = Vec::new();
    let mut desks = Vec::new();
    for route in &*work.parts.routes {
        let line = (work.parts.open)(route);
        desks.push(Rc::new(Desk::new(route, Rc::clone(&line.gateway))));
        lines.push(line.work);
    }
    let term = Term { work, fence, desks, waiting: RefCell::default() };
    let all = std::pin::pin!(async {
        join(term.lead(), join_all(term.desks.iter().map(|desk| term.drive(desk)))).await;
        join_all(term.desks.iter().map(|desk| desk.gateway.close(CLOSES_WITHIN))).await;
        term.give_back().await;
    });
    // The lines are kept up to the end; their work ends with them.
    let lines = std::pin::pin!(join_all(lines));
    if let Either::Right((_, rest)) = select(all, lines).await {
        rest.await;
    }
    work.counts.in_hand.set(0);
    tracing::info!(epoch = fence.epoch, "this node sends no more text messages");
}

impl Term<'_> {
    fn now(&self) -> DateTime<Utc> {
        self.work.parts.clock.now()
    }

    fn monotonic(&self) -> Duration {
        self.work.parts.clock.monotonic()
    }

    /// Whether more may be begun.
    pub(super) fn goes_on(&self) -> bool {
        !self.work.stops.get() && self.work.fence() == Some(self.fence)
    }

    /// Takes messages in hand and gives them to the routes, until the term is over.
    async fn lead(&self) {
        let mut recovered = false;
        let mut chores_at = Duration::ZERO;
        while self.goes_on() {
            let done = self.round(&mut recovered, &mut chores_at).await;
            let pause = match &done {
                Ok(true) => Duration::ZERO,
                Ok(false) | Err(_) => self.work.parts.settings.every,
            };
            self.work.note_error(done.err().map(|error| error.to_string()));
            if pause.is_zero() {
                tokio::task::yield_now().await;
            } else {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = self.work.stop.notified() => {}
                }
            }
        }
        for desk in &self.desks {
            desk.end();
        }
    }

    /// One look at the outbox; whether there may be more.
    async fn round(&self, recovered: &mut bool, chores_at: &mut Duration) -> Result<bool, StorageError> {
        let parts = &self.work.parts;
        self.work.tell().await?;
        if !*recovered {
            let found = parts.outbox.recover_messages(self.fence, self.resend_routes(), self.now()).await?;
            if found.queued + found.unknown > 0 {
                tracing::warn!(
                    queued = found.queued,
                    unknown = found.unknown,
                    "a sender before this one left messages behind: those that were begun are unknown, the others wait again"
                );
            }
            *recovered = true;
        }
        if *chores_at <= self.monotonic() {
            *chores_at = self.monotonic() + CHORES;
            let rows =
                self.desks.iter().map(|desk| desk.row(&parts.settings.node, self.monotonic(), self.now()));
            parts.outbox.note_routes(self.fence, rows.collect()).await?;
            self.remind().await?;
        }
        self.put_back_stuck().await;
        let in_hand = self.work.counts.in_hand.get();
        let room = usize::try_from(parts.settings.batch).unwrap_or(usize::MAX).saturating_sub(in_hand);
        // Few at a time would be many transactions.
        if room * 2 < usize::try_from(parts.settings.batch).unwrap_or(usize::MAX) {
            return Ok(false);
        }
        let claim = Claim { id: ClaimId::new(self.now(), &*parts.chance), at: self.now() };
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        let claimed = parts.outbox.claim_messages(self.fence, claim, limit).await?;
        let any = !claimed.is_empty();
        for message in &claimed {
            self.waiting.borrow_mut().insert(message.row.id, claim.id);
        }
        self.count();
        self.distribute(claim.id, claimed).await?;
        Ok(any)
    }

    /// The routes whose messages are sent again when nobody knows what became of them.
    fn resend_routes(&self) -> ResendRoutes {
        let mut routes = ResendRoutes::default();
        for desk in &self.desks {
            let name = desk.route.name.clone();
            match desk.route.on_unknown {
                _ if desk.knows_key => routes.harmless.push(name),
                OnUnknown::Resend => routes.counted.push(name),
                OnUnknown::Hold => {}
            }
        }
        routes
    }

    fn count(&self) {
        self.work.counts.in_hand.set(self.waiting.borrow().len());
    }

    /// Notes that a message does not wait in this hand any more.
    pub(super) fn let_go(&self, id: MessageId) {
        self.waiting.borrow_mut().remove(&id);
        self.count();
    }

    /// Writes each message and gives it to a route, or says why not. What cannot be written now waits again, with all behind it.
    async fn distribute(&self, claim: ClaimId, claimed: Vec<ClaimedMessage>) -> Result<(), StorageError> {
        let mut later: Vec<Back> = Vec::new();
        let mut claimed = claimed.into_iter();
        let mut failed = None;
        for message in claimed.by_ref() {
            let row = &message.row;
            let Some(desk) = self.desk_for(row) else {
                let why = "no route takes messages to this number: sms.routes_folder has none for it";
                self.end(claim, &message, MessageState::Refused, why).await;
                continue;
            };
            let now = self.monotonic();
            let waits = desk.waits(now);
            if !waits.is_zero() {
                later.push((row.id, after(self.now(), waits), String::new()));
                continue;
            }
            match self.work.composer.compose(&self.work.parts, &message, desk, self.now()).await {
                Ok(Composed::Ready(submission)) => {
                    desk.put(InHand { claim, message, submission: *submission });
                }
                Ok(Composed::Later(at, why)) => later.push((row.id, at, why)),
                Ok(Composed::Never(state, why)) => self.end(claim, &message, state, &why).await,
                Err(error) => {
                    later.push((row.id, row.due_at, String::new()));
                    failed = Some(error);
                    break;
                }
            }
        }
        later.extend(claimed.map(|message| (message.row.id, message.row.due_at, String::new())));
        self.put_back(claim, later).await;
        failed.map_or(Ok(()), Err)
    }

    /// Has messages wait again; where the database cannot be told now, it is later.
    async fn put_back(&self, claim: ClaimId, messages: Vec<Back>) {
        if messages.is_empty() {
            return;
        }
        let told = self.work.parts.outbox.put_back(claim, messages.clone(), self.now()).await;
        if let Err(error) = &told {
            tracing::warn!(error = %error, "messages could not be put back, will try again");
        }
        for (id, due_at, why) in messages {
            if told.is_err() {
                self.work.untold.borrow_mut().insert(id, (claim, waits_again(due_at, why)));
            }
            self.let_go(id);
        }
    }

    /// The route for a message: the one it names, else the preferred one that is well, else the preferred one.
    fn desk_for(&self, row: &MessageRow) -> Option<&Rc<Desk>> {
        let now = self.monotonic();
        if let Some(name) = &row.route {
            return self.desks.iter().find(|desk| desk.route.name == *name);
        }
        let fits =
            || self.desks.iter().filter(|desk| desk.takes(&row.number) && desk.sender(&row.number).is_some());
        fits().find(|desk| desk.is_well(now)).or_else(|| fits().next())
    }

    /// Messages of a route that does not get on wait in the database, where another route may take them.
    async fn put_back_stuck(&self) {
        let now = self.monotonic();
        let mut stuck: HashMap<ClaimId, Vec<Back>> = HashMap::new();
        for desk in self.desks.iter().filter(|desk| !desk.waits(now).is_zero()) {
            let due = after(self.now(), desk.waits(now));
            for InHand { claim, message, .. } in desk.take_all() {
                let row = message.row;
                let another = row.route.is_none()
                    && self.desks.iter().any(|other| other.takes(&row.number) && other.is_well(now));
                let due = if another { row.due_at } else { due };
                stuck.entry(claim).or_default().push((row.id, due, String::new()));
            }
        }
        for (claim, messages) in stuck {
            self.put_back(claim, messages).await;
        }
    }

    /// Ends a message that is not handed to anybody.
    async fn end(&self, claim: ClaimId, message: &ClaimedMessage, state: MessageState, why: &str) {
        let settled = Settled {
            state,
            due_at: self.now(),
            cause: why.to_owned(),
            gateway_ids: Vec::new(),
            may_be_double: false,
            is_try: false,
        };
        self.work.settle(claim, message.row.id, settled, self.now()).await;
        self.let_go(message.row.id);
    }

    /// Hands a route's messages over, as many at once as it takes, until nothing more is begun and all is done.
    async fn drive(&self, desk: &Rc<Desk>) {
        let now = || self.work.parts.clock.monotonic();
        let mut under_way = FuturesUnordered::new();
        let mut next = Box::pin(desk.next(&now));
        loop {
            let has_room = under_way.len() < usize::from(desk.route.window.max(1));
            tokio::select! {
                Some(()) = under_way.next(), if !under_way.is_empty() => {}
                message = &mut next, if has_room => {
                    let Some(message) = message else { break };
                    under_way.push(self.submit(desk, message));
                    next = Box::pin(desk.next(&now));
                }
            }
        }
        while under_way.next().await.is_some() {}
    }

    /// Puts back what was claimed and never begun, so that another node goes on with it at once.
    async fn give_back(&self) {
        let mut left: HashMap<ClaimId, Vec<Back>> = HashMap::new();
        for (id, claim) in &*self.waiting.borrow() {
            left.entry(*claim).or_default().push((*id, self.now(), String::new()));
        }
        for (claim, messages) in left {
            self.put_back(claim, messages).await;
        }
        if let Err(error) = self.work.tell().await {
            tracing::warn!(error = %error, "what became of some messages could not be written down: they will be unknown");
        }
    }

    /// Adds the reminders that are due.
    async fn remind(&self) -> Result<(), StorageError> {
        let now = self.now();
        for due in self.work.parts.outbox.due_reminders(now, REMINDERS).await? {
            let message = reminder(&due, now);
            self.work.parts.outbox.remind(self.fence, due.invite, message).await?;
        }
        Ok(())
    }
}

/// What is written down of a message that nobody was handed.
pub(super) fn waits_again(due_at: DateTime<Utc>, cause: String) -> Settled {
    Settled {
        state: MessageState::Queued,
        due_at,
        cause,
        gateway_ids: Vec::new(),
        may_be_double: false,
        is_try: false,
    }
}

/// The message that reminds of an invite; `None` where it would come too late to be of use.
fn reminder(due: &DueReminder, now: DateTime<Utc>) -> Option<MessageRow> {
    (due.is_wanted && due.expires_at - now > TimeDelta::minutes(10)).then(|| MessageRow {
        id: MessageId::of(due.invite.as_bytes(), Purpose::Reminder.as_str()),
        response: Some(due.invite),
        purpose: Purpose::Reminder,
        number: due.number.clone(),
        language: due.language.clone(),
        text: None,
        route: None,
        created_at: now,
        due_at: now,
        expires_at: due.expires_at,
    })
}
