//! Crashes under load: they cost time and nothing else.

use super::support::callers::Callers;
use super::support::store::Stored;
use super::support::{SOON, Server, Site, block_on, until, until_then};
use serde_json::Value;

/// Slow machines may take long over a thousand requests at once; what is tested is that none is lost.
const PATIENT: [&str; 5] = [
    "ivr_api.deadline_ms=30000",
    "ivr_api.rate_per_key_per_s=1000000",
    "ivr_api.rate_burst=1000000",
    "supervision.restarts_max=1000",
    "supervision.backoff_max_ms=60",
];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    PATIENT.into_iter().chain(more.iter().copied()).collect()
}

fn restarts(child: &Value) -> u64 {
    child["restarts"].as_u64().unwrap_or(0)
}

/// Crashes a child so many times, in these ways in turn, each time only when it runs, callers were answered since, and
/// all of them have a request in flight.
async fn crash(server: &Server, callers: &Callers, at_once: usize, drill: &Drill<'_>) {
    let (http, child) = (server.http().fresh(), drill.child);
    let lives = || server.logged(&format!("{child} runs"));
    for way in drill.ways.iter().cycle().take(drill.times) {
        let (answered, before) = (callers.acknowledged(), lives());
        until_then("callers are answered, all are in flight", async || {
            callers.assert_well();
            callers.acknowledged() >= answered + 100 && callers.in_flight() == at_once
        })
        .await;
        until_then("the child can be crashed", async || http.crash(child, way).await).await;
        until_then("the child runs again", async || lives() > before).await;
    }
}

/// What is done to a child.
struct Drill<'a> {
    child: &'a str,
    ways: &'a [&'a str],
    times: usize,
}

/// Callers, while `child` is crashed; every one of their requests is answered with 200 and stored once.
fn check(at_once: usize, child: &str, ways: &[&str], times: usize, more: &[&'static str]) {
    let site = Site::new();
    let server = site.serve(&with(more));
    let callers = Callers::new(server.http(), child);
    let callers = if child == "ivr_api" { callers.who_try_twice() } else { callers };
    block_on(async {
        let crashes = async {
            crash(&server, &callers, at_once, &Drill { child, ways, times }).await;
            callers.stop();
        };
        futures_util::join!(callers.call(at_once), crashes);
    });
    let seen = block_on(server.http().fresh().child(child));
    assert!(restarts(&seen) >= u64::try_from(times).unwrap(), "{seen}");
    let records = callers.records();
    let stored = Stored::open(&site.database());
    stored.verify(&records);
    stored.sound();
    let answers: usize = records.iter().map(|record| record.acknowledged.len()).sum();
    assert_eq!(
        stored.count("SELECT count(*) FROM answer"),
        i64::try_from(answers).unwrap(),
        "and nothing else"
    );
    assert_eq!(stored.count("SELECT count(*) FROM response"), i64::try_from(records.len()).unwrap());
}

#[test]
fn a_thousand_requests_in_flight_are_all_answered_while_the_survey_engine_panics_twenty_times() {
    check(1_000, "survey_engine", &["panic", "panic_in_future"], 20, &[]);
}

#[test]
fn no_request_is_lost_when_the_survey_engine_fails_or_loses_its_thread() {
    check(100, "survey_engine", &["kill_thread", "fail"], 10, &[]);
}

#[test]
fn no_request_is_lost_when_the_listener_crashes() {
    check(100, "ivr_api", &["panic", "fail", "kill_thread", "panic_in_future"], 8, &[]);
}

#[test]
fn no_request_is_lost_when_the_storage_keeper_crashes() {
    check(100, "storage", &["panic", "kill_thread", "panic_in_future"], 6, &[]);
}

#[test]
fn no_request_is_lost_when_the_janitor_crashes() {
    check(100, "janitor", &["panic", "kill_thread", "panic_in_future"], 6, &["janitor.every_s=1"]);
}

#[test]
fn requests_wait_while_a_hung_survey_engine_is_replaced() {
    check(100, "survey_engine", &["hang"], 2, &["supervision.heartbeat_ms=500"]);
}

#[test]
fn crashes_beyond_the_limits_end_the_process_with_70() {
    let site = Site::new();
    let mut server = site.serve(&[
        "supervision.restarts_max=2",
        "supervision.group_restarts_max=1",
        "supervision.backoff_min_ms=1",
        "supervision.backoff_max_ms=1",
    ]);
    let response = server.offer("before");
    assert_eq!(server.answer(&response, "csat", "5").status, 200);
    // Two restarts, then the group, two restarts, then the end: six crashes. One sent too early is not counted, and
    // while the group is rebuilt nobody listens.
    until("the process ends", || {
        block_on(server.http().fresh().crash("survey_engine", "panic"));
        server.has_ended()
    });
    assert_eq!(server.ended().code(), Some(70));
    assert!(server.log().contains("gave up"), "{}", server.log());
    let server = site.serve(&[]);
    assert_eq!(server.answer(&response, "solved", "1").word("question_id"), "recommend");
}

#[test]
fn a_stop_under_load_answers_every_request_in_flight_and_ends_the_children_in_reverse_order() {
    const AT_ONCE: usize = 200;
    let site = Site::new();
    let mut server =
        site.serve(&with(&["database.busy_timeout_ms=30000", "database.statement_timeout_ms=30000"]));
    let callers = Callers::new(server.http(), "stop");
    let http = server.http().fresh();
    let answered = block_on(async {
        let stop = async {
            until_then("callers are answered", async || callers.acknowledged() > 500).await;
            // Nothing is answered while somebody else holds the database: all callers are in flight when it stops.
            let holder = rusqlite::Connection::open(site.database()).unwrap();
            holder.busy_timeout(SOON).unwrap();
            holder.execute_batch("BEGIN IMMEDIATE").unwrap();
            until_then("the server has all callers' requests", async || {
                // Replies to what was committed just before are still on their way at first; asked on new connections,
                // each of the listener's threads has its turn to send them.
                let before = callers.acknowledged();
                for _ in 0..6 {
                    if http.fresh().in_flight().await != AT_ONCE {
                        return false;
                    }
                }
                callers.acknowledged() == before
            })
            .await;
            callers.fall_silent();
            let answered = callers.acknowledged();
            server.signal(rustix::process::Signal::TERM);
            until_then("the stop begins", async || server.log().contains("stopping")).await;
            holder.execute_batch("ROLLBACK").unwrap();
            answered
        };
        futures_util::join!(callers.call(AT_ONCE), stop).1
    });
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
    callers.assert_well();
    assert_eq!(callers.acknowledged(), answered + AT_ONCE as u64);
    let stored = Stored::open(&site.database());
    stored.verify(&callers.records());
    stored.sound();
    let log = server.log();
    let place = |child| log.find(&format!("{child} stopped")).unwrap_or_else(|| panic!("{child} in {log}"));
    assert!(["janitor", "ivr_api", "survey_engine", "storage"].map(place).is_sorted(), "{log}");
}
