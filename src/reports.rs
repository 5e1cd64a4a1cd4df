//! Reports, from the counts in the database to figures: for the command line and the portal alike.

use std::collections::HashMap;
use std::num::NonZeroU32;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::domain::offer::date_start;
use crate::domain::report::{
    Book, Group, Lifecycle, SurveyScores, UnknownQuestion, date_of_quarter, hour_of_quarter,
};
use crate::domain::survey::SurveyGraph;
use crate::foundation::VersionId;
use crate::storage::{
    CatalogStore, Narrowed, Page, ReportFilter, ReportGroup, ReportRow, ReportStore, StateCountRow,
    StorageError, SurveyRow, TallyRow,
};

/// Rows of a page. The database counts anew for each, so that few large ones are better; one takes a few megabytes.
const PAGE_ROWS: NonZeroU32 = match NonZeroU32::new(10_000) {
    Some(rows) => rows,
    None => NonZeroU32::MIN,
};

/// What figures are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breakdown {
    /// Nothing: the survey as a whole.
    Survey,
    /// The agent.
    Agent,
    /// The agent's team.
    Team,
    /// The queue.
    Queue,
    /// The service.
    Service,
    /// The day, in the zone of the query.
    Day,
    /// The hour of the day, in the zone of the query: `00` to `23`.
    Hour,
    /// The day of the week, in the zone of the query: 1 for Monday to 7 for Sunday.
    Weekday,
    /// The language asked in.
    Language,
    /// The channel of the answers.
    Channel,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Query {
    /// The breakdown.
    pub by: Breakdown,
    /// Only the survey with this key.
    pub survey: Option<String>,
    /// The first day, in `zone`.
    pub from: Option<NaiveDate>,
    /// The last day, in `zone`.
    pub until: Option<NaiveDate>,
    /// The zone of days.
    pub zone: Tz,
    /// Only these of the contacts.
    pub narrowed: Narrowed,
    /// Only these teams; `None`: all.
    pub teams: Option<Vec<String>>,
}

