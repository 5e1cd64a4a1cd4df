//! From a file's bytes to what is stored of a prompt.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::audio::{AudioError, AudioLimits, convert_prompt};
use crate::domain::prompt::{PromptName, language_key};
use crate::foundation::{Chance, PromptId};
use crate::storage::{PromptAudio, PromptRow};

/// Most characters kept of where a prompt came from.
const SOURCE_MAX: usize = 200;

/// What a prompt is to be.
#[derive(Debug, Clone)]
pub struct PromptPlace {
    /// Its name.
    pub name: PromptName,
    /// Its language, in any writing.
    pub language: String,
    /// Where the audio comes from: a file's name, or `espeak-ng`.
    pub source: String,
}

/// The SHA-256 of a file, by which it is known again.
pub fn fingerprint(file: &[u8]) -> [u8; 32] {
    Sha256::digest(file).into()
}

/// Converts a file to the prompt that is stored. Takes CPU time: not on a thread that serves.
pub fn prepare_prompt(
    file: &[u8],
    place: PromptPlace,
    limits: AudioLimits,
    now: DateTime<Utc>,
    chance: &dyn Chance,
) -> Result<(PromptRow, PromptAudio), AudioError> {
    let converted = convert_prompt(file, limits)?;
    let row = PromptRow {
        id: PromptId::new(now, chance),
        name: place.name,
        language: language_key(&place.language),
        source: place.source.chars().take(SOURCE_MAX).collect(),
        source_sha256: fingerprint(file),
        source_format: converted.source,
        duration: converted.duration,
        stored_at: now,
    };
    Ok((row, PromptAudio { ulaw: converted.ulaw, alaw: converted.alaw, pcm: converted.pcm }))
}
