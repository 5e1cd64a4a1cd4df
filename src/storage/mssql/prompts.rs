//! Prompts in SQL Server.

use chrono::{DateTime, Utc};

use super::catalog::{raised, told};
use super::change::first;
use super::responses::all;
use super::value::values;
use super::{MssqlStorage, statements as sql};
use crate::domain::lease::Fence;
use crate::domain::prompt::PromptName;
use crate::foundation::PromptId;
use crate::storage::columns::{Columns, duration_column};
use crate::storage::{AuditRow, PromptAudio, PromptForm, PromptRow, PromptStore, PutPrompt, StoreFuture};

impl PromptStore for MssqlStorage {
    fn put_prompt(
        &self,
        prompt: PromptRow,
        audio: PromptAudio,
        line: Option<AuditRow>,
    ) -> StoreFuture<'_, PutPrompt> {
        let (id, name) = (prompt.id.as_bytes(), prompt.name.as_str());
        let (language, stored_at) = (prompt.language.as_str(), prompt.stored_at.timestamp_millis());
        let row = values![
            id,
            name,
            language,
            prompt.source.as_str(),
            &prompt.source_sha256,
            prompt.source_format.as_str(),
            duration_column(prompt.duration),
            stored_at,
        ];
        let change = raised()
            .unless(sql::PROMPT_SAME, values![name, language, &prompt.source_sha256])
            .then(sql::PROMPT_REPLACE, values![name, language, stored_at])
            .then(sql::PROMPT_INSERT, row);
        let change = told(change, line.as_ref()).made_if(sql::PROMPT_EXISTS, values![id]);
        let change = audio.into_forms().into_iter().fold(change, |change, (form, bytes)| {
            change.then(sql::PROMPT_AUDIO_INSERT, values![id, form.as_str(), bytes])
        });
        self.change("cannot store the prompt", change, |made| {
            Ok(if made.is_done() { PutPrompt::Stored } else { PutPrompt::Unchanged })
        })
    }

    fn prompts(&self) -> StoreFuture<'_, Vec<PromptRow>> {
        self.read("cannot list the prompts", sql::PROMPTS, Vec::new(), |answers| {
            all(answers, Columns::prompt)
        })
    }

    fn prompt_audio(&self, id: PromptId, form: PromptForm) -> StoreFuture<'_, Option<Vec<u8>>> {
        let values = values![id.as_bytes(), form.as_str()];
        self.read("cannot read the prompt", sql::PROMPT_AUDIO, values, |answers| {
            Ok(first(answers).map(|mut row| row.get()).transpose()?)
        })
    }

    fn remove_prompt(
        &self,
        name: PromptName,
        language: String,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, bool> {
        let values = values![name.as_str(), language, now.timestamp_millis()];
        let change = told(raised().or_undo(sql::PROMPT_REPLACE, values), audit.as_ref());
        self.change("cannot remove the prompt", change, |made| Ok(made.is_done()))
    }

    fn delete_replaced_prompts(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        let values = values![before.timestamp_millis(), limit];
        self.fenced("cannot delete replaced prompts", sql::PROMPTS_DELETE_REPLACED, fence, values)
    }
}
