//! Reports and exports over many answers, through the real program: how long a dashboard takes at the server, how long a file
//! takes, and how much memory the server had meanwhile. How to run and read it: `benches/README.md`.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aftercall::domain::account::{Role, UserName};
use aftercall::domain::contact::{CallFacts, Channel, Name, Number};
use aftercall::domain::response::{Answer, AnswerValue, ResponseState};
use aftercall::foundation::{
    AuditId, Chance, Clock, ResponseId, SeededChance, ServiceId, SessionId, SurveyId, SystemClock, Token,
    VersionId, WriteId,
};
use aftercall::http::portal::people;
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{
    AccountStore, AuditRow, CatalogStore, DraftBase, DraftRow, OfferRow, ResponseFacts, ResponseStore,
    ResponseUpdate, RollupPeriod, RollupStore, SessionRow, VersionRow,
};
use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use futures_util::future::try_join_all;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Answers of one response.
const ANSWERS: u64 = 3;
/// Days over which they are spread.
const DAYS: i64 = 30;
/// Agents and queues.
const AGENTS: u64 = 100;
const QUEUES: u64 = 10;
/// Responses stored at once.
const AT_ONCE: u64 = 2_000;
/// How often each question is asked.
const ROUNDS: usize = 5;
/// What a dashboard asks for, and lists.
const DASHBOARDS: [&str; 8] = [
    "/api/v1/overview",
    "/api/v1/reports?by=agent_queue",
    "/api/v1/reports?by=agent",
    "/api/v1/reports?by=queue",
    "/api/v1/reports?by=day",
    "/api/v1/reports?by=agent&queue=Queue%201",
    "/api/v1/facets",
    "/api/v1/reports?by=hour",
];
const FILES: [&str; 4] = [
    "/api/v1/responses?score=1..2",
    "/api/v1/responses?agent=1001",
    "/api/v1/export/responses.csv",
    "/api/v1/export/responses.json",
];
const DOCUMENT: &str = r#"{"format":"aftercall.survey/1","key":"bench","name":"Benchmark","languages":["en"],"voice":"tts",
"questions":[{"key":"csat","type":"rating","scale":"1-5","metric":"csat","text":{"en":"?"}},
{"key":"solved","type":"yes_no","text":{"en":"?"}},{"key":"nps","type":"nps","text":{"en":"?"}}]}"#;

fn main() -> Outcome<()> {
    let answers = std::env::args().skip_while(|word| word != "--answers").nth(1);
    let answers: u64 = answers.map_or(Ok(1_000_000), |count| count.parse())?;
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let began = Instant::now();
    let token = runtime.block_on(fill(&folder.path().join("aftercall.db"), answers / ANSWERS))?;
    println!(
        "{answers} answers of {} responses stored in {:.0} s",
        answers / ANSWERS,
        began.elapsed().as_secs_f64()
    );
    let all = [DASHBOARDS.as_slice(), &FILES].concat();
    // A day of the janitor's passes before it counts ahead.
    for (what, every_s, asked, rounds) in
        [("counted when asked", 86_400, DASHBOARDS.as_slice(), 1), ("counted ahead", 1, &all, ROUNDS)]
    {
        let (server, base) = serve(folder.path(), every_s)?;
        let measured = runtime.block_on(async {
            if every_s == 1 {
                counted_ahead(&folder.path().join("aftercall.db")).await?;
            }
            measure(&base, &token, &server, (asked, rounds)).await
        });
        end(server);
        println!("{what}\n{}", measured?);
    }
    Ok(())
}

