//! `aftercall copy`: from one database to another, and whether both hold the same.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{ConfigArgs, CopyArgs};
use super::engine::{block_on, open_sides};
use super::failure::{Failure, Outcome};
use super::output::say;
use super::settings::setting;
use super::table::{print, table, to_the_right};
use crate::config::Config;
use crate::storage::copy::{Compared, Side, Watch, compare, copy};

/// Copies, unless only a comparison is asked for, and compares.
pub(super) fn run(args: &CopyArgs, settings: &ConfigArgs) -> Outcome {
    let from = config(settings, &args.from, "--from")?;
    let to = config(settings, &args.to, "--to")?;
    let (from, to) = open_sides(&from, &to, args.verify)?;
    let mut progress = Progress::new();
    if !args.verify {
        block_on(copy(&from, &to, &mut progress))??;
    }
    let compared = block_on(compare(&from, &to, &mut progress))??;
    drop(progress);
    show(&compared);
    end(&from, &to, &compared)
}

/// The configuration with its database at `url`, however else it says where one is.
fn config(settings: &ConfigArgs, url: &str, flag: &str) -> Result<Config, Failure> {
    let mut sources = settings.sources(None)?;
    for (key, value) in
        [("database.url", url), ("database.server", ""), ("database.name", ""), ("database.user", "")]
    {
        sources.flags.push(setting(key, value, flag));
    }
    Ok(Config::load(&sources)?)
}

fn show(compared: &[Compared]) {
    let mut rows = table(&["table", "rows", "sha-256", "ok"]);
    for found in compared {
        let both = |one: String, other: String| if one == other { one } else { format!("{one}, {other}") };
        rows.add_row([
            found.table.to_owned(),
            both(found.from.rows.to_string(), found.to.rows.to_string()),
            both(found.from.to_string(), found.to.to_string()),
            if found.is_same() { "yes" } else { "NO" }.to_owned(),
        ]);
    }
    to_the_right(&mut rows, [1]);
    print(&rows);
}

fn end(from: &Side, to: &Side, compared: &[Compared]) -> Outcome {
    let (from, to) = (from.place(), to.place());
    let differing = compared.iter().filter(|found| !found.is_same()).map(|found| found.table);
    let differing: Vec<&str> = differing.collect();
    if !differing.is_empty() {
        return Err(Failure::new(format!(
            "{to} does not hold the same as {from} in {}: one of them was changed since they were copied, or while they \
             were; stop every server of both and copy into a new database",
            differing.join(", ")
        )));
    }
    let rows: u64 = compared.iter().map(|found| found.from.rows).sum();
    say!("");
    say!("{to} holds the same {rows} rows as {from}");
    Ok(ExitCode::SUCCESS)
}

/// A bar where there is a terminal, else a line for each table.
struct Progress {
    bar: ProgressBar,
    is_seen: bool,
    what: &'static str,
    table: &'static str,
    done: u64,
    rows: u64,
}

impl Progress {
    fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let style = "{spinner} {msg} {bar:32} {pos}/{len} rows  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self { bar, is_seen: std::io::stderr().is_terminal(), what: "", table: "", done: 0, rows: 0 }
    }

    fn tell(&self) {
        self.bar.set_message(format!("{} {} {}/{}", self.what, self.table, self.done, self.rows));
    }
}

impl Drop for Progress {
    /// Also before the message of a failure.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Progress {
    fn begins(&mut self, what: &'static str, done: u64, rows: u64) {
        self.what = what;
        self.bar.enable_steady_tick(Duration::from_millis(100));
        self.bar.set_length(rows);
        self.bar.set_position(done);
        // What was there before this run says nothing of how fast it is.
        self.bar.reset_eta();
    }

    fn table(&mut self, name: &'static str, done: u64, rows: u64) {
        (self.table, self.done, self.rows) = (name, done, rows);
        self.tell();
    }

    fn advance(&mut self, rows: u64) {
        self.done += rows;
        self.bar.inc(rows);
        self.tell();
    }

    fn table_done(&mut self) {
        if !self.is_seen {
            eprintln!("{} {}: {} rows", self.what, self.table, self.done);
        }
    }
}
