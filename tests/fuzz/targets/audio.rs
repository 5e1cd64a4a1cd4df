//! Files that claim to be audio, as prompts and as recordings.
#![no_main]

use std::time::Duration;

use aftercall::audio::{AudioLimits, convert_prompt, convert_recording};
use libfuzzer_sys::fuzz_target;

const LIMITS: AudioLimits =
    AudioLimits { bytes: 64 * 1024, shortest: Duration::from_millis(100), longest: Duration::from_secs(10) };
/// Bytes of a WAV file's header at most.
const HEADER: usize = 128;
/// Beyond the longest sound: what a resampler may add at the end.
const SLACK: Duration = Duration::from_millis(100);

// A decoder's panic is answered by the program like any damaged file: only one that gets out is a finding. The hook that
// libfuzzer sets would end the run before it is known.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |data: &[u8]| {
    if let Ok(prompt) = convert_prompt(data, LIMITS) {
        within(prompt.duration);
        is_wav(&prompt.ulaw, 8000, prompt.duration);
        is_wav(&prompt.alaw, 8000, prompt.duration);
        is_wav(&prompt.pcm, 32_000, prompt.duration);
    }
    if let Ok(recording) = convert_recording(data, LIMITS) {
        within(recording.duration);
        is_wav(&recording.wav, 8000, recording.duration);
    }
});

fn within(duration: Duration) {
    assert!(duration <= LIMITS.longest + SLACK, "{duration:?}");
}

/// What is kept plays, and is as long as it is said to be.
fn is_wav(wav: &[u8], bytes_per_s: usize, duration: Duration) {
    assert!(wav.starts_with(b"RIFF") && &wav[8..12] == b"WAVE");
    let most = usize::try_from((duration + SLACK).as_millis()).unwrap() * bytes_per_s / 1000 + HEADER;
    assert!(wav.len() <= most, "{} bytes for {duration:?}", wav.len());
}
