//! The writer thread: group commit, neighbours, crashes.

use std::num::NonZeroU32;

use super::*;
use aftercall::storage::{OfferRow, Page, ReportFilter, ReportGroup, ReportStore, ResponseFacts};

/// Many callers at once, each storing an offer and then its answers; every acknowledgement is checked.
async fn many_callers(
    storage: &Arc<SqliteStorage>,
    ground: Ground,
    callers: u16,
    updates: i64,
) -> Vec<ResponseId> {
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let storage = Arc::clone(storage);
            #[expect(clippy::disallowed_methods, reason = "the test awaits its tasks itself")]
            tokio::spawn(async move {
                let offer = ground.offer(start());
                let id = offer.id;
                storage.insert_offer(offer).await.unwrap();
                for seq in 0..updates {
                    let given = vec![answer(u16::try_from(seq).unwrap(), AnswerValue::Number(1))];
                    let change = update(id, seq, ResponseState::InProgress, given);
                    assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Stored);
                }
                id
            })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids
}

#[test]
fn callers_at_once_share_commits() {
    let (_folder, path, _) = filled();
    let storage = open(&path).unwrap();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "nps").await;
        many_callers(&storage, ground, 64, 10).await;
    });
    let facts = storage.vitals();
    assert_eq!(facts.writes, 2 + 64 * 11);
    assert!(facts.commits * 2 < facts.writes && facts.largest_batch > 1, "{facts:?}");
    assert!(facts.alive && facts.queue_depth == 0 && facts.restarts == 0, "{facts:?}");
    assert!(facts.last_commit_age.is_some());
}

#[test]
fn a_batch_is_never_larger_than_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let narrow = SqliteSettings { batch_max: 3, ..settings(folder.path().join("aftercall.db")) };
    let storage = SqliteStorage::open(&narrow, Arc::new(SystemClock::new())).unwrap();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "nps").await;
        many_callers(&storage, ground, 32, 2).await;
    });
    assert_eq!(storage.vitals().largest_batch, 3);
}

#[test]
fn a_write_that_fails_does_not_fail_its_neighbours() {
    let (_folder, path, _) = filled();
    let storage = open(&path).unwrap();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "nps").await;
        let offers: Vec<_> = (0..50).map(|_| ground.offer(start())).collect();
        // Among fifty good writes one that is refused at its second statement: no such survey.
        let stray = ResponseFacts { survey: SurveyId::new(start(), &SystemChance), ..ground.facts() };
        let stray = OfferRow { response: Some(stray), ..ground.offer(start()) };
        let (early, late) = offers.split_at(25);
        let store = |offers: &[OfferRow]| {
            futures_util::future::join_all(offers.iter().map(|o| storage.insert_offer(o.clone())))
        };
        let (early, bad, late) = tokio::join!(store(early), storage.insert_offer(stray.clone()), store(late));
        assert_eq!(bad.unwrap_err().kind, StorageErrorKind::Internal);
        assert!(early.into_iter().chain(late).all(|stored| stored.is_ok()));
        let stored = storage.offers(None, None, 100).await.unwrap();
        assert!(!stored.iter().any(|offer| offer.id == stray.id), "its first statement is undone");
        for offer in offers {
            assert!(storage.response(offer.id).await.unwrap().is_some());
        }
    });
    assert_eq!(storage.vitals().replays, 1);
}

#[test]
fn crashes_of_the_writer_under_load_fail_nobody_and_store_everything_once() {
    const CRASHES: u64 = 20;
    let (_folder, path, _) = filled();
    let storage = open(&path).unwrap();
    let ids = block_on(async {
        let ground = Ground::with_survey(&*storage, "nps").await;
        let crashes = async {
            for crash in 1..=CRASHES {
                storage.crash_writer();
                while storage.vitals().restarts < crash {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        };
        let mut ids = Vec::new();
        let load = async {
            while storage.vitals().restarts < CRASHES {
                ids.extend(many_callers(&storage, ground, 32, 5).await);
            }
        };
        tokio::time::timeout(Duration::from_mins(1), async { tokio::join!(load, crashes) }).await.unwrap();
        ids
    });
    drop(storage);
    let storage = open(&path).unwrap();
    block_on(async {
        for id in ids {
            let row = storage.response(id).await.unwrap().unwrap();
            assert_eq!((row.seq, row.answers.len()), (5, 5));
        }
    });
}

#[test]
fn the_age_of_the_last_commit_is_told_by_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(start()));
    let storage =
        SqliteStorage::open(&settings(folder.path().join("aftercall.db")), Arc::<ManualClock>::clone(&clock))
            .unwrap();
    assert_eq!(storage.vitals().last_commit_age, None);
    block_on(storage.probe()).unwrap();
    clock.advance(Duration::from_secs(7));
    assert_eq!(storage.vitals().last_commit_age, Some(Duration::from_secs(7)));
}

#[test]
fn a_statement_is_stopped_at_its_time_limit_and_the_next_one_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aftercall.db");
    let hasty = SqliteSettings { report_timeout: Duration::from_millis(1), ..settings(&path) };
    let storage = SqliteStorage::open(&settings(&path), Arc::new(SystemClock::new())).unwrap();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "nps").await;
        for _ in 0..40 {
            many_callers(&storage, ground, 100, 2).await;
        }
    });
    drop(storage);
    let storage = SqliteStorage::open(&hasty, Arc::new(SystemClock::new())).unwrap();
    let everything = ReportFilter { group: ReportGroup::QuarterHour, ..ReportFilter::default() };
    let (kind, said) =
        kind_of(block_on(ReportStore::tallies(&*storage, everything, Page::first(NonZeroU32::MAX))));
    assert_eq!(kind, StorageErrorKind::TimedOut, "{said}");
    assert!(!block_on(storage.offers(None, None, 1)).unwrap().is_empty());
}
