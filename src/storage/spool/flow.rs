//! Offers, responses and answers: to the database, or to the spool.

use chrono::{DateTime, Utc};

use super::entry::{Content, Entry};
use super::recent::begun;
use super::{Mode, SpooledStorage, is_away, lock};
use crate::domain::contact::Channel;
use crate::domain::lease::Fence;
use crate::foundation::{ResponseId, ServiceId, SurveyId};
use crate::storage::{
    OfferRow, ResponseRow, ResponseStore, ResponseUpdate, StorageError, StorageErrorKind, StoreFuture,
    UpdateOutcome,
};

/// How often a write is sent to the one place and finds that it is the turn of the other.
const TURNS: u32 = 3;

impl ResponseStore for SpooledStorage {
    fn insert_offer(&self, offer: OfferRow) -> StoreFuture<'_, ()> {
        Box::pin(async move { self.store(Content::Offer(Box::new(offer))).await.map(|_| ()) })
    }

    fn update_response(&self, update: ResponseUpdate) -> StoreFuture<'_, UpdateOutcome> {
        Box::pin(self.store(Content::Change(Box::new(update))))
    }

    fn response(&self, id: ResponseId) -> StoreFuture<'_, Option<ResponseRow>> {
        Box::pin(async move {
            let asked = self.mode() == Mode::Direct;
            if asked {
                match self.attempt(self.primary.response(id)).await {
                    Ok(row) => {
                        row.iter().cloned().for_each(|row| lock(&self.recent).note(row));
                        return Ok(row);
                    }
                    Err(error) if is_away(&error) => self.leave(&error),
                    Err(error) => return Err(error),
                }
            }
            self.response_without(id, asked).await
        })
    }

    fn response_of_call(
        &self,
        service: ServiceId,
        channel: Channel,
        call_id: String,
        since: DateTime<Utc>,
    ) -> StoreFuture<'_, Option<ResponseId>> {
        Box::pin(async move {
            let here = lock(&self.recent).of_call(service, channel, &call_id, since);
            if here.is_some() && self.mode() != Mode::Direct {
                return Ok(here);
            }
            let there = self.ask(self.primary.response_of_call(service, channel, call_id, since)).await?;
            Ok(there.flatten())
        })
    }

    fn offered_since(&self, survey: SurveyId, since: DateTime<Utc>) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            let there = self.ask(self.primary.offered_since(survey, since)).await?;
            let here = || lock(&self.recent).offered_since(survey, since);
            Ok(match there {
                Some(there) if self.mode() == Mode::Direct => there,
                there => here().max(there.unwrap_or(0)),
            })
        })
    }

    fn last_offer_to(
        &self,
        customer: String,
        since: DateTime<Utc>,
    ) -> StoreFuture<'_, Option<DateTime<Utc>>> {
        Box::pin(async move {
            let here = lock(&self.recent).last_offer_to(&customer, since);
            let there = self.ask(self.primary.last_offer_to(customer, since)).await?;
            Ok(if self.mode() == Mode::Direct { there.flatten() } else { here.max(there.flatten()) })
        })
    }

    fn offers(
        &self,
        call_id: Option<String>,
        customer: Option<String>,
        limit: u32,
    ) -> StoreFuture<'_, Vec<OfferRow>> {
        self.primary.offers(call_id, customer, limit)
    }

    fn close_idle(
        &self,
        fence: Fence,
        idle_before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.primary.close_idle(fence, idle_before, now, limit)
    }

    fn delete_fruitless_offers(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.primary.delete_fruitless_offers(fence, before, limit)
    }

    fn delete_responses(
        &self,
        fence: Fence,
        survey: SurveyId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.primary.delete_responses(fence, survey, before, limit)
    }
}

impl SpooledStorage {
    /// Stores a write where it is its turn: the database, or behind the entries that go before it.
    async fn store(&self, content: Content) -> Result<UpdateOutcome, StorageError> {
        for _ in 0..TURNS {
            if self.mode() == Mode::Direct {
                match self.attempt(self.direct(&content)).await {
                    Ok(outcome) => {
                        self.learn(&content, outcome);
                        return Ok(outcome);
                    }
                    // Whether it was stored may not be known: it is spooled with its key, and replayed once.
                    Err(error) if is_away(&error) => self.leave(&error),
                    Err(error) => return Err(error),
                }
            }
            let _entering = self.gate.read().await;
            if self.mode() != Mode::Direct {
                let outcome = self.spool(&content).await?;
                // A conflict is with what is known here: that stays.
                if outcome == UpdateOutcome::Stored {
                    self.learn(&content, outcome);
                }
                return Ok(outcome);
            }
        }
        let what = "the database comes and goes; try again";
        Err(StorageError::new(StorageErrorKind::Unavailable, "cannot store what the caller did", what))
    }

