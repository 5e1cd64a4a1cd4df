//! Durable answers per second through SQL Server beside raw multi-row inserts on the same server, and the spool: how fast it
//! takes answers, and how fast it gives them back. How to run and read it: `benches/README.md`.

#[path = "../tests/it/support/ado.rs"]
mod ado;

use std::cell::RefCell;
use std::error::Error;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ado::{connect, send};
use aftercall::domain::contact::{CallFacts, Channel};
use aftercall::domain::response::{Answer, AnswerValue, ResponseState};
use aftercall::foundation::{
    Clock, ResponseId, ServiceId, SurveyId, SystemChance, SystemClock, VersionId, WriteId,
};
use aftercall::storage::mssql::{MssqlSettings, MssqlStorage};
use aftercall::storage::spool::{SpoolSettings, SpooledStorage};
use aftercall::storage::{
    DraftBase, DraftRow, MaintenanceStore, OfferRow, ResponseFacts, ResponseUpdate, SpoolStore, Storage,
    StorageError, StorageErrorKind, UpdateOutcome, VersionRow,
};
use hdrhistogram::Histogram;
use tiberius::Query;
use tokio::task::LocalSet;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Callers at once.
const CALLERS: usize = 64;
/// Answers of one response.
const ANSWERS: u16 = 20;
/// Rows of a raw insert: as many as answers fit into one of our batches.
const RAW_ROWS: usize = 64;
/// Answers spooled before they are replayed.
const SPOOLED: usize = 10_000;

/// Where the answers belong.
#[derive(Clone, Copy)]
struct Ground {
    service: ServiceId,
    survey: SurveyId,
    version: VersionId,
}

#[expect(clippy::disallowed_methods, reason = "the server is given by the environment, as for tests")]
fn main() -> Outcome<()> {
    let Ok(text) = std::env::var("AFTERCALL_TEST_MSSQL") else {
        println!("skipped: no SQL Server is given by AFTERCALL_TEST_MSSQL");
        return Ok(());
    };
    let measure = Duration::from_secs(8);
    let mut settings = ado::settings(&text).ok_or("AFTERCALL_TEST_MSSQL is not a connection string")?;
    // New sessions of a test server may be slow; what is measured is not their beginning.
    settings.statement_timeout = Duration::from_secs(30);
    settings.connect_timeout = Duration::from_secs(30);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let name = format!("ac_bench_{}", std::process::id());
    let master = MssqlSettings { database: "master".into(), ..settings.clone() };
    runtime
        .block_on(async { send(&mut connect(&master).await?, &format!("CREATE DATABASE {name}")).await })?;
    settings.database.clone_from(&name);
    let measured = all(&runtime, &settings, measure);
    runtime.block_on(async { send(&mut connect(&master).await?, &format!("DROP DATABASE {name}")).await })?;
    measured
}

fn all(runtime: &tokio::runtime::Runtime, settings: &MssqlSettings, measure: Duration) -> Outcome<()> {
    let storage = MssqlStorage::open(settings, Arc::new(SystemClock::new()), Arc::new(SystemChance))?;
    let ground = runtime.block_on(prepare(&*storage))?;
    let load = || std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load before: {}", load().trim());
    let mut raw = Vec::new();
    let mut ours = Vec::new();
    // In turn, so that what else the machine does strikes both. The first turn of both is not counted: new sessions plan
    // their first statements, and the tables are empty.
    for turn in 0..4 {
        let rows = runtime.block_on(raw_inserts(settings, measure))?;
        let local = LocalSet::new();
        let (answers, took) = local.block_on(runtime, callers(storage.clone(), ground, measure))?;
        let counted = if turn == 0 { " (not counted)" } else { "" };
        println!(
            "storage {answers:.0}/s, p50 {:.1} ms, p99 {:.1} ms; raw {rows:.0} rows/s{counted}",
            ms(&took, 0.5),
            ms(&took, 0.99)
        );
        if turn > 0 {
            raw.push(rows);
            ours.push(answers);
        }
    }
    let (raw, ours) = (median(&mut raw), median(&mut ours));
    let vitals = storage.vitals();
    println!("median: storage {ours:.0} answers/s, raw {raw:.0} rows/s: {:.2} of raw", ours / raw);
    println!("writes a commit: {:.1}", count(vitals.writes) / count(vitals.commits).max(1.0));
    spool(runtime, &storage, ground, Duration::from_secs(1))?;
    println!("load after: {}", load().trim());
    Ok(())
}

