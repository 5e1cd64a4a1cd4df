//! Prompts and recordings in `SQLite`.

use chrono::{DateTime, Utc};

use super::SqliteStorage;
use super::fault::Failure;
use crate::domain::prompt::PromptName;
use crate::foundation::{PromptId, RecordingId, SurveyId};
use crate::storage::{
    PromptAudio, PromptForm, PromptRow, PromptStore, PutPrompt, RecordingStore, StorageErrorKind,
    StoreFuture, StoredRecording,
};

fn later<T>() -> Result<T, Failure> {
    Err(Failure::Own(StorageErrorKind::Internal, "prompts are not stored yet".into()))
}

impl PromptStore for SqliteStorage {
    fn put_prompt(&self, _prompt: PromptRow, _audio: PromptAudio) -> StoreFuture<'_, PutPrompt> {
        self.write("cannot store the prompt", |_| later())
    }

    fn prompts(&self) -> StoreFuture<'_, Vec<PromptRow>> {
        self.read("cannot list the prompts", |_| Ok(Vec::new()))
    }

    fn prompt_audio(&self, _id: PromptId, _form: PromptForm) -> StoreFuture<'_, Option<Vec<u8>>> {
        self.read("cannot read the prompt", |_| later())
    }

    fn remove_prompt(&self, _: PromptName, _: String, _: DateTime<Utc>) -> StoreFuture<'_, bool> {
        self.write("cannot remove the prompt", |_| later())
    }

    fn delete_replaced_prompts(&self, _: DateTime<Utc>, _: u32) -> StoreFuture<'_, u64> {
        self.write("cannot delete replaced prompts", |_| Ok(0))
    }
}

impl RecordingStore for SqliteStorage {
    fn recording(&self, _: RecordingId) -> StoreFuture<'_, Option<StoredRecording>> {
        self.read("cannot read the recording", |_| later())
    }

    fn delete_recordings(&self, _: SurveyId, _: DateTime<Utc>, _: u32) -> StoreFuture<'_, u64> {
        self.write("cannot delete recordings", |_| Ok(0))
    }
}
