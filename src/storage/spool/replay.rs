//! The return: entries go to the database in the order of their responses, each until it is stored, merged, or refused for
//! good; then writes go there directly again.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::entry::{Content, Entry};
use super::merge::merged;
use super::vitals::SpoolVitals;
use super::{Mode, SpoolStore, SpooledStorage, is_away, lock};
use crate::foundation::ResponseId;
use crate::storage::{OfferRow, ResponseUpdate, StorageError, StoreFuture, UpdateOutcome};

/// Entries replayed together: those of one response go one after the other, so it takes many responses to fill the
/// database's batches.
const BATCH: u32 = 2_048;
/// With no more entries left than this, callers are held up while they are replayed, for that moment only.
const LAST: usize = 100;
/// How long that moment may be.
const LAST_WITHIN: Duration = Duration::from_millis(500);
/// Asks with the same call id this long before an offer, or any time after it, are of the same call.
const SAME_CALL: TimeDelta = TimeDelta::minutes(1);
/// How often a change is merged anew because somebody wrote again in between.
const MERGES: u32 = 5;

/// Whether callers may add entries while some are replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entering {
    /// They may.
    Goes,
    /// Nobody may until it is done.
    Held,
}

/// What became of an entry.
enum Settled {
    Stored,
    Merged,
    /// The database will not take it, for this reason.
    Stranded(String),
}

impl SpoolStore for SpooledStorage {
    fn tend(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.tally.set_damaged(self.file.damaged().len());
            if self.mode() == Mode::Direct {
                self.keep_audio().await;
                return Ok(());
            }
            match self.come_back().await {
                Err(error) if is_away(&error) => {
                    self.leave(&error);
                    Ok(())
                }
                done => done,
            }
        })
    }

    fn spool_vitals(&self) -> SpoolVitals {
        self.seen()
    }
}

impl SpooledStorage {
    /// Sees whether the database is back, and replays what is spooled.
    async fn come_back(&self) -> Result<(), StorageError> {
        self.primary.probe().await?;
        let figures = self.file.figures().await?;
        if self.mode() == Mode::Away {
            self.set_mode(Mode::Returning);
            tracing::info!(entries = figures.entries, "the database is back, what was spooled is replayed");
        }
        loop {
            let entries = self.file.next(0, BATCH).await?;
            if entries.len() <= LAST {
                if self.finish().await? {
                    return Ok(());
                }
                continue;
            }
            self.replay(entries, Entering::Goes).await?;
        }
    }

    /// Replays the last entries while nobody adds any, and returns to the database; false when too many came meanwhile.
    async fn finish(&self) -> Result<bool, StorageError> {
        let _nobody_enters = self.gate.write().await;
        let entries = self.file.next(0, BATCH).await?;
        if entries.len() > LAST {
            return Ok(false);
        }
        if !entries.is_empty() {
            let replayed = tokio::time::timeout(LAST_WITHIN, self.replay(entries, Entering::Held)).await;
            // Too slow for callers to wait for: they may add more, and it is tried again.
            let Ok(replayed) = replayed else { return Ok(false) };
            replayed?;
        }
        self.set_mode(Mode::Direct);
        *lock(&self.trouble) = None;
        let seen = self.seen();
        tracing::info!(
            replayed = seen.replayed,
            merged = seen.merged,
            "the spool is empty, the database is used again"
        );
        Ok(true)
    }

