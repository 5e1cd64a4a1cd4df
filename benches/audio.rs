//! How long the conversion of a prompt takes, by the kind of file. How to run and read it: `benches/README.md`.

use std::error::Error;
use std::f32::consts::TAU;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use aftercall::audio::{AudioLimits, convert_prompt};
use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Samples a second of the files.
const RATE: u32 = 44_100;
/// The length of the prompt.
const SECONDS: u32 = 10;
/// Conversions of each file; the median is told.
const ROUNDS: usize = 21;

fn main() -> Outcome<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("audio-bench");
    std::fs::create_dir_all(&folder)?;
    let limits = AudioLimits {
        bytes: 25_000_000,
        shortest: Duration::from_millis(100),
        longest: Duration::from_mins(2),
    };
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "file",
        "KB",
        "median ms",
        "max ms",
        "times real time",
    ]);
    for file in files(&folder)? {
        let bytes = std::fs::read(&file)?;
        let mut taken: Vec<Duration> = Vec::new();
        let mut what = String::new();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            what = convert_prompt(&bytes, limits)?.source;
            taken.push(started.elapsed());
        }
        taken.sort();
        let (median, most) = (taken.get(ROUNDS / 2), taken.last());
        let ms = |at: Option<&Duration>| at.map_or(0.0, |at| at.as_secs_f64() * 1000.0);
        table.add_row([
            what,
            format!("{}", bytes.len() / 1000),
            format!("{:.1}", ms(median)),
            format!("{:.1}", ms(most)),
            format!("{:.0}", f64::from(SECONDS) * 1000.0 / ms(median)),
        ]);
    }
    println!("{table}");
    Ok(())
}

/// The same sound in each kind of file; the coded ones need sox and are left out without it.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let wav = folder.join("prompt.wav");
    std::fs::write(&wav, stereo())?;
    let mut all = vec![wav.clone()];
    for kind in ["mp3", "ogg", "flac"] {
        let to = wav.with_extension(kind);
        let made = Command::new("sox").arg(&wav).arg(&to).status();
        match made {
            Ok(status) if status.success() => all.push(to),
            _ => {
                eprintln!(
                    "no {kind}: sox with its format {kind} is needed (packages sox and libsox-fmt-all)"
                );
            }
        }
    }
    Ok(all)
}

/// A WAV file of 16 bit in stereo with something like syllables: tones with overtones that come and go, and some noise.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "samples are made to fit")]
fn stereo() -> Vec<u8> {
    let frames = RATE * SECONDS;
    let mut noise = 1u32;
    let samples = (0..frames).flat_map(|n| {
        let t = n as f32 / RATE as f32;
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let hiss = (noise >> 16) as f32 / 65_536.0 - 0.5;
        let voice: f32 = (1..8u8).map(|k| (TAU * 140.0 * f32::from(k) * t).sin() / f32::from(k)).sum();
        let loud = (TAU * 2.0 * t).sin().max(0.0);
        let sample = ((0.2 * voice * loud + 0.01 * hiss) * 32_767.0) as i16;
        [sample, sample / 2]
    });
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + frames * 4).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 4).to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend((frames * 4).to_le_bytes());
    file.extend(data);
    file
}
