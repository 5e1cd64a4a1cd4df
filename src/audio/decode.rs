//! Decoding: any file that is taken becomes mono samples, handed on piece by piece.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use symphonia::core::audio::{Channels, GenericAudioBufferRef};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ADPCM_IMA_WAV, CODEC_ID_ADPCM_MS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::AudioLimits;
use super::error::AudioError;
use super::level::ClipCounter;
use super::resample::Resampling;
use super::sniff::{Container, container};
use super::wav::Wav;

/// The rates that are taken, in Hz: of a telephone line to twice that of studio equipment.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// Most channels that are mixed.
const CHANNELS_MAX: usize = 8;
/// Of so many packets one may be broken: MP3 files that were cut from longer ones begin with such.
const BROKEN_SHARE: u64 = 20;

/// How strict to be with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Somebody can send a better one.
    Whole,
    /// There will never be another: what is there is taken.
    WhatIsThere,
}

/// A sound that was decoded.
pub(super) struct Decoded {
    /// The sound at each of the rates asked for.
    pub(super) sounds: Vec<Vec<f32>>,
    /// How long it is.
    pub(super) duration: Duration,
    /// Share of samples in runs at full scale, over all channels, from 0 to 1.
    pub(super) clipped: f64,
    /// What it was, for people.
    pub(super) source: String,
}

/// Decodes a file to mono at each of these rates. Stops at the limit of length.
pub(super) fn decode(
    file: &[u8],
    limits: AudioLimits,
    strictness: Strictness,
    rates: &[u32],
) -> Result<Decoded, AudioError> {
    if file.is_empty() {
        return Err(AudioError::Empty);
    }
    if file.len() > limits.bytes {
        return Err(AudioError::TooLarge { bytes: file.len(), limit: limits.bytes });
    }
    let container = container(file).map_err(|looks| AudioError::NotAudio { looks })?;
    // A decoder that panics has met a file it cannot read; the one who sent it gets an answer all the same.
    catch_unwind(AssertUnwindSafe(|| read(file, container, limits, strictness, rates)))
        .unwrap_or_else(|_| Err(AudioError::broken("it cannot be decoded")))
}

fn read(
    file: &[u8],
    container: Container,
    limits: AudioLimits,
    strictness: Strictness,
    rates: &[u32],
) -> Result<Decoded, AudioError> {
    let bytes = prepare(file, container, strictness)?;
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    hint.with_extension(container.extension());
    let probed = symphonia::default::get_probe().probe(
        &hint,
        stream,
        FormatOptions::default(),
        MetadataOptions::default(),
    );
    let mut format = probed.map_err(|error| unreadable(&error))?;
    let no_audio = || AudioError::broken("it holds no audio");
    let track = format.default_track(TrackType::Audio).ok_or_else(no_audio)?;
    let (id, promised) = (track.id, track.num_frames);
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio()).ok_or_else(no_audio)?.clone();
    let channels = parameters.channels.as_ref().map_or(0, Channels::count);
    if channels > CHANNELS_MAX {
        return Err(AudioError::Channels { channels });
    }
    let made =
        symphonia::default::get_codecs().make_audio_decoder(&parameters, &AudioDecoderOptions::default());
    let mut decoder = made.map_err(|error| unreadable(&error))?;
    let mut mix = Mix::new(limits.longest, rates);
    let damage = run(&mut *format, &mut *decoder, id, &mut mix)?;
    let rate = mix.rate.ok_or_else(|| AudioError::broken("no sound could be decoded"))?;
    if strictness == Strictness::Whole {
        damage.judge()?;
        whole(promised, mix.frames, rate)?;
    }
    let source = describe(container, &parameters, rate, mix.channels);
    mix.finish(rate, source)
}

