//! Reports for people: tables at most [`WIDTH`] columns wide.

use super::{NOT_GIVEN, Report, heading};
use crate::cli::args_survey::ReportBy;
use crate::cli::output::say;
use crate::cli::table::{print as print_table, table, to_the_right};
use crate::domain::report::{Group, Lifecycle, Measure, SurveyScores};
use crate::domain::survey::scoring::{Metric, Score};

/// The widest line; terminals of 80 columns show all but long distributions and many questions.
const WIDTH: usize = 100;
/// A longer name of a group is cut here, so that all its states fit beside it.
const GROUP_WIDTH: usize = 20;
/// A longer key of a question is cut here.
const QUESTION_WIDTH: usize = 20;
/// The widest line of a distribution: with short keys it fits 80 columns, with the longest [`WIDTH`].
const DISTRIBUTION_WIDTH: usize = 36;
/// Blanks between two columns.
const GAP: usize = 2;

/// The whole report.
pub(super) fn print(report: &Report) {
    for (no, survey) in report.surveys.iter().enumerate() {
        if no > 0 {
            say!("");
        }
        let by = report.query.by;
        let name = report.name(&survey.survey);
        match by {
            ReportBy::Survey | ReportBy::Question => {
                say!("{name} ({})", survey.survey);
                print_whole(survey, by == ReportBy::Question);
            }
            _ => {
                say!("{name} ({}) by {}", survey.survey, heading(by));
                say!("");
                print_lifecycles(survey, heading(by));
                if survey.measures.iter().any(has_figure) {
                    say!("");
                    print_scores(survey, heading(by), false);
                }
            }
        }
    }
}

/// How far the responses of a survey came, and a line for each question.
pub(in crate::cli) fn print_whole(survey: &SurveyScores, with_distribution: bool) {
    let Some(whole) = survey.groups.first() else { return };
    print_lifecycle(&whole.lifecycle);
    if survey.measures.is_empty() {
        return;
    }
    say!("");
    let last = if with_distribution { "answers" } else { "" };
    let mut out = table(&["question", "score", "", "n", "skipped", last]);
    for (measure, score) in survey.measures.iter().zip(&whole.scores) {
        let Some(score) = score else { continue };
        let name = measure.metric().label().to_owned();
        let mut answers = if with_distribution { distribution(score) } else { Vec::new() }.into_iter();
        let first = answers.next().unwrap_or_default();
        out.add_row([
            question(measure),
            name,
            figure(score),
            score.n.to_string(),
            score.skipped.to_string(),
            first,
        ]);
        for more in answers {
            out.add_row(["", "", "", "", "", &more]);
        }
    }
    to_the_right(&mut out, 2..=4);
    print_table(&out);
}

fn print_lifecycle(of: &Lifecycle) {
    let (offered, started, completed) = (of.offered(), of.started(), of.completed);
    let Lifecycle { partial, declined, expired, .. } = of;
    let open = match of.open() {
        0 => String::new(),
        open => format!(", {open} still open"),
    };
    say!(
        "  {offered} offered, {started} started, {completed} completed, {partial} partial, {declined} declined, {expired} expired{open}"
    );
    let (response, completion) = (percent(of.response_rate()), percent(of.completion_rate()));
    say!("  response rate {response}, completion rate {completion}");
}

/// How far the responses of each group came.
fn print_lifecycles(survey: &SurveyScores, by: &str) {
    let headings =
        [by, "offered", "started", "completed", "partial", "declined", "expired", "response", "completion"];
    let mut out = table(&headings);
    for group in &survey.groups {
        let of = &group.lifecycle;
        let counts = [of.offered(), of.started(), of.completed, of.partial, of.declined, of.expired];
        let rates = [of.response_rate(), of.completion_rate()].map(percent);
        out.add_row([label(&group.group)].into_iter().chain(counts.map(|n| n.to_string())).chain(rates));
    }
    to_the_right(&mut out, 1..headings.len());
    print_table(&out);
}

