//! The survey that is asked: 50 questions of four types, with branches on this and on earlier answers.

use serde_json::{Value, json};

/// Questions in it: the most a survey can have.
const QUESTIONS: usize = 50;

/// The dialled number it is asked on.
pub(crate) const DN: &str = "5001";

/// The document, as `aftercall survey import` takes it. The keys 1 and 2 answer every question of it.
pub(crate) fn document() -> Value {
    let questions: Vec<Value> = (1..=QUESTIONS).map(question).collect();
    json!({
        "format": "aftercall.survey/1", "key": "bench", "name": "Benchmark", "languages": ["en"], "voice": "tts",
        "intro": {"en": "Please tell us in some questions how we did."},
        "thanks": {"en": "Thank you. Your answers help us do better. Goodbye."},
        "questions": questions,
    })
}

fn question(no: usize) -> Value {
    let text = format!("Question {no} of {QUESTIONS}: how satisfied were you with this part of the call?");
    let mut question = json!({"key": key(no), "text": {"en": text}});
    let more = match no % 4 {
        1 => json!({"type": "rating", "scale": "1-5", "metric": "csat"}),
        2 => json!({"type": "yes_no"}),
        3 => json!({"type": "nps"}),
        _ => json!({"type": "choice", "choices": [
            {"key": "waiting", "label": {"en": "The waiting time"}},
            {"key": "answer", "label": {"en": "The answer"}},
            {"key": "manner", "label": {"en": "The manner"}},
        ]}),
    };
    merge(&mut question, more);
    // A low rating passes over the next question; and so does one that follows another low rating.
    if no % 4 == 1 && no + 2 <= QUESTIONS {
        let mut branches =
            vec![json!({"when": [{"question": key(no), "is": "at_most", "value": 1}], "goto": key(no + 2)})];
        if no > 4 {
            branches.insert(
                0,
                json!({"when": [
                    {"question": key(no - 4), "is": "at_most", "value": 1},
                    {"question": key(no), "is": "at_least", "value": 5},
                ], "goto": key(no + 2)}),
            );
        }
        merge(&mut question, json!({"branches": branches}));
    }
    question
}

fn key(no: usize) -> String {
    format!("q{no}")
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}
