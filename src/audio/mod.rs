//! Audio: from the files people have to what a phone and a browser can play, and the judgement whether a file can be
//! used at all. Pure functions of bytes, but for `speech`, which has a program of the system speak; they take CPU time and belong
//! on a thread for blocking work.
//!
//! A file goes `sniff` (what is it?) → `decode` (mono samples, piece by piece, no further than the limit of length) →
//! `resample` → `level` (loudness) → G.711 and WAV. What is refused says why, by an [`AudioError`].

mod decode;
mod error;
mod level;
mod resample;
mod sniff;
mod speech;
#[cfg(test)]
mod tests;
mod wav;

use std::fmt;
use std::time::Duration;

use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

pub use error::AudioError;
pub use sniff::Looks;
pub use speech::{SPEAKER, SpeechError, speak};

use decode::{Decoded, Strictness, decode, time};
use wav::{TAG_ALAW, TAG_ULAW, Wav, g711, pcm16};

/// Samples a second on a telephone line.
const NARROW: u32 = 8_000;
/// Samples a second for browsers: twice the line's, as wideband speech.
const WIDE: u32 = 16_000;
/// Most samples at full scale, as a share: from about here on speech is heard to crackle. Loud but clean recordings stay
/// far below.
const CLIPPED_MAX: f64 = 0.01;

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
#[derive(Clone)]
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

impl fmt::Debug for ConvertedPrompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConvertedPrompt({}, {:?})", self.source, self.duration)
    }
}

/// A voice recording as it is kept.
#[derive(Clone)]
pub struct ConvertedRecording {
    /// A whole WAV file, G.711 8 kHz mono. Never logged.
    pub wav: Vec<u8>,
    /// How long it takes to play.
    pub duration: Duration,
}

impl fmt::Debug for ConvertedRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConvertedRecording({} bytes, {:?})", self.wav.len(), self.duration)
    }
}

/// What a recording without a header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RecordingHint {
    /// It has a header that says what it is.
    #[default]
    Auto,
    /// Bare G.711 µ-law samples, 8 kHz, mono; taken as a file all the same if it begins like one.
    RawUlaw,
    /// Bare G.711 A-law samples, 8 kHz, mono; taken as a file all the same if it begins like one.
    RawAlaw,
}

/// The two laws of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Law {
    Ulaw,
    Alaw,
}

impl Law {
    fn tag(self) -> u16 {
        match self {
            Self::Ulaw => TAG_ULAW,
            Self::Alaw => TAG_ALAW,
        }
    }

    fn encode(self, samples: &[f32]) -> Vec<u8> {
        let encode = match self {
            Self::Ulaw => encode_ulaw,
            Self::Alaw => encode_alaw,
        };
        g711(self.tag(), &samples.iter().map(|sample| encode(linear(*sample))).collect::<Vec<_>>())
    }

    /// The largest sample of coded ones.
    fn peak(self, coded: &[u8]) -> f32 {
        let decode = match self {
            Self::Ulaw => decode_ulaw,
            Self::Alaw => decode_alaw,
        };
        let peak = coded.iter().map(|byte| decode(*byte).unsigned_abs()).max().unwrap_or(0);
        f32::from(peak) / 32_768.0
    }
}

/// Converts a prompt: decoded, mixed to mono, resampled, its loudness normalised.
pub fn convert_prompt(file: &[u8], limits: AudioLimits) -> Result<ConvertedPrompt, AudioError> {
    let Decoded { sounds, duration, clipped, source } =
        decode(file, limits, Strictness::Whole, &[NARROW, WIDE])?;
    let [narrow, wide] = sounds.as_slice() else { return Err(AudioError::broken("no sound")) };
    if duration < limits.shortest {
        return Err(AudioError::TooShort { is: duration, limit: limits.shortest });
    }
    let peak = audible(level::peak(narrow))?;
    if clipped > CLIPPED_MAX {
        return Err(AudioError::Clipped { percent: clipped * 100.0, limit_percent: CLIPPED_MAX * 100.0 });
    }
    let gain = level::gain(level::loudness(narrow, NARROW), peak.max(level::peak(wide)));
    let narrow: Vec<f32> = narrow.iter().map(|sample| sample * gain).collect();
    Ok(ConvertedPrompt {
        ulaw: Law::Ulaw.encode(&narrow),
        alaw: Law::Alaw.encode(&narrow),
        pcm: pcm16(WIDE, wide.iter().map(|sample| linear(sample * gain))),
        duration,
        source,
    })
}

