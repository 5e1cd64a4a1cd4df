//! Tests of surveys: each rule by example, and what must hold for every survey by random documents.

mod flow;
mod generate;
mod input;
mod invitation;
mod properties;
mod schedule;
mod scoring;
mod spoken;
mod texted;
mod validate;

use serde_json::{Value, json};

use super::SurveyGraph;

/// A survey in English and Arabic with one question of every type and a branch:
/// promoters skip `topic`, and who says that it is solved is not asked for a comment.
pub(super) fn sample() -> Value {
    let text = |en: &str| json!({ "en": en, "ar": "سؤال" });
    json!({
        "format": "aftercall.survey/1",
        "key": "after-call",
        "name": "After the call",
        "languages": ["en", "ar"],
        "intro": text("A few questions."),
        "questions": [
            { "key": "csat", "type": "rating", "scale": "1-5", "metric": "csat", "text": text("How satisfied are you?") },
            { "key": "nps", "type": "nps", "text": text("Would you recommend us?"),
              "branches": [{ "when": [{ "question": "nps", "is": "at_least", "value": 9 }], "goto": "solved" }] },
            { "key": "topic", "type": "choice", "required": false, "text": text("What was it about?"),
              "choices": [
                { "key": "bill", "label": text("The bill") },
                { "key": "line", "label": text("The line") },
                { "key": "other", "label": text("Something else") } ] },
            { "key": "solved", "type": "yes_no", "text": text("Is it solved?"),
              "branches": [{ "when": [{ "question": "solved", "is": "equals", "value": "yes" }], "goto": "end" }] },
            { "key": "why", "type": "free_text", "required": false, "max_chars": 20, "text": text("Tell us more.") },
            { "key": "say", "type": "voice_comment", "required": false, "text": text("Tell us more.") },
        ],
    })
}

/// The graph of a document that must be valid.
pub(super) fn graph(document: &Value) -> SurveyGraph {
    SurveyGraph::from_json(&document.to_string()).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("the document must be valid:\n{}", lines.join("\n"))
    })
}
