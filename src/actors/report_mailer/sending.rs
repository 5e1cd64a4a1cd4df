//! One report: whether it is due, taken in hand, written and handed over.

use chrono::{DateTime, TimeDelta, Utc};

use super::outcome::Outcome;
use super::{TRIES_MOST, Work};
use crate::domain::account::Right;
use crate::domain::report_mail::{SendingState, Slot, cause};
use crate::foundation::SendingId;
use crate::outbound::mail::{Enclosure, Letter};
use crate::reports::letter::{LetterFacts, letter};
use crate::reports::sheet::Form;
use crate::reports::{Breakdown, Query, gather_beside};
use crate::storage::{AccountRow, ReportMail, ReportMailRow, SendingEnd, SendingRow, StorageError};
use crate::telemetry::metric_names as names;

impl Work {
    /// Sends a report if it is due; what became of it, if it was tried.
    pub(super) async fn look_at(
        &self,
        mail: &ReportMail,
        now: DateTime<Utc>,
    ) -> Result<Option<Outcome>, StorageError> {
        let (row, zone) = (&mail.row, self.parts.settings.zone);
        let slot = Slot::newest(row.rhythm, row.hour, now, zone);
        let is_of_slot = |last: &&SendingRow| (last.first, last.last) == (slot.first, slot.last);
        let before = mail.last.as_ref().filter(is_of_slot);
        let waits = |last: &SendingRow| last.state == SendingState::Waiting && last.next_at <= now;
        if slot.due < row.changed_at || before.is_some_and(|last| !waits(last)) {
            return Ok(None);
        }
        let Some(fence) = self.fence() else { return Ok(None) };
        let is_too_late = slot.is_too_late(now);
        let sending = SendingRow {
            mail: row.id,
            first: slot.first,
            last: slot.last,
            claim: SendingId::new(now, &*self.parts.chance),
            state: if is_too_late { SendingState::Skipped } else { SendingState::Sending },
            attempt: before.map_or(0, |last| last.attempt) + u32::from(!is_too_late),
            due_at: slot.due,
            claimed_at: now,
            next_at: now,
            cause: before.filter(|_| is_too_late).map_or_else(String::new, |last| last.cause.clone()),
        };
        let (claim, attempt) = (sending.claim, sending.attempt);
        let after = before.map(|last| last.claim);
        let taken = self.parts.mails.claim_sending(fence, sending, row.changed_at, after).await?;
        if is_too_late || !taken {
            return Ok(None);
        }
        let is_last_try = attempt >= TRIES_MOST;
        let outcome = self.try_to_send(row, &slot, is_last_try).await;
        self.note(row, claim, (attempt, is_last_try), outcome.clone()).await;
        Ok(Some(outcome))
    }

    /// Writes down what became of a try. Where the database is away it is told later.
    async fn note(
        &self,
        row: &ReportMailRow,
        claim: SendingId,
        (attempt, is_last_try): (u32, bool),
        outcome: Outcome,
    ) {
        let (state, cause) = outcome.state(is_last_try);
        metrics::counter!(names::REPORT_MAILS, "state" => state.as_str()).increment(1);
        // What the server says may name people: it is shown to who set the report up, and not logged.
        if state == SendingState::Sent {
            self.sent.set(self.sent.get() + 1);
            tracing::info!(report = %row.id, attempt, "a report was sent by mail");
        } else {
            self.not_sent.set(self.not_sent.get() + 1);
            tracing::warn!(report = %row.id, attempt, state = state.as_str(), "a report was not sent by mail; the portal shows why");
        }
        let wait = self.parts.settings.backoff.delay(attempt, &*self.parts.chance);
        let now = self.parts.clock.now();
        let next_at = TimeDelta::from_std(wait).ok().and_then(|wait| now.checked_add_signed(wait));
        let end = SendingEnd { state, next_at: next_at.unwrap_or(now), cause };
        if self.parts.mails.end_sending(claim, end.clone()).await.is_err() {
            self.untold.borrow_mut().push((claim, end));
        }
    }

    async fn try_to_send(&self, row: &ReportMailRow, slot: &Slot, is_last_try: bool) -> Outcome {
        let owner = match self.owner(row).await {
            Ok(owner) => owner,
            Err(outcome) => return outcome,
        };
        let letter = match self.write(row, slot, &owner).await {
            Ok(letter) => letter,
            Err(outcome) => return outcome,
        };
        self.parts.server.send(&letter, self.parts.clock.now(), is_last_try).await.into()
    }

    /// The person whose the report is, as that one may see figures now.
    async fn owner(&self, row: &ReportMailRow) -> Result<AccountRow, Outcome> {
        let accounts = self.parts.accounts.accounts().await;
        let accounts = accounts.map_err(|error| Outcome::NotNow(error.to_string()))?;
        let owner = accounts.into_iter().find(|account| account.id == row.account);
        match owner {
            None => Err(Outcome::Never(cause::OWNER_GONE.to_owned())),
            Some(owner) if owner.locked_at.is_some() => Err(Outcome::Never(cause::OWNER_LOCKED.to_owned())),
            Some(owner) if !owner.role.may(Right::SendReports) => {
                Err(Outcome::Never(cause::OWNER_ROLE.to_owned()))
            }
            Some(owner) => Ok(owner),
        }
    }

    async fn write(&self, row: &ReportMailRow, slot: &Slot, owner: &AccountRow) -> Result<Letter, Outcome> {
        let settings = &self.parts.settings;
        let unknown = |what: &str| Outcome::Never(format!("this program knows no {what}"));
        let by = Breakdown::parse(&row.breakdown)
            .ok_or_else(|| unknown(&format!("breakdown `{}`", row.breakdown)))?;
        let form =
            Form::parse(&row.attachment).ok_or_else(|| unknown(&format!("file `{}`", row.attachment)))?;
        let teams = owner.role.sees_own_teams_only().then(|| owner.teams.clone());
        let query = Query {
            survey: row.survey.clone(),
            from: Some(slot.first),
            until: Some(slot.last),
            teams: teams.clone(),
            ..Query::of(by, settings.zone)
        };
        let found = gather_beside(&*self.parts.catalog, &*self.parts.reports, &query, slot.before).await?;
        let id = row.id.to_string();
        let facts = LetterFacts {
            by,
            survey: row.survey.as_deref(),
            days: (slot.first, slot.last),
            before: slot.before,
            zone: settings.zone,
            teams: teams.as_deref(),
            min: settings.min_answers,
            form,
            rhythm: row.rhythm,
            hour: row.hour,
            owner: if owner.display_name.is_empty() { owner.name.as_str() } else { &owner.display_name },
            language: owner.language.as_deref(),
            portal: &settings.portal,
            id: &id,
        };
        let written = letter(&facts, &found)?;
        Ok(Letter {
            // The same for every try.
            id: format!("{id}.{}.{}", slot.first, slot.last),
            to: row.recipients.clone(),
            subject: written.subject,
            text: written.text,
            html: written.html,
            enclosure: Some(Enclosure {
                name: written.file_name,
                content_type: form.content_type(),
                bytes: written.file,
            }),
        })
    }
}
