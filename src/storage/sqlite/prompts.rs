//! Prompts in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::catalog::changed;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::responses::count;
use super::statements as sql;
use crate::domain::lease::Fence;
use crate::domain::prompt::PromptName;
use crate::foundation::PromptId;
use crate::storage::columns::{Columns, duration_column};
use crate::storage::{AuditRow, PromptAudio, PromptForm, PromptRow, PromptStore, PutPrompt, StoreFuture};

impl PromptStore for SqliteStorage {
    fn put_prompt(
        &self,
        prompt: PromptRow,
        audio: PromptAudio,
        line: Option<AuditRow>,
    ) -> StoreFuture<'_, PutPrompt> {
        self.write("cannot store the prompt", move |conn| put(conn, &prompt, &audio, line.as_ref()))
    }

    fn prompts(&self) -> StoreFuture<'_, Vec<PromptRow>> {
        self.read("cannot list the prompts", |conn| all(conn, sql::PROMPTS, &[], Columns::prompt))
    }

    fn prompt_audio(&self, id: PromptId, form: PromptForm) -> StoreFuture<'_, Option<Vec<u8>>> {
        self.read("cannot read the prompt", move |conn| {
            let values: [&dyn ToSql; 2] = [id.as_bytes(), &form.as_str()];
            first(conn, sql::PROMPT_AUDIO, &values, Columns::get)
        })
    }

    fn remove_prompt(
        &self,
        name: PromptName,
        language: String,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, bool> {
        self.write("cannot remove the prompt", move |conn| {
            let found = replace(conn, &name, &language, now)? > 0;
            if found {
                changed(conn, audit.as_ref())?;
            }
            Ok(found)
        })
    }

    fn delete_replaced_prompts(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        self.write("cannot delete replaced prompts", move |conn| {
            let values: [&dyn ToSql; 4] =
                [&fence.role.as_str(), &fence.epoch, &before.timestamp_millis(), &limit];
            count(run(conn, sql::PROMPTS_DELETE_REPLACED, &values))
        })
    }
}

fn put(
    conn: &Connection,
    prompt: &PromptRow,
    audio: &PromptAudio,
    line: Option<&AuditRow>,
) -> Result<PutPrompt, Failure> {
    let (id, name) = (prompt.id.as_bytes(), prompt.name.as_str());
    let same: [&dyn ToSql; 3] = [&name, &prompt.language, &prompt.source_sha256];
    if first(conn, sql::PROMPT_SAME, &same, Columns::count)? > Some(0) {
        return Ok(PutPrompt::Unchanged);
    }
    replace(conn, &prompt.name, &prompt.language, prompt.stored_at)?;
    let values: [&dyn ToSql; 8] = [
        id,
        &name,
        &prompt.language,
        &prompt.source,
        &prompt.source_sha256,
        &prompt.source_format,
        &duration_column(prompt.duration),
        &prompt.stored_at.timestamp_millis(),
    ];
    run(conn, sql::PROMPT_INSERT, &values)?;
    for form in PromptForm::ALL {
        run(conn, sql::PROMPT_AUDIO_INSERT, &[id, &form.as_str(), audio_in(audio, form)])?;
    }
    changed(conn, line)?;
    Ok(PutPrompt::Stored)
}

/// Takes what is in use out of use; how many that were.
fn replace(
    conn: &Connection,
    name: &PromptName,
    language: &str,
    now: DateTime<Utc>,
) -> Result<usize, Failure> {
    run(conn, sql::PROMPT_REPLACE, &[&name.as_str(), &language, &now.timestamp_millis()])
}

fn audio_in(audio: &PromptAudio, form: PromptForm) -> &Vec<u8> {
    match form {
        PromptForm::Ulaw => &audio.ulaw,
        PromptForm::Alaw => &audio.alaw,
        PromptForm::Pcm => &audio.pcm,
    }
}
