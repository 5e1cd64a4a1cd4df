//! The figures of a report, and what they are of.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::cli::args_survey::ReportBy;
use crate::cli::failure::Failure;
use crate::domain::report::SurveyScores;
use crate::reports::{self, Breakdown};
use crate::storage::Storage;
use crate::telemetry::Chain;

/// What is asked for.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Query {
    /// The breakdown.
    pub(in crate::cli) by: ReportBy,
    /// Only the survey with this key.
    pub(in crate::cli) survey: Option<String>,
    /// The first day, in `zone`.
    pub(in crate::cli) from: Option<NaiveDate>,
    /// The last day, in `zone`.
    pub(in crate::cli) until: Option<NaiveDate>,
    /// The zone of days.
    pub(in crate::cli) zone: Tz,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Report {
    /// What was asked for.
    pub(in crate::cli) query: Query,
    /// The figures, by survey key.
    pub(in crate::cli) surveys: Vec<SurveyScores>,
    /// The surveys' names by key.
    names: HashMap<String, String>,
}

impl Report {
    /// The name of a survey.
    pub(in crate::cli) fn name<'a>(&'a self, survey: &'a str) -> &'a str {
        self.names.get(survey).map_or(survey, String::as_str)
    }
}

/// Reads and folds.
pub(in crate::cli) async fn gather(storage: &dyn Storage, query: &Query) -> Result<Report, Failure> {
    let asked = reports::Query {
        survey: query.survey.clone(),
        from: query.from,
        until: query.until,
        ..reports::Query::of(breakdown(query.by), query.zone)
    };
    let figures = reports::gather(storage, storage, &asked).await;
    let figures = figures.map_err(|error| Failure::new(Chain(&error).to_string()))?;
    Ok(Report { query: query.clone(), surveys: figures.surveys, names: figures.names })
}

/// Questions are told apart within each survey as a whole.
fn breakdown(by: ReportBy) -> Breakdown {
    match by {
        ReportBy::Survey | ReportBy::Question => Breakdown::Survey,
        ReportBy::Agent => Breakdown::Agent,
        ReportBy::Team => Breakdown::Team,
        ReportBy::Queue => Breakdown::Queue,
        ReportBy::Service => Breakdown::Service,
        ReportBy::Day => Breakdown::Day,
    }
}