/// A column of a table whose columns are made first and then put side by side.
struct Column {
    head: String,
    cells: Vec<String>,
}

impl Column {
    fn width(&self) -> usize {
        let longest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        self.cells.iter().map(|cell| longest(cell)).chain([longest(&self.head)]).max().unwrap_or(0) + GAP
    }
}

/// A line for each group with its scores side by side, each with its n; in as many tables as fit the width.
pub(in crate::cli) fn print_scores(survey: &SurveyScores, by: &str, with_response: bool) {
    let column = |head: &str, cell: &dyn Fn(&crate::domain::report::GroupScores) -> String| Column {
        head: head.to_owned(),
        cells: survey.groups.iter().map(cell).collect(),
    };
    let mut first = vec![column(&format!("\n{by}"), &|g| label(&g.group))];
    if with_response {
        first.push(column("\noffered", &|g| g.lifecycle.offered().to_string()));
        first.push(column("response\nrate", &|g| percent(g.lifecycle.response_rate())));
    }
    let mut pairs = survey.measures.iter().enumerate().filter(|(_, m)| has_figure(m)).map(|(no, measure)| {
        let head = format!("{}\n{}", question(measure), measure.metric().label());
        let score = column(&head, &|g| g.scores[no].as_ref().map_or_else(|| "-".to_owned(), figure));
        let n = column("\nn", &|g| g.scores[no].as_ref().map_or(0, |s| s.n).to_string());
        [score, n]
    });
    let mut tables: Vec<Vec<Column>> = Vec::new();
    let mut left = 0;
    let room = WIDTH.saturating_sub(first.iter().map(Column::width).sum());
    for pair in pairs.by_ref() {
        let width = pair.iter().map(Column::width).sum();
        if tables.is_empty() || width > left {
            tables.push(Vec::new());
            left = room;
        }
        left = left.saturating_sub(width);
        if let Some(last) = tables.last_mut() {
            last.extend(pair);
        }
    }
    for (no, columns) in tables.iter().enumerate() {
        if no > 0 {
            say!("");
        }
        let columns: Vec<&Column> = first.iter().chain(columns).collect();
        let mut out = table(&columns.iter().map(|c| c.head.as_str()).collect::<Vec<_>>());
        for row in 0..survey.groups.len() {
            out.add_row(columns.iter().map(|c| c.cells[row].as_str()));
        }
        to_the_right(&mut out, 1..columns.len());
        print_table(&out);
    }
}

/// Whether a question's answers come to one figure.
fn has_figure(measure: &Measure) -> bool {
    !matches!(measure.metric(), Metric::Choices | Metric::None)
}

/// The figure, or a dash.
fn figure(score: &Score) -> String {
    score.value.map_or_else(|| "-".to_owned(), |value| score.metric.format(value))
}

fn percent(rate: Option<f64>) -> String {
    rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1} %"))
}

/// The key, then the name: of two who are called alike, and of names cut off, the keys still differ.
fn label(group: &Group) -> String {
    let text = match (&group.key, &group.name) {
        (None, _) => NOT_GIVEN.to_owned(),
        (Some(key), None) => key.clone(),
        (Some(key), Some(name)) => format!("{key} {name}"),
    };
    cut(&text, GROUP_WIDTH)
}

fn question(measure: &Measure) -> String {
    let key = cut(&measure.question, QUESTION_WIDTH);
    if measure.changed { format!("{key}\n({})", measure.versions_text()) } else { key }
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// How often each value was given, in lines that fit.
fn distribution(score: &Score) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (value, n) in &score.distribution {
        let item = format!("{value}:{n}");
        match lines.last_mut() {
            Some(line) if line.chars().count() + GAP + item.chars().count() <= DISTRIBUTION_WIDTH => {
                line.push_str("  ");
                line.push_str(&item);
            }
            _ => lines.push(item),
        }
    }
    lines
}
