//! How loud a sound is, and how loud it should be.

use ebur128::{EbuR128, Mode};

/// The level prompts are brought to: RFC 7874 section 4 asks for a root mean square of 2600 of 32767 for active speech on
/// a telephone line, -22.0 dB of full scale (ITU-T G.169 and G.115: -19 dBm0). The gate of EBU R 128 finds the active
/// part; its figure for a mono tone in the voice band equals the root mean square.
pub(super) const TARGET_DB: f64 = -22.0;
/// No sample of a normalised prompt is larger, so that neither G.711 nor a gateway clips it: 1 dB below full scale.
/// A prompt whose few peaks are far above its speech stays quieter instead.
pub(super) const PEAK: f32 = 0.891;
/// Below this peak there is no speech: -50 dB of full scale, where a line's noise is.
pub(super) const SILENT_PEAK: f32 = 0.003_16;
/// A sample this close to full scale may be cut off. G.711's largest is 0.980, that of 8 bit 0.992.
const FULL_SCALE: f32 = 0.97;
/// Samples closer than this are the same: five steps of 16 bit.
const SAME: f32 = 1.5e-4;
/// So many samples in a row make a cut-off peak; two may be chance.
const RUN: u32 = 3;

/// The loudness in dB of full scale, of speech alone where there is enough of it.
pub(super) fn loudness(samples: &[f32], rate: u32) -> f64 {
    let gated = EbuR128::new(1, rate, Mode::I).and_then(|mut meter| {
        meter.add_frames_f32(samples)?;
        meter.loudness_global()
    });
    match gated {
        Ok(level) if level.is_finite() => level,
        // Too short for one block of 400 ms: the level of the whole.
        _ => decibel(mean_square(samples).sqrt()),
    }
}

/// The factor that brings a sound of this loudness and peak to the target.
pub(super) fn gain(loudness: f64, peak: f32) -> f32 {
    let wanted = 10f64.powf((TARGET_DB - loudness) / 20.0);
    let most = f64::from(PEAK) / f64::from(peak.max(f32::MIN_POSITIVE));
    narrow(wanted.min(most))
}

/// The largest sample without its sign.
pub(super) fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()))
}

fn mean_square(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    // The count is far below 2^52.
    sum / f64::from(u32::try_from(samples.len()).unwrap_or(u32::MAX).max(1))
}

/// An amplitude in dB of full scale, at least -150.
pub(super) fn decibel(amplitude: f64) -> f64 {
    20.0 * amplitude.max(3.2e-8).log10()
}

#[expect(clippy::cast_possible_truncation, reason = "a factor needs no more than 24 bits")]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// Counts samples of one channel in runs at full scale.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ClipCounter {
    last: f32,
    run: u32,
    /// Samples in runs.
    pub(super) clipped: u64,
}

impl ClipCounter {
    /// The next sample.
    pub(super) fn push(&mut self, sample: f32) {
        // What is louder than full scale was cut off and bent again by a lossy codec.
        let beyond = sample.abs() >= 1.0 && self.last.abs() >= 1.0 && sample * self.last > 0.0;
        let flat = sample.abs() >= FULL_SCALE && (sample - self.last).abs() <= SAME;
        if flat || beyond {
            self.run += 1;
            // The first of a run was counted by nobody yet.
            if self.run + 1 == RUN {
                self.clipped += u64::from(RUN);
            } else if self.run + 1 > RUN {
                self.clipped += 1;
            }
        } else {
            self.run = 0;
        }
        self.last = sample;
    }
}
