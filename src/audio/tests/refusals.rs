//! What cannot be used is refused with words that help, and no bytes whatever bring the program down.

use proptest::prelude::*;

use super::files::{LIMITS, Width, fixture, headed, mono, tone, wav};
use crate::audio::{AudioLimits, RecordingHint, convert_prompt, convert_recording_as};

/// The code and the words of a refusal.
fn refused(file: &[u8]) -> (&'static str, String) {
    let error = convert_prompt(file, LIMITS).unwrap_err();
    (error.code(), error.to_string())
}

fn check(file: &[u8], code: &str, words: &[&str]) {
    let (found, told) = refused(file);
    assert_eq!(found, code, "{told}");
    for word in words {
        assert!(told.contains(word), "{told} does not say {word}");
    }
}

#[test]
fn a_file_that_is_no_audio_is_told_what_it_is() {
    check(b"", "audio_empty", &["send the audio"]);
    check(b"%PDF-1.4 and more", "audio_not_taken", &["PDF", "send WAV, MP3"]);
    check(b"<html><body>Log in</body></html>", "audio_not_taken", &["web page"]);
    check(b"\0\0\0\x18ftypM4A \0\0", "audio_not_taken", &["M4A", "not taken"]);
    check(&fixture("speech.opus"), "audio_not_taken", &["Opus"]);
    check(&fixture("speech-gsm.wav"), "audio_codec_not_taken", &["GSM 6.10", "G.711"]);
    check(&[0x42; 3000], "audio_not_taken", &["text"]);
}

#[test]
fn a_silent_file_is_not_taken_and_is_told_its_peak() {
    check(&mono(vec![0.0; 44_100], 44_100), "audio_silent", &["-150 dB", "microphone"]);
    check(&mono(tone(300.0, 1.0, 16_000, 0.001), 16_000), "audio_silent", &["-60 dB"]);
}

#[test]
fn a_clipped_file_is_told_how_much_and_a_loud_one_is_taken() {
    let cut = |gain: f32| tone(300.0, 1.0, 16_000, gain).iter().map(|s| s.clamp(-1.0, 1.0)).collect();
    check(&mono(cut(3.0), 16_000), "audio_clipped", &["% of its samples", "lower level"]);
    assert!(convert_prompt(&mono(cut(0.999), 16_000), LIMITS).is_ok());
    // Beyond full scale, as lossy codecs give back what was clipped.
    check(&wav(Width::F32, 16_000, &[tone(300.0, 1.0, 16_000, 2.0)]), "audio_clipped", &["record it again"]);
}

#[test]
fn lengths_and_sizes_are_held_with_their_figures() {
    check(&mono(tone(300.0, 0.05, 8000, 0.5), 8000), "audio_too_short", &["50 ms", "100 ms"]);
    check(&mono(tone(300.0, 21.0, 8000, 0.5), 8000), "audio_too_long", &["20 s"]);
    check(&vec![0; 5_000_001], "audio_too_large", &["5000001", "5000000"]);
}

#[test]
fn reading_ends_at_the_limit_of_length_and_not_at_the_end_of_the_file() {
    // Behind the limit the samples are no numbers: whoever went on would find the file broken.
    let sound = [tone(300.0, 2.0, 8000, 0.5), vec![f32::NAN; 8000]].concat();
    let file = wav(Width::F32, 8000, &[sound]);
    let limits = AudioLimits { longest: std::time::Duration::from_secs(1), ..LIMITS };
    assert_eq!(convert_prompt(&file, limits).unwrap_err().code(), "audio_too_long");
}

#[test]
fn odd_rates_and_channels_are_refused() {
    check(&mono(tone(300.0, 1.0, 6000, 0.5), 6000), "audio_sample_rate", &["6000 Hz", "8000 Hz"]);
    check(&mono(tone(300.0, 1.0, 384_000, 0.5), 384_000), "audio_sample_rate", &["384000"]);
    check(&wav(Width::I16, 8000, &vec![tone(300.0, 1.0, 8000, 0.5); 9]), "audio_channels", &["9 channels"]);
    let sound = tone(300.0, 1.0, 8000, 0.5);
    let opposite = sound.iter().map(|s| -s).collect();
    check(&wav(Width::I16, 8000, &[sound, opposite]), "audio_channels_cancel", &["one channel"]);
    check(&wav(Width::F32, 8000, &[vec![f32::NAN; 8000]]), "audio_broken", &["no numbers"]);
}

#[test]
fn a_file_that_was_cut_off_is_not_taken_as_a_prompt() {
    let sound = mono(tone(300.0, 2.0, 8000, 0.5), 8000);
    check(&sound[..sound.len() / 2], "audio_truncated", &["1.0 s of 2.0 s"]);
    for name in ["speech.flac", "speech.ogg", "speech.mp3", "speech.aiff"] {
        let whole = fixture(name);
        let (code, told) = refused(&whole[..whole.len() * 2 / 3]);
        assert!(["audio_truncated", "audio_broken"].contains(&code), "{name}: {code}: {told}");
    }
    check(b"RIFF\x10\0\0\0WAVE", "audio_broken", &["no format chunk"]);
    check(b"RIFF\x10\0\0\0WAVEdata\0\0\0\0", "audio_broken", &["before its format"]);
    check(&headed(1, 0, 8000, 2, 100, &[1; 100]), "audio_broken", &[]);
}

/// Whatever comes out, it comes out: by a result, within a moment.
fn survives(file: &[u8]) {
    let _ = convert_prompt(file, LIMITS);
    for hint in [RecordingHint::Auto, RecordingHint::RawUlaw] {
        let _ = convert_recording_as(file, LIMITS, hint);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_the_program_down(
        magic in prop::sample::select(vec![&b""[..], b"RIFF\xff\0\0\0WAVEfmt ", b"fLaC\0\0\0\x22", b"OggS\0\x02", b"ID3\x04", b"\xff\xfb", b"FORM\0\0\0\xffAIFF"]),
        rest in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        survives(&[magic, &rest].concat());
    }

    #[test]
    fn no_damage_to_a_real_file_brings_the_program_down(
        name in prop::sample::select(vec!["speech.flac", "speech.mp3", "speech.ogg", "speech.aiff", "speech-ms-adpcm.wav", "speech-gsm.wav"]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        in_head in any::<bool>(),
        keep in 20usize..=100,
    ) {
        let mut file = fixture(name);
        file.truncate(file.len() * keep / 100);
        let reach = if in_head { file.len().min(120) } else { file.len() };
        for (at, byte) in damage {
            file[at.index(reach)] = byte;
        }
        survives(&file);
    }
}
