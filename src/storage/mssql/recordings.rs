//! Recordings in SQL Server.

use chrono::{DateTime, Utc};

use super::change::first;
use super::value::values;
use super::{MssqlStorage, statements as sql};
use crate::domain::lease::Fence;
use crate::foundation::{RecordingId, SurveyId};
use crate::storage::{RecordingStore, StoreFuture, StoredRecording};

impl RecordingStore for MssqlStorage {
    fn recording(&self, id: RecordingId) -> StoreFuture<'_, Option<StoredRecording>> {
        self.read("cannot read the recording", sql::RECORDING_GET, values![id.as_bytes()], |answers| {
            Ok(first(answers).map(|mut row| row.recording()).transpose()?)
        })
    }

    fn delete_recordings(
        &self,
        fence: Fence,
        survey: SurveyId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        let values = values![survey.as_bytes(), before.timestamp_millis(), limit];
        self.fenced("cannot delete recordings", sql::RECORDINGS_SILENCE, fence, values)
    }
}