/// What the decoder is given. WAV headers are often wrong about lengths, and are written anew.
fn prepare(file: &[u8], container: Container, strictness: Strictness) -> Result<Vec<u8>, AudioError> {
    match container {
        Container::Wav => {
            let wav = Wav::parse(file)?;
            if let Some(codec) = wav.foreign_codec() {
                return Err(AudioError::Codec { codec });
            }
            if let (Strictness::Whole, Some((promised, there))) = (strictness, wav.cut_off()) {
                let time = |bytes: u64| Duration::from_millis(bytes * 1000 / wav.bytes_a_second());
                return Err(AudioError::Truncated { there: time(there), promised: time(promised) });
            }
            Ok(wav.rebuilt())
        }
        Container::Ogg if strictness == Strictness::Whole && !ends(file) => Err(AudioError::NoEnd),
        _ => Ok(file.to_vec()),
    }
}

/// Whether the last page of an Ogg file says that it is the last and is all there.
fn ends(file: &[u8]) -> bool {
    let last = file.windows(4).rposition(|window| window == b"OggS");
    let page = last.and_then(|at| file.get(at..)).unwrap_or_default();
    let (Some(flags), Some(segments)) = (page.get(5), page.get(26)) else { return false };
    let table = page.get(27..27 + usize::from(*segments)).unwrap_or_default();
    let body: usize = table.iter().map(|length| usize::from(*length)).sum();
    flags & 4 != 0 && page.len() >= 27 + usize::from(*segments) + body
}

fn unreadable(error: &Error) -> AudioError {
    match error {
        Error::Unsupported(what) => AudioError::Codec { codec: format!("something unknown ({what})") },
        Error::IoError(_) => AudioError::broken("it ends within its header"),
        other => AudioError::broken(other),
    }
}

/// What could not be decoded.
#[derive(Debug, Default)]
struct Damage {
    packets: u64,
    broken: u64,
    /// Reading ended with an error instead of at the end.
    ended: Option<String>,
}

impl Damage {
    fn judge(self) -> Result<(), AudioError> {
        if let Some(why) = self.ended {
            return Err(AudioError::broken(why));
        }
        if self.broken > 1 + self.packets / BROKEN_SHARE {
            let (broken, packets) = (self.broken, self.packets);
            return Err(AudioError::broken(format!("{broken} of its {packets} pieces cannot be decoded")));
        }
        Ok(())
    }
}

fn run(
    format: &mut dyn FormatReader,
    decoder: &mut dyn AudioDecoder,
    track: u32,
    mix: &mut Mix<'_>,
) -> Result<Damage, AudioError> {
    let mut damage = Damage::default();
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            // A second stream behind the first is not part of the sound.
            Ok(None) | Err(Error::ResetRequired) => return Ok(damage),
            Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Ok(damage);
            }
            Err(error) => {
                damage.ended = Some(error.to_string());
                return Ok(damage);
            }
        };
        if packet.track_id != track {
            continue;
        }
        damage.packets += 1;
        match decoder.decode(&packet) {
            Ok(sound) => mix.push(&sound)?,
            Err(Error::DecodeError(_) | Error::IoError(_)) => damage.broken += 1,
            Err(error) => {
                damage.ended = Some(error.to_string());
                return Ok(damage);
            }
        }
    }
}

/// Refuses a sound of which more than a twentieth (and more than a tenth of a second) is missing at the end.
fn whole(promised: Option<u64>, there: u64, rate: u32) -> Result<(), AudioError> {
    let missing = promised.map_or(0, |promised| promised.saturating_sub(there));
    if missing > promised.unwrap_or(0) / 20 && missing > u64::from(rate / 10) {
        let promised = time(promised.unwrap_or(0), rate);
        return Err(AudioError::Truncated { there: time(there, rate), promised });
    }
    Ok(())
}

/// How long so many frames last.
pub(super) fn time(frames: u64, rate: u32) -> Duration {
    Duration::from_micros(frames.saturating_mul(1_000_000) / u64::from(rate.max(1)))
}

