//! Why a file cannot be used, in words for the one who sent it: what is wrong, by how much, and what to do.

use std::time::Duration;

use super::sniff::Looks;

/// What is taken, for messages.
pub(super) const TAKEN: &str = "send WAV, MP3, Ogg Vorbis, FLAC or AIFF";

/// Why a file cannot be used. The words follow the file's name.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AudioError {
    /// There are no bytes.
    #[error("is empty: send the audio itself")]
    Empty,
    /// More bytes than are taken.
    #[error("has {bytes} bytes, more than the {limit} that are taken: send a shorter or compressed file")]
    TooLarge {
        /// Bytes of the file.
        bytes: usize,
        /// Most that are taken.
        limit: usize,
    },
    /// Something else than audio in a form that is taken.
    #[error("is {looks}: {TAKEN}")]
    NotAudio {
        /// What it looks like.
        looks: Looks,
    },
    /// A known container with a codec that is not taken.
    #[error("holds audio coded as {codec}, which is not taken: save it as WAV with PCM or G.711, or {TAKEN}")]
    Codec {
        /// The codec's name, or its number.
        codec: String,
    },
    /// The file contradicts itself.
    #[error("is damaged ({why}): export or copy it again")]
    Broken {
        /// Where reading ended.
        why: String,
    },
    /// The file ends before its sound does.
    #[error("is cut off after {:.1} s of {:.1} s: copy or export it again", there.as_secs_f32(), promised.as_secs_f32())]
    Truncated {
        /// Sound in the file.
        there: Duration,
        /// Sound its header speaks of.
        promised: Duration,
    },
    /// The file ends before its sound does, and does not say how much there was to be.
    #[error("is cut off: its last page is missing; copy or export it again")]
    NoEnd,
    /// Sampled more slowly than a telephone line, or faster than any audio equipment.
    #[error(
        "is sampled at {hz} Hz: record or export it at 8000 Hz to 192000 Hz; made faster afterwards it sounds as dull as before"
    )]
    SampleRate {
        /// Samples a second.
        hz: u32,
    },
    /// More channels than speech has.
    #[error("has {channels} channels: export it in mono or stereo")]
    Channels {
        /// How many.
        channels: usize,
    },
    /// The channels are each other's opposite.
    #[error("is silent in mono, because its channels cancel each other out: export one channel only")]
    ChannelsCancel,
    /// Nothing can be heard.
    #[error("is silent (peak {peak_db:.0} dB of full scale): record it again, and check the microphone")]
    Silent {
        /// Loudest sample, in dB of full scale; at least -150.
        peak_db: f32,
    },
    /// Recorded so loud that its peaks are cut.
    #[error(
        "is clipped ({percent:.1} % of its samples stand at full scale, {limit_percent} % are taken): record it again at a lower level"
    )]
    Clipped {
        /// Samples in runs at full scale, in percent.
        percent: f64,
        /// Most that is taken.
        limit_percent: f64,
    },
    /// Too short to say anything.
    #[error("lasts {} ms, and at least {} ms are needed: is it the right file?", is.as_millis(), limit.as_millis())]
    TooShort {
        /// How long it lasts.
        is: Duration,
        /// Shortest that is taken.
        limit: Duration,
    },
    /// Longer than is taken.
    #[error("lasts longer than the {} s that are taken: send a shorter one", limit.as_secs())]
    TooLong {
        /// Longest that is taken.
        limit: Duration,
    },
}

impl AudioError {
    /// A word for programs; it never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "audio_empty",
            Self::TooLarge { .. } => "audio_too_large",
            Self::NotAudio { .. } => "audio_not_taken",
            Self::Codec { .. } => "audio_codec_not_taken",
            Self::Broken { .. } => "audio_broken",
            Self::Truncated { .. } | Self::NoEnd => "audio_truncated",
            Self::SampleRate { .. } => "audio_sample_rate",
            Self::Channels { .. } => "audio_channels",
            Self::ChannelsCancel => "audio_channels_cancel",
            Self::Silent { .. } => "audio_silent",
            Self::Clipped { .. } => "audio_clipped",
            Self::TooShort { .. } => "audio_too_short",
            Self::TooLong { .. } => "audio_too_long",
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
    pub(super) fn broken(why: impl ToString) -> Self {
        Self::Broken { why: why.to_string() }
    }
}
