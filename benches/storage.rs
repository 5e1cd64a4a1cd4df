//! Durable answers per second of the database alone, by the size of the log at a checkpoint and by the writes in a
//! commit: why the defaults are what they are. How to run and read it: `benches/README.md`.

use std::cell::RefCell;
use std::error::Error;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aftercall::domain::contact::{CallFacts, Channel};
use aftercall::domain::response::{Answer, AnswerValue, ResponseState};
use aftercall::foundation::{
    Clock, ResponseId, ServiceId, SurveyId, SystemChance, SystemClock, VersionId, WriteId,
};
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{
    CatalogStore, DraftBase, DraftRow, MaintenanceStore, OfferRow, ResponseFacts, ResponseStore,
    ResponseUpdate, UpdateOutcome, VersionRow,
};
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use hdrhistogram::Histogram;
use tokio::task::LocalSet;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Callers at once.
const CALLERS: usize = 64;
/// Answers of one response.
const ANSWERS: u16 = 50;
/// WAL pages at a checkpoint; `database.checkpoint_pages`.
const CHECKPOINTS: [u32; 4] = [1_000, 4_000, 8_000, 16_000];
/// The most writes in a commit; `database.commit_batch_max`.
const BATCHES: [usize; 2] = [16, 256];

/// Where the answers belong.
#[derive(Clone, Copy)]
struct Ground {
    service: ServiceId,
    survey: SurveyId,
    version: VersionId,
}

struct Seen {
    micros: Histogram<u64>,
    answers: u64,
}

fn main() -> Outcome<()> {
    let seconds = std::env::args().skip_while(|word| word != "--seconds").nth(1);
    let measure = Duration::from_secs(seconds.map_or(Ok(8), |seconds| seconds.parse())?);
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "checkpoint pages",
        "batch max",
        "answers/s",
        "p50 ms",
        "p99 ms",
        "max ms",
        "answers a commit",
        "load",
    ]);
    for batch_max in BATCHES {
        for checkpoint_pages in CHECKPOINTS {
            let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
            let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
            let mut settings = SqliteSettings::new(folder.path().join("aftercall.db"));
            (settings.batch_max, settings.checkpoint_pages) = (batch_max, checkpoint_pages);
            let (seen, per_commit) = run(&settings, measure)?;
            let ms = |micros: u64| format!("{:.2}", figure(micros) / 1e3);
            table.add_row([
                checkpoint_pages.to_string(),
                batch_max.to_string(),
                format!("{:.0}", figure(seen.answers) / measure.as_secs_f64()),
                ms(seen.micros.value_at_quantile(0.5)),
                ms(seen.micros.value_at_quantile(0.99)),
                ms(seen.micros.max()),
                format!("{per_commit:.1}"),
                load.split(' ').next().unwrap_or("?").to_owned(),
            ]);
        }
    }
    println!("{CALLERS} callers, responses of {ANSWERS} answers\n{table}");
    Ok(())
}

/// What was seen, and how many writes a commit had on average.
fn run(settings: &SqliteSettings, measure: Duration) -> Outcome<(Seen, f64)> {
    let storage = SqliteStorage::open(settings, Arc::new(SystemClock::new()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ground = runtime.block_on(prepare(&storage, &settings.path))?;
    let seen = Rc::new(RefCell::new(Seen { micros: Histogram::new_with_max(60_000_000, 3)?, answers: 0 }));
    let from = Instant::now() + Duration::from_secs(1);
    let until = from + measure;
    let local = LocalSet::new();
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (storage, seen) = (Arc::clone(&storage), Rc::clone(&seen));
            local.spawn_local(async move {
                while Instant::now() < until {
                    // The error loses its type on the way out of the task: its text is enough.
                    response(&storage, ground, &seen, from, until).await.map_err(|e| e.to_string())?;
                }
                Ok::<(), String>(())
            })
        })
        .collect();
    local.block_on(&runtime, async {
        for caller in callers {
            caller.await??;
        }
        Outcome::Ok(())
    })?;
    let facts = storage.vitals();
    let seen = Rc::try_unwrap(seen).map_err(|_| "a caller is left")?.into_inner();
    Ok((seen, figure(facts.writes) / figure(facts.commits).max(1.0)))
}

/// A published survey on the service that is there from the start.
async fn prepare(storage: &SqliteStorage, path: &Path) -> Outcome<Ground> {
    let now = SystemClock::new().now();
    let (survey, version) = (SurveyId::new(now, &SystemChance), VersionId::new(now, &SystemChance));
    let document = "{}".to_owned();
    let draft = DraftRow {
        survey,
        key: "bench".into(),
        name: "Benchmark".into(),
        document,
        saved_at: now,
        saved_by: String::new(),
        revision: 0,
    };
    storage.save_draft(draft, DraftBase::Any, None).await?;
    let document = "{}".to_owned();
    storage.publish(VersionRow { id: version, survey, number: 0, document, published_at: now }, None).await?;
    let service = storage.services().await?.into_iter().next();
    let service = service.ok_or_else(|| format!("no service in {}", path.display()))?.id;
    Ok(Ground { service, survey, version })
}

/// One response from its offer to its last answer.
async fn response(
    storage: &SqliteStorage,
    ground: Ground,
    seen: &RefCell<Seen>,
    from: Instant,
    until: Instant,
) -> Outcome<()> {
    let clock = SystemClock::new();
    let (at, id) = (clock.now(), ResponseId::new(clock.now(), &SystemChance));
    storage.insert_offer(offer(ground, id, at)).await?;
    for question_no in 0..ANSWERS {
        let question_key = format!("q{question_no}");
        let answer = Answer { question_no, question_key, value: AnswerValue::Number(4), at };
        let expected_seq = i64::from(question_no);
        let state = ResponseState::InProgress;
        let begun = Instant::now();
        let update = ResponseUpdate {
            id,
            write: WriteId::new(at, &SystemChance),
            expected_seq,
            answers: vec![answer],
            state,
            recordings: Vec::new(),
            at: clock.now(),
            follow_up: None,
        };
        if storage.update_response(update).await? != UpdateOutcome::Stored {
            return Err("an answer was not stored".into());
        }
        let now = Instant::now();
        if begun >= from && now < until {
            let mut seen = seen.borrow_mut();
            seen.answers += 1;
            seen.micros.saturating_record(u64::try_from((now - begun).as_micros()).unwrap_or(u64::MAX));
        }
    }
    Ok(())
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

/// A count as a figure; counts stay far below 2^32 here.
fn figure(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
