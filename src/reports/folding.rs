//! From counts, page by page, to the figures of a report.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};

use super::{Breakdown, Figures, Query, ReportError, pair};
use crate::domain::report::{Book, Group, SurveyScores, date_of_quarter, hour_of_quarter};
use crate::domain::survey::SurveyGraph;
use crate::foundation::VersionId;
use crate::storage::{CatalogStore, ReportRow, StateCountRow, SurveyRow, TallyRow};

/// What counts are folded into: the groups, and each survey as a whole.
pub(super) struct Folding<'a> {
    query: &'a Query,
    groups: Book,
    whole: Book,
    /// Numbers of the versions that are known to the books.
    versions: HashMap<VersionId, u32>,
    pub(super) names: AgentNames,
}

impl<'a> Folding<'a> {
    pub(super) fn new(query: &'a Query) -> Self {
        let (groups, whole) = (Book::default(), Book::default());
        Self { query, groups, whole, versions: HashMap::new(), names: AgentNames::default() }
    }

    pub(super) async fn add_answers(
        &mut self,
        catalog: &dyn CatalogStore,
        rows: Vec<TallyRow>,
    ) -> Result<(), ReportError> {
        for row in rows {
            let version = match self.versions.get(&row.version) {
                Some(number) => *number,
                None => self.add_version(catalog, &row).await?,
            };
            let survey = row.group.survey.clone();
            let (question, value) = ((version, row.question_key.as_str()), row.value);
            self.whole.add_answers(&survey, whole(), question, value.clone(), row.n)?;
            self.groups.add_answers(&survey, group(row.group, self.query)?, question, value, row.n)?;
        }
        Ok(())
    }

    pub(super) fn add_states(&mut self, rows: Vec<StateCountRow>) -> Result<(), ReportError> {
        for row in rows {
            let survey = row.group.survey.clone();
            self.whole.add_responses(&survey, whole(), row.state, row.n);
            self.groups.add_responses(&survey, group(row.group, self.query)?, row.state, row.n);
        }
        Ok(())
    }

    /// Makes a version that was answered known; its number.
    async fn add_version(&mut self, catalog: &dyn CatalogStore, row: &TallyRow) -> Result<u32, ReportError> {
        let (survey, id) = (row.group.survey.as_str(), row.version);
        let gone = || ReportError::NoVersion(survey.to_owned());
        let version = catalog.version(id).await?.ok_or_else(gone)?;
        let graph = SurveyGraph::from_json(&version.document).map_err(|problems| {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let (survey, version) = (survey.to_owned(), version.number);
            ReportError::Unreadable { survey, version, problems: problems.join("; ") }
        })?;
        self.groups.add_version(survey, version.number, graph.questions());
        self.whole.add_version(survey, version.number, graph.questions());
        self.versions.insert(id, version.number);
        Ok(version.number)
    }

    /// The figures by groups, and of each survey as a whole.
    pub(super) fn close(self, surveys: Vec<SurveyRow>) -> (Figures, Figures) {
        let names: HashMap<String, String> =
            surveys.into_iter().map(|survey| (survey.key, survey.name)).collect();
        let mut groups: Vec<SurveyScores> = self.groups.close();
        if matches!(self.query.by, Breakdown::Agent | Breakdown::AgentQueue) {
            for scores in groups.iter_mut().flat_map(|survey| &mut survey.groups) {
                scores.group.name = self.names.of(scores.group.key.as_deref().and_then(|key| pair(key).0));
            }
        }
        let groups = Figures { surveys: groups, names: names.clone() };
        (groups, Figures { surveys: self.whole.close(), names })
    }
}

/// The newest name of each agent by id, and since when: an agent who was renamed stays one group.
#[derive(Default)]
pub(super) struct AgentNames(HashMap<String, (DateTime<Utc>, String)>);

impl AgentNames {
    pub(super) fn add(&mut self, names: HashMap<String, (DateTime<Utc>, String)>) {
        for (agent, (at, name)) in names {
            self.put(agent, at, name);
        }
    }

    /// Those of a time that begins at `from` (`None`: before any other) and does not overlap with any that others are of.
    pub(super) fn add_of<'a>(
        &mut self,
        from: Option<DateTime<Utc>>,
        groups: impl Iterator<Item = &'a ReportRow>,
    ) {
        let from = from.unwrap_or(DateTime::<Utc>::MIN_UTC);
        for group in groups {
            let agent = group.key.as_deref().and_then(|key| pair(key).0);
            if let (Some(agent), Some(name)) = (agent, &group.label) {
                self.put(agent.to_owned(), from, name.clone());
            }
        }
    }

    /// The name people know an agent by, where that is not the id itself.
    pub(super) fn of(&self, agent: Option<&str>) -> Option<String> {
        let agent = agent?;
        let (_, name) = self.0.get(agent)?;
        (name != agent).then(|| name.clone())
    }

    fn put(&mut self, agent: String, at: DateTime<Utc>, name: String) {
        let newest = self.0.entry(agent).or_insert_with(|| (at, name.clone()));
        if newest.0 < at {
            *newest = (at, name);
        }
    }
}

/// The only group of a survey as a whole.
fn whole() -> Group {
    Group { key: Some(String::new()), name: None }
}

/// Days are counted by quarters of an hour and folded here.
fn group(row: ReportRow, query: &Query) -> Result<Group, ReportError> {
    if !matches!(query.by, Breakdown::Day | Breakdown::Hour | Breakdown::Weekday) {
        return Ok(Group { key: row.key, name: None });
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
