//! The validator: a document becomes a graph, or a list of everything that is wrong with it.

mod invitation;
mod paths;
mod prompts;
mod questions;
mod routes;
mod rules;
mod texts;

use std::collections::HashMap;
use std::fmt;

use super::document::{QuestionDocument, SurveyDocument};
use super::graph::{Problem, Question, QuestionKind, Routes, SurveyGraph, Text};

/// Most questions of a survey.
const MAX_QUESTIONS: usize = 50;

/// The problems found so far.
#[derive(Debug, Default)]
struct Report {
    problems: Vec<Problem>,
}

impl Report {
    fn add(&mut self, path: impl fmt::Display, message: impl fmt::Display) {
        self.problems.push(Problem { path: path.to_string(), message: message.to_string() });
    }

    /// The number at `path`, or `default` when it is left out; reports it when it is out of range.
    fn number<T: TryFrom<i64>>(
        &mut self,
        path: impl fmt::Display,
        given: Option<i64>,
        range: (i64, i64),
        default: T,
    ) -> T {
        let Some(number) = given else { return default };
        let (min, max) = range;
        match T::try_from(number) {
            Ok(number_in_type) if (min..=max).contains(&number) => number_in_type,
            _ => {
                self.add(path, format_args!("is {number}: give a number from {min} to {max}"));
                default
            }
        }
    }

    /// Checks the form of a key.
    fn key(&mut self, path: impl fmt::Display, key: &str) {
        let formed = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !formed || !(1..=40).contains(&key.len()) {
            let key: String = key.chars().take(60).collect();
            self.add(path, format_args!("is `{key}`: use 1 to 40 small letters a-z, digits and hyphens"));
        }
    }
}

/// Validates a document.
pub(super) fn validate(document: SurveyDocument) -> Result<SurveyGraph, Vec<Problem>> {
    let mut report = Report::default();
    header(&document, &mut report);
    let rules = rules::read(&document, &mut report);
    let retention = document.retention_days;
    let retention_days = report.number("retention_days", retention, (1, 3650), 0u32);
    let count = document.questions.len();
    if !(1..=MAX_QUESTIONS).contains(&count) {
        report.add("questions", format_args!("has {count} questions: give 1 to {MAX_QUESTIONS}"));
        return Err(report.problems);
    }
    let recordings = document.recording_retention_days;
    let recording_days = report.number("recording_retention_days", recordings, (1, 3650), 0u32);
    let numbers = numbers(&document, &mut report);
    prompts::check(&document, &numbers, &mut report);
    let kinds: Vec<Option<QuestionKind>> = (0..)
        .zip(&document.questions)
        .map(|(no, q)| questions::kind(no, q, &document.languages, &mut report))
        .collect();
    let drafts = routes::read(&document, &kinds, &numbers, &mut report);
    let later = paths::check(&document, &kinds, &drafts, &mut report);
    let mut questions = Vec::with_capacity(count);
    for (((no, question), kind), routes) in (0u16..).zip(&document.questions).zip(kinds).zip(drafts) {
        let built = build(no, question, kind, routes.finish(), &document, &mut report);
        questions.extend(built);
    }
    let invitation = invitation::read(&document, &questions, &mut report);
    if !report.problems.is_empty() {
        return Err(report.problems);
    }
    let text = |text: &Option<_>| text.as_ref().map(|t| Text::new(t, &document.languages));
    let (intro, thanks) = (text(&document.intro), text(&document.thanks));
    let retention_days = retention.map(|_| retention_days);
    let (no_input, no_match) = (text(&document.no_input), text(&document.no_match));
    let recording_retention_days = recordings.map(|_| recording_days);
    Ok(SurveyGraph {
        document,
        intro,
        thanks,
        questions,
        numbers,
        later,
        rules,
        retention_days,
        recording_retention_days,
        no_input,
        no_match,
        invitation,
    })
}

fn header(document: &SurveyDocument, report: &mut Report) {
    report.key("key", &document.key);
    texts::line("name", &document.name, 100, report);
    texts::languages(&document.languages, report);
    let texts = [
        ("intro", &document.intro),
        ("thanks", &document.thanks),
        ("no_input", &document.no_input),
        ("no_match", &document.no_match),
    ];
    for (path, text) in texts {
        if let Some(text) = text {
            texts::local(path, text, &document.languages, texts::MAX_PROMPT, report);
        }
    }
}

/// The questions' numbers by key.
fn numbers(document: &SurveyDocument, report: &mut Report) -> HashMap<String, u16> {
    let mut numbers = HashMap::new();
    for (no, question) in (0u16..).zip(&document.questions) {
        let path = format!("questions[{no}].key");
        report.key(&path, &question.key);
        if question.key == routes::END {
            report.add(
                &path,
                "is `end`, which is how a branch names the end of the survey: choose another key",
            );
        }
        if prompts::RESERVED.contains(&question.key.as_str()) {
            report.add(
                &path,
                format_args!(
                    "is `{}`, which names a prompt of every survey: choose another key",
                    question.key
                ),
            );
        }
        match numbers.get(&question.key) {
            Some(first) => report.add(
                &path,
                format_args!(
                    "is `{}`, which is already the key of questions[{first}]: choose another key",
                    question.key
                ),
            ),
            None => {
                numbers.insert(question.key.clone(), no);
            }
        }
    }
    numbers
}

fn build(
    no: u16,
    question: &QuestionDocument,
    kind: Option<QuestionKind>,
    routes: Option<Routes>,
    document: &SurveyDocument,
    report: &mut Report,
) -> Option<Question> {
    let retries = report.number(format_args!("questions[{no}].retries"), question.retries, (0, 5), 2u8);
    let path = format_args!("questions[{no}].no_input_ms").to_string();
    let no_input_ms = report.number(path, question.no_input_ms, (1000, 30_000), 5000u32);
    Some(Question {
        no,
        key: question.key.clone(),
        kind: kind?,
        required: question.required.unwrap_or(true),
        retries,
        no_input_ms,
        text: Text::new(&question.text, &document.languages),
        low_label: question.low_label.as_ref().map(|text| Text::new(text, &document.languages)),
        high_label: question.high_label.as_ref().map(|text| Text::new(text, &document.languages)),
        routes: routes?,
    })
}