    /// Replays entries: those of one response one after the other, responses side by side.
    async fn replay(&self, entries: Vec<Entry>, entering: Entering) -> Result<(), StorageError> {
        let (mut by_response, mut unreadable) =
            (BTreeMap::<ResponseId, Vec<(i64, Content)>>::new(), Vec::new());
        for Entry { n, content } in entries {
            match content {
                Ok(content) => by_response.entry(content.response()).or_default().push((n, content)),
                Err(why) => unreadable.push((n, why)),
            }
        }
        let done =
            join_all(by_response.into_values().map(|entries| self.replay_response(entries, entering))).await;
        let (mut stored, mut stranded, mut merged, mut failed) = (Vec::new(), unreadable, 0, None);
        for (settled, error) in done {
            for (n, settled) in settled {
                match settled {
                    Settled::Stored => stored.push(n),
                    Settled::Merged => {
                        merged += 1;
                        stored.push(n);
                    }
                    Settled::Stranded(why) => stranded.push((n, why)),
                }
            }
            failed = failed.or(error);
        }
        if let Some((_, why)) = stranded.first() {
            tracing::error!(
                entries = stranded.len(),
                why,
                "the database does not take spooled entries; they are kept apart"
            );
        }
        self.tally.replayed(u64::try_from(stored.len()).unwrap_or(u64::MAX), merged);
        // What is stored is taken out even when others failed: it would only be found stored again.
        self.file.settle(stored, stranded).await?;
        let figures = self.file.figures().await?;
        self.used.store(figures.bytes, Ordering::Relaxed);
        self.tally.set(&figures);
        failed.map_or(Ok(()), Err)
    }

    /// Replays the entries of one response; what became of each, up to the first that failed and why it did.
    async fn replay_response(
        &self,
        entries: Vec<(i64, Content)>,
        entering: Entering,
    ) -> (Vec<(i64, Settled)>, Option<StorageError>) {
        let mut settled = Vec::with_capacity(entries.len());
        let may_drop = entries.len() == 1 && entering == Entering::Held;
        for (n, content) in entries {
            let outcome = match content {
                Content::Offer(offer) => self.replay_offer(*offer, may_drop).await,
                Content::Change(update) => self.replay_change(&update).await,
            };
            match outcome {
                Ok(outcome) => settled.push((n, outcome)),
                Err(error) if is_away(&error) => return (settled, Some(error)),
                Err(error) => settled.push((n, Settled::Stranded(error.to_string()))),
            }
        }
        (settled, None)
    }

    /// A call whose survey was offered here, while this node could not be heard, has asked the other node since. Where nothing was
    /// said here, that one is its response, and this one would only look like a call that nobody answered. `may_drop`: it is the only
    /// entry read of its response, and nobody may add one; an answer that came between the look and the removal would have no
    /// response to go to.
    async fn replay_offer(&self, offer: OfferRow, may_drop: bool) -> Result<Settled, StorageError> {
        if may_drop
            && self.is_asked_elsewhere(&offer).await?
            && self.file.of_response(offer.id).await?.len() == 1
        {
            return Ok(Settled::Merged);
        }
        self.primary.insert_offer(offer).await.map(|()| Settled::Stored)
    }

    async fn is_asked_elsewhere(&self, offer: &OfferRow) -> Result<bool, StorageError> {
        let (Some(service), Some(call), Some(begins)) =
            (offer.service, &offer.facts.call_id, &offer.response)
        else {
            return Ok(false);
        };
        let since = offer.at - SAME_CALL;
        let call = call.as_str().to_owned();
        let there = self.primary.response_of_call(service, begins.channel, call, since).await?;
        Ok(there.is_some_and(|there| there != offer.id))
    }

    async fn replay_change(&self, update: &ResponseUpdate) -> Result<Settled, StorageError> {
        if self.primary.update_response(update.clone()).await? == UpdateOutcome::Stored {
            return Ok(Settled::Stored);
        }
        // Somebody else went on with the response, or this change was stored and others after it.
        for _ in 0..MERGES {
            let Some(row) = self.primary.response(update.id).await? else {
                return Ok(Settled::Stranded("the response is not in the database".to_owned()));
            };
            let Some(missing) = merged(&row, update) else { return Ok(Settled::Stored) };
            if self.primary.update_response(missing).await? == UpdateOutcome::Stored {
                return Ok(Settled::Merged);
            }
        }
        Ok(Settled::Stranded("somebody else kept changing the response".to_owned()))
    }
}
