//! Reads the counts of a report from the database and folds them.

use std::collections::HashMap;
use std::num::NonZeroU32;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::cli::args_survey::ReportBy;
use crate::cli::failure::Failure;
use crate::domain::offer::date_start;
use crate::domain::report::{Book, Group, SurveyScores, date_of_quarter};
use crate::domain::survey::SurveyGraph;
use crate::foundation::VersionId;
use crate::storage::{
    Page, ReportFilter, ReportGroup, ReportRow, StateCountRow, Storage, SurveyRow, TallyRow,
};

/// Rows of a page. The database counts anew for each, so that few large ones are better; one takes a few megabytes.
const PAGE_ROWS: NonZeroU32 = match NonZeroU32::new(10_000) {
    Some(rows) => rows,
    None => NonZeroU32::MIN,
};

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

/// Reads and folds, page by page: what is held at once is a page and what it has been folded into.
pub(in crate::cli) async fn gather(storage: &dyn Storage, query: &Query) -> Result<Report, Failure> {
    let surveys = storage.surveys().await?;
    let filter = filter(query, &surveys)?;
    let mut book = Book::default();
    let mut versions = HashMap::new();
    let mut next = Some(Page::first(PAGE_ROWS));
    while let Some(page) = next {
        let rows = storage.tallies(filter.clone(), page.clone()).await?;
        next = page.next(&rows, TallyRow::key);
        add_versions(&mut book, storage, &mut versions, &rows).await?;
        add_answers(&mut book, query, &versions, rows)?;
    }
    let mut next = Some(Page::first(PAGE_ROWS));
    while let Some(page) = next {
        let rows = storage.state_counts(filter.clone(), page.clone()).await?;
        next = page.next(&rows, StateCountRow::key);
        for row in rows {
            let survey = row.group.survey.clone();
            book.add_responses(&survey, group(row.group, query)?, row.state, row.n);
        }
    }
    let names = surveys.into_iter().map(|survey| (survey.key, survey.name)).collect();
    Ok(Report { query: query.clone(), surveys: book.close(), names })
}

fn filter(query: &Query, surveys: &[SurveyRow]) -> Result<ReportFilter, Failure> {
    let survey = match &query.survey {
        None => None,
        Some(key) => {
            let known = surveys.iter().find(|survey| survey.key == *key);
            Some(known.map(|survey| survey.survey).ok_or_else(|| {
                Failure::new(format!("there is no survey {key}; `aftercall survey list` shows all"))
            })?)
        }
    };
    let start = |date: NaiveDate| date_start(date, query.zone);
    let group = match query.by {
        ReportBy::Survey | ReportBy::Question => ReportGroup::Survey,
        ReportBy::Agent => ReportGroup::Agent,
        ReportBy::Team => ReportGroup::Team,
        ReportBy::Queue => ReportGroup::Queue,
        ReportBy::Service => ReportGroup::Service,
        ReportBy::Day => ReportGroup::QuarterHour,
    };
    let until: Option<DateTime<Utc>> =
        query.until.and_then(|last| last.checked_add_days(Days::new(1))).map(start);
    Ok(ReportFilter { survey, from: query.from.map(start), until, group })
}

/// Makes the versions that were answered known, where they are not yet; their numbers by id.
async fn add_versions(
    book: &mut Book,
    storage: &dyn Storage,
    numbers: &mut HashMap<VersionId, u32>,
    tallies: &[TallyRow],
) -> Result<(), Failure> {
    for row in tallies {
        let (survey, id) = (row.group.survey.as_str(), row.version);
        if numbers.contains_key(&id) {
            continue;
        }
        let gone = || Failure::new(format!("survey {survey} has answers to a version that is not there"));
        let version = storage.version(id).await?.ok_or_else(gone)?;
        let graph = SurveyGraph::from_json(&version.document).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let number = version.number;
            Failure::new(format!("cannot read version {number} of survey {survey}: {}", problems.join("; ")))
        })?;
        book.add_version(survey, version.number, graph.questions());
        numbers.insert(id, version.number);
    }
    Ok(())
}

fn add_answers(
    book: &mut Book,
    query: &Query,
    versions: &HashMap<VersionId, u32>,
    tallies: Vec<TallyRow>,
) -> Result<(), Failure> {
    for row in tallies {
        let version = versions.get(&row.version).copied().unwrap_or_default();
        let survey = row.group.survey.clone();
        book.add_answers(&survey, group(row.group, query)?, (version, &row.question_key), row.value, row.n)
            .map_err(|error| Failure::because("the stored answers do not fit their survey", &error))?;
    }
    Ok(())
}

/// Days are counted by quarters of an hour and folded here.
fn group(row: ReportRow, query: &Query) -> Result<Group, Failure> {
    if query.by != ReportBy::Day {
        return Ok(Group { key: row.key, name: row.label });
    }
    let quarter = row.key.as_deref().and_then(|key| key.parse().ok());
    let date = quarter.and_then(|quarter| date_of_quarter(quarter, query.zone));
    let date = date.ok_or_else(|| Failure::new(format!("a response has no date: {:?}", row.key)))?;
    Ok(Group { key: Some(date.to_string()), name: None })
}
