//! Recordings: G.711 is kept to the byte, everything else becomes it, and nothing that was said is thrown away.

use std::time::Duration;

use super::files::{LIMITS, fixture, headed, level, mono, samples, tone};
use crate::audio::wav::Wav;
use crate::audio::{RecordingHint, convert_recording, convert_recording_as};

fn ulaw(seconds: f32) -> Vec<u8> {
    let encode = |s: &f32| audio_codec_algorithms::encode_ulaw((s * 32_767.0) as i16);
    tone(500.0, seconds, 8000, 0.05).iter().map(encode).collect()
}

#[test]
fn g711_is_kept_to_the_byte_whatever_its_header_says_of_lengths() {
    let data = ulaw(1.0);
    for tag in [6, 7] {
        for length in [0, u32::MAX, 8000, 9_000_000] {
            let kept = convert_recording(&headed(tag, 1, 8000, 1, length, &data), LIMITS).unwrap();
            let wav = Wav::parse(&kept.wav).unwrap();
            assert_eq!((wav.tag, wav.rate, wav.channels), (tag, 8000, 1), "{length}");
            assert!(wav.data == data, "{length}");
            assert_eq!(kept.duration, Duration::from_secs(1));
        }
    }
}

#[test]
fn bare_samples_are_taken_at_the_senders_word_only() {
    let data = ulaw(1.0);
    assert_eq!(convert_recording(&data, LIMITS).unwrap_err().code(), "audio_not_taken");
    for (hint, tag) in [(RecordingHint::RawUlaw, 7), (RecordingHint::RawAlaw, 6)] {
        let kept = convert_recording_as(&data, LIMITS, hint).unwrap();
        let wav = Wav::parse(&kept.wav).unwrap();
        assert!(wav.tag == tag && wav.data == data);
        // A file is a file, whatever is said of it.
        let file = headed(7, 1, 8000, 1, 8000, &data);
        assert_eq!(Wav::parse(&convert_recording_as(&file, LIMITS, hint).unwrap().wav).unwrap().tag, 7);
    }
}

#[test]
fn other_recordings_become_ulaw_as_loud_as_they_were() {
    for rate in [8000, 16_000, 44_100] {
        let sound = tone(500.0, 1.0, rate, 0.05);
        let before = level(&sound);
        let kept = convert_recording(&mono(sound, rate), LIMITS).unwrap();
        let (tag, _, after) = samples(&kept.wav);
        assert_eq!((tag, kept.duration.as_millis()), (7, 1000));
        assert!((level(&after) - before).abs() < 0.5, "{} dB became {}", before, level(&after));
    }
    for name in ["speech.mp3", "speech.ogg", "speech.flac", "speech-ms-adpcm.wav"] {
        assert!(convert_recording(&fixture(name), LIMITS).unwrap().duration > Duration::from_secs(1));
    }
}

#[test]
fn what_is_there_of_a_recording_that_was_cut_off_is_kept() {
    for name in ["speech.flac", "speech.mp3", "speech-ms-adpcm.wav"] {
        let whole = fixture(name);
        let kept =
            convert_recording(&whole[..whole.len() * 2 / 3], LIMITS).unwrap_or_else(|e| panic!("{name} {e}"));
        let kept = kept.duration.as_millis();
        assert!((300..1150).contains(&kept), "{name}: {kept} ms");
    }
}

#[test]
fn a_recording_without_a_sound_or_of_no_length_is_refused_by_its_code() {
    let silence = headed(7, 1, 8000, 1, 8000, &[0xff; 8000]);
    assert_eq!(convert_recording(&silence, LIMITS).unwrap_err().code(), "audio_silent");
    assert_eq!(
        convert_recording(&mono(vec![0.0; 16_000], 16_000), LIMITS).unwrap_err().code(),
        "audio_silent"
    );
    let short = headed(7, 1, 8000, 1, 160, &ulaw(0.02));
    assert_eq!(convert_recording(&short, LIMITS).unwrap_err().code(), "audio_too_short");
    let long = headed(7, 1, 8000, 1, 0, &ulaw(21.0));
    assert_eq!(convert_recording(&long, LIMITS).unwrap_err().code(), "audio_too_long");
    assert_eq!(convert_recording(&[], LIMITS).unwrap_err().code(), "audio_empty");
    let none = headed(7, 1, 8000, 1, 0, &[]);
    assert_eq!(convert_recording(&none, LIMITS).unwrap_err().code(), "audio_too_short");
}
