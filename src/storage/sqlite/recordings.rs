//! Recordings in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::responses::count;
use super::statements as sql;
use crate::domain::lease::Fence;
use crate::domain::response::{Answer, AnswerValue};
use crate::foundation::{RecordingId, SurveyId};
use crate::storage::columns::{Columns, duration_column};
use crate::storage::{RecordingRow, RecordingStore, StoreFuture, StoredRecording};

impl RecordingStore for SqliteStorage {
    fn recording(&self, id: RecordingId) -> StoreFuture<'_, Option<StoredRecording>> {
        self.read("cannot read the recording", move |conn| {
            first(conn, sql::RECORDING_GET, &[id.as_bytes()], Columns::recording)
        })
    }

    fn delete_recordings(
        &self,
        fence: Fence,
        survey: SurveyId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.write("cannot delete recordings", move |conn| {
            let before = before.timestamp_millis();
            let values: [&dyn ToSql; 5] =
                [&fence.role.as_str(), &fence.epoch, survey.as_bytes(), &before, &limit];
            let ids = all(conn, sql::RECORDINGS_BEFORE, &values, |row| row.id(RecordingId::from_bytes))?;
            for id in &ids {
                run(conn, sql::RECORDING_AUDIO_DELETE, &[id.as_bytes()])?;
                run(conn, sql::RECORDING_SILENCE, &[id.as_bytes()])?;
            }
            count(Ok(ids.len()))
        })
    }
}

/// Deletes the recording that an answer takes the place of. Only answers to questions that record are asked about:
/// numbers and choices never replace a recording, and are most of what is written.
pub(super) fn drop_replaced(conn: &Connection, response: &[u8; 16], answer: &Answer) -> Result<(), Failure> {
    match answer.value {
        AnswerValue::Number(_) | AnswerValue::Choice(_) => Ok(()),
        AnswerValue::Text(_) | AnswerValue::Recording(_) | AnswerValue::Skipped => {
            run(conn, sql::RECORDING_DELETE, &[response, &answer.question_no]).map(|_| ())
        }
    }
}

/// Stores a recording in the place of the one of its question.
pub(super) fn put(
    conn: &Connection,
    response: &[u8; 16],
    recording: &RecordingRow,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let (id, duration) = (recording.id.as_bytes(), duration_column(recording.duration));
    run(conn, sql::RECORDING_DELETE, &[response, &recording.question_no])?;
    let values: [&dyn ToSql; 5] = [id, response, &recording.question_no, &at.timestamp_millis(), &duration];
    run(conn, sql::RECORDING_INSERT, &values)?;
    run(conn, sql::RECORDING_AUDIO_INSERT, &[id, &&*recording.audio])?;
    Ok(())
}
