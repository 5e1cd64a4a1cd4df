//! `aftercall report`: scores by survey, question, agent, team, queue, service or day.

mod csv;
mod gather;
mod json;
pub(super) mod tables;

use std::process::ExitCode;
use std::time::Duration;

use super::args_survey::{ReportArgs, ReportBy, ReportFormat};
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::output::{say, whole};
use crate::config::Config;

pub(super) use gather::{Query, Report, gather};

/// How long counting may take. No call waits for it, so the limit of a server's statements is not for it.
const PATIENCE: Duration = Duration::from_mins(5);
/// Stands for the group of contacts that came without an agent, a team or a queue.
const NOT_GIVEN: &str = "(not given)";

/// Prints scores.
pub(super) fn run(args: &ReportArgs, config: &Config) -> Outcome {
    if let (Some(from), Some(until)) = (args.from, args.until)
        && from > until
    {
        return Err(Failure::usage(format!("--from {from} is after --until {until}")));
    }
    let query = Query {
        by: args.by,
        survey: args.survey.clone(),
        from: args.from,
        until: args.until,
        zone: config.site.time_zone,
    };
    let mut config = config.clone();
    config.database.statement_timeout = PATIENCE;
    let report = block_on(gather(&*open_storage(&config)?, &query))??;
    match args.format {
        ReportFormat::Table if report.surveys.is_empty() => say!("{}", nothing(&query)),
        ReportFormat::Table => tables::print(&report),
        ReportFormat::Csv => whole(&csv::document(&report)?),
        ReportFormat::Json => say!("{}", json::document(&report)?),
    }
    if report.surveys.is_empty() && args.format != ReportFormat::Table {
        eprintln!("aftercall: {}", nothing(&query));
    }
    Ok(ExitCode::SUCCESS)
}

/// Why there is nothing to report, and what to do next.
fn nothing(query: &Query) -> String {
    let survey = query.survey.as_ref().map_or_else(|| "any survey".to_owned(), |key| format!("survey {key}"));
    let days = match (query.from, query.until) {
        (None, None) => String::new(),
        (Some(from), None) => format!(" from {from} on"),
        (None, Some(until)) => format!(" up to {until}"),
        (Some(from), Some(until)) => format!(" from {from} to {until}"),
    };
    let next = if days.is_empty() {
        "`aftercall survey list` shows what is active where, `aftercall offers` why callers were not asked"
    } else {
        "leave out --from and --until to see all days"
    };
    format!("nobody was offered {survey}{days}; {next}")
}

/// What a group is called at the head of its column.
fn heading(by: ReportBy) -> &'static str {
    match by {
        ReportBy::Survey | ReportBy::Question => "survey",
        ReportBy::Agent => "agent",
        ReportBy::Team => "team",
        ReportBy::Queue => "queue",
        ReportBy::Service => "service",
        ReportBy::Day => "day",
    }
}

/// The word of `--by`.
fn by_word(by: ReportBy) -> &'static str {
    if by == ReportBy::Question { "question" } else { heading(by) }
}