    fn direct(&self, content: &Content) -> StoreFuture<'_, UpdateOutcome> {
        match content {
            Content::Offer(offer) => {
                let stored = self.primary.insert_offer((**offer).clone());
                Box::pin(async move { stored.await.map(|()| UpdateOutcome::Stored) })
            }
            Content::Change(update) => self.primary.update_response((**update).clone()),
        }
    }

    fn learn(&self, content: &Content, outcome: UpdateOutcome) {
        let mut recent = lock(&self.recent);
        match outcome {
            UpdateOutcome::Stored => recent.apply(content),
            UpdateOutcome::Conflict => recent.forget(content.response()),
        }
    }

    /// Adds an entry, if there is room for it.
    async fn spool(&self, content: &Content) -> Result<UpdateOutcome, StorageError> {
        use std::sync::atomic::Ordering;
        const DOING: &str = "cannot spool what the caller did";
        if let Content::Change(update) = content
            && let Some(known) = lock(&self.recent).get(update.id).cloned()
        {
            if known.write == Some(update.write) {
                return Ok(UpdateOutcome::Stored);
            }
            if known.row.seq != update.expected_seq {
                return Ok(UpdateOutcome::Conflict);
            }
        }
        let body = serde_json::to_string(content)
            .map_err(|error| StorageError::new(StorageErrorKind::Internal, DOING, error))?;
        let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
        if self.used.load(Ordering::Relaxed).saturating_add(bytes) > self.bytes_max {
            self.tally.refused();
            let what = format!(
                "the spool is full ({} bytes) and the database is still away; bring the database back, or raise spool.max_mb",
                self.bytes_max
            );
            return Err(StorageError::new(StorageErrorKind::SpoolFull, DOING, what));
        }
        let outcome = self.file.append(content, body).await?;
        if outcome == UpdateOutcome::Stored {
            self.used.fetch_add(bytes, Ordering::Relaxed);
            self.tally.spooled(self.clock.now());
        }
        Ok(outcome)
    }

    /// Asks the database unless it is away; `None` where it is, or just turned out to be.
    pub(super) async fn ask<T>(&self, work: StoreFuture<'_, T>) -> Result<Option<T>, StorageError> {
        if self.mode() == Mode::Away {
            return Ok(None);
        }
        match self.attempt(work).await {
            Ok(answer) => Ok(Some(answer)),
            // Busy with what is replayed: no reason to call it away again.
            Err(error) if self.mode() == Mode::Returning && error.kind == StorageErrorKind::TimedOut => {
                Ok(None)
            }
            Err(error) if is_away(&error) => {
                self.leave(&error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// A response while entries are not in the database yet: what is known here, with what is spooled on top.
    async fn response_without(
        &self,
        id: ResponseId,
        asked: bool,
    ) -> Result<Option<ResponseRow>, StorageError> {
        let entries = self.file.of_response(id).await?;
        let known = lock(&self.recent).get(id).map(|known| known.row.clone());
        if known.is_some() && (!entries.is_empty() || self.mode() == Mode::Away) {
            return Ok(known);
        }
        let mut row = match first_offer(&entries) {
            Some(offer) => begun(offer),
            // It began elsewhere, so only the database has it: one that was too slow for somebody may answer all the same. That it does
            // not know it proves nothing, for another node may keep it in its spool.
            None if !asked && self.mode() == Mode::Away => {
                let there = self.attempt(self.primary.response(id)).await;
                Some(there.ok().flatten().ok_or_else(|| self.unknown_here())?)
            }
            None => match self.ask(self.primary.response(id)).await? {
                Some(row) => row,
                None => return Err(self.unknown_here()),
            },
        };
        if let Some(row) = &mut row {
            on_top(row, &entries);
            lock(&self.recent).note(row.clone());
        }
        Ok(row)
    }

    fn unknown_here(&self) -> StorageError {
        let error = lock(&self.trouble).as_ref().map(|trouble| trouble.error.clone()).unwrap_or_default();
        let what = format!("the database is away, and this response did not begin on this node: {error}");
        StorageError::new(StorageErrorKind::Unavailable, "cannot read the response", what)
    }

    /// Learns of the responses that stand in the file, after a start.
    pub(super) async fn remember_entries(&self) -> Result<(), StorageError> {
        const PAGE: u32 = 1_000;
        let mut after = 0;
        loop {
            let entries = self.file.next(after, PAGE).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.n;
            let mut recent = lock(&self.recent);
            entries
                .iter()
                .filter_map(|entry| entry.content.as_ref().ok())
                .for_each(|content| recent.apply(content));
        }
    }
}

fn first_offer(entries: &[Entry]) -> Option<&OfferRow> {
    match &entries.first()?.content {
        Ok(Content::Offer(offer)) => Some(offer),
        _ => None,
    }
}

/// Makes the changes that are spooled, but for those that the row has already.
fn on_top(row: &mut ResponseRow, entries: &[Entry]) {
    for entry in entries {
        if let Ok(Content::Change(update)) = &entry.content
            && update.expected_seq >= row.seq
        {
            row.apply(update);
        }
    }
}
