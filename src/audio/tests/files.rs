//! Sounds, the files they are put in, and what can be measured of a sound.

use std::f32::consts::TAU;
use std::time::Duration;

use crate::audio::AudioLimits;
use crate::audio::wav::{TAG_ALAW, TAG_ULAW, Wav};

pub(super) const LIMITS: AudioLimits =
    AudioLimits { bytes: 5_000_000, shortest: Duration::from_millis(100), longest: Duration::from_secs(20) };

/// The same few words in every form; made by a synthesizer, 1.2 s (AIFF 0.6 s).
pub(super) fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/audio/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

/// A tone.
pub(super) fn tone(hz: f32, seconds: f32, rate: u32, amplitude: f32) -> Vec<f32> {
    let count = (seconds * rate as f32) as usize;
    (0..count).map(|n| amplitude * (TAU * hz * (n as f32 / rate as f32)).sin()).collect()
}

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Width {
    U8,
    I16,
    I24,
    I32,
    F32,
}

impl Width {
    fn bytes(self) -> u16 {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::F32 => 4,
        }
    }

    fn write(self, sample: f32, out: &mut Vec<u8>) {
        let scaled = (f64::from(sample) * 2_147_483_647.0) as i32;
        match self {
            Self::U8 => out.push(((scaled >> 24) + 128) as u8),
            Self::I16 => out.extend(&scaled.to_le_bytes()[2..]),
            Self::I24 => out.extend(&scaled.to_le_bytes()[1..]),
            Self::I32 => out.extend(scaled.to_le_bytes()),
            Self::F32 => out.extend(sample.to_le_bytes()),
        }
    }
}

/// A WAV file of any channels.
pub(super) fn wav(width: Width, rate: u32, channels: &[Vec<f32>]) -> Vec<u8> {
    let mut data = Vec::new();
    for n in 0..channels[0].len() {
        for channel in channels {
            width.write(channel[n], &mut data);
        }
    }
    let tag = if width == Width::F32 { 3 } else { 1 };
    headed(tag, channels.len() as u16, rate, width.bytes(), data.len() as u32, &data)
}

/// A WAV file with a data length of its own.
pub(super) fn headed(tag: u16, channels: u16, rate: u32, bytes: u16, length: u32, data: &[u8]) -> Vec<u8> {
    let mut out = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
    out[4..8].copy_from_slice(&length.saturating_add(36).to_le_bytes());
    let block = channels * bytes;
    out.extend(tag.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend((rate * u32::from(block)).to_le_bytes());
    out.extend(block.to_le_bytes());
    out.extend((bytes * 8).to_le_bytes());
    out.extend(b"data");
    out.extend(length.to_le_bytes());
    out.extend(data);
    out
}

pub(super) fn mono(samples: Vec<f32>, rate: u32) -> Vec<u8> {
    wav(Width::I16, rate, &[samples])
}

/// The samples of a WAV file made by this program, decoded by hand.
pub(super) fn samples(file: &[u8]) -> (u16, u32, Vec<f32>) {
    let wav = Wav::parse(file).unwrap();
    assert_eq!(wav.channels, 1);
    let scaled = |sample: i16| f32::from(sample) / 32_768.0;
    let decoded = match wav.tag {
        TAG_ULAW => wav.data.iter().map(|b| scaled(audio_codec_algorithms::decode_ulaw(*b))).collect(),
        TAG_ALAW => wav.data.iter().map(|b| scaled(audio_codec_algorithms::decode_alaw(*b))).collect(),
        _ => wav.data.chunks_exact(2).map(|b| scaled(i16::from_le_bytes([b[0], b[1]]))).collect(),
    };
    (wav.tag, wav.rate, decoded)
}

/// The amplitude of a tone within a sound.
pub(super) fn amplitude_at(hz: f32, samples: &[f32], rate: u32) -> f32 {
    let (mut re, mut im) = (0.0f64, 0.0f64);
    for (n, sample) in samples.iter().enumerate() {
        let angle = f64::from(TAU) * f64::from(hz) * n as f64 / f64::from(rate);
        re += f64::from(*sample) * angle.cos();
        im += f64::from(*sample) * angle.sin();
    }
    (2.0 * re.hypot(im) / samples.len() as f64) as f32
}

/// The root mean square in dB of full scale.
pub(super) fn level(samples: &[f32]) -> f32 {
    let mean: f32 = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    10.0 * mean.log10()
}