/// A recording as it is kept, made into what every browser plays: linear 16 bit, 8 kHz, mono.
pub fn recording_for_browsers(wav: &[u8]) -> Result<Vec<u8>, AudioError> {
    let parsed = Wav::parse(wav)?;
    let decode = if parsed.tag == TAG_ALAW { decode_alaw } else { decode_ulaw };
    Ok(pcm16(NARROW, parsed.data.iter().map(|byte| decode(*byte))))
}

/// Converts a recording: G.711 is kept as it came, anything else becomes µ-law. What was cut off is taken as far as it
/// goes: nobody can be asked to say it again.
pub fn convert_recording(file: &[u8], limits: AudioLimits) -> Result<ConvertedRecording, AudioError> {
    convert_recording_as(file, limits, RecordingHint::Auto)
}

/// Converts a recording of which the sender says what it is.
pub fn convert_recording_as(
    file: &[u8],
    limits: AudioLimits,
    hint: RecordingHint,
) -> Result<ConvertedRecording, AudioError> {
    if file.is_empty() {
        return Err(AudioError::Empty);
    }
    if file.len() > limits.bytes {
        return Err(AudioError::TooLarge { bytes: file.len(), limit: limits.bytes });
    }
    let container = sniff::container(file);
    let law = match hint {
        RecordingHint::Auto => None,
        RecordingHint::RawUlaw => Some(Law::Ulaw),
        RecordingHint::RawAlaw => Some(Law::Alaw),
    };
    match (container, law) {
        (Ok(sniff::Container::Wav), _) => {
            let wav = Wav::parse(file)?;
            match wav.tag {
                TAG_ULAW | TAG_ALAW if wav.channels == 1 && wav.rate == NARROW => {
                    keep(if wav.tag == TAG_ULAW { Law::Ulaw } else { Law::Alaw }, wav.data, limits)
                }
                _ => recode(file, limits),
            }
        }
        // Two bytes that look like MPEG's are no proof against the word of the sender.
        (Ok(sniff::Container::Mp3) | Err(_), Some(law)) => keep(law, file, limits),
        _ => recode(file, limits),
    }
}

/// G.711 samples as they came, under a fresh header.
fn keep(law: Law, samples: &[u8], limits: AudioLimits) -> Result<ConvertedRecording, AudioError> {
    let duration = time(samples.len() as u64, NARROW);
    of_length(duration, limits)?;
    audible(law.peak(samples))?;
    Ok(ConvertedRecording { wav: g711(law.tag(), samples), duration })
}

fn recode(file: &[u8], limits: AudioLimits) -> Result<ConvertedRecording, AudioError> {
    let Decoded { sounds, duration, .. } = decode(file, limits, Strictness::WhatIsThere, &[NARROW])?;
    let samples = sounds.first().ok_or_else(|| AudioError::broken("no sound"))?;
    of_length(duration, limits)?;
    audible(level::peak(samples))?;
    Ok(ConvertedRecording { wav: Law::Ulaw.encode(samples), duration })
}

fn of_length(duration: Duration, limits: AudioLimits) -> Result<(), AudioError> {
    if duration < limits.shortest {
        return Err(AudioError::TooShort { is: duration, limit: limits.shortest });
    }
    if duration > limits.longest {
        return Err(AudioError::TooLong { limit: limits.longest });
    }
    Ok(())
}

/// The peak, if anything can be heard.
fn audible(peak: f32) -> Result<f32, AudioError> {
    if peak >= level::SILENT_PEAK {
        return Ok(peak);
    }
    let peak_db = 20.0 * peak.max(3.2e-8).log10();
    Err(AudioError::Silent { peak_db })
}

/// A sample as 16 bit.
#[expect(clippy::cast_possible_truncation, reason = "the range is that of 16 bit")]
fn linear(sample: f32) -> i16 {
    (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
}
