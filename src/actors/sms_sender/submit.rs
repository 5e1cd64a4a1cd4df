//! One message: noted as begun, handed over, and what became of it written down.

use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Work;
use super::desk::{Desk, InHand};
use super::outcome::{Outcome, Try, outcome};
use super::term::{Term, waits_again};
use crate::domain::outbox::MessageState;
use crate::foundation::{ClaimId, MessageId};
use crate::outbound::sms::Verdict;
use crate::storage::{OptOutRow, Settled, StorageError};
use crate::telemetry::metric_names as names;

/// How much longer than its route allows a gateway is waited for, before a message counts as unknown.
const GRACE: Duration = Duration::from_secs(1);

impl Term<'_> {
    /// Hands a message over and sees it to its end.
    pub(super) async fn submit(&self, desk: &Rc<Desk>, message: InHand) {
        let id = message.message.row.id;
        let parts = message.parts();
        if !self.goes_on() {
            return;
        }
        let begun = self.work.parts.outbox.begin_submission(
            self.fence,
            message.claim,
            id,
            desk.route.name.clone(),
            parts,
            self.work.parts.clock.now(),
        );
        match begun.await {
            Ok(true) => self.let_go(id),
            // Another has it, or its recipient wants no messages since it was claimed.
            Ok(false) => return self.let_go(id),
            Err(error) => {
                // Whether it is noted is not known; that it was not handed over is.
                tracing::warn!(error = %error, "a text message could not be noted as begun, and waits again");
                let again = waits_again(message.message.row.due_at, String::new());
                self.work.untold.borrow_mut().insert(id, (message.claim, again));
                return self.let_go(id);
            }
        }
        let attempt = message.message.attempt + 1;
        let number = message.message.row.number.clone();
        let verdict = desk.gateway.submit(message.submission);
        let verdict = tokio::time::timeout(desk.route.timeout + GRACE, verdict).await;
        let verdict =
            verdict.unwrap_or_else(|_| Verdict::Unknown { why: "the gateway did not answer".to_owned() });
        let (parts, now) = (&self.work.parts, self.work.parts.clock.now());
        let this = Try {
            attempt,
            tries_max: parts.settings.tries_max,
            at: now,
            wait: parts.settings.backoff.delay(attempt, &*parts.chance),
            on_unknown: desk.route.on_unknown,
            knows_key: desk.knows_key,
            was_doubled: message.message.doubles > 0,
        };
        let Outcome { settled, beat, opted_out } = outcome(verdict, this);
        desk.note(beat, settled.state, parts.clock.monotonic());
        if opted_out {
            self.work.note_opt_out(number, now).await;
        }
        self.work.settle(message.claim, id, settled, now).await;
    }
}

impl Work {
    /// Writes down what became of a message; where the database is away, later.
    pub(super) async fn settle(&self, claim: ClaimId, id: MessageId, settled: Settled, at: DateTime<Utc>) {
        metrics::counter!(names::TEXT_MESSAGES, "state" => settled.state.as_str()).increment(1);
        let counter = match settled.state {
            MessageState::Accepted => Some(&self.counts.taken),
            MessageState::Refused => Some(&self.counts.refused),
            MessageState::Unknown => Some(&self.counts.unknown),
            _ => None,
        };
        if let Some(counter) = counter {
            counter.set(counter.get() + 1);
        }
        match self.parts.outbox.settle_message(claim, id, settled.clone(), at).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(message = %id, state = settled.state.as_str(), "another sender has this message by now");
            }
            Err(error) => {
                tracing::warn!(error = %error, "what became of a text message could not be written down, will try again");
                self.untold.borrow_mut().insert(id, (claim, settled));
            }
        }
    }

    /// Tells what the database could not be told before.
    pub(super) async fn tell(&self) -> Result<(), StorageError> {
        loop {
            let next = self.untold.borrow().iter().next().map(|(id, told)| (*id, told.clone()));
            let Some((id, (claim, settled))) = next else { return Ok(()) };
            self.parts.outbox.settle_message(claim, id, settled, self.parts.clock.now()).await?;
            self.untold.borrow_mut().remove(&id);
        }
    }

    async fn note_opt_out(&self, number: String, at: DateTime<Utc>) {
        let row = OptOutRow { number, at, source: "gateway".to_owned() };
        if let Err(error) = self.parts.invites.put_opt_out(row, None).await {
            tracing::warn!(error = %error, "a gateway says that somebody wants no messages, which could not be written down");
        }
    }
}
