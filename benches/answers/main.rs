//! Durable answers per second through the full path of the release binary, beside a bare endpoint of the same server;
//! and how soon the program is ready after a start and after `kill -9`. How to run and read it: `benches/README.md`.

mod bare;
mod client;
mod load;
mod node;
mod process;
mod report;
mod survey;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use aftercall::config::Config;
use aftercall::foundation::SystemClock;
use aftercall::storage::MaintenanceStore;
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};

use load::{Encoding, Plan};
use node::{Data, Node};
use process::{CpuWatch, load_average, mebibytes};
use report::{Report, Row, Starts, spread};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// First argument of the child process that is the bare endpoint.
const BARE: &str = "bare-endpoint";
/// Connections of the run that is killed, and of the aims.
const CONNECTIONS: u32 = 32;

/// What the command line can change.
struct Wishes {
    seconds: u64,
    connections: Vec<u32>,
    encodings: Vec<Encoding>,
    rounds: usize,
    /// Another build of the program, to compare with.
    program: PathBuf,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [first, listen, workers] if first == BARE => serve_bare(listen, workers),
        _ => wishes(&arguments).and_then(|wishes| measure(&wishes)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve_bare(listen: &str, workers: &str) -> Outcome<()> {
    bare::serve(listen.parse()?, workers.parse()?)
}

fn wishes(arguments: &[String]) -> Outcome<Wishes> {
    let mut wishes = Wishes {
        seconds: 8,
        connections: vec![1, 8, 32, 64],
        encodings: Encoding::ALL.to_vec(),
        rounds: 5,
        program: node::PROGRAM.into(),
    };
    let mut arguments = arguments.iter();
    while let Some(name) = arguments.next() {
        // `cargo bench` adds this one.
        if name == "--bench" {
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--seconds" => wishes.seconds = value.parse()?,
            "--program" => wishes.program = value.into(),
            "--rounds" => wishes.rounds = value.parse()?,
            "--connections" => {
                wishes.connections = value.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            "--encodings" => {
                let named = |encoding: &Encoding| value.split(',').any(|word| word == encoding.as_str());
                wishes.encodings = Encoding::ALL.into_iter().filter(named).collect();
            }
            _ => {
                return Err(format!(
                    "{name}: known are --seconds, --rounds, --connections, --encodings, --program"
                )
                .into());
            }
        }
    }
    Ok(wishes)
}

fn measure(wishes: &Wishes) -> Outcome<()> {
    let began_at_load = load_average();
    let mut report = Report::new(began_at_load);
    report.first_starts = first_starts(&wishes.program, wishes.rounds)?;
    let data = Data::new(&wishes.program)?;
    report.sync_ms = data.sync_time()?.as_secs_f64() * 1e3;
    report.starts = starts(&data, wishes.rounds)?;
    let mut node = data.serve()?;
    let bare_at = node::free_address()?;
    let bare = Node::bare(bare_at, Config::default().ivr_api.workers)?;
    let mut acknowledged = 0;
    let mut run = 0;
    for &connections in &wishes.connections {
        for &encoding in &wishes.encodings {
            run += 1;
            let (server, pid) = match encoding {
                Encoding::Bare => (bare_at, bare.pid()),
                _ => (data.listen, node.pid()),
            };
            let measure = Duration::from_secs(wishes.seconds);
            let warm_up = Duration::from_secs(1);
            let plan = Plan { server, key: data.key.clone(), connections, encoding, warm_up, measure, run };
            let (row, all) = rung(&plan, pid)?;
            if encoding != Encoding::Bare {
                acknowledged += all;
            }
            report.add(row);
        }
    }
    report.resident_max_mib = mebibytes(node.pid(), "VmHWM")?;
    node.stop()?;
    drop((node, bare));
    report.acknowledged = acknowledged;
    report.stored = stored(&data)?;
    report.after_kill = after_kill(&data, wishes.rounds, run)?;
    report.finish();
    Ok(())
}

/// One line of the table, and all answers acknowledged for it.
fn rung(plan: &Plan, pid: u32) -> Outcome<(Row, u64)> {
    let load = load_average();
    let mut watch = None;
    let mut used = None;
    let seen = load::run(plan, |begins| {
        if begins {
            watch = Some(CpuWatch::start(pid)?);
        } else {
            used = watch.as_ref().map(CpuWatch::stop).transpose()?;
        }
        Ok(())
    })?;
    let used = used.ok_or("the time was not measured")?;
    if seen.wrong > 0 || seen.broken > 0 {
        let first = seen.first_wrong.unwrap_or_default();
        return Err(
            format!("{} wrong replies, {} broken connections: {first}", seen.wrong, seen.broken).into()
        );
    }
    let resident_mib = mebibytes(pid, "VmRSS")?;
    let row = Row::new(plan, seen.answers, &seen.micros, &used, resident_mib, load);
    Ok((row, seen.acknowledged))
}

/// Starts in a folder with nothing in it: the database is made first.
fn first_starts(program: &Path, rounds: usize) -> Outcome<Starts> {
    let mut took = Vec::new();
    for _ in 0..rounds {
        let data = Data::empty(program)?;
        let mut node = data.serve()?;
        took.push(node.ready_after);
        node.stop()?;
    }
    Ok(spread(&took))
}

fn starts(data: &Data, rounds: usize) -> Outcome<Starts> {
    let mut took = Vec::new();
    for _ in 0..rounds {
        let mut node = data.serve()?;
        took.push(node.ready_after);
        node.stop()?;
    }
    Ok(spread(&took))
}

/// Kills the program under load and starts it again, with the log it left.
fn after_kill(data: &Data, rounds: usize, run: u32) -> Outcome<Starts> {
    let mut took = Vec::new();
    let mut log_bytes = 0;
    for round in 1..=rounds {
        let mut node = data.serve()?;
        let plan = Plan {
            server: data.listen,
            key: data.key.clone(),
            connections: CONNECTIONS,
            encoding: Encoding::Form,
            warm_up: Duration::from_millis(500),
            measure: Duration::from_millis(1500),
            run: run + u32::try_from(round)?,
        };
        let seen = load::run(&plan, |begins| if begins { Ok(()) } else { node.kill() })?;
        if seen.broken == 0 {
            return Err("the program was killed and no caller noticed".into());
        }
        log_bytes = log_bytes.max(data.log_bytes());
        let mut node = data.serve()?;
        took.push(node.ready_after);
        node.stop()?;
    }
    let mut starts = spread(&took);
    starts.log_bytes = log_bytes;
    Ok(starts)
}

/// Answers in the database, read after the server ended.
fn stored(data: &Data) -> Outcome<u64> {
    let storage = SqliteStorage::open(&SqliteSettings::new(data.database()), Arc::new(SystemClock::new()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(storage.facts())?.answers)
}
