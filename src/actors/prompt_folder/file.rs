//! One file of the folder at one look: wait while it is written, spare what is known, store what is new.

use super::walk::{FileState, FoundFile, read_within};
use super::{PromptFolderParts, PromptPlace, blocking, fingerprint, prepare_prompt};
use crate::audio::AudioError;
use crate::domain::prompt::PromptName;
use crate::storage::{PromptAudio, PromptRow, PutPrompt};

/// What is remembered of a file.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// As it was when it was last looked at.
    state: FileState,
    /// Which prompt it was.
    place: (PromptName, String),
    /// Of its bytes, once they were read.
    fingerprint: Option<[u8; 32]>,
    /// What became of it.
    pub(super) outcome: Outcome,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It may still be written: it was not seen like this before.
    Waiting,
    /// Its audio is the prompt's.
    InStep {
        /// It became so in this look.
        stored: bool,
    },
    /// It cannot be used, and why.
    Refused(String),
}

/// What reading and converting a file gave.
enum Read {
    Unreadable(String),
    /// The prompt is made of these very bytes.
    Same,
    Refused([u8; 32], AudioError),
    Made(Box<(PromptRow, PromptAudio)>),
}

/// Looks at a file that is a prompt. `there` is the fingerprint of the file the stored prompt was made of.
pub(super) async fn step(
    parts: &PromptFolderParts,
    file: FoundFile,
    place: PromptPlace,
    before: Option<Known>,
    there: Option<[u8; 32]>,
) -> Result<Known, String> {
    let key = (place.name.clone(), place.language.clone());
    let known = |fingerprint, outcome| Known { state: file.state, place: key.clone(), fingerprint, outcome };
    let Some(before) = before.filter(|before| before.state == file.state) else {
        return Ok(known(None, Outcome::Waiting));
    };
    let same_place = before.place == key;
    match (&before.outcome, before.fingerprint) {
        (Outcome::Refused(_), Some(_)) if same_place => return Ok(before),
        (_, Some(print)) if there == Some(print) => {
            return Ok(known(Some(print), Outcome::InStep { stored: false }));
        }
        _ => {}
    }
    let path = file.path.clone();
    match read(parts, file.clone(), place, there).await? {
        Read::Unreadable(why) => {
            // It is tried again with the next look, and told once.
            let outcome = Outcome::Refused(why);
            if before.outcome != outcome {
                log_refused(&path, &outcome);
            }
            Ok(known(None, outcome))
        }
        Read::Same => Ok(known(there, Outcome::InStep { stored: false })),
        Read::Refused(print, error) => {
            let outcome = Outcome::Refused(error.to_string());
            log_refused(&path, &outcome);
            Ok(known(Some(print), outcome))
        }
        Read::Made(made) => {
            let (row, audio) = *made;
            let print = row.source_sha256;
            let put = parts.prompts.put_prompt(row, audio, None).await.map_err(|error| error.to_string())?;
            let (name, language) = &key;
            tracing::info!(file = path, prompt = %name, language, "prompt stored from the folder");
            Ok(known(Some(print), Outcome::InStep { stored: put == PutPrompt::Stored }))
        }
    }
}

fn log_refused(path: &str, outcome: &Outcome) {
    if let Outcome::Refused(why) = outcome {
        tracing::warn!(file = path, why, "a file in the folder of prompts cannot be used");
    }
}

async fn read(
    parts: &PromptFolderParts,
    file: FoundFile,
    place: PromptPlace,
    there: Option<[u8; 32]>,
) -> Result<Read, String> {
    let (limits, chance, now) = (parts.settings.limits, parts.chance.clone(), parts.clock.now());
    blocking(move || {
        let bytes = match read_within(&file.full, limits) {
            Ok(bytes) => bytes,
            Err(why) => return Read::Unreadable(why),
        };
        let print = fingerprint(&bytes);
        if there == Some(print) {
            return Read::Same;
        }
        match prepare_prompt(&bytes, place, limits, now, &*chance) {
            Ok(made) => Read::Made(Box::new(made)),
            Err(error) => Read::Refused(print, error),
        }
    })
    .await
}