/// Waits until all that is over was counted ahead, and tells how long that took.
async fn counted_ahead(database: &Path) -> Outcome<()> {
    let clock = SystemClock::new();
    let storage = SqliteStorage::open(&SqliteSettings::new(database.to_owned()), Arc::new(clock))?;
    let began = Instant::now();
    loop {
        let periods = storage.rollup_periods().await?;
        if periods.len() > usize::try_from(DAYS)? && periods.iter().all(RollupPeriod::holds) {
            println!(
                "{} days and hours counted ahead in {:.1} s",
                periods.len(),
                began.elapsed().as_secs_f64()
            );
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn fill(database: &Path, responses: u64) -> Outcome<Token> {
    let chance = SeededChance::new(1);
    let storage =
        SqliteStorage::open(&SqliteSettings::new(database.to_owned()), Arc::new(SystemClock::new()))?;
    let now = SystemClock::new().now();
    let token = person(&storage, now, &chance).await?;
    let (survey, version) = (SurveyId::new(now, &chance), VersionId::new(now, &chance));
    let draft = DraftRow {
        survey,
        key: "bench".into(),
        name: "Benchmark".into(),
        document: DOCUMENT.into(),
        saved_at: now,
        saved_by: String::new(),
        revision: 0,
    };
    storage.save_draft(draft, DraftBase::Any, None).await?;
    let row = VersionRow { id: version, survey, number: 0, document: DOCUMENT.into(), published_at: now };
    storage.publish(row, None).await?;
    let service = storage.services().await?.first().ok_or("no service")?.id;
    let step = TimeDelta::days(DAYS - 1) / i32::try_from(responses)?;
    for first in (0..responses).step_by(usize::try_from(AT_ONCE)?) {
        let count = AT_ONCE.min(responses - first);
        let rows: Vec<(OfferRow, ResponseUpdate)> = (first..first + count)
            .map(|no| {
                response(
                    no,
                    now - step * i32::try_from(responses - no).unwrap_or(0),
                    (service, survey, version),
                    &chance,
                )
            })
            .collect::<Outcome<_>>()?;
        try_join_all(rows.iter().map(|(offer, _)| storage.insert_offer(offer.clone()))).await?;
        try_join_all(rows.into_iter().map(|(_, update)| storage.update_response(update))).await?;
    }
    Ok(token)
}

fn response(
    no: u64,
    at: DateTime<Utc>,
    (service, survey, version): (ServiceId, SurveyId, VersionId),
    chance: &dyn Chance,
) -> Outcome<(OfferRow, ResponseUpdate)> {
    let id = ResponseId::new(at, chance);
    let draw = chance.bits();
    let agent = draw % AGENTS;
    let facts = CallFacts {
        customer: Number::parse(&format!("+34600{:06}", no % 1_000_000))?,
        agent_id: Number::parse(&format!("{}", 1000 + agent))?,
        agent_name: Name::parse(&format!("Agent {agent}"))?,
        team: Name::parse(&format!("Team {}", agent % 10))?,
        queue: Name::parse(&format!("Queue {}", (agent + draw / AGENTS % 3) % QUEUES))?,
        ..CallFacts::default()
    };
    let (channel, language) = (Channel::Voice, "en".to_owned());
    let response = ResponseFacts { survey, version, channel, language, seed: 1 };
    let offer = OfferRow {
        id,
        at,
        facts,
        service: Some(service),
        result: "offered".into(),
        trace: "[]".into(),
        node: "bench".into(),
        response: Some(response),
        invite: None,
    };
    let number = |no: u64, of: u64| AnswerValue::Number(i32::try_from(chance.bits() % of + no).unwrap_or(0));
    let values = [("csat", number(1, 5)), ("solved", number(0, 2)), ("nps", number(0, 11))];
    let answers = (0..).zip(values).map(|(question_no, (key, value))| Answer {
        question_no,
        question_key: key.to_owned(),
        value,
        at,
    });
    let update = ResponseUpdate {
        id,
        write: WriteId::new(at, chance),
        expected_seq: 0,
        answers: answers.collect(),
        state: ResponseState::Complete,
        recordings: Vec::new(),
        at,
        follow_up: None,
    };
    Ok((offer, update))
}

/// Somebody who is signed in already.
async fn person(storage: &SqliteStorage, now: DateTime<Utc>, chance: &dyn Chance) -> Outcome<Token> {
    let name = UserName::parse("bench").map_err(|error| error.to_string())?;
    let account = people::account(name, "bench", Role::Admin, now, chance);
    let (link, _) = people::link(account.id, Duration::ZERO, now, chance);
    let told = |no: u64| AuditRow {
        id: AuditId::new(now, &SeededChance::new(no)),
        at: now,
        account: None,
        who: "bench".into(),
        action: "user_added".into(),
        subject: "bench".into(),
        before: None,
        after: None,
        address: String::new(),
    };
    let token = Token::generate(chance);
    let session = SessionRow {
        id: SessionId::new(now, chance),
        token_hash: token.hash(),
        account: account.id,
        created_at: now,
        used_at: now + TimeDelta::hours(6),
        ends_at: now + TimeDelta::hours(12),
        address: String::new(),
        agent: String::new(),
    };
    storage.add_account(account, Some(link), told(1)).await?;
    storage.begin_session(session, told(2)).await?;
    Ok(token)
}

/// The program on that database, and where its portal is.
fn serve(folder: &Path, janitor_every_s: u32) -> Outcome<(Child, String)> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aftercall"))
        .args(["serve", "--data-dir"])
        .arg(folder)
        .args([
            "--set",
            "ivr_api.listen=127.0.0.1:0",
            "--set",
            "portal.listen=127.0.0.1:0",
            "--set",
            "log.format=json",
            "--set",
            &format!("janitor.every_s={janitor_every_s}"),
        ])
        .stderr(Stdio::piped())
        .spawn()?;
    let log = BufReader::new(child.stderr.take().ok_or("no log")?);
    for line in log.lines() {
        let line = line?;
        let told: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if let Some(url) = told["url"].as_str() {
            return Ok((child, url.to_owned()));
        }
    }
    Err("the server did not start".into())
}

/// Ends the server; what is measured is over.
fn end(mut server: Child) {
    let _ = server.kill();
    let _ = server.wait();
}

async fn measure(
    base: &str,
    token: &Token,
    server: &Child,
    (asked, rounds): (&[&str], usize),
) -> Outcome<Table> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(10)).build()?;
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "asked",
        "median ms",
        "worst ms",
        "kB",
        "server's memory, most MB",
    ]);
    for path in asked {
        let (mut times, mut bytes) = (Vec::new(), 0);
        for _ in 0..rounds {
            let began = Instant::now();
            let request = client
                .get(format!("{base}{path}"))
                .header("cookie", format!("aftercall_session={}", token.expose()));
            let mut reply = request.send().await?.error_for_status()?;
            bytes = 0;
            while let Some(chunk) = reply.chunk().await? {
                bytes += chunk.len();
            }
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let ms = |time: Option<&Duration>| format!("{:.0}", time.map_or(0.0, Duration::as_secs_f64) * 1e3);
        table.add_row([
            (*path).to_owned(),
            ms(times.get(rounds / 2)),
            ms(times.last()),
            (bytes / 1000).to_string(),
            memory(server)?,
        ]);
    }
    Ok(table)
}

/// The most memory the server ever had.
fn memory(server: &Child) -> Outcome<String> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok((kib / 1024).to_string())
}