/// The spool: answers taken in a second, answers given back in a second, and the time for [`SPOOLED`] of them.
fn spool(
    runtime: &tokio::runtime::Runtime,
    storage: &Arc<MssqlStorage>,
    ground: Ground,
    measure: Duration,
) -> Outcome<()> {
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let settings = SpoolSettings {
        path: folder.path().join("spool.db"),
        bytes_max: 1 << 30,
        patience: Duration::from_secs(5),
    };
    let spooled =
        runtime.block_on(SpooledStorage::open(storage.clone(), &settings, Arc::new(SystemClock::new())))?;
    let away = StorageError::new(StorageErrorKind::Unavailable, "measuring", "as if it were away");
    spooled.leave(&away);
    let local = LocalSet::new();
    let seen = local.block_on(runtime, callers(spooled.clone(), ground, measure))?;
    println!(
        "spooled {:.0} answers/s, p50 {:.2} ms, p99 {:.2} ms",
        seen.0,
        ms(&seen.1, 0.5),
        ms(&seen.1, 0.99)
    );
    let entries = spooled.spool_vitals().entries;
    let begun = Instant::now();
    runtime.block_on(spooled.tend())?;
    let took = begun.elapsed().as_secs_f64();
    println!("replayed {entries} entries in {took:.1} s: {:.0}/s", count(entries) / took);

    spooled.leave(&away);
    let local = LocalSet::new();
    local.block_on(runtime, async {
        let responses = SPOOLED / usize::from(ANSWERS);
        let each = (0..CALLERS).map(|caller| {
            let spooled = spooled.clone();
            tokio::task::spawn_local(async move {
                for _ in (caller..responses).step_by(CALLERS) {
                    response(&*spooled, ground, |_| {}).await.map_err(|error| error.to_string())?;
                }
                Ok::<(), String>(())
            })
        });
        for caller in each.collect::<Vec<_>>() {
            caller.await??;
        }
        Outcome::Ok(())
    })?;
    let vitals = spooled.spool_vitals();
    let begun = Instant::now();
    runtime.block_on(spooled.tend())?;
    println!(
        "{SPOOLED} spooled answers ({} entries, {} bytes) in the database after {:.1} s",
        vitals.entries,
        vitals.bytes,
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

/// So many callers at once for a while; answers per second and how long each took, in microseconds.
async fn callers(
    storage: Arc<dyn Storage>,
    ground: Ground,
    measure: Duration,
) -> Outcome<(f64, Histogram<u64>)> {
    let seen = Rc::new(RefCell::new(Histogram::new_with_max(60_000_000, 3)?));
    let from = Instant::now() + Duration::from_secs(2);
    let until = from + measure;
    let all = (0..CALLERS).map(|_| {
        let (storage, seen) = (storage.clone(), Rc::clone(&seen));
        tokio::task::spawn_local(async move {
            while Instant::now() < until {
                let note = |begun: Instant| {
                    let now = Instant::now();
                    if begun >= from && now < until {
                        let micros = u64::try_from((now - begun).as_micros()).unwrap_or(u64::MAX);
                        seen.borrow_mut().saturating_record(micros);
                    }
                };
                response(&*storage, ground, note).await.map_err(|error| error.to_string())?;
            }
            Ok::<(), String>(())
        })
    });
    for caller in all.collect::<Vec<_>>() {
        caller.await??;
    }
    let seen = Rc::try_unwrap(seen).map_err(|_| "a caller is left")?.into_inner();
    Ok((count(seen.len()) / measure.as_secs_f64(), seen))
}

/// One response from its offer to its last answer.
async fn response(storage: &dyn Storage, ground: Ground, note: impl Fn(Instant)) -> Outcome<()> {
    let clock = SystemClock::new();
    let (at, id) = (clock.now(), ResponseId::new(clock.now(), &SystemChance));
    storage.insert_offer(offer(ground, id, at)).await?;
    for question_no in 0..ANSWERS {
        let answer = Answer {
            question_no,
            question_key: format!("q{question_no}"),
            value: AnswerValue::Number(4),
            at,
        };
        let update = ResponseUpdate {
            id,
            write: WriteId::new(at, &SystemChance),
            expected_seq: i64::from(question_no),
            answers: vec![answer],
            state: ResponseState::InProgress,
            recordings: Vec::new(),
            at: clock.now(),
            follow_up: None,
        };
        let begun = Instant::now();
        if storage.update_response(update).await? != UpdateOutcome::Stored {
            return Err("an answer was not stored".into());
        }
        note(begun);
    }
    Ok(())
}

/// Rows per second by multi-row inserts into a table like ours but for its foreign keys, on as many connections as the storage
/// has writers.
async fn raw_inserts(settings: &MssqlSettings, measure: Duration) -> Outcome<f64> {
    let table = "CREATE TABLE raw_answer (response_id BINARY(16) NOT NULL, question_no INT NOT NULL, question_key NVARCHAR(200) NOT NULL,
                 kind NVARCHAR(16) NOT NULL, num INT NULL, text NVARCHAR(MAX) NULL, at BIGINT NOT NULL,
                 CONSTRAINT pk_raw PRIMARY KEY (response_id, question_no))";
    send(&mut connect(settings).await?, "DROP TABLE IF EXISTS raw_answer").await?;
    send(&mut connect(settings).await?, table).await?;
    let mut text = String::from(
        "INSERT INTO raw_answer (response_id, question_no, question_key, kind, num, text, at) VALUES ",
    );
    for row in 0..RAW_ROWS {
        let first = row * 6;
        let comma = if row == 0 { "" } else { "," };
        write!(
            text,
            "{comma}(@P{},@P{},@P{},@P{},@P{},NULL,@P{})",
            first + 1,
            first + 2,
            first + 3,
            first + 4,
            first + 5,
            first + 6
        )?;
    }
    let from = Instant::now() + Duration::from_secs(2);
    let until = from + measure;
    let each = (0..settings.writers).map(|_| raw_connection(settings, &text, from, until));
    let rows: u64 = futures_util::future::try_join_all(each).await?.into_iter().sum();
    Ok(count(rows) / measure.as_secs_f64())
}

async fn raw_connection(settings: &MssqlSettings, text: &str, from: Instant, until: Instant) -> Outcome<u64> {
    let mut client = connect(settings).await?;
    let (clock, mut rows) = (SystemClock::new(), 0);
    while Instant::now() < until {
        let mut insert = Query::new(text);
        for _ in 0..RAW_ROWS {
            insert.bind(ResponseId::new(clock.now(), &SystemChance).as_bytes().to_vec());
            insert.bind(1_i64);
            insert.bind("q1");
            insert.bind("number");
            insert.bind(4_i64);
            insert.bind(clock.now().timestamp_millis());
        }
        let begun = Instant::now();
        insert.execute(&mut client).await?;
        if begun >= from && Instant::now() < until {
            rows += u64::try_from(RAW_ROWS)?;
        }
    }
    Ok(rows)
}

/// A published survey on the service that is there from the start.
async fn prepare(storage: &dyn Storage) -> Outcome<Ground> {
    let now = SystemClock::new().now();
    let (survey, version) = (SurveyId::new(now, &SystemChance), VersionId::new(now, &SystemChance));
    let document = || "{}".to_owned();
    let draft = DraftRow {
        survey,
        key: "bench".into(),
        name: "Benchmark".into(),
        document: document(),
        saved_at: now,
        saved_by: String::new(),
        revision: 0,
    };
    storage.save_draft(draft, DraftBase::Any, None).await?;
    storage
        .publish(VersionRow { id: version, survey, number: 0, document: document(), published_at: now }, None)
        .await?;
    let service = storage.services().await?.into_iter().next().ok_or("no service")?.id;
    Ok(Ground { service, survey, version })
}

fn offer(ground: Ground, id: ResponseId, at: chrono::DateTime<chrono::Utc>) -> OfferRow {
    OfferRow {
        id,
        at,
        facts: CallFacts::default(),
        service: Some(ground.service),
        result: "offered".into(),
        trace: "[]".into(),
        node: "bench".into(),
        response: Some(ResponseFacts {
            survey: ground.survey,
            version: ground.version,
            channel: Channel::Voice,
            language: "en".into(),
            seed: 7,
        }),
        invite: None,
    }
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn ms(micros: &Histogram<u64>, quantile: f64) -> f64 {
    count(micros.value_at_quantile(quantile)) / 1e3
}

/// A count as a figure; counts stay far below 2^32 here.
fn count(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
