//! Prompts.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::prompt::{PromptEntry, PromptName};
use crate::foundation::PromptId;

/// A prompt as it is listed: what was uploaded for a name and language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptRow {
    /// The audio's id; another one whenever the audio changes.
    pub id: PromptId,
    /// Its name.
    pub name: PromptName,
    /// Its language, as [`language_key`](crate::domain::prompt::language_key) writes it.
    pub language: String,
    /// Where the audio came from: a file's name, or `espeak-ng`.
    pub source: String,
    /// SHA-256 of the file it was made from, by which the same file is not converted and stored again.
    pub source_sha256: [u8; 32],
    /// What the file was, for people: `WAV, 44100 Hz, stereo, 16 bit`.
    pub source_format: String,
    /// How long it takes to say.
    pub duration: Duration,
    /// When it was stored.
    pub stored_at: DateTime<Utc>,
}

impl PromptRow {
    /// What an index of prompts holds of it.
    pub fn into_entry(self) -> (PromptName, String, PromptEntry) {
        (self.name, self.language, PromptEntry { id: self.id, duration: self.duration })
    }
}

/// The audio of a prompt in every form it is served in: whole WAV files.
#[derive(Clone, PartialEq, Eq)]
pub struct PromptAudio {
    /// G.711 µ-law, 8 kHz, mono.
    pub ulaw: Vec<u8>,
    /// G.711 A-law, 8 kHz, mono.
    pub alaw: Vec<u8>,
    /// Linear 16 bit, 16 kHz, mono: what every browser plays.
    pub pcm: Vec<u8>,
}

impl PromptAudio {
    /// Each form with its file.
    pub(in crate::storage) fn into_forms(self) -> [(PromptForm, Vec<u8>); 3] {
        [(PromptForm::Ulaw, self.ulaw), (PromptForm::Alaw, self.alaw), (PromptForm::Pcm, self.pcm)]
    }
}

/// The forms of a prompt's audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromptForm {
    /// G.711 µ-law.
    Ulaw,
    /// G.711 A-law.
    Alaw,
    /// Linear, for browsers.
    Pcm,
}

impl PromptForm {
    /// All forms.
    pub const ALL: [Self; 3] = [Self::Ulaw, Self::Alaw, Self::Pcm];

    /// The word used in paths and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ulaw => "ulaw",
            Self::Alaw => "alaw",
            Self::Pcm => "pcm",
        }
    }

    /// The form of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == word)
    }
}

/// What became of a prompt that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutPrompt {
    /// It is the prompt of its name and language from now on.
    Stored,
    /// The same file is stored for this name and language already; nothing changed.
    Unchanged,
}
