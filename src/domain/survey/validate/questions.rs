//! Checks of one question: its type and what belongs to that type.

use super::{Report, texts};
use crate::domain::survey::document::{ChoiceDocument, QuestionDocument, QuestionType, RatingMetric, Scale};
use crate::domain::survey::graph::{Choice, QuestionKind, Text};

/// Fewest and most choices of a question.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=20;
/// Characters of a comment that a database column of national characters holds.
const MAX_CHARS: i64 = 4000;

/// Checks a question's texts and the fields of its type; `None` when what it asks for is not clear.
pub(super) fn kind(
    no: u16,
    question: &QuestionDocument,
    languages: &[String],
    report: &mut Report,
) -> Option<QuestionKind> {
    let at = |field: &str| format!("questions[{no}].{field}");
    texts::local(&at("text"), &question.text, languages, texts::MAX_PROMPT, report);
    foreign_fields(no, question, report);
    ends(no, question, languages, report);
    match question.kind {
        QuestionType::Rating => rating(no, question, report),
        QuestionType::Nps => Some(QuestionKind::Nps),
        QuestionType::YesNo => Some(QuestionKind::YesNo),
        QuestionType::Choice => {
            let Some(choices) = &question.choices else {
                report.add(at("choices"), "is missing: a `choice` needs 2 to 20 choices");
                return None;
            };
            let choices = self::choices(&at("choices"), choices, languages, report);
            let shuffle = question.shuffle.unwrap_or(false);
            Some(QuestionKind::Choice { choices, shuffle, read: question.read_choices.unwrap_or(false) })
        }
        QuestionType::FreeText => {
            let max_chars = report.number(at("max_chars"), question.max_chars, (1, MAX_CHARS), 1000);
            Some(QuestionKind::FreeText { max_chars })
        }
        QuestionType::VoiceComment => {
            let max_seconds = report.number(at("max_seconds"), question.max_seconds, (1, 600), 60);
            Some(QuestionKind::VoiceComment { max_seconds })
        }
    }
}

/// Reports fields that belong to another type.
fn foreign_fields(no: u16, question: &QuestionDocument, report: &mut Report) {
    let fields = [
        ("read_choices", question.read_choices.is_some(), QuestionType::Choice, "choice"),
        ("scale", question.scale.is_some(), QuestionType::Rating, "rating"),
        ("metric", question.metric.is_some(), QuestionType::Rating, "rating"),
        ("choices", question.choices.is_some(), QuestionType::Choice, "choice"),
        ("shuffle", question.shuffle.is_some(), QuestionType::Choice, "choice"),
        ("max_chars", question.max_chars.is_some(), QuestionType::FreeText, "free_text"),
        ("max_seconds", question.max_seconds.is_some(), QuestionType::VoiceComment, "voice_comment"),
    ];
    for (field, given, owner, word) in fields {
        if given && question.kind != owner {
            let path = format_args!("questions[{no}].{field}").to_string();
            report.add(
                path,
                format_args!("belongs to questions of type `{word}`: remove it, or change the type"),
            );
        }
    }
}

/// Checks what the ends of a scale are called.
fn ends(no: u16, question: &QuestionDocument, languages: &[String], report: &mut Report) {
    let scale = matches!(question.kind, QuestionType::Rating | QuestionType::Nps);
    for (field, label) in [("low_label", &question.low_label), ("high_label", &question.high_label)] {
        let Some(label) = label else { continue };
        let path = format!("questions[{no}].{field}");
        if scale {
            texts::local(&path, label, languages, texts::MAX_END, report);
        } else {
            report.add(path, "belongs to questions of type `rating` or `nps`: remove it, or change the type");
        }
    }
}

fn rating(no: u16, question: &QuestionDocument, report: &mut Report) -> Option<QuestionKind> {
    let Some(scale) = question.scale else {
        report.add(format_args!("questions[{no}].scale"), "is missing: give one of 1-5, 0-9, 1-7 and 1-10");
        return None;
    };
    let refused = match question.metric {
        Some(RatingMetric::Csat) if scale != Scale::OneToFive => Some("`csat` is counted on the scale 1-5"),
        Some(RatingMetric::Ces) if !matches!(scale, Scale::OneToFive | Scale::OneToSeven) => {
            Some("`ces` is counted on the scale 1-5 or 1-7")
        }
        _ => None,
    };
    if let Some(why) = refused {
        report.add(
            format_args!("questions[{no}].metric"),
            format_args!("{why}: change the scale or leave the metric out"),
        );
    }
    let (min, max) = scale.range();
    Some(QuestionKind::Rating { min, max, metric: question.metric })
}

fn choices(path: &str, choices: &[ChoiceDocument], languages: &[String], report: &mut Report) -> Vec<Choice> {
    let count = choices.len();
    if !CHOICES.contains(&count) {
        report.add(path, format_args!("has {count} choices: give {} to {}", CHOICES.start(), CHOICES.end()));
    }
    // Far beyond the limit each choice would be a problem of its own, without telling anything new.
    for (i, choice) in choices.iter().enumerate().take(*CHOICES.end()) {
        let key_path = format!("{path}[{i}].key");
        report.key(&key_path, &choice.key);
        if !choice.key.is_empty() && !choice.key.bytes().any(|b| b.is_ascii_alphabetic()) {
            // A digit means the position, -1 means not answered.
            report.add(
                &key_path,
                format_args!("is `{}`, which would be taken for a digit: use a letter in it", choice.key),
            );
        }
        if choices.iter().take(i).any(|earlier| earlier.key == choice.key) {
            report.add(
                &key_path,
                format_args!(
                    "is `{}`, which is already the key of another choice: choose another key",
                    choice.key
                ),
            );
        }
        texts::local(&format!("{path}[{i}].label"), &choice.label, languages, texts::MAX_LABEL, report);
    }
    choices.iter().map(|c| Choice::new(c.key.clone(), Text::new(&c.label, languages))).collect()
}
