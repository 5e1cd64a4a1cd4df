//! Between rows and records.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::Row;
use rusqlite::types::{FromSql, Type};

use super::fault::Failure;
use crate::domain::contact::{CallFacts, Channel, Service, ServiceChannel};
use crate::domain::response::{Answer, AnswerValue, ResponseState};
use crate::foundation::{BoundedText, ResponseId, ServiceId, SurveyId, VersionId};
use crate::storage::{KeyScope, ResponseFacts, VersionRow};

/// Reads the columns of a row one after the other.
pub(super) struct Columns<'r, 's> {
    row: &'r Row<'s>,
    next: usize,
}

impl<'r, 's> Columns<'r, 's> {
    pub(super) fn of(row: &'r Row<'s>) -> Self {
        Self { row, next: 0 }
    }

    /// The next column as it is stored.
    pub(super) fn get<T: FromSql>(&mut self) -> Result<T, Failure> {
        let value = self.row.get(self.next)?;
        self.next += 1;
        Ok(value)
    }

    /// A number that is never negative.
    pub(super) fn count(&mut self) -> Result<u64, Failure> {
        let number: i64 = self.get()?;
        u64::try_from(number).map_err(|_| self.unreadable("a negative count"))
    }

    pub(super) fn id<T>(&mut self, make: fn([u8; 16]) -> T) -> Result<T, Failure> {
        Ok(make(self.get()?))
    }

    pub(super) fn id_or_null<T>(&mut self, make: fn([u8; 16]) -> T) -> Result<Option<T>, Failure> {
        Ok(self.get::<Option<[u8; 16]>>()?.map(make))
    }

    pub(super) fn time(&mut self) -> Result<DateTime<Utc>, Failure> {
        let millis = self.get()?;
        DateTime::from_timestamp_millis(millis).ok_or_else(|| self.unreadable("a time out of range"))
    }

    pub(super) fn time_or_null(&mut self) -> Result<Option<DateTime<Utc>>, Failure> {
        let millis: Option<i64> = self.get()?;
        let Some(millis) = millis else { return Ok(None) };
        DateTime::from_timestamp_millis(millis)
            .map(Some)
            .ok_or_else(|| self.unreadable("a time out of range"))
    }

    /// A length of time in milliseconds.
    pub(super) fn duration(&mut self) -> Result<Duration, Failure> {
        Ok(Duration::from_millis(self.count()?))
    }

    /// A word of a closed list.
    pub(super) fn word<T>(&mut self, parse: fn(&str) -> Option<T>) -> Result<T, Failure> {
        let word: String = self.get()?;
        parse(&word).ok_or_else(|| self.unreadable("an unknown word"))
    }

    fn bounded<const MAX: usize>(&mut self) -> Result<Option<BoundedText<MAX>>, Failure> {
        let Some(text) = self.get::<Option<String>>()? else { return Ok(None) };
        BoundedText::parse(&text).map_err(|_| self.unreadable("a text that is too long"))
    }

    pub(super) fn call_facts(&mut self) -> Result<CallFacts, Failure> {
        Ok(CallFacts {
            dn: self.bounded()?,
            customer: self.bounded()?,
            call_id: self.bounded()?,
            agent_id: self.bounded()?,
            agent_name: self.bounded()?,
            team: self.bounded()?,
            queue: self.bounded()?,
        })
    }

    pub(super) fn service(&mut self) -> Result<Service, Failure> {
        Ok(Service {
            id: self.id(ServiceId::from_bytes)?,
            name: self.get()?,
            channel: self.word(ServiceChannel::parse)?,
            dn: self.get()?,
        })
    }

    pub(super) fn version(&mut self) -> Result<VersionRow, Failure> {
        Ok(VersionRow {
            id: self.id(VersionId::from_bytes)?,
            survey: self.id(SurveyId::from_bytes)?,
            number: self.get()?,
            document: self.get()?,
            published_at: self.time()?,
        })
    }

    /// As [`Columns::version`]; `None` where a join found none.
    pub(super) fn version_or_null(&mut self) -> Result<Option<VersionRow>, Failure> {
        let id: Option<[u8; 16]> = self.row.get(self.next)?;
        id.map(|_| self.version()).transpose()
    }

    /// Survey, version, channel, language and seed.
    pub(super) fn response_facts(&mut self) -> Result<ResponseFacts, Failure> {
        Ok(ResponseFacts {
            survey: self.id(SurveyId::from_bytes)?,
            version: self.id(VersionId::from_bytes)?,
            channel: self.word(Channel::parse)?,
            language: self.get()?,
            seed: self.get()?,
        })
    }

    /// As [`Columns::response_facts`]; `None` where a join found no response.
    pub(super) fn response_facts_or_null(&mut self) -> Result<Option<ResponseFacts>, Failure> {
        let survey: Option<[u8; 16]> = self.row.get(self.next)?;
        survey.map(|_| self.response_facts()).transpose()
    }

    pub(super) fn state(&mut self) -> Result<ResponseState, Failure> {
        self.word(ResponseState::parse)
    }

    /// Kind, number and text of an answer.
    pub(super) fn answer_value(&mut self) -> Result<AnswerValue, Failure> {
        let kind: String = self.get()?;
        let number: Option<i32> = self.get()?;
        let text: Option<String> = self.get()?;
        match (kind.as_str(), number, text) {
            ("number", Some(number), _) => Ok(AnswerValue::Number(number)),
            ("choice", _, Some(key)) => Ok(AnswerValue::Choice(key)),
            ("text", _, Some(text)) => Ok(AnswerValue::Text(text)),
            ("recording", _, Some(reference)) => Ok(AnswerValue::Recording(reference)),
            ("skipped", ..) => Ok(AnswerValue::Skipped),
            _ => Err(self.unreadable("an answer of an unknown kind")),
        }
    }

    pub(super) fn answer(&mut self) -> Result<Answer, Failure> {
        Ok(Answer {
            question_no: self.get()?,
            question_key: self.get()?,
            value: self.answer_value()?,
            at: self.time()?,
        })
    }

    fn unreadable(&self, what: &'static str) -> Failure {
        let column = self.next.saturating_sub(1);
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into()).into()
    }
}

/// Kind, number and text of an answer as they are stored.
pub(super) fn answer_columns(value: &AnswerValue) -> (&'static str, Option<i32>, Option<&str>) {
    match value {
        AnswerValue::Number(number) => ("number", Some(*number), None),
        AnswerValue::Choice(key) => ("choice", None, Some(key)),
        AnswerValue::Text(text) => ("text", None, Some(text)),
        AnswerValue::Recording(reference) => ("recording", None, Some(reference)),
        AnswerValue::Skipped => ("skipped", None, None),
    }
}

/// A length of time as it is stored: milliseconds.
pub(super) fn duration_column(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// The response of an id column.
pub(super) fn response_id(row: &Row<'_>) -> Result<ResponseId, Failure> {
    Columns::of(row).id(ResponseId::from_bytes)
}

/// Scopes as one text, and back; an unknown word is a scope this version does not grant.
pub(super) fn scopes_text(scopes: &[KeyScope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
}

/// See [`scopes_text`].
pub(super) fn scopes(text: &str) -> Vec<KeyScope> {
    text.split(',').filter_map(KeyScope::parse).collect()
}
