//! What answers amount to: CSAT, NPS, CES, means and shares, always with the number of answers behind them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::document::RatingMetric;
use super::graph::QuestionKind;
use crate::domain::response::AnswerValue;

/// What a figure measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Customer satisfaction: percentage of 4 and 5 on the scale 1-5.
    Csat,
    /// Net promoter score: percentage of 9 and 10 minus percentage of 0 to 6, -100 to 100.
    Nps,
    /// Customer effort score: the mean.
    Ces,
    /// The mean of a rating.
    Mean,
    /// Percentage of yes.
    Yes,
    /// How often each choice was taken; no single figure.
    Choices,
    /// How many comments there are; no single figure.
    None,
}

impl Metric {
    /// The metric of a question.
    pub fn of(kind: &QuestionKind) -> Self {
        match kind {
            QuestionKind::Rating { metric: Some(RatingMetric::Csat), .. } => Self::Csat,
            QuestionKind::Rating { metric: Some(RatingMetric::Ces), .. } => Self::Ces,
            QuestionKind::Rating { metric: None, .. } => Self::Mean,
            QuestionKind::Nps => Self::Nps,
            QuestionKind::YesNo => Self::Yes,
            QuestionKind::Choice { .. } => Self::Choices,
            QuestionKind::FreeText { .. } | QuestionKind::VoiceComment { .. } => Self::None,
        }
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Csat => "CSAT",
            Self::Nps => "NPS",
            Self::Ces => "CES",
            Self::Mean => "Mean",
            Self::Yes => "Yes",
            Self::Choices => "Choices",
            Self::None => "Comments",
        }
    }

    /// What stands after its figures; empty for means and for NPS, which is a bare number by custom.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Csat | Self::Yes => "%",
            Self::Nps | Self::Ces | Self::Mean | Self::Choices | Self::None => "",
        }
    }

    /// A figure for people: `82.4 %`, `+35.0`, `4.21`.
    pub fn format(self, value: f64) -> String {
        match self {
            Self::Csat | Self::Yes => format!("{value:.1} %"),
            // A small negative figure would round to `-0.0`.
            Self::Nps if value.abs() < 0.05 => "0.0".to_owned(),
            Self::Nps => format!("{value:+.1}"),
            Self::Ces | Self::Mean | Self::Choices | Self::None => format!("{value:.2}"),
        }
    }
}

/// The score of a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// What `value` measures.
    pub metric: Metric,
    /// Answers counted, those passed over not among them.
    pub n: u64,
    /// The figure; `None` without answers, and for choices and comments.
    pub value: Option<f64>,
    /// How often the question was passed over.
    pub skipped: u64,
    /// How often each value was given, in the order of the scale or of the choices, also those never given;
    /// empty for comments.
    pub distribution: Vec<(String, u64)>,
}

/// The score of a question from how often each value was given. Numbers off the question's scale are not counted:
/// they were given to another question. Choices it no longer has follow at the end.
pub fn score<'a>(kind: &QuestionKind, counts: impl IntoIterator<Item = (&'a AnswerValue, u64)>) -> Score {
    let (mut skipped, mut comments) = (0, 0);
    let mut numbers: BTreeMap<i32, u64> = scale(kind).map(|n| (n, 0)).collect();
    let mut choices: Vec<(String, u64)> = match kind {
        QuestionKind::Choice { choices, .. } => choices.iter().map(|c| (c.key.clone(), 0)).collect(),
        _ => Vec::new(),
    };
    for (value, count) in counts {
        match (kind, value) {
            (_, AnswerValue::Skipped) => skipped += count,
            (_, AnswerValue::Number(number)) => {
                if let Some(n) = numbers.get_mut(number) {
                    *n += count;
                }
            }
            (QuestionKind::Choice { .. }, AnswerValue::Choice(key)) => {
                match choices.iter_mut().find(|(k, _)| k == key) {
                    Some((_, n)) => *n += count,
                    None => choices.push((key.clone(), count)),
                }
            }
            (QuestionKind::FreeText { .. }, AnswerValue::Text(_))
            | (QuestionKind::VoiceComment { .. }, AnswerValue::Recording(_) | AnswerValue::Text(_)) => {
                comments += count;
            }
            _ => {}
        }
    }
    let metric = Metric::of(kind);
    let n = comments + numbers.values().sum::<u64>() + choices.iter().map(|(_, n)| n).sum::<u64>();
    let distribution = match kind {
        QuestionKind::Choice { .. } => choices,
        QuestionKind::YesNo => [("yes", 1), ("no", 0)]
            .map(|(word, number)| (word.to_owned(), numbers.get(&number).copied().unwrap_or(0)))
            .into(),
        _ => numbers.iter().map(|(number, n)| (number.to_string(), *n)).collect(),
    };
    Score { metric, n, value: figure(metric, &numbers), skipped, distribution }
}

/// The numbers that are stored for a kind of question.
fn scale(kind: &QuestionKind) -> impl Iterator<Item = i32> + use<> {
    let range = if *kind == QuestionKind::YesNo { Some((0, 1)) } else { kind.range() };
    range.into_iter().flat_map(|(min, max)| min..=max)
}

fn figure(metric: Metric, numbers: &BTreeMap<i32, u64>) -> Option<f64> {
    let n: u64 = numbers.values().sum();
    if n == 0 {
        return None;
    }
    let share = |from: i32, to: i32| 100.0 * float(numbers.range(from..=to).map(|(_, n)| n).sum()) / float(n);
    match metric {
        Metric::Csat => Some(share(4, 5)),
        Metric::Nps => Some(share(9, 10) - share(0, 6)),
        Metric::Yes => Some(share(1, 1)),
        Metric::Ces | Metric::Mean => {
            let sum: f64 = numbers.iter().map(|(number, n)| f64::from(*number) * float(*n)).sum();
            Some(sum / float(n))
        }
        Metric::Choices | Metric::None => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of answers stay far below 2^53")]
fn float(n: u64) -> f64 {
    n as f64
}
