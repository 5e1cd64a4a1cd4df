//! What callers hear, and which prompts of it are missing.

use std::time::Duration;

use serde_json::json;

use super::{graph, sample};
use crate::domain::prompt::{PromptEntry, PromptIndex, PromptName};
use crate::domain::survey::missing_prompts;
use crate::foundation::{PromptId, SystemChance};

fn index(prompts: &[(&str, &str)]) -> PromptIndex {
    let entry = |(name, language): &(&str, &str)| {
        let id = PromptId::new(chrono::DateTime::UNIX_EPOCH, &SystemChance);
        let entry = PromptEntry { id, duration: Duration::from_secs(1) };
        (PromptName::parse(name).unwrap(), (*language).to_owned(), entry)
    };
    PromptIndex::new(prompts.iter().map(entry))
}

#[test]
fn a_prompt_is_missing_by_language_unless_it_is_there_for_it_or_its_parent() {
    let mut document = sample();
    document["languages"] = json!(["en-GB", "ar"]);
    let renamed = document.to_string().replace("\"en\":", "\"en-GB\":");
    let survey = graph(&serde_json::from_str(&renamed).unwrap());
    let all = ["intro", "csat", "nps", "topic", "solved", "say"];
    let missing = missing_prompts(&survey, &PromptIndex::default());
    let expected = |language| all.iter().map(move |place| (language, format!("after-call.{place}")));
    let found: Vec<_> = missing.iter().map(|m| (m.language.as_str(), m.name.to_string())).collect();
    assert_eq!(found, expected("en-GB").chain(expected("ar")).collect::<Vec<_>>());
    assert_eq!(missing[0].text, "A few questions.");

    let there: Vec<String> = all.iter().map(|place| format!("after-call.{place}")).collect();
    let mut there: Vec<(&str, &str)> = there.iter().map(|name| (name.as_str(), "en")).collect();
    there.extend([("after-call.csat", "ar"), ("after-call.nps", "ar-eg")]);
    let missing = missing_prompts(&survey, &index(&there));
    assert!(
        missing.iter().all(|m| m.language == "ar" && m.name.as_str() != "after-call.csat"),
        "{missing:?}"
    );
    assert_eq!(missing.len(), all.len() - 1, "a child's prompt does not serve its parent");
}

#[test]
fn choices_that_are_read_need_their_labels_and_digits_and_each_prompt_is_missed_once() {
    let mut document = sample();
    document["questions"][2]["read_choices"] = json!(true);
    document["prompts"] = json!({ "topic.line": "after-call.topic.bill" });
    let missing = missing_prompts(&graph(&document), &PromptIndex::default());
    let english = missing.iter().filter(|m| m.language == "en");
    let names: Vec<&str> = english.map(|m| m.name.as_str()).collect();
    let topic = names.iter().position(|name| *name == "after-call.topic").unwrap();
    assert_eq!(
        names[topic + 1..topic + 6],
        ["after-call.topic.bill", "number.1", "number.2", "after-call.topic.other", "number.3"]
    );
}

#[test]
fn a_survey_that_callers_are_not_asked_misses_no_prompt() {
    let mut silent = sample();
    silent["voice"] = json!("none");
    assert!(missing_prompts(&graph(&silent), &PromptIndex::default()).is_empty());
    let mut written = sample();
    written["questions"] = json!([written["questions"][4]]);
    assert!(missing_prompts(&graph(&written), &PromptIndex::default()).is_empty());
}
