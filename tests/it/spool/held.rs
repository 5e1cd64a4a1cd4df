//! The real server, while somebody holds its database.

use rusqlite::Connection;

use super::{health, is_away, is_back, metric};
use crate::support::callers::Callers;
use crate::support::store::Stored;
use crate::support::{Site, block_on, until, until_then};

const SPOOLED: [&str; 3] =
    ["spool.use=always", "ivr_api.rate_per_key_per_s=100000", "ivr_api.rate_burst=100000"];

/// Holds the database's write lock until it is dropped.
struct Hold(Connection);

impl Hold {
    fn on(site: &Site) -> Self {
        let conn = Connection::open(site.database()).unwrap();
        conn.busy_timeout(crate::support::SOON).unwrap();
        conn.execute_batch("BEGIN IMMEDIATE").unwrap();
        Self(conn)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        drop(self.0.execute_batch("ROLLBACK"));
    }
}

#[test]
fn callers_notice_nothing_while_the_database_is_held_and_all_they_did_is_stored_once() {
    let site = Site::new();
    let server = site.serve(&SPOOLED);
    let callers = Callers::new(server.http(), "held");
    let mut hold = None;
    block_on(async {
        let outage = async {
            until_then("callers are answered", async || callers.acknowledged() > 200).await;
            hold = Some(Hold::on(&site));
            until_then("the spool takes over", async || is_away(&server).await).await;
            let then = callers.acknowledged();
            until_then("callers go on", async || callers.acknowledged() > then + 1_000).await;
            assert_eq!(server.http().fresh().get("/health/ready").await.status, 200, "callers are served");
            let health = health(&server).await;
            assert_eq!(health["status"], "degraded");
            assert!(health["spool"]["entries"].as_u64().unwrap() > 0, "{health}");
            // First that it did not answer in time; then, once it does, why it takes nothing.
            until_then("the reason is told", async || {
                super::health(&server).await["spool"]["error"].as_str().unwrap().contains("holds")
            })
            .await;
            until_then("the figures show it", async || {
                metric(&server, "aftercall_spool_entries").await > 0.0
            })
            .await;
            assert!(metric(&server, "aftercall_database_away").await > 0.0);
            hold = None;
            until_then("the spool is empty", async || is_back(&server).await).await;
            let then = callers.acknowledged();
            until_then("callers go on", async || callers.acknowledged() > then + 200).await;
            callers.stop();
        };
        futures_util::join!(callers.call(20), outage);
    });
    let records = callers.records();
    let stored = Stored::open(&site.database());
    stored.verify(&records);
    stored.sound();
    assert_eq!(stored.snapshot().responses_of("held-"), records.len());
    until("health is well again", || server.get("/health").body.contains("\"status\":\"ok\""));
    assert!(block_on(metric(&server, "aftercall_spool_replayed_total")) > 0.0);
}

#[test]
fn a_plug_pulled_while_the_database_is_held_loses_nothing_that_was_acknowledged() {
    let site = Site::new();
    let server = site.serve(&SPOOLED);
    let callers = Callers::new(server.http(), "plug").until_the_plug_is_pulled();
    let hold = Hold::on(&site);
    let mut server = Some(server);
    block_on(async {
        let plug = async {
            let running = server.as_ref().unwrap();
            until_then("the spool takes over", async || is_away(running).await).await;
            until_then("enough is spooled", async || callers.acknowledged() > 500).await;
            server.take().unwrap().kill();
        };
        futures_util::join!(callers.call(12), plug);
    });
    let (records, problems) = callers.records_and_problems();
    assert!(problems.is_empty(), "refused: {}", problems[0]);
    drop(hold);
    let server = site.serve(&SPOOLED);
    until("the spool is empty", || block_on(is_back(&server)));
    let stored = Stored::open(&site.database());
    stored.verify(&records);
    stored.sound();
}

#[test]
fn a_full_spool_refuses_with_507_and_what_was_acknowledged_before_is_stored() {
    let site = Site::new();
    let server = site.serve(&[&SPOOLED[..], &["spool.max_mb=1"]].concat());
    let hold = Hold::on(&site);
    until("the spool takes over", || block_on(is_away(&server)));
    let callers = Callers::new(server.http(), "full");
    block_on(callers.call(12));
    let (records, problems) = callers.records_and_problems();
    assert!(problems.iter().all(|problem| problem.contains("507")), "{}", problems[0]);
    assert!(problems[0].contains("spool_full"), "{}", problems[0]);
    let refused = server.post("/ivr/v1/survey", &[("dn", crate::support::DN), ("call_id", "late")]);
    assert_eq!((refused.status, refused.word("result").as_str()), (507, "ERROR"), "{refused:?}");
    assert!(!refused.word("error_id").is_empty(), "{refused:?}");
    until("the log says what to do", || server.log().contains("raise spool.max_mb"));
    until("the refusals are counted", || block_on(metric(&server, "aftercall_spool_refused_total")) > 0.0);
    drop(hold);
    until("the spool is empty", || block_on(is_back(&server)));
    let stored = Stored::open(&site.database());
    stored.verify(&records);
    assert_eq!(server.offer("after").len(), 36, "callers are surveyed again");
}

#[test]
fn a_second_server_cannot_take_the_same_spool() {
    let site = Site::new();
    let _first = site.serve(&SPOOLED);
    let mut second = site.launch(&SPOOLED);
    assert_eq!(second.ended().code(), Some(1));
    until("it says why", || second.log().contains("spool.file"));
}

#[test]
fn a_stop_while_the_database_is_held_says_what_is_kept_and_the_next_start_stores_it() {
    let site = Site::new();
    let mut server = site.serve(&SPOOLED);
    let hold = Hold::on(&site);
    until("the spool takes over", || block_on(is_away(&server)));
    server.offer("kept");
    assert!(server.stop().success(), "{}", server.log());
    assert!(server.log().contains("kept here that the database does not have yet"), "{}", server.log());
    drop(hold);
    let mut server = site.serve(&SPOOLED);
    until("the spool is empty", || block_on(is_back(&server)));
    assert_eq!(Stored::open(&site.database()).snapshot().responses_of("kept"), 1);
    server.stop();
    assert!(!server.log().contains("kept here"), "{}", server.log());
}
