//! Between rows and records, the same for every engine.

use std::time::Duration;
use std::vec::IntoIter;

use chrono::{DateTime, Utc};

use crate::domain::contact::{CallFacts, Channel, Service, ServiceChannel};
use crate::domain::lease::{LeaseHolder, LeaseMark, LeaseRole, LeaseView};
use crate::domain::prompt::PromptName;
use crate::domain::report::Period;
use crate::domain::response::{Answer, AnswerValue, ResponseState};
use crate::foundation::{
    ApiKeyId, BoundedText, LifeId, NodeId, PromptId, ResponseId, ServiceId, SurveyId, VersionId,
};

use super::records::AgentNames;
use super::{
    ApiKeyRow, AppliedMigration, CatalogRow, DraftRow, KeyScope, LeaseRow, NewestVersion, OfferRow,
    PromptRow, ReportRow, ResponseFacts, ResponseRow, RollupPeriod, StateCountRow, StoredRecording,
    SurveyRow, TallyRow, VersionRow,
};

/// One value of a row, as every engine has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A stored value that this program cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column} of the row is {what}")]
pub(super) struct Unreadable {
    column: usize,
    what: &'static str,
}

impl Unreadable {
    /// What is wrong with a column, numbered from 1.
    pub(super) fn new(column: usize, what: &'static str) -> Self {
        Self { column, what }
    }
}

/// What a cell can be read as.
pub(super) trait FromCell: Sized {
    /// `None` when the cell is of another kind or out of range.
    fn from_cell(cell: Cell) -> Option<Self>;
}

impl FromCell for Cell {
    fn from_cell(cell: Cell) -> Option<Self> {
        Some(cell)
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell) -> Option<Self> {
        if cell == Cell::Null { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}

macro_rules! integers {
    ($($kind:ty),*) => {
        $(impl FromCell for $kind {
            fn from_cell(cell: Cell) -> Option<Self> {
                if let Cell::Integer(number) = cell { Self::try_from(number).ok() } else { None }
            }
        })*
    };
}
integers!(i64, i32, u32, u16);

impl FromCell for bool {
    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Integer(0) => Some(false),
            Cell::Integer(1) => Some(true),
            _ => None,
        }
    }
}

impl FromCell for String {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Text(text) = cell { Some(text) } else { None }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Bytes(bytes) = cell { Some(bytes) } else { None }
    }
}

impl<const N: usize> FromCell for [u8; N] {
    fn from_cell(cell: Cell) -> Option<Self> {
        Vec::from_cell(cell)?.try_into().ok()
    }
}

/// Reads the columns of a row one after the other.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    cells: IntoIter<Cell>,
    read: usize,
}

impl Columns {
    pub(super) fn of(cells: Vec<Cell>) -> Self {
        Self { cells: cells.into_iter(), read: 0 }
    }

    /// The next column as it is stored.
    pub(super) fn get<T: FromCell>(&mut self) -> Result<T, Unreadable> {
        self.read += 1;
        let cell = self.cells.next().ok_or_else(|| self.unreadable("missing"))?;
        T::from_cell(cell).ok_or_else(|| self.unreadable("of another kind"))
    }

    /// All columns as they are stored.
    pub(super) fn cells(&mut self) -> Vec<Cell> {
        std::mem::take(&mut self.cells).collect()
    }

    /// Whether the next column is NULL.
    pub(super) fn at_null(&self) -> bool {
        self.cells.as_slice().first().is_none_or(|cell| *cell == Cell::Null)
    }

    /// A number that is never negative.
    pub(super) fn count(&mut self) -> Result<u64, Unreadable> {
        let number: i64 = self.get()?;
        u64::try_from(number).map_err(|_| self.unreadable("a negative count"))
    }

    /// As [`Columns::count`]; `None` where there is none.
    pub(super) fn count_or_null(&mut self) -> Result<Option<u64>, Unreadable> {
        if self.at_null() { self.get::<Option<i64>>().map(|_| None) } else { self.count().map(Some) }
    }

    pub(super) fn id<T>(&mut self, make: fn([u8; 16]) -> T) -> Result<T, Unreadable> {
        Ok(make(self.get()?))
    }

