//! Reports for spreadsheets: RFC 4180, a header, a row for each group and question.

use csv::{Terminator, WriterBuilder};

use super::{NOT_GIVEN, Report, by_word};
use crate::cli::failure::Failure;
use crate::domain::report::{GroupScores, Measure};
use crate::domain::survey::scoring::Score;

/// The columns. Names are added at the end only, so that what reads them by place or name goes on working.
/// Percentages and NPS are numbers without a sign for their unit. A group that gave no answers has a row without a question.
pub(super) const COLUMNS: [&str; 22] = [
    "survey",
    "survey_name",
    "by",
    "group",
    "group_name",
    "question",
    "type",
    "versions",
    "metric",
    "value",
    "n",
    "skipped",
    "distribution",
    "offered",
    "started",
    "completed",
    "partial",
    "declined",
    "expired",
    "open",
    "response_rate",
    "completion_rate",
];

/// The whole document.
pub(super) fn document(report: &Report) -> Result<Vec<u8>, Failure> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    write(&mut writer, report).map_err(|error| Failure::because("cannot write the report", &error))?;
    writer.into_inner().map_err(|error| Failure::because("cannot write the report", error.error()))
}

fn write(writer: &mut csv::Writer<Vec<u8>>, report: &Report) -> Result<(), csv::Error> {
    writer.write_record(COLUMNS)?;
    for survey in &report.surveys {
        for group in &survey.groups {
            let head = [
                survey.survey.clone(),
                report.name(&survey.survey).to_owned(),
                by_word(report.query.by).to_owned(),
                group.group.key.clone().unwrap_or_else(|| NOT_GIVEN.to_owned()),
                group.group.name.clone().unwrap_or_default(),
            ];
            let scores = survey.measures.iter().zip(&group.scores);
            let mut rows: Vec<[String; 8]> =
                scores.filter_map(|(measure, score)| Some(question(measure, score.as_ref()?))).collect();
            if rows.is_empty() {
                rows.push(std::array::from_fn(|_| String::new()));
            }
            for row in rows {
                writer.write_record(head.iter().chain(&row).chain(&lifecycle(group)))?;
            }
        }
    }
    Ok(())
}

fn question(measure: &Measure, score: &Score) -> [String; 8] {
    let versions: Vec<String> = measure.versions.iter().map(u32::to_string).collect();
    let distribution: Vec<String> =
        score.distribution.iter().map(|(value, n)| format!("{value}:{n}")).collect();
    [
        measure.question.clone(),
        measure.kind.as_str().to_owned(),
        versions.join(" "),
        score.metric.label().to_owned(),
        number(score.value),
        score.n.to_string(),
        score.skipped.to_string(),
        distribution.join(" "),
    ]
}

fn lifecycle(group: &GroupScores) -> [String; 9] {
    let of = &group.lifecycle;
    let counts = [of.offered(), of.started(), of.completed, of.partial, of.declined, of.expired, of.open()];
    let [offered, started, completed, partial, declined, expired, open] = counts.map(|n| n.to_string());
    let (response, completion) = (number(of.response_rate()), number(of.completion_rate()));
    [offered, started, completed, partial, declined, expired, open, response, completion]
}

/// Two decimals; nothing where there is no figure.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.2}"))
}
