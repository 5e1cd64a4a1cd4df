//! `aftercall ivr doctor`: what stands between a call and its survey, and what became of a call.

mod call;
mod gates;
mod prompts;
mod server;
mod trail;

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args_ivr::IvrCommand;
use super::failure::{EXIT_PROBLEM, Outcome};
use super::output::say;
use crate::config::Config;

/// Runs one of the commands.
pub(super) fn run(command: IvrCommand, config: &Config) -> Outcome {
    let IvrCommand::Doctor(args) = command;
    match &args.call_id {
        Some(call) => trail::run(call, &args, config),
        None => call::run(&args, config),
    }
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// In order.
    Ok,
    /// In order, but worth knowing.
    Note,
    /// Stops the survey.
    No,
    /// Not looked at, because an earlier check says no.
    Skipped,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Check {
    verdict: Verdict,
    name: &'static str,
    detail: String,
}

impl Check {
    fn new(verdict: Verdict, name: &'static str, detail: impl Into<String>) -> Self {
        Self { verdict, name, detail: detail.into() }
    }

    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Verdict::Ok, name, detail)
    }

    fn no(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Verdict::No, name, detail)
    }

    fn is_no(&self) -> bool {
        self.verdict == Verdict::No
    }

    fn line(&self) -> String {
        let word = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Note => "note",
            Verdict::No => "NO",
            Verdict::Skipped => "-",
        };
        format!("{word:<4}  {:<10} {}", self.name, self.detail)
    }

    fn to_json(&self) -> Value {
        let passed = match self.verdict {
            Verdict::Ok | Verdict::Note => Some(true),
            Verdict::No => Some(false),
            Verdict::Skipped => None,
        };
        json!({ "check": self.name, "ok": passed, "detail": self.detail })
    }
}

/// The exit code, after the report was printed.
fn ended(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::from(EXIT_PROBLEM) }
}

/// Prints JSON as it is read by programs and people alike.
fn say_json(value: &Value) {
    say!("{value:#}");
}
