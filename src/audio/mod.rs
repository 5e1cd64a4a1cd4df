//! Audio: from the files people have to what a phone and a browser can play, and the judgement whether a file can be
//! used at all. Pure functions of bytes; they take CPU time and belong on a thread for blocking work.

use std::time::Duration;

/// How large and how long a file may be.
#[derive(Debug, Clone, Copy)]
pub struct AudioLimits {
    /// Most bytes of the file.
    pub bytes: usize,
    /// Shortest sound.
    pub shortest: Duration,
    /// Longest sound.
    pub longest: Duration,
}

/// A prompt in every form it is served in: whole WAV files.
#[derive(Debug, Clone)]
pub struct ConvertedPrompt {
    /// G.711 µ-law, 8 kHz, mono.
    pub ulaw: Vec<u8>,
    /// G.711 A-law, 8 kHz, mono.
    pub alaw: Vec<u8>,
    /// Linear 16 bit, 16 kHz, mono: what every browser plays.
    pub pcm: Vec<u8>,
    /// How long it takes to say.
    pub duration: Duration,
    /// What the file was, for people: `WAV, 44100 Hz, stereo, 16 bit`.
    pub source: String,
}

/// A voice recording as it is kept.
#[derive(Debug, Clone)]
pub struct ConvertedRecording {
    /// A whole WAV file, G.711 8 kHz mono.
    pub wav: Vec<u8>,
    /// How long it takes to play.
    pub duration: Duration,
}

/// Why a file cannot be used. The words are for the one who sent it: what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// There are no bytes.
    #[error("is empty: send the audio itself")]
    Empty,
}

/// Converts a prompt: decoded, mixed to mono, resampled, its loudness normalised.
pub fn convert_prompt(_file: &[u8], _limits: AudioLimits) -> Result<ConvertedPrompt, AudioError> {
    Err(AudioError::Empty)
}

/// Converts a recording: G.711 is kept as it came, anything else becomes µ-law.
pub fn convert_recording(_file: &[u8], _limits: AudioLimits) -> Result<ConvertedRecording, AudioError> {
    Err(AudioError::Empty)
}
