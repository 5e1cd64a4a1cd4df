//! Prompts that are taken: pitch, length and loudness come out right whatever went in.

use super::files::{LIMITS, Width, amplitude_at, fixture, headed, level, mono, samples, tone, wav};
use crate::audio::{ConvertedPrompt, convert_prompt};

fn convert(file: &[u8]) -> ConvertedPrompt {
    convert_prompt(file, LIMITS).unwrap()
}

/// A tone of 1 kHz and a second, through every form, at the level of prompts.
fn check_tone(what: &str, file: &[u8]) {
    let prompt = convert(file);
    for (form, tag, rate) in [(&prompt.ulaw, 7, 8_000), (&prompt.alaw, 6, 8_000), (&prompt.pcm, 1, 16_000)] {
        let (found_tag, found_rate, sound) = samples(form);
        assert_eq!((found_tag, found_rate), (tag, rate), "{what}");
        assert!(sound.len().abs_diff(rate as usize) <= 1, "{what}: {} samples", sound.len());
        // -22 dB of root mean square are 0.1123 of amplitude in a tone.
        let amplitude = amplitude_at(1000.0, &sound, rate);
        assert!((0.100..0.126).contains(&amplitude), "{what}: {amplitude} at 1 kHz");
        assert!((level(&sound) + 22.0).abs() < 1.0, "{what}: {} dB", level(&sound));
    }
    assert_eq!(prompt.duration.as_millis(), 1000, "{what}");
}

#[test]
fn every_width_rate_and_channel_count_comes_out_with_the_same_pitch_length_and_loudness() {
    for width in [Width::U8, Width::I16, Width::I24, Width::I32, Width::F32] {
        for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000] {
            let sound = tone(1000.0, 1.0, rate, 0.5);
            check_tone(&format!("{width:?} {rate} mono"), &wav(width, rate, std::slice::from_ref(&sound)));
            let quiet: Vec<f32> = sound.iter().map(|s| s * 0.2).collect();
            check_tone(&format!("{width:?} {rate} stereo"), &wav(width, rate, &[sound, quiet]));
        }
    }
}

#[test]
fn quiet_and_loud_prompts_come_out_equally_loud_and_the_source_is_named() {
    for amplitude in [0.01, 0.1, 0.9] {
        check_tone(&amplitude.to_string(), &mono(tone(1000.0, 1.0, 44_100, amplitude), 44_100));
    }
    let sound = tone(1000.0, 1.0, 44_100, 0.5);
    let stereo = wav(Width::I16, 44_100, &[sound.clone(), sound]);
    assert_eq!(convert(&stereo).source, "WAV, 44100 Hz, stereo, 16 bit");
}

#[test]
fn a_few_high_peaks_are_never_clipped_by_the_gain() {
    let mut sound = tone(1000.0, 2.0, 16_000, 0.003);
    for n in (0..sound.len()).step_by(4000) {
        sound[n] = 0.3;
    }
    let (_, _, pcm) = samples(&convert(&mono(sound, 16_000)).pcm);
    let peak = pcm.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
    assert!((0.80..=0.892).contains(&peak), "{peak}");
}

#[test]
fn what_a_telephone_line_cannot_carry_does_not_come_back_as_another_tone() {
    let both: Vec<f32> = tone(1000.0, 1.0, 44_100, 0.3)
        .iter()
        .zip(tone(6000.0, 1.0, 44_100, 0.3))
        .map(|(low, high)| low + high)
        .collect();
    let prompt = convert(&mono(both, 44_100));
    let (_, rate, narrow) = samples(&prompt.ulaw);
    let alias = amplitude_at(2000.0, &narrow, rate) / amplitude_at(1000.0, &narrow, rate);
    assert!(alias < 0.01, "{alias} of the tone comes back at 2 kHz");
    let (_, rate, wide) = samples(&prompt.pcm);
    assert!(amplitude_at(6000.0, &wide, rate) > 0.8 * amplitude_at(1000.0, &wide, rate));
}

