//! What simulated callers answered, question by question: the figures a report of the same calls has to show.
//! A script is not told what a rating counts for, so ratings are means here.

use std::collections::BTreeMap;

use super::client::Reply;
use crate::cli::output::say;
use crate::cli::table::{print, table, to_the_right};
use crate::domain::response::AnswerValue;
use crate::domain::survey::QuestionKind;
use crate::domain::survey::scoring::score;

/// An answer that was acknowledged.
#[derive(Debug)]
pub(super) struct Given {
    question: String,
    kind: Option<QuestionKind>,
    value: AnswerValue,
}

impl Given {
    /// The keys pressed when this question was asked.
    pub(super) fn of(question: &Reply, keys: &str) -> Self {
        let range = |n: Option<i64>, default| n.and_then(|n| i32::try_from(n).ok()).unwrap_or(default);
        let kind = match question.kind.as_deref() {
            Some("rating") => {
                let (min, max) = (range(question.min, 1), range(question.max, 5));
                Some(QuestionKind::Rating { min, max, metric: None })
            }
            Some("nps") => Some(QuestionKind::Nps),
            Some("yes_no") => Some(QuestionKind::YesNo),
            Some("choice") => Some(QuestionKind::Choice { choices: Vec::new(), shuffle: false, read: false }),
            _ => None,
        };
        let number: Option<i32> = keys.parse().ok().filter(|n| *n >= 0);
        let value = match (question.kind.as_deref(), number) {
            (_, None) => AnswerValue::Skipped,
            (Some("yes_no"), Some(n)) => AnswerValue::Number(i32::from(n == 1)),
            (Some("choice"), Some(n)) => {
                let place = usize::try_from(n).unwrap_or(0).wrapping_sub(1);
                let taken = question.choices.get(place).map(|choice| choice.choice_id.clone());
                AnswerValue::Choice(taken.unwrap_or_default())
            }
            (_, Some(n)) => AnswerValue::Number(n),
        };
        Self { question: question.question_id.clone().unwrap_or_default(), kind, value }
    }
}

/// Answers by question.
#[derive(Default)]
pub(super) struct Scores(BTreeMap<String, (QuestionKind, BTreeMap<AnswerValue, u64>)>);

impl Scores {
    pub(super) fn add(&mut self, given: Given) {
        let Some(kind) = given.kind else { return };
        let (_, counts) = self.0.entry(given.question).or_insert_with(|| (kind, BTreeMap::new()));
        *counts.entry(given.value).or_default() += 1;
    }

    pub(super) fn print(&self) {
        if self.0.is_empty() {
            return;
        }
        let mut out = table(&["question", "score", "", "n", "skipped", ""]);
        for (question, (kind, counts)) in &self.0 {
            let score = score(kind, counts.iter().map(|(value, n)| (value, *n)));
            let figure = score.value.map_or_else(|| "-".to_owned(), |value| score.metric.format(value));
            let choices = score.distribution.iter().filter(|_| score.value.is_none());
            let choices: Vec<String> = choices.map(|(value, n)| format!("{value}:{n}")).collect();
            let (n, skipped) = (score.n.to_string(), score.skipped.to_string());
            let label = score.metric.label();
            out.add_row([question.as_str(), label, &figure, &n, &skipped, &choices.join("  ")]);
        }
        to_the_right(&mut out, 2..=4);
        say!("");
        print(&out);
    }
}

#[cfg(test)]
mod tests {
    use super::super::client::Choice;
    use super::*;

    #[test]
    fn pressed_keys_are_read_as_the_server_reads_them() {
        let asked = |kind: &str, max| Reply {
            question_id: Some("q".to_owned()),
            kind: Some(kind.to_owned()),
            min: Some(0),
            max,
            choices: ["a", "b"].map(|id| Choice { choice_id: id.to_owned() }).into(),
            ..Reply::default()
        };
        for (kind, keys, value) in [
            ("nps", "10", AnswerValue::Number(10)),
            ("yes_no", "2", AnswerValue::Number(0)),
            ("choice", "2", AnswerValue::Choice("b".to_owned())),
            ("rating", "-1", AnswerValue::Skipped),
        ] {
            assert_eq!(Given::of(&asked(kind, Some(9)), keys).value, value, "{kind} {keys}");
        }
    }
}