fn describe(container: Container, parameters: &AudioCodecParameters, rate: u32, channels: usize) -> String {
    let mut name = container.name().to_owned();
    match parameters.codec {
        CODEC_ID_PCM_MULAW => name.push_str(" G.711 µ-law"),
        CODEC_ID_PCM_ALAW => name.push_str(" G.711 A-law"),
        CODEC_ID_ADPCM_MS | CODEC_ID_ADPCM_IMA_WAV => name.push_str(" ADPCM"),
        CODEC_ID_VORBIS => name.push_str(" Vorbis"),
        _ => {}
    }
    let channels = match channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        n => format!("{n} channels"),
    };
    let coded = matches!(parameters.codec, CODEC_ID_PCM_MULAW | CODEC_ID_PCM_ALAW);
    let width = parameters.bits_per_sample.filter(|_| !coded && container != Container::Mp3);
    let width = width.map(|bits| format!(", {bits} bit")).unwrap_or_default();
    format!("{name}, {rate} Hz, {channels}{width}")
}

/// Mixes to mono, measures and resamples what is decoded.
struct Mix<'a> {
    longest: Duration,
    rates: &'a [u32],
    rate: Option<u32>,
    channels: usize,
    frames: u64,
    resamplings: Vec<Resampling>,
    clips: Vec<ClipCounter>,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
    /// Sums of squares: of the mix, and of all channels.
    energy: (f64, f64),
}

impl<'a> Mix<'a> {
    fn new(longest: Duration, rates: &'a [u32]) -> Self {
        Self {
            longest,
            rates,
            rate: None,
            channels: 0,
            frames: 0,
            resamplings: Vec::new(),
            clips: Vec::new(),
            interleaved: Vec::new(),
            mono: Vec::new(),
            energy: (0.0, 0.0),
        }
    }

    fn begin(&mut self, rate: u32, channels: usize) -> Result<(), AudioError> {
        if !RATES.contains(&rate) {
            return Err(AudioError::SampleRate { hz: rate });
        }
        if !(1..=CHANNELS_MAX).contains(&channels) {
            return Err(AudioError::Channels { channels });
        }
        self.resamplings =
            self.rates.iter().map(|to| Resampling::new(rate, *to)).collect::<Result<_, _>>()?;
        self.clips = vec![ClipCounter::default(); channels];
        (self.rate, self.channels) = (Some(rate), channels);
        Ok(())
    }

    fn push(&mut self, decoded: &GenericAudioBufferRef<'_>) -> Result<(), AudioError> {
        let (rate, channels) = (decoded.spec().rate(), decoded.spec().channels().count());
        if self.rate.is_none() {
            self.begin(rate, channels)?;
        } else if self.rate != Some(rate) || self.channels != channels {
            return Err(AudioError::broken("its format changes in the middle"));
        }
        decoded.copy_to_vec_interleaved(&mut self.interleaved);
        self.mono.clear();
        let share = 1.0 / f32::from(u8::try_from(channels).unwrap_or(u8::MAX));
        for frame in self.interleaved.chunks_exact(channels) {
            let mut sum = 0.0;
            for (sample, clip) in frame.iter().zip(&mut self.clips) {
                clip.push(*sample);
                sum += *sample;
                self.energy.1 += f64::from(*sample * *sample);
            }
            let mixed = sum * share;
            self.energy.0 += f64::from(mixed * mixed);
            self.mono.push(mixed);
        }
        if !self.energy.1.is_finite() {
            return Err(AudioError::broken("it holds samples that are no numbers"));
        }
        self.frames += self.mono.len() as u64;
        if time(self.frames, rate) > self.longest {
            return Err(AudioError::TooLong { limit: self.longest });
        }
        self.resamplings.iter_mut().try_for_each(|resampling| resampling.push(&self.mono))
    }

    fn finish(self, rate: u32, source: String) -> Result<Decoded, AudioError> {
        let (mixed, all) = self.energy;
        let channels = f64::from(u8::try_from(self.channels).unwrap_or(u8::MAX));
        // 30 dB lower than its channels: they are each other's opposite.
        if all > 0.0 && mixed * 1000.0 < all / channels {
            return Err(AudioError::ChannelsCancel);
        }
        let clipped: u64 = self.clips.iter().map(|clip| clip.clipped).sum();
        let samples = self.frames.max(1) * self.channels.max(1) as u64;
        let sounds = self.resamplings.into_iter().map(Resampling::finish).collect::<Result<_, _>>()?;
        Ok(Decoded { sounds, duration: time(self.frames, rate), clipped: share(clipped, samples), source })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}
