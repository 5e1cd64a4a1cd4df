//! Words spoken by a program of the system. It makes real words from a text; nothing stands in where that cannot be done.

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

/// The program, found in PATH; also what is recorded as the source of what it said.
pub const SPEAKER: &str = "espeak-ng";

/// Why nothing was said.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// The program is not there.
    #[error(
        "{SPEAKER} is not installed, so no prompt can be made from its text: install the package {SPEAKER} (apt install \
         {SPEAKER}, dnf install {SPEAKER}), or record the prompts"
    )]
    NotInstalled,
    /// It could not be run.
    #[error("cannot run {SPEAKER}: {0}")]
    NotRun(#[source] std::io::Error),
    /// It has no such voice, or nothing to say.
    #[error(
        "{SPEAKER} cannot say {text:?} with the voice {voice}: {why}; `{SPEAKER} --voices` lists the voices, --voice picks one"
    )]
    Refused {
        /// What it should say.
        text: String,
        /// With which voice.
        voice: String,
        /// Its own words.
        why: String,
    },
}

/// A text as a WAV file, in a voice of the program: the tag of a language is one.
pub fn speak(text: &str, voice: &str) -> Result<Vec<u8>, SpeechError> {
    // The text goes through standard input: what begins with a dash is no option, and no text is too long.
    let started = Command::new(SPEAKER)
        .args(["-b", "1", "-v", voice, "--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = started.map_err(|error| match error.kind() {
        ErrorKind::NotFound => SpeechError::NotInstalled,
        _ => SpeechError::NotRun(error),
    })?;
    if let Some(mut input) = running.stdin.take() {
        // Refused when it has ended already; its own words say why.
        let _ = input.write_all(text.as_bytes());
    }
    let spoken = running.wait_with_output().map_err(SpeechError::NotRun)?;
    if !spoken.status.success() || spoken.stdout.is_empty() {
        let why = String::from_utf8_lossy(&spoken.stderr).trim().to_owned();
        return Err(SpeechError::Refused { text: text.to_owned(), voice: voice.to_owned(), why });
    }
    Ok(spoken.stdout)
}
