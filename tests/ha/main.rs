//! Fail-over: two real servers with real keepalived share a database and an address, in network namespaces of this machine.
//! Faults of every kind befall them while callers call. Afterwards every acknowledged answer is stored exactly once, one
//! node has the address, never did two nodes hold the janitor's lease, every call is finished, unless what it needs
//! lay in the spool of a node that was gone, and a person at the portal is still signed in.
//!
//! ```sh
//! cargo test --test ha                                  # one round of everything, about 5 minutes; needs root
//! cargo test --test ha -- --rounds 0                    # no faults: wrong settings, and each way to run keepalived
//! cargo test --test ha -- --rounds 5 --only kill,power  # median and worst of some
//! cargo test --test ha -- --old target/old/aftercall    # the rolling upgrade, from an older build
//! ```
//!
//! `--program PATH` plays them with another build, such as the release. `AFTERCALL_TEST_MSSQL` gives a SQL Server for the
//! database (see `CONTRIBUTING.md`); without it the nodes share an SQLite file.
//!
//! The table at the end: the longest time in which nobody answered at the address (asked every 10 ms), requests sent (100
//! a second, of 20 callers), how many failed, how many failed when they were sent once more at once, and how long it took
//! until another node could do what one node at a time may do. Times are shown, not judged: they depend on the machine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]
#![allow(missing_docs, unreachable_pub, reason = "nothing outside uses a test binary")]

mod callers;
#[allow(dead_code, reason = "a part of what the integration tests share")]
#[path = "../it/cli_frame.rs"]
mod cli_frame;
mod database;
mod faults;
#[allow(dead_code, reason = "a part of what the integration tests share")]
#[path = "../it/files.rs"]
mod files;
mod lab;
mod load;
mod node;
mod pair;
mod prober;
mod report;
mod scene;
mod setups;
#[allow(dead_code, unused_imports, reason = "a part of what the integration tests share")]
#[path = "../it/support/mod.rs"]
mod support;
mod visitor;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use faults::{ALL, Fault};
use lab::Lab;
use pair::{Builds, Pair};
use report::Row;
use scene::Measured;

/// Lines of each server's log that are shown when a check fails.
const TAIL: usize = 40;

/// What the command line can change.
struct Wishes {
    rounds: usize,
    /// Also what is not a fault: wrong settings, and the ways to run keepalived.
    all: bool,
    faults: Vec<&'static Fault>,
    builds: Builds,
}

/// What the command line asks for.
enum Asked {
    Play(Wishes),
    /// Another suite's tests, or a list of tests: there are none here.
    Nothing,
}

fn main() -> ExitCode {
    let asked = match asked(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(asked) => asked,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::from(2);
        }
    };
    let Asked::Play(wishes) = asked else { return ExitCode::SUCCESS };
    if let Some(why) = lab::missing() {
        support::disk::skipped("ha", &why);
        return ExitCode::SUCCESS;
    }
    // A check that fails says what is wrong; where it stands in the code helps nobody who reads it.
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    play(&wishes)
}

fn asked(arguments: &[String]) -> Result<Asked, String> {
    let builds = Builds { present: env!("CARGO_BIN_EXE_aftercall").into(), older: None };
    let mut wishes = Wishes { rounds: 1, all: true, faults: ALL.iter().collect(), builds };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--rounds" => wishes.rounds = number(value()?)?,
            "--only" => {
                wishes.faults = chosen(value()?)?;
                wishes.all = false;
            }
            "--program" => wishes.builds.present = PathBuf::from(value()?),
            "--old" => wishes.builds.older = Some(PathBuf::from(value()?)),
            // For all test binaries alike.
            "--nocapture" | "--no-capture" => {}
            flag if flag.starts_with('-') && flag != "--list" => return Err(format!("unknown: {flag}")),
            _ => return Ok(Asked::Nothing),
        }
    }
    Ok(Asked::Play(wishes))
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("--rounds needs a number, not {text}"))
}

fn chosen(names: &str) -> Result<Vec<&'static Fault>, String> {
    let find = |name: &str| {
        let known = || ALL.iter().map(|fault| fault.name).collect::<Vec<_>>().join(", ");
        ALL.iter()
            .find(|fault| fault.name == name)
            .ok_or_else(|| format!("no fault {name}; there are: {}", known()))
    };
    names.split(',').map(find).collect()
}

/// Plays all rounds; a failure ends nothing but its own fault.
fn play(wishes: &Wishes) -> ExitCode {
    let lab = Arc::new(Lab::new());
    if wishes.all {
        setups::play(&lab, &wishes.builds);
    }
    let mut pair = Pair::start(&lab, &wishes.builds);
    let mut rows: Vec<Row> = wishes.faults.iter().map(|fault| Row::of(fault.title)).collect();
    let mut failures = Vec::new();
    for round in 0..wishes.rounds {
        for (fault, row) in wishes.faults.iter().zip(&mut rows) {
            match scene::play(&lab, &mut pair, fault, &format!("{}-{round}", fault.name)) {
                Ok(measured) => note(row, measured),
                Err(why) => {
                    println!("{}: FAILED: {why}\n{}", fault.title, pair.tails(TAIL));
                    failures.push(format!("{}: {why}; logs: {}", fault.title, pair.keep_logs().display()));
                    drop(pair);
                    pair = Pair::start(&lab, &wishes.builds);
                }
            }
        }
    }
    println!("\n{}", report::table(&rows));
    for failure in &failures {
        println!("failed: {failure}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn note(row: &mut Row, measured: Measured) {
    println!("{}", report::line(row.title, &measured));
    row.rounds.push(measured);
}
