//! Between rows and responses of a list, the same for every engine.

use super::FoundResponse;
use super::columns::{Columns, Unreadable};
use crate::domain::contact::Channel;
use crate::domain::response::Answer;
use crate::foundation::ResponseId;

/// A response of a list, once for each of its answers.
pub(super) type FoundRow = (FoundResponse, Option<Answer>);

/// The responses of a list, each once.
pub(super) fn fold_found(rows: Vec<FoundRow>) -> Vec<FoundResponse> {
    let mut found: Vec<FoundResponse> = Vec::new();
    for (response, answer) in rows {
        if found.last().is_none_or(|last| last.id != response.id) {
            found.push(response);
        }
        if let (Some(last), Some(answer)) = (found.last_mut(), answer) {
            last.answers.push(answer);
        }
    }
    found
}

impl Columns {
    /// A response of a list, with one of its answers or none.
    pub(super) fn found(&mut self) -> Result<FoundRow, Unreadable> {
        let response = FoundResponse {
            id: self.id(ResponseId::from_bytes)?,
            offered_at: self.time()?,
            started_at: self.time_or_null()?,
            ended_at: self.time_or_null()?,
            state: self.state()?,
            channel: self.word(Channel::parse)?,
            language: self.get()?,
            survey: self.get()?,
            survey_name: self.get()?,
            version: self.get()?,
            service: self.get()?,
            call: self.call_facts()?,
            answers: Vec::new(),
        };
        let answer = if self.at_null() { None } else { Some(self.answer()?) };
        Ok((response, answer))
    }
}