#[test]
fn a_number_word_too_short_to_be_measured_in_blocks_is_as_loud_as_a_long_prompt() {
    for (amplitude, seconds) in [(0.02, 0.15), (0.6, 0.15), (0.02, 0.35)] {
        let (_, _, sound) = samples(&convert(&mono(tone(700.0, seconds, 22_050, amplitude), 22_050)).pcm);
        assert!((level(&sound) + 22.0).abs() < 1.0, "{} dB", level(&sound));
    }
}

#[test]
fn the_pause_around_the_words_does_not_make_them_louder() {
    let words = tone(1000.0, 1.0, 16_000, 0.1);
    let pause = vec![0.0; 32_000];
    let sound = [pause.clone(), words, pause].concat();
    let (_, _, pcm) = samples(&convert(&mono(sound, 16_000)).pcm);
    assert!((level(&pcm[34_000..46_000]) + 22.0).abs() < 2.0, "{}", level(&pcm[34_000..46_000]));
}

#[test]
fn files_of_every_kind_that_is_taken_hold_the_same_words() {
    let cases = [
        ("speech.flac", "FLAC, 16000 Hz, mono, 16 bit", 1200),
        ("speech.mp3", "MP3, 22050 Hz, mono", 1200),
        ("speech.ogg", "Ogg Vorbis, 22050 Hz, mono", 1200),
        ("speech-ms-adpcm.wav", "WAV ADPCM, 8000 Hz, mono", 1200),
        ("speech.aiff", "AIFF, 8000 Hz, mono, 16 bit", 600),
    ];
    for (name, source, millis) in cases {
        let prompt = convert(&fixture(name));
        assert_eq!(prompt.source, source);
        assert!(prompt.duration.as_millis().abs_diff(millis) < 60, "{name}: {:?}", prompt.duration);
        let (_, _, sound) = samples(&prompt.ulaw);
        let (found, expected) = (sound.len() as f32 / 8.0, prompt.duration.as_secs_f32() * 1000.0);
        assert!((found - expected).abs() < 1.0, "{name}: {found} ms of samples for {expected}");
        assert!((-26.0..-20.0).contains(&level(&sound)), "{name}: {} dB", level(&sound));
    }
}

#[test]
fn g711_in_a_wav_file_is_decoded_by_its_law() {
    let sound: Vec<i16> = tone(1000.0, 1.0, 8000, 0.5).iter().map(|s| (s * 32_767.0) as i16).collect();
    let ulaw: Vec<u8> = sound.iter().map(|s| audio_codec_algorithms::encode_ulaw(*s)).collect();
    let alaw: Vec<u8> = sound.iter().map(|s| audio_codec_algorithms::encode_alaw(*s)).collect();
    for (tag, data, source) in [(7, &ulaw, "WAV G.711 µ-law"), (6, &alaw, "WAV G.711 A-law")] {
        let file = headed(tag, 1, 8000, 1, 8000, data);
        check_tone(source, &file);
        assert_eq!(convert(&file).source, format!("{source}, 8000 Hz, mono"));
    }
}

#[test]
fn a_file_written_to_a_pipe_is_taken_though_its_header_knows_no_length() {
    let data: Vec<u8> =
        tone(1000.0, 1.0, 8000, 0.5).iter().flat_map(|s| ((s * 32_767.0) as i16).to_le_bytes()).collect();
    for length in [0, u32::MAX, 0x7fff_f000] {
        check_tone(&format!("length {length:#x}"), &headed(1, 1, 8000, 2, length, &data));
    }
}

#[test]
fn converting_what_was_converted_changes_next_to_nothing() {
    let once = convert(&fixture("speech.flac"));
    let (_, _, first) = samples(&once.ulaw);
    let (_, _, second) = samples(&convert(&once.ulaw).ulaw);
    assert_eq!(first.len(), second.len());
    assert!((level(&first) - level(&second)).abs() < 0.3);
}
