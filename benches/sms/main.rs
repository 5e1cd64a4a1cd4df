//! Messages a second over our session to a gateway that speaks SMPP, beside the client of the gateway's own library, in turns in
//! one run. How to run and read it: `benches/README.md`.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aftercall::domain::sms::{Writing, encode};
use aftercall::foundation::{Clock, OnUnknown, Secret, SmppGateway, SmsRoute, SystemChance, SystemClock};
use aftercall::outbound::sms::smpp::SmppLink;
use aftercall::outbound::sms::{Gateway, LineState, Submission, Verdict};
use chrono::TimeDelta;
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use futures_util::future::{Either, select};
use futures_util::{FutureExt, StreamExt, stream};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Messages under way at once.
const WINDOWS: [u16; 3] = [1, 10, 100];
/// Measurements of each; the median is told.
const ROUNDS: usize = 3;
const MESSAGES: usize = 20_000;
/// The same text that the other client sends.
const TEXT: &str = "How was your call with us today? Please tell us: https://s.example/s/AbCdEfGhIjKlMn";

fn main() -> Outcome<()> {
    let given = std::env::args().skip_while(|word| word != "--messages").nth(1);
    let messages = given.map_or(Ok(MESSAGES), |given| given.parse())?;
    let folder = installed()?;
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "window",
        "ours, messages/s",
        "node's client, messages/s",
        "of node's",
        "load",
    ]);
    for window in WINDOWS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let gateway = Process::start(&folder)?;
            ours.push(per_second(messages, our_client(gateway.port, window, messages)?));
            // A fresh one for each: it remembers what it learnt to do fast.
            let gateway = Process::start(&folder)?;
            theirs.push(per_second(messages, their_client(&folder, gateway.port, window, messages)?));
        }
        let (ours, theirs) = (median(ours), median(theirs));
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        table.add_row([
            window.to_string(),
            format!("{ours:.0}"),
            format!("{theirs:.0}"),
            format!("{:.2}", ours / theirs),
            load.split(' ').next().unwrap_or("?").to_owned(),
        ]);
    }
    println!("{messages} messages of one part, median of {ROUNDS} turns\n{table}");
    Ok(())
}

fn per_second(messages: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(messages).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// A gateway in a process of its own; it ends when it is dropped.
struct Process {
    child: Child,
    port: u16,
}

impl Process {
    fn start(folder: &Path) -> Outcome<Self> {
        let mut command = Command::new("node");
        command.arg(folder.join("smsc.mjs")).arg("--forgetful").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let told: serde_json::Value = serde_json::from_str(&line)?;
        let port = told["smpp"].as_u64().and_then(|port| u16::try_from(port).ok()).ok_or("no port")?;
        Ok(Self { child, port })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// How long our session takes; the line is up before.
fn our_client(port: u16, window: u16, messages: usize) -> Outcome<Duration> {
    let route = SmsRoute {
        name: "bench".to_owned(),
        prefixes: Vec::new(),
        order: 1,
        senders: Vec::new(),
        parts_per_s: 1_000_000,
        window,
        timeout: Duration::from_secs(30),
        on_unknown: OnUnknown::Hold,
        receipts: false,
    };
    let gateway = SmppGateway::new("127.0.0.1", port, "bench", Secret::new("secret".to_owned()));
    let clock = Arc::new(SystemClock::new());
    let take = Rc::new(|_| async { true }.boxed_local());
    let (link, work) = SmppLink::new(&route, gateway, clock.clone(), Arc::new(SystemChance), take);
    let message = Submission {
        key: "0".repeat(32),
        to: "+447700900000".to_owned(),
        from: "12345".to_owned(),
        text: TEXT.to_owned(),
        encoded: encode(TEXT, Writing { transliterate: false, parts_most: 1 })?,
        reference: 1,
        expires_at: clock.now() + TimeDelta::hours(1),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let run = async {
        while link.line() != LineState::Up {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let began = Instant::now();
        let verdicts = stream::iter(0..messages).map(|_| link.submit(message.clone()));
        let mut verdicts = verdicts.buffer_unordered(usize::from(window));
        while let Some(verdict) = verdicts.next().await {
            if !matches!(verdict, Verdict::Accepted(_)) {
                return Err(format!("a message was not accepted: {verdict:?}").into());
            }
        }
        Ok(began.elapsed())
    };
    let run = std::pin::pin!(run);
    match runtime.block_on(select(run, work)) {
        Either::Left((took, _)) => took,
        Either::Right(_) => Err("the link ended".into()),
    }
}

/// How long the client of the gateway's own library takes, by its own clock.
fn their_client(folder: &Path, port: u16, window: u16, messages: usize) -> Outcome<Duration> {
    let mut command = Command::new("node");
    command.arg(folder.join("client.mjs"));
    let output = command.args([port.to_string(), window.to_string(), messages.to_string()]).output()?;
    let ms: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(Duration::from_secs_f64(ms / 1e3))
}

/// The folder with the gateway's script and the library it needs.
fn installed() -> Outcome<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-smsc");
    fs::create_dir_all(&folder)?;
    for name in ["package.json", "package-lock.json", "smsc.mjs", "client.mjs"] {
        fs::copy(Path::new("tests/smsc").join(name), folder.join(name))?;
    }
    if !folder.join("node_modules/smpp/package.json").exists() {
        let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        let done = Command::new("npm").args(install).current_dir(&folder).output()?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
        }
    }
    Ok(folder)
}
