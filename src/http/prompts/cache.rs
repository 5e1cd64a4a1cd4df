//! The audio that is played often, in memory: bounded by its bytes, what was not played for longest goes first. What many
//! callers want at the same moment is read once.

use std::fmt;
use std::sync::Arc;

use actix_web::web::Bytes;
use moka::future::Cache;
use moka::policy::EvictionPolicy;

use crate::foundation::PromptId;
use crate::storage::{PromptForm, PromptStore, StorageError};
use crate::telemetry::metric_names as names;

/// What an entry takes besides its audio, about: key, links and counters.
const ENTRY_BYTES: usize = 300;

type Key = (PromptId, PromptForm);

/// Why there is nothing to play.
#[derive(Debug)]
pub(super) enum Miss {
    /// There is no such audio.
    Unknown,
    /// The database did not say.
    Storage(StorageError),
}

/// Audio by its id and form. An id's audio never changes, so nothing here is ever out of date.
pub(super) struct PromptCache(Cache<Key, Bytes>);

impl PromptCache {
    /// Holds so many bytes of audio at most.
    pub(super) fn new(bytes: usize) -> Self {
        let weigh = |_: &Key, audio: &Bytes| u32::try_from(audio.len() + ENTRY_BYTES).unwrap_or(u32::MAX);
        let cache = Cache::builder().max_capacity(bytes as u64).weigher(weigh);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }

    /// The audio, from here or from the database. Whoever asks while it is being read waits for that, and shares its
    /// outcome.
    pub(super) async fn audio(
        &self,
        prompts: &dyn PromptStore,
        id: PromptId,
        form: PromptForm,
    ) -> Result<Bytes, Arc<Miss>> {
        let mut is_new = false;
        let read = async {
            is_new = true;
            metrics::counter!(names::PROMPT_READS).increment(1);
            let audio = prompts.prompt_audio(id, form).await.map_err(Miss::Storage)?;
            audio.map(Bytes::from).ok_or(Miss::Unknown)
        };
        let audio = self.0.try_get_with((id, form), read).await;
        if is_new {
            // Of itself the cache makes room now and then, by when a burst could have gone far beyond its bound.
            self.0.run_pending_tasks().await;
        }
        audio
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> u64 {
        self.0.weighted_size()
    }
}

impl fmt::Debug for PromptCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PromptCache({} entries, {} bytes)", self.0.entry_count(), self.bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use chrono::{DateTime, Utc};
    use futures_util::FutureExt;
    use futures_util::future::join_all;

    use super::*;
    use crate::domain::lease::Fence;
    use crate::domain::prompt::PromptName;
    use crate::foundation::SeededChance;
    use crate::storage::{AuditRow, PromptAudio, PromptRow, PutPrompt, StorageErrorKind, StoreFuture};

    /// Bytes of each prompt.
    const EACH: usize = 1000;

    /// A database of any number of prompts that counts how often it is read, and can go away.
    #[derive(Default)]
    struct Counting {
        reads: AtomicU64,
        away: AtomicBool,
        empty: bool,
    }

    impl Counting {
        fn reads(&self) -> u64 {
            self.reads.load(Ordering::Relaxed)
        }
    }

    impl PromptStore for Counting {
        fn put_prompt(
            &self,
            _: PromptRow,
            _: PromptAudio,
            _: Option<AuditRow>,
        ) -> StoreFuture<'_, PutPrompt> {
            unreachable!("only read")
        }

        fn prompts(&self) -> StoreFuture<'_, Vec<PromptRow>> {
            unreachable!("only read")
        }

        fn prompt_audio(&self, _: PromptId, _: PromptForm) -> StoreFuture<'_, Option<Vec<u8>>> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            async {
                // Others have their turn, as they have while a real database reads.
                tokio::task::yield_now().await;
                if self.away.load(Ordering::Relaxed) {
                    return Err(StorageError::new(
                        StorageErrorKind::Unavailable,
                        "cannot read",
                        "it is away",
                    ));
                }
                Ok((!self.empty).then(|| vec![7; EACH]))
            }
            .boxed()
        }

        fn remove_prompt(
            &self,
            _: PromptName,
            _: String,
            _: DateTime<Utc>,
            _: Option<AuditRow>,
        ) -> StoreFuture<'_, bool> {
            unreachable!("only read")
        }

        fn delete_replaced_prompts(&self, _: Fence, _: DateTime<Utc>, _: u32) -> StoreFuture<'_, u64> {
            unreachable!("only read")
        }
    }

    fn ids(count: u64) -> Vec<PromptId> {
        (0..count).map(|seed| PromptId::new(DateTime::UNIX_EPOCH, &SeededChance::new(seed))).collect()
    }

    fn run<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn what_many_want_at_once_is_read_once_and_then_never_again() {
        let (store, cache, id) = (Counting::default(), PromptCache::new(1_000_000), ids(1)[0]);
        run(async {
            let all = join_all((0..100).map(|_| cache.audio(&store, id, PromptForm::Ulaw))).await;
            assert!(all.iter().all(|audio| audio.as_ref().is_ok_and(|audio| audio.len() == EACH)));
            cache.audio(&store, id, PromptForm::Ulaw).await.unwrap();
            assert_eq!(store.reads(), 1);
            cache.audio(&store, id, PromptForm::Alaw).await.unwrap();
            assert_eq!(store.reads(), 2, "another form is other audio");
        });
    }

    #[test]
    fn what_is_held_is_played_while_the_database_is_away() {
        let (store, cache, ids) = (Counting::default(), PromptCache::new(1_000_000), ids(2));
        run(async {
            cache.audio(&store, ids[0], PromptForm::Ulaw).await.unwrap();
            store.away.store(true, Ordering::Relaxed);
            cache.audio(&store, ids[0], PromptForm::Ulaw).await.unwrap();
            let miss = cache.audio(&store, ids[1], PromptForm::Ulaw).await.unwrap_err();
            assert!(matches!(*miss, Miss::Storage(_)), "{miss:?}");
            store.away.store(false, Ordering::Relaxed);
            cache.audio(&store, ids[1], PromptForm::Ulaw).await.unwrap();
        });
    }

    #[test]
    fn what_is_not_there_is_looked_for_each_time() {
        let store = Counting { empty: true, ..Counting::default() };
        let (cache, id) = (PromptCache::new(1_000_000), ids(1)[0]);
        run(async {
            for _ in 0..2 {
                let miss = cache.audio(&store, id, PromptForm::Ulaw).await.unwrap_err();
                assert!(matches!(*miss, Miss::Unknown), "{miss:?}");
            }
        });
        assert_eq!(store.reads(), 2);
    }

    #[test]
    fn memory_is_bounded_and_what_was_not_played_for_longest_goes_first() {
        let room = 10 * (EACH + ENTRY_BYTES);
        let (store, cache, ids) = (Counting::default(), PromptCache::new(room), ids(200));
        run(async {
            for id in &ids {
                cache.audio(&store, *id, PromptForm::Ulaw).await.unwrap();
                // Played between all others.
                cache.audio(&store, ids[0], PromptForm::Ulaw).await.unwrap();
                assert!(cache.bytes() <= room as u64, "{cache:?}");
            }
            assert_eq!(store.reads(), 200, "the one played all the time stays");
            cache.audio(&store, ids[199], PromptForm::Ulaw).await.unwrap();
            assert_eq!(store.reads(), 200, "the newest stays");
            cache.audio(&store, ids[1], PromptForm::Ulaw).await.unwrap();
            assert_eq!(store.reads(), 201, "one of the first has gone");
        });
    }
}
