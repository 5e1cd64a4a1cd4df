//! Between rows and responses of a list, the same for every engine.

use super::FoundResponse;
use super::columns::{Columns, Unreadable};
use crate::domain::contact::Channel;
use crate::foundation::ResponseId;

/// The columns of a response; those of its answer come behind them.
pub(super) const RESPONSE_COLUMNS: usize = 18;

/// The responses of a list, each once, from rows with one of its answers or none.
pub(super) fn fold_found(rows: impl Iterator<Item = Columns>) -> Result<Vec<FoundResponse>, Unreadable> {
    let mut found: Vec<FoundResponse> = Vec::new();
    for mut row in rows {
        let response = row.found()?;
        if found.last().is_none_or(|last| last.id != response.id) {
            found.push(response);
        }
        if let Some(last) = found.last_mut() {
            row.found_answer(last)?;
        }
    }
    Ok(found)
}

impl Columns {
    /// A response of a list, still without answers.
    pub(super) fn found(&mut self) -> Result<FoundResponse, Unreadable> {
        Ok(FoundResponse {
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
        })
    }

    /// Adds the answer in the next columns to a response; there may be none.
    pub(super) fn found_answer(&mut self, response: &mut FoundResponse) -> Result<(), Unreadable> {
        if !self.at_null() {
            response.answers.push(self.answer()?);
        }
        Ok(())
    }
}