    pub(super) fn id_or_null<T>(&mut self, make: fn([u8; 16]) -> T) -> Result<Option<T>, Unreadable> {
        Ok(self.get::<Option<[u8; 16]>>()?.map(make))
    }

    pub(super) fn time(&mut self) -> Result<DateTime<Utc>, Unreadable> {
        let millis = self.get()?;
        DateTime::from_timestamp_millis(millis).ok_or_else(|| self.unreadable("a time out of range"))
    }

    pub(super) fn time_or_null(&mut self) -> Result<Option<DateTime<Utc>>, Unreadable> {
        let millis: Option<i64> = self.get()?;
        let Some(millis) = millis else { return Ok(None) };
        DateTime::from_timestamp_millis(millis)
            .map(Some)
            .ok_or_else(|| self.unreadable("a time out of range"))
    }

    /// A length of time in milliseconds.
    pub(super) fn duration(&mut self) -> Result<Duration, Unreadable> {
        Ok(Duration::from_millis(self.count()?))
    }

    /// A word of a closed list.
    pub(super) fn word<T>(&mut self, parse: fn(&str) -> Option<T>) -> Result<T, Unreadable> {
        let word: String = self.get()?;
        parse(&word).ok_or_else(|| self.unreadable("an unknown word"))
    }

    fn bounded<const MAX: usize>(&mut self) -> Result<Option<BoundedText<MAX>>, Unreadable> {
        let Some(text) = self.get::<Option<String>>()? else { return Ok(None) };
        BoundedText::parse(&text).map_err(|_| self.unreadable("a text that is too long"))
    }

