//! The line to SQL Server breaks in every way lines break, under load, with the real program: everything that was
//! acknowledged is stored afterwards, once, and no caller was refused.

use std::time::{Duration, Instant};

use super::spool::{health, is_away, is_back};
use super::support::callers::Callers;
use super::support::mssql::TestDatabase;
use super::support::proxy::{Line, Proxy};
use super::support::{Server, Site, block_on, until_then, until_then_within};

/// Callers at once, and the requests they send together.
const CALLERS: usize = 40;
const PER_SECOND: u32 = 200;

/// After the database's return everything is as before within this time, with callers who go on.
const NORMAL: Duration = Duration::from_secs(10);

/// Until a test server has planned its first statements.
const WARM: Duration = Duration::from_mins(2);

/// The patience of a real server. Few connections: each new session costs a test server much.
const REAL: [&str; 5] = [
    "ivr_api.deadline_ms=2000",
    "spool.patience_ms=500",
    "database.connections_max=4",
    "database.connections_idle=3",
    "database.writers=1",
];

/// A site whose database is behind a line that breaks.
struct Broken {
    database: TestDatabase,
    proxy: Proxy,
    site: Site,
}

impl Broken {
    /// `None` without a server, and then the test is named as skipped.
    fn new(test: &str) -> Option<Self> {
        let database = TestDatabase::empty(test)?;
        let proxy = Proxy::to(database.address());
        let site = Site::with([database.options(proxy.port()), patient()].concat());
        Some(Self { database, proxy, site })
    }

    /// The server, with the patience of a real one.
    fn serve(&self) -> Server {
        let server = self.site.serve(&REAL);
        // A test server may be slow to plan its first statements: until it has, callers are not measured.
        let warm = Callers::new(server.http(), "warm").at_pace(PER_SECOND);
        block_on(async {
            until_then("the surveys are read", async || knows_surveys(&health(&server).await)).await;
            let warming = async {
                until_then_within(WARM, "the database is used", async || {
                    warm.acknowledged() > 1_000 && is_back(&server).await
                })
                .await;
                warm.stop();
            };
            futures_util::join!(warm.call(CALLERS), warming);
        });
        server
    }

    /// Breaks the line while callers call; fails unless all of them were served, and all they did is stored once.
    fn under_load(&self, server: &Server, breaking: impl AsyncFnOnce(&Proxy, &Callers)) {
        let callers = Callers::new(server.http(), "chaos").at_pace(PER_SECOND);
        let mended = block_on(async {
            let outage = async {
                answered(&callers, 100).await;
                breaking(&self.proxy, &callers).await;
                self.proxy.set(Line::Fine);
                let mended = Instant::now();
                until_then_within(NORMAL, "the spool is empty", async || is_back(server).await).await;
                let took = mended.elapsed();
                answered(&callers, 100).await;
                callers.stop();
                took
            };
            futures_util::join!(callers.call(CALLERS), outage).1
        });
        let (p99, slowest) = callers.slowest();
        println!("p99 {p99:?}, slowest {slowest:?}, normal again after {mended:?}");
        let records = callers.records();
        // Some may have been spooled again at the very end.
        block_on(until_then_within(NORMAL, "the spool is empty", async || is_back(server).await));
        let snapshot = self.database.snapshot();
        snapshot.verify(&records);
        assert_eq!(snapshot.responses_of("chaos-"), records.len(), "responses nobody knows of");
    }
}

/// For the commands that prepare the site: new sessions of a test server may be slow.
fn patient() -> Vec<String> {
    ["ivr_api.deadline_ms=30000", "database.statement_timeout_ms=20000", "database.connect_timeout_ms=20000"]
        .map(str::to_owned)
        .to_vec()
}

/// Whether the engine has read what it may ask.
fn knows_surveys(health: &serde_json::Value) -> bool {
    let children = health["children"].as_array().unwrap();
    let engine = children.iter().find(|child| child["name"] == "survey_engine").unwrap();
    engine["observed"]["catalog"]["services"].is_u64()
}

/// So many more requests are answered, and none is refused.
async fn answered(callers: &Callers, requests: u64) {
    let then = callers.acknowledged();
    until_then("callers are answered", async || {
        callers.assert_well();
        callers.acknowledged() > then + requests
    })
    .await;
}

/// Callers go on while the database is away.
async fn goes_on_without(server: &Server, callers: &Callers, requests: u64) {
    until_then("the spool takes over", async || is_away(server).await).await;
    answered(callers, requests).await;
    assert_eq!(health(server).await["status"], "degraded");
}

#[test]
fn a_cut_line_is_noticed_by_nobody_who_calls() {
    let Some(broken) = Broken::new("chaos: cut") else { return };
    let server = broken.serve();
    broken.under_load(&server, async |proxy, callers| {
        proxy.set(Line::Cut);
        goes_on_without(&server, callers, 400).await;
    });
}

#[test]
fn a_server_that_accepts_and_never_answers_is_noticed_by_nobody_who_calls() {
    let Some(broken) = Broken::new("chaos: freeze") else { return };
    let server = broken.serve();
    broken.under_load(&server, async |proxy, callers| {
        proxy.set(Line::Frozen);
        goes_on_without(&server, callers, 600).await;
    });
}

#[test]
fn connections_reset_in_the_midst_of_statements_lose_nothing() {
    let Some(broken) = Broken::new("chaos: reset in a statement") else { return };
    let server = broken.serve();
    broken.under_load(&server, async |proxy, callers| {
        for _ in 0..5 {
            proxy.reset_statements(2);
            until_then("two statements are reset", async || proxy.is_spent()).await;
            answered(callers, 50).await;
            until_then_within(NORMAL, "the database is used", async || is_back(&server).await).await;
        }
    });
}

#[test]
fn commits_whose_acknowledgement_is_lost_are_stored_once() {
    let Some(broken) = Broken::new("chaos: reset between a commit and its acknowledgement") else { return };
    let server = broken.serve();
    broken.under_load(&server, async |proxy, callers| {
        for _ in 0..5 {
            proxy.lose_acknowledgements(2);
            until_then("two acknowledgements are lost", async || proxy.is_spent()).await;
            answered(callers, 50).await;
            until_then_within(NORMAL, "the database is used", async || is_back(&server).await).await;
        }
    });
}

#[test]
fn a_slow_line_refuses_nobody() {
    let Some(broken) = Broken::new("chaos: 200 ms a packet") else { return };
    let server = broken.serve();
    broken.under_load(&server, async |proxy, callers| {
        proxy.set(Line::Slow(Duration::from_millis(200)));
        answered(callers, 1_500).await;
    });
}

#[test]
fn a_minute_without_the_database_is_noticed_by_nobody_who_calls() {
    let Some(broken) = Broken::new("chaos: a minute without the database") else { return };
    let server = broken.serve();
    broken.under_load(&server, async |proxy, callers| {
        for line in [Line::Cut, Line::Frozen, Line::Cut] {
            proxy.set(line);
            // Twenty seconds of requests each.
            goes_on_without(&server, callers, u64::from(PER_SECOND) * 20).await;
        }
    });
}

#[test]
fn a_node_that_starts_while_the_database_is_away_serves_callers() {
    let Some(broken) = Broken::new("chaos: a start without the database") else { return };
    broken.serve().stop();
    broken.proxy.set(Line::Cut);
    let server = broken.site.serve(&REAL);
    broken.under_load(&server, async |_, callers| {
        goes_on_without(&server, callers, 200).await;
    });
}
