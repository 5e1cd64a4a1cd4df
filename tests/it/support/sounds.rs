//! Audio for tests: files kept beside them, and tones made here.

use std::f32::consts::TAU;

use super::super::files::top;

/// A fixture's bytes; a few words in some form.
pub fn audio(name: &str) -> Vec<u8> {
    std::fs::read(top().join("tests/it/fixtures/audio").join(name)).unwrap()
}

/// A mono WAV file of 16 bit at 8 kHz with a tone.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "figures of tests are small"
)]
pub fn tone(hz: f32, millis: u32) -> Vec<u8> {
    let samples: Vec<u8> = (0..millis * 8)
        .flat_map(|n| ((0.3 * (TAU * hz * n as f32 / 8000.0).sin() * 32_767.0) as i16).to_le_bytes())
        .collect();
    let length = samples.len() as u32;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    file.extend(samples);
    file
}

/// A survey of prompts in English and Spanish: `shop.intro`, `shop.csat`, `shop.why` with two choices that are read.
pub fn spoken_survey() -> serde_json::Value {
    let text = |en: &str, es: &str| serde_json::json!({ "en": en, "es": es });
    serde_json::json!({
        "format": "aftercall.survey/1", "key": "shop", "name": "Shop", "voice": "prompts", "languages": ["en", "es"],
        "intro": text("Two questions.", "Dos preguntas."),
        "questions": [
            { "key": "csat", "type": "rating", "scale": "1-5", "text": text("How was it?", "Como fue?") },
            { "key": "why", "type": "choice", "read_choices": true, "text": text("Why?", "Por que?"), "choices": [
                { "key": "wait", "label": text("Waiting", "Espera") },
                { "key": "staff", "label": text("Staff", "Personal") }
            ] }
        ]
    })
}
