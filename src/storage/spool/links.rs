//! Links to responses: made by the database alone, found also while it is away, if they were used on this node before: a customer
//! who is answering goes on.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};

use super::{SpooledStorage, lock};
use crate::domain::lease::Fence;
use crate::storage::{LinkStore, ResponseLinkRow, StorageError, StorageErrorKind, StoreFuture};

/// Links kept in memory; the oldest make room.
const KEPT: usize = 20_000;

/// The links that were last asked for.
#[derive(Debug, Default)]
pub(super) struct RecentLinks {
    by_hash: HashMap<[u8; 32], ResponseLinkRow>,
    order: VecDeque<[u8; 32]>,
}

impl RecentLinks {
    fn note(&mut self, link: &ResponseLinkRow) {
        if self.by_hash.insert(link.hash, link.clone()).is_some() {
            return;
        }
        self.order.push_back(link.hash);
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_hash.remove(&oldest);
        }
    }

    fn get(&self, hash: &[u8; 32]) -> Option<ResponseLinkRow> {
        self.by_hash.get(hash).cloned()
    }
}

impl LinkStore for SpooledStorage {
    fn put_response_link(&self, link: ResponseLinkRow) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let made = self.ask(self.primary.put_response_link(link.clone())).await?;
            if made == Some(true) {
                lock(&self.links).note(&link);
            }
            made.ok_or_else(|| away("cannot make the link"))
        })
    }

    fn response_link(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<ResponseLinkRow>> {
        Box::pin(async move {
            let Some(found) = self.ask(self.primary.response_link(hash)).await? else {
                let known = lock(&self.links).get(&hash);
                return known.map(Some).ok_or_else(|| away("cannot read the link"));
            };
            if let Some(link) = &found {
                lock(&self.links).note(link);
            }
            Ok(found)
        })
    }

    fn delete_stale_response_links(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.primary.delete_stale_response_links(fence, before, limit)
    }
}

fn away(doing: &str) -> StorageError {
    StorageError::new(StorageErrorKind::Unavailable, doing, "the database is away; try again when it is back")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::{ResponseId, SeededChance};

    #[test]
    fn the_links_used_last_are_kept_and_no_more() {
        let mut recent = RecentLinks::default();
        let link = |no: usize| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&no.to_be_bytes());
            let at = DateTime::UNIX_EPOCH;
            let response = ResponseId::new(at, &SeededChance::new(1));
            ResponseLinkRow { hash, response, created_at: at, expires_at: at }
        };
        for no in 0..=KEPT {
            recent.note(&link(no));
            recent.note(&link(no));
        }
        assert_eq!((recent.by_hash.len(), recent.order.len()), (KEPT, KEPT));
        assert_eq!(recent.get(&link(0).hash), None, "the oldest made room");
        assert_eq!(recent.get(&link(KEPT).hash), Some(link(KEPT)));
    }
}
