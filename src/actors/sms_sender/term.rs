//! One term of the lease: what others left behind is seen to, then messages are taken in hand and given to the routes, until
//! the lease or the program ends.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::future::{Either, join, join_all, select};
use futures_util::stream::FuturesUnordered;

use super::desk::{Desk, InHand};
use super::outcome::after;
use super::{Composed, Work};
use crate::domain::lease::Fence;
use crate::domain::outbox::{MessageState, Purpose};
use crate::foundation::{ClaimId, MessageId, OnUnknown};
use crate::storage::{Claim, ClaimedMessage, DueReminder, MessageRow, Settled, StorageError};

/// How often reminders are looked for, and the routes written down.
const CHORES: Duration = Duration::from_secs(2);
/// Reminders made in one go at most.
const REMINDERS: u32 = 200;
/// How long what is under way may take when the lease or the program ends.
const CLOSES_WITHIN: Duration = Duration::from_secs(4);

/// A term.
pub(super) struct Term<'a> {
    pub(super) work: &'a Work,
    pub(super) fence: Fence,
    desks: Vec<Rc<Desk>>,
    /// Messages that are claimed and not begun, by the claim.
    waiting: RefCell<HashMap<MessageId, ClaimId>>,
    ended: Cell<bool>,
}

/// Serves a term; returns when the lease is gone or the program ends.
pub(super) async fn serve(work: &Work, fence: Fence) {
    tracing::info!(epoch = fence.epoch, "this node sends text messages from now on");
    let mut lines = Vec::new();
    let mut desks = Vec::new();
    for route in &*work.parts.routes {
        let line = (work.parts.open)(route);
        desks.push(Rc::new(Desk::new(route.clone(), line.kind, Rc::clone(&line.gateway))));
        lines.push(line.work);
    }
    let term = Term { work, fence, desks, waiting: RefCell::default(), ended: Cell::default() };
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
            if let Err(error) = &done {
                tracing::warn!(error = %error, "the outbox could not be looked at, will try again");
            }
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
        self.ended.set(true);
        for desk in &self.desks {
            desk.end();
        }
    }

    /// One look at the outbox; whether there may be more.
    async fn round(&self, recovered: &mut bool, chores_at: &mut Duration) -> Result<bool, StorageError> {
        let parts = &self.work.parts;
        self.work.tell().await?;
        if !*recovered {
            let resends = |route: &&Rc<Desk>| route.route.on_unknown == OnUnknown::Resend;
            let resend = self.desks.iter().filter(resends).map(|desk| desk.route.name.clone()).collect();
            let found = parts.outbox.recover_messages(self.fence, resend, self.now()).await?;
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
        self.put_back_stuck().await?;
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

    fn count(&self) {
        self.work.counts.in_hand.set(self.waiting.borrow().len());
    }

    /// Notes that a message is not waiting any more.
    pub(super) fn is_begun(&self, id: MessageId) {
        self.waiting.borrow_mut().remove(&id);
        self.count();
    }

    /// Writes each message and gives it to a route, or says why not.
    async fn distribute(&self, claim: ClaimId, claimed: Vec<ClaimedMessage>) -> Result<(), StorageError> {
        let mut later = Vec::new();
        for message in claimed {
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
            match self.work.composer.compose(&self.work.parts, &message, desk, self.now()).await? {
                Composed::Ready(submission) => {
                    desk.put(InHand { claim, message, submission: *submission });
                }
                Composed::Later(at, why) => later.push((row.id, at, why)),
                Composed::Never(state, why) => self.end(claim, &message, state, &why).await,
            }
        }
        self.put_back(claim, later).await
    }

    async fn put_back(
        &self,
        claim: ClaimId,
        messages: Vec<(MessageId, DateTime<Utc>, String)>,
    ) -> Result<(), StorageError> {
        if messages.is_empty() {
            return Ok(());
        }
        let ids: Vec<MessageId> = messages.iter().map(|(id, ..)| *id).collect();
        self.work.parts.outbox.put_back(claim, messages, self.now()).await?;
        for id in ids {
            self.is_begun(id);
        }
        Ok(())
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
    async fn put_back_stuck(&self) -> Result<(), StorageError> {
        let now = self.monotonic();
        for desk in self.desks.iter().filter(|desk| !desk.waits(now).is_zero()) {
            let due = after(self.now(), desk.waits(now));
            for stuck in desk.take_all() {
                let another = self.desks.iter().any(|other| {
                    stuck.message.row.route.is_none()
                        && other.takes(&stuck.message.row.number)
                        && other.is_well(now)
                });
                let due = if another { stuck.message.row.due_at } else { due };
                self.put_back(stuck.claim, vec![(stuck.message.row.id, due, String::new())]).await?;
            }
        }
        Ok(())
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
        self.is_begun(message.row.id);
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
        let mut by_claim: HashMap<ClaimId, Vec<(MessageId, DateTime<Utc>, String)>> = HashMap::new();
        for (id, claim) in self.waiting.borrow_mut().drain() {
            by_claim.entry(claim).or_default().push((id, self.now(), String::new()));
        }
        for (claim, messages) in by_claim {
            if let Err(error) = self.work.parts.outbox.put_back(claim, messages, self.now()).await {
                tracing::warn!(error = %error, "messages could not be put back; the next sender finds them");
            }
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
