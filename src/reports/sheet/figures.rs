//! The figures of a report as a table.

use chrono::NaiveDate;

use super::{Cell, Row, Sheet};
use crate::domain::report::{GroupScores, Measure, SurveyScores};
use crate::reports::{Breakdown, Figures, pair};
use crate::storage::PAIR_MARK;

/// What a table is made of.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// What the figures are broken down by.
    pub by: Breakdown,
    /// The first day and the last.
    pub days: (NaiveDate, NaiveDate),
    /// The figures.
    pub figures: &'a Figures,
}

/// The figures of a report: a row for each group and question. No score of fewer than `min` answers. The columns `agent` and
/// `queue` are filled where that is what it is broken down by.
pub fn figures(report: &Report, min: u64) -> Sheet {
    let names = [
        "survey",
        "survey_name",
        "from",
        "until",
        "by",
        "group",
        "group_name",
        "agent",
        "queue",
        "offered",
        "started",
        "completed",
        "response_rate",
        "completion_rate",
        "question",
        "measure",
        "value",
        "n",
    ];
    let mut rows = Vec::new();
    for survey in &report.figures.surveys {
        for group in &survey.groups {
            let head = head(report, survey, group);
            let asked: Vec<(&Measure, _)> = survey
                .measures
                .iter()
                .zip(&group.scores)
                .filter_map(|(measure, score)| Some((measure, score.as_ref()?)))
                .collect();
            if asked.is_empty() {
                rows.push(head.iter().cloned().chain([const { Cell::Nothing }; 4]).collect());
            }
            for (measure, score) in asked {
                let value = score.value.filter(|_| score.n >= min).map_or(Cell::Nothing, Cell::Number);
                let mut row = head.clone();
                row.extend([
                    Cell::Text(measure.question.clone()),
                    Cell::Text(measure.metric().label().to_owned()),
                    value,
                    Cell::Whole(score.n),
                ]);
                rows.push(row);
            }
        }
    }
    Sheet { names: names.map(str::to_owned).to_vec(), rows }
}

/// What the rows of a group begin with.
fn head(report: &Report, survey: &SurveyScores, group: &GroupScores) -> Row {
    let rate = |rate: Option<f64>| rate.map_or(Cell::Nothing, Cell::Number);
    let text = |text: Option<&str>| text.map_or(Cell::Nothing, |text| Cell::Text(text.to_owned()));
    let key = group.group.key.as_deref();
    let (agent, queue) = match report.by {
        Breakdown::Agent => (key, None),
        Breakdown::Queue => (None, key),
        Breakdown::AgentQueue => key.map_or((None, None), pair),
        _ => (None, None),
    };
    let of = &group.lifecycle;
    vec![
        Cell::Text(survey.survey.clone()),
        Cell::Text(report.figures.names.get(&survey.survey).cloned().unwrap_or_default()),
        Cell::Text(report.days.0.to_string()),
        Cell::Text(report.days.1.to_string()),
        Cell::Text(report.by.as_str().to_owned()),
        text(key.map(|key| key.replace(PAIR_MARK, " / ")).as_deref()),
        text(group.group.name.as_deref()),
        text(agent),
        text(queue),
        Cell::Whole(of.offered()),
        Cell::Whole(of.started()),
        Cell::Whole(of.completed),
        rate(of.response_rate()),
        rate(of.completion_rate()),
    ]
}
