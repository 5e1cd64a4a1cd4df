//! All that is stored of calls, read at once from whichever database, and compared with what was acknowledged.

use std::collections::HashMap;

use super::callers::Record;
use super::store::Answers;

/// What both engines are asked; the first gives call, response and state, the second a response's question, kind, number
/// and text.
pub const RESPONSES: &str =
    "SELECT o.call_id, r.id, r.state FROM response r JOIN offer o ON o.id = r.id WHERE o.call_id IS NOT NULL";
pub const ANSWERS: &str = "SELECT response_id, question_key, kind, num, text FROM answer";

/// What is stored.
#[derive(Debug, Default)]
pub struct Snapshot {
    responses: HashMap<String, Vec<(String, String)>>,
    answers: HashMap<String, Vec<(String, String)>>,
}

impl Snapshot {
    pub fn response(&mut self, call: String, response: &[u8], state: String) {
        self.responses.entry(call).or_default().push((id(response), state));
    }

    pub fn answer(
        &mut self,
        response: &[u8],
        question: String,
        kind: String,
        number: Option<i64>,
        text: Option<String>,
    ) {
        let value = number.map(|number| number.to_string()).or(text).unwrap_or(kind);
        self.answers.entry(id(response)).or_default().push((question, value));
    }

    /// Responses of calls whose names begin so.
    pub fn responses_of(&self, calls: &str) -> usize {
        self.responses.iter().filter(|(call, _)| call.starts_with(calls)).map(|(_, all)| all.len()).sum()
    }

    /// Fails unless exactly what was acknowledged to these callers is stored: all of it, once, and nothing else but
    /// what a request without a reply may have done.
    pub fn verify(&self, records: &[Record]) {
        let none = Vec::new();
        for record in records {
            let stored = self.responses.get(&record.call).unwrap_or(&none);
            let Some(response) = &record.response else {
                assert!(stored.len() <= 1, "call {} has {} responses", record.call, stored.len());
                continue;
            };
            assert_eq!(stored.len(), 1, "responses of call {}", record.call);
            assert_eq!(&stored[0].0, response, "call {}", record.call);
            let all = self.answers.get(response).unwrap_or(&none);
            let answers: Answers = all.iter().cloned().collect();
            assert_eq!(answers.len(), all.len(), "a question of {response} is stored twice");
            assert!(
                answers == record.acknowledged || record.unsure.as_ref() == Some(&answers),
                "stored {answers:?}, but {record:?}"
            );
            if let Some(state) = record.state.as_ref().filter(|_| record.unsure.is_none()) {
                assert_eq!(&stored[0].1, state, "{record:?}");
            }
        }
    }
}

fn id(bytes: &[u8]) -> String {
    uuid::Uuid::from_slice(bytes).unwrap().to_string()
}
