//! Prompts per second from the release binary beside nginx with the same bytes in a folder, in turns in one run. How to
//! run and read it: `benches/README.md`.

#[path = "../answers/client.rs"]
#[expect(dead_code, reason = "shared; answers are read more closely there")]
mod client;
#[path = "../answers/process.rs"]
#[expect(dead_code, reason = "shared; more of a process is looked at there")]
mod process;
mod servers;

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use hdrhistogram::Histogram;
use serde_json::json;
use tokio::task::LocalSet;

use client::Client;
use process::load_average;
use servers::Server;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Connections at once, all kept open.
const CONNECTIONS: usize = 32;
/// Measurements of each server and prompt; the median is told.
const ROUNDS: usize = 3;
const WARM_UP: Duration = Duration::from_millis(500);
/// The longest wait told apart: a minute.
const LONGEST_MICROS: u64 = 60_000_000;
/// Bytes before the samples in a WAV file of G.711.
const HEADER: usize = 58;

/// A prompt to be served.
pub(crate) struct Prompt {
    pub(crate) name: &'static str,
    what: &'static str,
    pub(crate) audio: Vec<u8>,
}

/// One measurement.
struct Row {
    server: &'static str,
    prompt: usize,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_ms_each: f64,
}

/// What the clients of one measurement share.
struct Tally {
    from: Instant,
    until: Instant,
    stop: Cell<bool>,
    micros: RefCell<Histogram<u64>>,
}

fn main() -> Outcome<()> {
    let seconds = std::env::args().skip_while(|word| word != "--seconds").nth(1);
    let measure = Duration::from_secs(seconds.map_or(Ok(5), |seconds| seconds.parse())?);
    let load = load_average();
    let prompts = [
        Prompt { name: "number.1", what: "1 s, a number word", audio: audio(1) },
        Prompt { name: "bench.csat", what: "10 s, a question", audio: audio(10) },
    ];
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut servers = vec![servers::ours(folder.path(), &prompts)?];
    match servers::nginx(folder.path(), &prompts)? {
        Some(nginx) => servers.push(nginx),
        None => println!("skipped: nginx beside it: nginx is not installed (Debian: nginx-light)"),
    }
    let mut rows = Vec::new();
    for _ in 0..ROUNDS {
        for (no, prompt) in prompts.iter().enumerate() {
            for (server, paths) in &servers {
                rows.push(run(server, &paths[no], (no, prompt), measure)?);
            }
        }
    }
    report(&prompts, &rows, &load);
    Ok(())
}

/// µ-law of so many seconds, of no pattern that a disk or a network could make use of.
fn audio(seconds: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(noise).take(HEADER + seconds * 8_000).collect()
}

fn run(server: &Server, path: &str, (no, prompt): (usize, &Prompt), measure: Duration) -> Outcome<Row> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let from = Instant::now() + WARM_UP;
    let micros = RefCell::new(Histogram::new_with_max(LONGEST_MICROS, 3)?);
    let tally = Rc::new(Tally { from, until: from + measure, stop: Cell::new(false), micros });
    let local = LocalSet::new();
    let gateways: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (tally, path, at) = (Rc::clone(&tally), path.to_owned(), server.at);
            let audio = prompt.audio.clone();
            local.spawn_local(async move { gateway(Client::connect(at).await?, &path, &audio, &tally).await })
        })
        .collect();
    let cpu = local.block_on(&runtime, async {
        tokio::time::sleep_until(from.into()).await;
        let before = server.cpu_seconds()?;
        tokio::time::sleep_until(tally.until.into()).await;
        let used = server.cpu_seconds()? - before;
        tally.stop.set(true);
        for gateway in gateways {
            gateway.await??;
        }
        Outcome::Ok(used)
    })?;
    let micros = tally.micros.borrow();
    let count = f64::from(u32::try_from(micros.len())?);
    let ms = |quantile| Outcome::Ok(f64::from(u32::try_from(micros.value_at_quantile(quantile))?) / 1e3);
    Ok(Row {
        server: server.name,
        prompt: no,
        per_second: count / measure.as_secs_f64(),
        p50_ms: ms(0.5)?,
        p99_ms: ms(0.99)?,
        cpu_ms_each: cpu * 1e3 / count.max(1.0),
    })
}

/// Fetches the prompt over and over; the first time it is compared, then its length.
async fn gateway(mut client: Client, path: &str, audio: &[u8], tally: &Tally) -> io::Result<()> {
    let wrong = |status| io::Error::other(format!("{path} was answered with {status} and other bytes"));
    let first = client.send("GET", path, "", "").await?;
    if first.status != 200 || first.body != audio {
        return Err(wrong(first.status));
    }
    while !tally.stop.get() {
        let begun = Instant::now();
        let reply = client.send("GET", path, "", "").await?;
        if reply.status != 200 || reply.body.len() != audio.len() {
            return Err(wrong(reply.status));
        }
        let now = Instant::now();
        if begun >= tally.from && now < tally.until {
            let micros = u64::try_from((now - begun).as_micros()).unwrap_or(u64::MAX);
            tally.micros.borrow_mut().saturating_record(micros);
        }
    }
    Ok(())
}

fn report(prompts: &[Prompt], rows: &[Row], load: &str) {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "prompt",
        "server",
        "requests/s",
        "MB/s",
        "of nginx",
        "p50 ms",
        "p99 ms",
        "CPU ms each",
    ]);
    let mut all = Vec::new();
    for (no, prompt) in prompts.iter().enumerate() {
        let nginx = median(rows, no, "nginx").map(|row| row.per_second);
        for row in ["aftercall", "nginx"].into_iter().filter_map(|server| median(rows, no, server)) {
            let size = u32::try_from(prompt.audio.len()).unwrap_or(u32::MAX);
            let share = nginx.filter(|_| row.server != "nginx").map(|nginx| row.per_second / nginx);
            table.add_row([
                prompt.what.to_owned(),
                row.server.to_owned(),
                format!("{:.0}", row.per_second),
                format!("{:.0}", row.per_second * f64::from(size) / 1e6),
                share.map_or_else(String::new, |share| format!("{share:.2}")),
                format!("{:.2}", row.p50_ms),
                format!("{:.2}", row.p99_ms),
                format!("{:.3}", row.cpu_ms_each),
            ]);
            all.push(json!({
                "prompt": prompt.what, "bytes": size, "server": row.server, "per_second": row.per_second.round(),
                "share_of_nginx": share, "p50_ms": row.p50_ms, "p99_ms": row.p99_ms, "cpu_ms_each": row.cpu_ms_each,
            }));
        }
    }
    println!("{table}");
    println!("{}", json!({"rows": all, "load_average": {"begin": load, "end": load_average()}}));
}

/// The measurement of a server and a prompt in the middle by requests per second.
fn median<'a>(rows: &'a [Row], prompt: usize, server: &str) -> Option<&'a Row> {
    let mut of_both: Vec<&Row> =
        rows.iter().filter(|row| row.prompt == prompt && row.server == server).collect();
    of_both.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    of_both.get(of_both.len() / 2).copied()
}
