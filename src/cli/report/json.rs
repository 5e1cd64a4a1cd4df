//! Reports for programs; `aftercall report --help` shows the shape. Members may be added, none is renamed or taken away.

use serde_json::{Value, json};

use super::{Report, by_word};
use crate::cli::failure::Failure;
use crate::domain::report::{GroupScores, Measure, SurveyScores};
use crate::domain::survey::scoring::Score;
use crate::reports::lifecycle;

/// The whole document.
pub(super) fn document(report: &Report) -> Result<String, Failure> {
    let query = &report.query;
    let document = json!({
        "by": by_word(query.by),
        "from": query.from.map(|day| day.to_string()),
        "until": query.until.map(|day| day.to_string()),
        "time_zone": query.zone.name(),
        "surveys": report.surveys.iter().map(|one| survey(one, report)).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&document)
        .map_err(|error| Failure::because("cannot write the report", &error))
}

fn survey(survey: &SurveyScores, report: &Report) -> Value {
    json!({
        "survey": survey.survey,
        "name": report.name(&survey.survey),
        "groups": survey.groups.iter().map(|one| group(one, &survey.measures)).collect::<Vec<_>>(),
    })
}

fn group(group: &GroupScores, measures: &[Measure]) -> Value {
    let scores = measures.iter().zip(&group.scores);
    json!({
        "group": group.group.key,
        "name": group.group.name,
        "lifecycle": lifecycle(&group.lifecycle),
        "questions": scores
            .filter_map(|(measure, score)| Some(question(measure, score.as_ref()?)))
            .collect::<Vec<_>>(),
    })
}

fn question(measure: &Measure, score: &Score) -> Value {
    let distribution = score.distribution.iter().map(|(value, n)| json!({"value": value, "n": n}));
    json!({
        "question": measure.question,
        "type": measure.kind.as_str(),
        "versions": measure.versions,
        "metric": score.metric,
        "value": score.value,
        "n": score.n,
        "skipped": score.skipped,
        "distribution": distribution.collect::<Vec<_>>(),
    })
}