impl Query {
    /// Everything, by one breakdown.
    pub fn of(by: Breakdown, zone: Tz) -> Self {
        Self { by, survey: None, from: None, until: None, zone, narrowed: Narrowed::default(), teams: None }
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The figures, by survey key.
    pub surveys: Vec<SurveyScores>,
    /// The surveys' names by key.
    pub names: HashMap<String, String>,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The database did not give them.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is no such survey.
    #[error("there is no survey {0}; `aftercall survey list` shows all")]
    NoSurvey(String),
    /// Answers to a version that is not there.
    #[error("survey {0} has answers to a version that is not there")]
    NoVersion(String),
    /// A version that this program cannot read.
    #[error("cannot read version {version} of survey {survey}: {problems}")]
    Unreadable {
        /// The survey's key.
        survey: String,
        /// The version's number.
        version: u32,
        /// What is wrong with it.
        problems: String,
    },
    /// Answers to a question that its version does not have.
    #[error("the stored answers do not fit their survey")]
    Unfit(#[from] UnknownQuestion),
    /// A response that nobody can put into a day.
    #[error("a response has no date: {0:?}")]
    NoDate(Option<String>),
}

/// Reads and folds, page by page: what is held at once is a page and what it has been folded into.
pub async fn gather(
    catalog: &dyn CatalogStore,
    counts: &dyn ReportStore,
    query: &Query,
) -> Result<Figures, ReportError> {
    gather_with_whole(catalog, counts, query).await.map(|(groups, _)| groups)
}

/// The figures by groups and those of each survey as a whole, from one count.
pub async fn gather_with_whole(
    catalog: &dyn CatalogStore,
    counts: &dyn ReportStore,
    query: &Query,
) -> Result<(Figures, Figures), ReportError> {
    let surveys = catalog.surveys().await?;
    let filter = filter(query, &surveys)?;
    let mut books = Books::default();
    let mut versions = HashMap::new();
    let mut next = Some(Page::first(PAGE_ROWS));
    while let Some(page) = next {
        let rows = counts.tallies(filter.clone(), page.clone()).await?;
        next = page.next(&rows, TallyRow::key);
        add_versions(&mut books, catalog, &mut versions, &rows).await?;
        add_answers(&mut books, query, &versions, rows)?;
    }
    let mut next = Some(Page::first(PAGE_ROWS));
    while let Some(page) = next {
        let rows = counts.state_counts(filter.clone(), page.clone()).await?;
        next = page.next(&rows, StateCountRow::key);
        for row in rows {
            let survey = row.group.survey.clone();
            let group = group(row.group, query)?;
            books.groups.add_responses(&survey, group, row.state, row.n);
            books.whole.add_responses(&survey, whole(), row.state, row.n);
        }
    }
    let names: HashMap<String, String> =
        surveys.into_iter().map(|survey| (survey.key, survey.name)).collect();
    let groups = Figures { surveys: books.groups.close(), names: names.clone() };
    Ok((groups, Figures { surveys: books.whole.close(), names }))
}

/// What is folded at once.
#[derive(Default)]
struct Books {
    groups: Book,
    whole: Book,
}

/// The only group of a survey as a whole.
fn whole() -> Group {
    Group { key: Some(String::new()), name: None }
}

fn filter(query: &Query, surveys: &[SurveyRow]) -> Result<ReportFilter, ReportError> {
    let survey = match &query.survey {
        None => None,
        Some(key) => {
            let known = surveys.iter().find(|survey| survey.key == *key);
            Some(known.map(|survey| survey.survey).ok_or_else(|| ReportError::NoSurvey(key.clone()))?)
        }
    };
    let start = |date: NaiveDate| date_start(date, query.zone);
    let group = match query.by {
        Breakdown::Survey => ReportGroup::Survey,
        Breakdown::Agent => ReportGroup::Agent,
        Breakdown::Team => ReportGroup::Team,
        Breakdown::Queue => ReportGroup::Queue,
        Breakdown::Service => ReportGroup::Service,
        Breakdown::Day | Breakdown::Hour | Breakdown::Weekday => ReportGroup::QuarterHour,
        Breakdown::Language => ReportGroup::Language,
        Breakdown::Channel => ReportGroup::Channel,
    };
    let until: Option<DateTime<Utc>> =
        query.until.and_then(|last| last.checked_add_days(Days::new(1))).map(start);
    let from = query.from.map(start);
    let (narrowed, teams) = (query.narrowed.clone(), query.teams.clone());
    Ok(ReportFilter { survey, from, until, group, narrowed, teams })
}

/// Makes the versions that were answered known, where they are not yet; their numbers by id.
async fn add_versions(
    books: &mut Books,
    catalog: &dyn CatalogStore,
    numbers: &mut HashMap<VersionId, u32>,
    tallies: &[TallyRow],
) -> Result<(), ReportError> {
    for row in tallies {
        let (survey, id) = (row.group.survey.as_str(), row.version);
        if numbers.contains_key(&id) {
            continue;
        }
        let gone = || ReportError::NoVersion(survey.to_owned());
        let version = catalog.version(id).await?.ok_or_else(gone)?;
        let graph = SurveyGraph::from_json(&version.document).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let (survey, version) = (survey.to_owned(), version.number);
            ReportError::Unreadable { survey, version, problems: problems.join("; ") }
        })?;
        books.groups.add_version(survey, version.number, graph.questions());
        books.whole.add_version(survey, version.number, graph.questions());
        numbers.insert(id, version.number);
    }
    Ok(())
}

fn add_answers(
    books: &mut Books,
    query: &Query,
    versions: &HashMap<VersionId, u32>,
    tallies: Vec<TallyRow>,
) -> Result<(), ReportError> {
    for row in tallies {
        let version = versions.get(&row.version).copied().unwrap_or_default();
        let survey = row.group.survey.clone();
        let (question, value) = ((version, row.question_key.as_str()), row.value);
        books.whole.add_answers(&survey, whole(), question, value.clone(), row.n)?;
        books.groups.add_answers(&survey, group(row.group, query)?, question, value, row.n)?;
    }
    Ok(())
}

/// Days are counted by quarters of an hour and folded here.
fn group(row: ReportRow, query: &Query) -> Result<Group, ReportError> {
    if !matches!(query.by, Breakdown::Day | Breakdown::Hour | Breakdown::Weekday) {
        return Ok(Group { key: row.key, name: row.label });
    }
    let quarter = row.key.as_deref().and_then(|key| key.parse().ok());
    let key = quarter.and_then(|quarter| match query.by {
        Breakdown::Hour => hour_of_quarter(quarter, query.zone).map(|hour| format!("{hour:02}")),
        Breakdown::Weekday => {
            date_of_quarter(quarter, query.zone).map(|date| date.weekday().number_from_monday().to_string())
        }
        _ => date_of_quarter(quarter, query.zone).map(|date| date.to_string()),
    });
    let key = key.ok_or_else(|| ReportError::NoDate(row.key.clone()))?;
    Ok(Group { key: Some(key), name: None })
}

/// How far responses came, for programs. Members may be added, none is renamed or taken away.
pub fn lifecycle(of: &Lifecycle) -> Value {
    json!({
        "offered": of.offered(),
        "started": of.started(),
        "completed": of.completed,
        "partial": of.partial,
        "declined": of.declined,
        "expired": of.expired,
        "open": of.open(),
        "response_rate": of.response_rate(),
        "completion_rate": of.completion_rate(),
    })
}