    pub(super) fn call_facts(&mut self) -> Result<CallFacts, Unreadable> {
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

    pub(super) fn service(&mut self) -> Result<Service, Unreadable> {
        Ok(Service {
            id: self.id(ServiceId::from_bytes)?,
            name: self.get()?,
            channel: self.word(ServiceChannel::parse)?,
            dn: self.get()?,
        })
    }

    pub(super) fn version(&mut self) -> Result<VersionRow, Unreadable> {
        Ok(VersionRow {
            id: self.id(VersionId::from_bytes)?,
            survey: self.id(SurveyId::from_bytes)?,
            number: self.get()?,
            document: self.get()?,
            published_at: self.time()?,
        })
    }

    /// As [`Columns::version`]; `None` where a join found none.
    pub(super) fn version_or_null(&mut self) -> Result<Option<VersionRow>, Unreadable> {
        if self.at_null() { Ok(None) } else { self.version().map(Some) }
    }

    /// Survey, version, channel, language and seed.
    pub(super) fn response_facts(&mut self) -> Result<ResponseFacts, Unreadable> {
        Ok(ResponseFacts {
            survey: self.id(SurveyId::from_bytes)?,
            version: self.id(VersionId::from_bytes)?,
            channel: self.word(Channel::parse)?,
            language: self.get()?,
            seed: self.get()?,
        })
    }

    /// As [`Columns::response_facts`]; `None` where a join found no response.
    pub(super) fn response_facts_or_null(&mut self) -> Result<Option<ResponseFacts>, Unreadable> {
        if self.at_null() { Ok(None) } else { self.response_facts().map(Some) }
    }

    pub(super) fn state(&mut self) -> Result<ResponseState, Unreadable> {
        self.word(ResponseState::parse)
    }

    /// Kind, number and text of an answer.
    pub(super) fn answer_value(&mut self) -> Result<AnswerValue, Unreadable> {
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

    pub(super) fn answer(&mut self) -> Result<Answer, Unreadable> {
        Ok(Answer {
            question_no: self.get()?,
            question_key: self.get()?,
            value: self.answer_value()?,
            at: self.time()?,
        })
    }

    /// An ask for a survey.
    pub(super) fn offer(&mut self) -> Result<OfferRow, Unreadable> {
        Ok(OfferRow {
            id: self.id(ResponseId::from_bytes)?,
            at: self.time()?,
            service: self.id_or_null(ServiceId::from_bytes)?,
            facts: self.call_facts()?,
            result: self.get()?,
            trace: self.get()?,
            node: self.get()?,
            response: self.response_facts_or_null()?,
            invite: None,
        })
    }

    /// A response without its answers.
    pub(super) fn response(&mut self) -> Result<ResponseRow, Unreadable> {
        Ok(ResponseRow {
            id: self.id(ResponseId::from_bytes)?,
            service: self.id(ServiceId::from_bytes)?,
            facts: self.response_facts()?,
            state: self.state()?,
            seq: self.get()?,
            offered_at: self.time()?,
            started_at: self.time_or_null()?,
            ended_at: self.time_or_null()?,
            call: self.call_facts()?,
            answers: Vec::new(),
        })
    }

    /// A service and what is active on it.
    pub(super) fn catalog_row(&mut self) -> Result<CatalogRow, Unreadable> {
        let service = self.service()?;
        let paused = self.get::<Option<bool>>()?.unwrap_or(false);
        Ok(CatalogRow { service, paused, active: self.version_or_null()? })
    }

    /// A survey's draft.
    pub(super) fn draft(&mut self) -> Result<DraftRow, Unreadable> {
        Ok(DraftRow {
            survey: self.id(SurveyId::from_bytes)?,
            key: self.get()?,
            name: self.get()?,
            document: self.get()?,
            saved_at: self.time()?,
            revision: self.get()?,
            saved_by: self.get()?,
        })
    }

    /// A survey in a list, without where it is active.
    pub(super) fn survey(&mut self) -> Result<SurveyRow, Unreadable> {
        Ok(SurveyRow {
            survey: self.id(SurveyId::from_bytes)?,
            key: self.get()?,
            name: self.get()?,
            draft_saved_at: self.time()?,
            draft_revision: self.get()?,
            draft_saved_by: self.get()?,
            has_changes: self.get()?,
            newest: self.newest_or_null()?,
            active_on: Vec::new(),
        })
    }

    fn newest_or_null(&mut self) -> Result<Option<NewestVersion>, Unreadable> {
        let id = self.id_or_null(VersionId::from_bytes)?;
        let (number, published_at) = (self.get::<Option<u32>>()?, self.time_or_null()?);
        let version = id.zip(number).zip(published_at);
        Ok(version.map(|((id, number), published_at)| NewestVersion { id, number, published_at }))
    }

    /// Where a survey is active: the service's name, and whether it is paused there.
    pub(super) fn activation(&mut self) -> Result<(SurveyId, (String, bool)), Unreadable> {
        Ok((self.id(SurveyId::from_bytes)?, (self.get()?, self.get()?)))
    }

    pub(super) fn api_key(&mut self) -> Result<ApiKeyRow, Unreadable> {
        Ok(ApiKeyRow {
            id: self.id(ApiKeyId::from_bytes)?,
            name: self.get()?,
            hash: self.get()?,
            scopes: scopes(&self.get::<String>()?),
            created_at: self.time()?,
            last_used_at: self.time_or_null()?,
            revoked_at: self.time_or_null()?,
        })
    }

    pub(super) fn prompt(&mut self) -> Result<PromptRow, Unreadable> {
        Ok(PromptRow {
            id: self.id(PromptId::from_bytes)?,
            name: self.word(|text| PromptName::parse(text).ok())?,
            language: self.get()?,
            source: self.get()?,
            source_sha256: self.get()?,
            source_format: self.get()?,
            duration: self.duration()?,
            stored_at: self.time()?,
        })
    }

    pub(super) fn recording(&mut self) -> Result<StoredRecording, Unreadable> {
        Ok(StoredRecording {
            response: self.id(ResponseId::from_bytes)?,
            at: self.time()?,
            duration: self.duration()?,
            audio: self.get()?,
        })
    }

    /// A lease; `None` when its role is one of a newer program's.
    pub(super) fn lease(&mut self) -> Result<Option<LeaseRow>, Unreadable> {
        let Some(role) = LeaseRole::parse(&self.get::<String>()?) else { return Ok(None) };
        let name: Option<String> = self.get()?;
        let (node, life) = (self.id_or_null(NodeId::from_bytes)?, self.id_or_null(LifeId::from_bytes)?);
        let holder = name.zip(node).zip(life).map(|((name, node), life)| LeaseHolder { name, node, life });
        let mark = LeaseMark { epoch: self.get()?, seq: self.get()? };
        let left: i64 = self.get()?;
        Ok(Some(LeaseRow {
            role,
            view: LeaseView { holder, mark, expired: left <= 0 },
            acquired_at: self.time_or_null()?,
            renewed_at: self.time_or_null()?,
            left: Duration::from_millis(u64::try_from(left).unwrap_or(0)),
        }))
    }

    /// A counted value; `names` are the agents'.
    pub(super) fn tally(&mut self, names: &AgentNames) -> Result<TallyRow, Unreadable> {
        Ok(TallyRow {
            group: self.group(names)?,
            version: self.id(VersionId::from_bytes)?,
            question_key: self.get()?,
            value: self.answer_value()?,
            n: self.count()?,
        })
    }

    /// A counted state; `names` are the agents'.
    pub(super) fn state_count(&mut self, names: &AgentNames) -> Result<StateCountRow, Unreadable> {
        Ok(StateCountRow { group: self.group(names)?, state: self.state()?, n: self.count()? })
    }

    /// A group of a report: its survey's key and its own.
    pub(super) fn group(&mut self, names: &AgentNames) -> Result<ReportRow, Unreadable> {
        let (survey, column) = (self.get()?, self.get::<String>()?);
        let key = match column.strip_prefix(GROUP_MARK) {
            None if !column.is_empty() => return Err(self.unreadable("a group without its mark")),
            key => key.map(str::to_owned),
        };
        Ok(ReportRow::named(survey, key, names))
    }

    /// A migration that was applied.
    pub(super) fn applied(&mut self) -> Result<AppliedMigration, Unreadable> {
        let (version, name) = (self.get()?, self.get()?);
        Ok(AppliedMigration { version, name, applied_at: self.get()?, checksum: self.get()? })
    }

    /// A period that is counted ahead.
    pub(super) fn rollup_period(&mut self) -> Result<RollupPeriod, Unreadable> {
        let period = Period { from: self.time()?, until: self.time()? };
        Ok(RollupPeriod { period, zone: self.get()?, seq: self.get()?, counted_seq: self.get()? })
    }

    fn unreadable(&self, what: &'static str) -> Unreadable {
        Unreadable { column: self.read, what }
    }
}

/// The facts of a contact in the order of their columns.
pub(super) fn fact_columns(facts: &CallFacts) -> [Option<&str>; 7] {
    [
        facts.dn.as_ref().map(BoundedText::as_str),
        facts.customer.as_ref().map(BoundedText::as_str),
        facts.call_id.as_ref().map(BoundedText::as_str),
        facts.agent_id.as_ref().map(BoundedText::as_str),
        facts.agent_name.as_ref().map(BoundedText::as_str),
        facts.team.as_ref().map(BoundedText::as_str),
        facts.queue.as_ref().map(BoundedText::as_str),
    ]
}

/// What a group's key stands after in the rows of a report, so that no key at all is a text too: the empty one. NULLs
/// cannot be compared with, and engines differ in where they sort.
const GROUP_MARK: char = '=';

/// The key of a report's group as statements have it.
pub(super) fn group_column(key: Option<&str>) -> String {
    key.map(|key| format!("{GROUP_MARK}{key}")).unwrap_or_default()
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

/// How long a lease lasts as statements have it: so much that the moment it ends at is always a number.
pub(super) fn ttl_column(ttl: Duration) -> i64 {
    const THOUSAND_YEARS: i64 = 1_000 * 366 * 86_400_000;
    duration_column(ttl).min(THOUSAND_YEARS)
}

/// The lease of a role among all; else why there is none.
pub(super) fn lease_of(role: LeaseRole, rows: Vec<Option<LeaseRow>>) -> Result<LeaseRow, String> {
    rows.into_iter().flatten().find(|row| row.role == role).ok_or_else(|| {
        format!(
            "the table `lease` has no row `{}`, which is there from the start; somebody deleted it: restore a backup",
            role.as_str()
        )
    })
}

/// Scopes as one text, and back; an unknown word is a scope this version does not grant.
pub(super) fn scopes_text(scopes: &[KeyScope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
}

/// See [`scopes_text`].
fn scopes(text: &str) -> Vec<KeyScope> {
    text.split(',').filter_map(KeyScope::parse).collect()
}
