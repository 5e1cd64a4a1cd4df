//! The audio files below a folder. It may be a share of another machine: what cannot be read is an error, never "nothing
//! there". Waits for the disk: not on a thread that serves.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::audio::{AudioError, AudioLimits};

/// Deepest folder that is looked into; links may go in circles.
const DEPTH_MAX: usize = 12;
/// Most files that are listed: libraries have thousands.
const FILES_MAX: usize = 50_000;
/// Ends of names of audio files, those too that are not taken, so that they are told of.
const EXTENSIONS: [&str; 24] = [
    "wav", "wave", "mp3", "ogg", "oga", "flac", "aif", "aiff", "aifc", "m4a", "mp4", "aac", "opus", "wma",
    "amr", "gsm", "vox", "au", "ul", "ulaw", "al", "alaw", "raw", "pcm",
];

/// A file as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Its path below the folder, `/` between the parts.
    pub path: String,
    /// Where it is.
    pub full: PathBuf,
    /// Its size and when it was last changed: what a change shows by.
    pub state: FileState,
}

/// By what it is seen that a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileState {
    /// Bytes.
    pub size: u64,
    /// When it was last written, as its file system says.
    pub modified: Option<SystemTime>,
}

/// All audio files below a folder, by path. Files and folders whose names begin with a dot are left out.
pub fn audio_files(folder: &Path) -> io::Result<Vec<FoundFile>> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            // A file that went away between the two calls is simply not there.
            let Ok(facts) = fs::metadata(entry.path()) else { continue };
            if facts.is_dir() {
                if depth < DEPTH_MAX {
                    open.push((entry.path(), path, depth + 1));
                }
            } else if is_audio(&name) {
                let state = FileState { size: facts.len(), modified: facts.modified().ok() };
                found.push(FoundFile { path, full: entry.path(), state });
                if found.len() > FILES_MAX {
                    return Err(io::Error::other(format!(
                        "more than {FILES_MAX} audio files are below it: name the folder of the prompts"
                    )));
                }
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The path by which a file is matched: with the name of the folder itself, which may be a language.
pub fn match_path(folder: &Path, file: &FoundFile) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    name.map_or_else(|| file.path.clone(), |name| format!("{name}/{}", file.path))
}

/// Reads a file whole, unless it is too large. Why not is told in words that follow the file's name.
pub fn read_within(path: &Path, limits: AudioLimits) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    let file = fs::File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let bytes = usize::try_from(size).unwrap_or(usize::MAX);
    if bytes > limits.bytes {
        return Err(AudioError::TooLarge { bytes, limit: limits.bytes }.to_string());
    }
    let mut whole = Vec::with_capacity(bytes);
    // It may be growing; what is beyond comes with the next look.
    file.take(size).read_to_end(&mut whole).map_err(unreadable)?;
    Ok(whole)
}

fn is_audio(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}
