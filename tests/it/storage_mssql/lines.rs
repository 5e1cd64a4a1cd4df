//! Connections that break, and transactions that meet.

use std::time::{Duration, Instant};

use aftercall::domain::response::AnswerValue;
use aftercall::storage::mssql::MssqlSettings;
use aftercall::storage::{CatalogStore, MaintenanceStore, ResponseStore, StorageErrorKind};
use futures_util::future::join_all;

use super::{LIMIT, open, through};
use crate::storage_contract::{Ground, block_on, minute, start};
use crate::support::ado::send;
use crate::support::mssql::{TestDatabase, connect};
use crate::support::proxy::{Line, Proxy};
use crate::support::{until_then, until_within};

#[test]
fn a_connection_left_in_the_midst_of_a_reply_is_never_used_again() {
    let Some(database) = TestDatabase::empty("storage_mssql: a half-finished connection") else { return };
    let proxy = Proxy::to(database.address());
    let settings = MssqlSettings { statement_timeout: LIMIT, ..through(&database, proxy.port()) };
    let storage = open(&settings).unwrap();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "csat").await;
        let one = ground.answered(&*storage, ground.offer(start()), &[AnswerValue::Number(1)]).await;
        let two = ground.answered(&*storage, ground.offer(minute(1)), &[AnswerValue::Number(2)]).await;
        for _ in 0..2 {
            proxy.set(Line::Frozen);
            let error = storage.response(one).await.unwrap_err();
            assert!(error.may_pass(), "{error}");
            proxy.set(Line::Fine);
            // What comes for the first question must not be taken for an answer to the second.
            let mut row = None;
            until_then("the database answers", async || {
                row = storage.response(two).await.ok();
                row.is_some()
            })
            .await;
            assert_eq!(row.unwrap().unwrap().id, two);
        }
    });
}

#[test]
fn after_a_break_the_first_question_is_answered_though_all_connections_were_lost() {
    let Some(database) = TestDatabase::empty("storage_mssql: connections that died") else { return };
    let proxy = Proxy::to(database.address());
    let settings = MssqlSettings { connections_idle: 4, ..through(&database, proxy.port()) };
    let storage = open(&settings).unwrap();
    block_on(async {
        for _ in 0..3 {
            storage.probe().await.unwrap();
            proxy.set(Line::Cut);
            until_then("it is noticed", async || storage.probe().await.is_err()).await;
            let begun = Instant::now();
            let error = storage.probe().await.unwrap_err();
            assert_eq!(error.kind, StorageErrorKind::Unavailable, "{error}");
            assert!(begun.elapsed() < settings.connect_timeout, "nobody waits while it is known");
            proxy.set(Line::Fine);
            let mut refused = 0;
            until_then("it is back", async || {
                let answered = storage.probe().await.is_ok();
                refused += u32::from(!answered);
                answered
            })
            .await;
            storage.services().await.unwrap();
        }
    });
}

/// Longer than a login takes on a busy test machine.
const SOON: Duration = Duration::from_secs(2);
/// Who asks at the same time, more than connections are allowed.
const ASKERS: usize = 40;

#[test]
fn a_server_that_takes_nobody_in_any_more_still_answers_all_by_the_connections_at_hand() {
    let Some(database) = TestDatabase::empty("storage_mssql: a full server") else { return };
    let proxy = Proxy::to(database.address());
    let settings =
        MssqlSettings { connect_timeout: SOON, connections_idle: 1, ..through(&database, proxy.port()) };
    let storage = open(&settings).unwrap();
    block_on(async {
        until_then("one connection is at hand", async || storage.services().await.is_ok()).await;
        proxy.set(Line::Full);
        let until = Instant::now() + 2 * SOON;
        while Instant::now() < until {
            let answers = join_all((0..ASKERS).map(|_| storage.services())).await;
            let refused: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
            assert!(refused.is_empty(), "{} refused, such as: {}", refused.len(), refused[0]);
        }
        assert!(proxy.waiting().0 > 0, "nobody asked for another connection");
    });
}

#[test]
fn a_server_that_took_nobody_in_is_asked_by_one_at_a_time() {
    let Some(database) = TestDatabase::empty("storage_mssql: a server that is slow to log in") else {
        return;
    };
    let proxy = Proxy::to(database.address());
    let settings = MssqlSettings { connect_timeout: SOON, ..through(&database, proxy.port()) };
    let storage = open(&settings).unwrap();
    block_on(async {
        proxy.set(Line::Cut);
        until_then("it is noticed", async || storage.probe().await.is_err()).await;
        proxy.set(Line::Full);
        let asking = async {
            loop {
                drop(join_all((0..ASKERS).map(|_| storage.services())).await);
                tokio::task::yield_now().await;
            }
        };
        let watching = until_then("it was asked some times", async || {
            let (came, still) = proxy.waiting();
            assert!(still <= 1, "{still} at once");
            came >= 3
        });
        tokio::select! {
            () = asking => {}
            () = watching => {}
        }
        proxy.set(Line::Fine);
        until_then("it is back", async || storage.probe().await.is_ok()).await;
    });
}

#[test]
fn a_change_that_was_chosen_as_the_victim_of_a_deadlock_is_made_after_all() {
    let Some(database) = TestDatabase::empty("storage_mssql: a deadlock") else { return };
    let storage = database.open();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "csat").await;
        storage.activate(ground.service, ground.survey, start(), None).await.unwrap();
        let mut other = connect(&database.settings).await;
        for text in ["BEGIN TRANSACTION", "UPDATE activation SET changed_at = changed_at"] {
            send(&mut other, text).await.unwrap();
        }
        let theirs = async {
            // As soon as the change holds the stamp and waits for the activation, each waits for the other.
            let met =
                send(&mut other, "UPDATE catalog_stamp SET stamp = catalog_stamp.stamp + 0").await.is_ok();
            let end = if met { "COMMIT TRANSACTION" } else { "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION" };
            send(&mut other, end).await.unwrap();
            met
        };
        let later = async {
            tokio::time::timeout(Duration::from_millis(300), std::future::pending::<()>()).await.unwrap_err();
            theirs.await
        };
        let (ours, theirs) =
            futures_util::join!(storage.set_paused(ground.service, true, minute(1), None), later);
        assert!(ours.unwrap(), "the change is made, whoever was the victim (the other: {theirs})");
        let catalog = storage.catalog().await.unwrap();
        assert!(catalog.iter().any(|row| row.paused));
    });
    until_within(LIMIT, "the storage is at rest", || storage.vitals().busy_for.is_none());
}
