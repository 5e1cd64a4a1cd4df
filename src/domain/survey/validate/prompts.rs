//! Checks of the names of prompts a document gives.

use std::collections::HashMap;

use super::Report;
use crate::domain::prompt::PromptName;
use crate::domain::survey::document::{QuestionDocument, SurveyDocument};

/// The places every survey may have, which no question may be named after.
pub(super) const RESERVED: [&str; 4] = ["intro", "thanks", "no-input", "no-match"];

/// Checks that each name is one and stands for something the survey says.
pub(super) fn check(document: &SurveyDocument, numbers: &HashMap<String, u16>, report: &mut Report) {
    for (place, name) in document.prompts.iter().flatten() {
        let shown: String = place.chars().take(90).collect();
        if !is_place(place, document, numbers) {
            report.add(
                "prompts",
                format_args!(
                    "names a prompt for `{shown}`, which this survey does not say: give intro, thanks, no-input, \
                     no-match, a question's key, or a question's and a choice's key with a dot between them"
                ),
            );
        } else if let Err(error) = PromptName::parse(name) {
            report.add(format_args!("prompts.{shown}"), error);
        }
    }
}

fn is_place(place: &str, document: &SurveyDocument, numbers: &HashMap<String, u16>) -> bool {
    let question = |key: &str| -> Option<&QuestionDocument> {
        numbers.get(key).and_then(|no| document.questions.get(usize::from(*no)))
    };
    match place {
        "intro" => document.intro.is_some(),
        "thanks" => document.thanks.is_some(),
        "no-input" => document.no_input.is_some(),
        "no-match" => document.no_match.is_some(),
        place => match place.split_once('.') {
            None => question(place).is_some(),
            Some((key, choice)) => question(key)
                .and_then(|q| q.choices.as_ref())
                .is_some_and(|choices| choices.iter().any(|c| c.key == choice)),
        },
    }
}
