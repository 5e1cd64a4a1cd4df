//! Reports, from the counts in the database to figures: for the command line and the portal alike.

pub mod folder;
mod folding;
pub mod letter;
pub mod sheet;

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::domain::offer::date_start;
use crate::domain::report::{Lifecycle, SurveyScores, UnknownQuestion, gaps};
use crate::storage::{
    CatalogStore, Narrowed, PAIR_MARK, Page, ReportFilter, ReportGroup, ReportStore, StateCountRow,
    StorageError, SurveyRow, TallyRow,
};
use folding::{AgentNames, Folding};

/// Rows of a page. The database counts anew for each, so that few large ones are better; one takes some tens of megabytes at most.
const PAGE_ROWS: NonZeroU32 = match NonZeroU32::new(100_000) {
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
    /// The agent and the queue; keys are pairs.
    AgentQueue,
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

impl Breakdown {
    /// All but none, in the order people are shown.
    pub const ALL: [Self; 10] = [
        Self::Day,
        Self::Agent,
        Self::Team,
        Self::Queue,
        Self::AgentQueue,
        Self::Service,
        Self::Hour,
        Self::Weekday,
        Self::Language,
        Self::Channel,
    ];

    /// The one that programs and addresses call so.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == word)
    }

    /// What programs and addresses call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Survey => "survey",
            Self::Agent => "agent",
            Self::Team => "team",
            Self::Queue => "queue",
            Self::AgentQueue => "agent_queue",
            Self::Service => "service",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Weekday => "weekday",
            Self::Language => "language",
            Self::Channel => "channel",
        }
    }
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
    let mut folding = Folding::new(query);
    let ahead = counts.counted_ahead(filter.clone(), query.zone.name().to_owned()).await?;
    folding.add_answers(catalog, ahead.tallies).await?;
    folding.add_states(ahead.states)?;
    folding.names.add(ahead.names);
    for (from, until) in gaps((filter.from, filter.until), &ahead.periods) {
        let filter = ReportFilter { from, until, ..filter.clone() };
        let mut next = Some(Page::first(PAGE_ROWS));
        while let Some(page) = next {
            let rows = counts.tallies(filter.clone(), page.clone()).await?;
            next = page.next(&rows, TallyRow::key);
            folding.names.add_of(from, rows.iter().map(|row| &row.group));
            folding.add_answers(catalog, rows).await?;
        }
        let mut next = Some(Page::first(PAGE_ROWS));
        while let Some(page) = next {
            let rows = counts.state_counts(filter.clone(), page.clone()).await?;
            next = page.next(&rows, StateCountRow::key);
            folding.names.add_of(from, rows.iter().map(|row| &row.group));
            folding.add_states(rows)?;
        }
    }
    Ok(folding.close(surveys))
}

/// The figures of a period beside those of the one before it.
#[derive(Debug, Clone)]
pub struct Beside {
    /// By groups.
    pub groups: Figures,
    /// Of each survey as a whole.
    pub whole: Figures,
    /// Of each survey as a whole, in the period before.
    pub earlier: Figures,
}

/// Reads and folds a period, and the one before it that is of these days.
pub async fn gather_beside(
    catalog: &dyn CatalogStore,
    counts: &dyn ReportStore,
    query: &Query,
    before: (NaiveDate, NaiveDate),
) -> Result<Beside, ReportError> {
    let (from, until) = (Some(before.0), Some(before.1));
    let earlier = Query { by: Breakdown::Survey, from, until, ..query.clone() };
    let (groups, whole) = gather_with_whole(catalog, counts, query).await?;
    Ok(Beside { groups, whole, earlier: gather(catalog, counts, &earlier).await? })
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
        Breakdown::AgentQueue => ReportGroup::AgentQueue,
        Breakdown::Service => ReportGroup::Service,
        Breakdown::Day | Breakdown::Weekday => ReportGroup::QuarterHour,
        Breakdown::Hour => ReportGroup::Hour,
        Breakdown::Language => ReportGroup::Language,
        Breakdown::Channel => ReportGroup::Channel,
    };
    let until: Option<DateTime<Utc>> =
        query.until.and_then(|last| last.checked_add_days(Days::new(1))).map(start);
    let from = query.from.map(start);
    let (narrowed, teams) = (query.narrowed.clone(), query.teams.clone());
    Ok(ReportFilter { survey, from, until, group, narrowed, teams })
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

/// The two parts of a group's key that is a pair: agent and queue, each `None` where it was not given.
pub fn pair(key: &str) -> (Option<&str>, Option<&str>) {
    let (agent, queue) = key.split_once(PAIR_MARK).unwrap_or((key, ""));
    (Some(agent).filter(|text| !text.is_empty()), Some(queue).filter(|text| !text.is_empty()))
}

/// The groups there are responses of, by key, with the names of agents.
pub async fn groups(
    counts: &dyn ReportStore,
    filter: ReportFilter,
    zone: Tz,
) -> Result<BTreeMap<String, Option<String>>, StorageError> {
    let ahead = counts.counted_ahead(filter.clone(), zone.name().to_owned()).await?;
    let (mut keys, mut names) = (BTreeMap::new(), AgentNames::default());
    keys.extend(ahead.states.into_iter().filter_map(|row| Some((row.group.key?, None))));
    names.add(ahead.names);
    for (from, until) in gaps((filter.from, filter.until), &ahead.periods) {
        let filter = ReportFilter { from, until, ..filter.clone() };
        let mut next = Some(Page::first(PAGE_ROWS));
        while let Some(page) = next {
            let rows = counts.state_counts(filter.clone(), page.clone()).await?;
            next = page.next(&rows, StateCountRow::key);
            names.add_of(from, rows.iter().map(|row| &row.group));
            keys.extend(rows.into_iter().filter_map(|row| Some((row.group.key?, None))));
        }
    }
    for (key, name) in &mut keys {
        *name = names.of(Some(key));
    }
    Ok(keys)
}
