//! Prompts on a site, stored as the command line stores them.

use std::sync::Arc;
use std::time::Duration;

use aftercall::domain::prompt::PromptName;
use aftercall::foundation::{Clock, PromptId, SystemChance, SystemClock};
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{PromptAudio, PromptRow, PromptStore};

use super::{Site, block_on};

/// Stores a prompt; every form of it begins as a WAV file does.
pub fn add_prompt(site: &Site, language: &str, name: &str) -> PromptId {
    let audio = || b"RIFF and so on".to_vec();
    add_audio(site, language, name, 7, PromptAudio { ulaw: audio(), alaw: audio(), pcm: audio() })
}

/// Stores this audio as a prompt, as if made from a file whose SHA-256 is all `seed`.
pub fn add_audio(site: &Site, language: &str, name: &str, seed: u8, audio: PromptAudio) -> PromptId {
    let clock = Arc::new(SystemClock::new());
    let storage = SqliteStorage::open(&SqliteSettings::new(site.database()), clock.clone()).unwrap();
    let id = PromptId::new(clock.now(), &SystemChance);
    let row = PromptRow {
        id,
        name: PromptName::parse(name).unwrap(),
        language: language.to_owned(),
        source: "test".to_owned(),
        source_sha256: [seed; 32],
        source_format: "made up".to_owned(),
        duration: Duration::from_secs(1),
        stored_at: clock.now(),
    };
    block_on(storage.put_prompt(row, audio, None)).unwrap();
    id
}
