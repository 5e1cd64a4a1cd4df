//! `PromptFolder` keeps the prompts in step with a folder, often a share on which somebody puts recordings.
//!
//! Owns nothing durable: what it remembers of files only spares reading them again. Not VIP-critical: calls go on with the
//! prompts that are stored. A file that goes away, or the whole share, removes no prompt. The folder has the last word:
//! a prompt that was replaced otherwise while its file is there is put back. Messages: none, a timer. The disk and the
//! conversion are on threads for blocking work.

mod file;
mod prepare;
mod surveys;
mod walk;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::audio::AudioLimits;
use crate::domain::prompt::PromptName;
use crate::domain::prompt_library::{Match, Shelves, Wanted};
use crate::foundation::{Chance, Clock};
use crate::storage::{CatalogStore, PromptStore, StorageError};
use crate::supervise::{Child, ChildError, Life};

use file::{Known, Outcome};
pub use prepare::{PromptPlace, fingerprint, prepare_prompt};
pub use surveys::{SaidBySurvey, surveys_said};
pub use walk::{FileState, FoundFile, audio_files, match_path, read_within};

/// Most refused files that are shown; the log has all.
const SHOWN_MAX: usize = 20;

/// What it is told at start.
#[derive(Debug, Clone)]
pub struct PromptFolderSettings {
    /// The folder.
    pub folder: PathBuf,
    /// How often it is looked at.
    pub every: Duration,
    /// What is taken as a prompt.
    pub limits: AudioLimits,
}

/// What it works with.
#[derive(Clone)]
pub struct PromptFolderParts {
    /// Prompts.
    pub prompts: Arc<dyn PromptStore>,
    /// Surveys, for what they say.
    pub catalog: Arc<dyn CatalogStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for ids.
    pub chance: Arc<dyn Chance>,
    /// Settings.
    pub settings: PromptFolderSettings,
}

/// The supervised child.
pub struct PromptFolder {
    work: Rc<Work>,
}

struct Work {
    parts: PromptFolderParts,
    files: RefCell<HashMap<String, Known>>,
    shown: RefCell<Shown>,
}

/// The last look, for the board.
#[derive(Debug, Default, Clone)]
struct Shown {
    files: usize,
    in_step: usize,
    waiting: usize,
    unused: usize,
    stored: u64,
    refused: Vec<(String, String)>,
    missing: usize,
    error: Option<String>,
}

impl PromptFolder {
    /// A fresh life.
    pub fn new(parts: PromptFolderParts) -> Self {
        let (files, shown) = (RefCell::default(), RefCell::default());
        Self { work: Rc::new(Work { parts, files, shown }) }
    }
}

impl Child for PromptFolder {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let work = Rc::clone(&self.work);
        life.repeat(self.work.parts.settings.every, move || {
            let work = Rc::clone(&work);
            async move { work.round().await }
        });
        Ok(())
    }

    fn observe(&self) -> Value {
        let shown = self.work.shown.borrow();
        let refused: Vec<Value> = shown
            .refused
            .iter()
            .take(SHOWN_MAX)
            .map(|(file, why)| json!({ "file": file, "why": why }))
            .collect();
        json!({
            "folder": self.work.parts.settings.folder.display().to_string(),
            "audio_files": shown.files,
            "in_step": shown.in_step,
            "waiting": shown.waiting,
            "unused": shown.unused,
            "stored": shown.stored,
            "refused": shown.refused.len(),
            "refused_files": refused,
            "missing_prompts": shown.missing,
            "last_error": shown.error,
        })
    }
}

impl Work {
    async fn round(&self) {
        let outcome = self.look().await;
        let mut shown = self.shown.borrow_mut();
        let error = outcome.err();
        // Said once, and once more when it is over: a share may be away for a night.
        match (&error, &shown.error) {
            (Some(error), before) if before.as_ref() != Some(error) => {
                tracing::warn!(error, "prompts stay as they are until the folder can be read again");
            }
            (None, Some(_)) => tracing::info!("the folder of prompts can be read again"),
            _ => {}
        }
        shown.error = error;
    }

    async fn look(&self) -> Result<(), String> {
        let folder = self.parts.settings.folder.clone();
        let listed = blocking(move || audio_files(&folder)).await?;
        let folder = &self.parts.settings.folder;
        let files = listed.map_err(|error| {
            format!("cannot look into the folder of prompts {}: {error}", folder.display())
        })?;
        let wanted = self.wanted().await.map_err(|error| error.to_string())?;
        let stored = self.parts.prompts.prompts().await.map_err(|error| error.to_string())?;
        let stored: HashMap<(PromptName, String), [u8; 32]> =
            stored.into_iter().map(|row| ((row.name, row.language), row.source_sha256)).collect();
        let paths: Vec<String> = files.iter().map(|file| match_path(folder, file)).collect();
        let mut shown = Shown { files: files.len(), ..Shown::default() };
        shown.stored = self.shown.borrow().stored;
        let mut known = HashMap::new();
        for (file, found) in files.into_iter().zip(Shelves::new(&wanted).sort(&paths, None)) {
            let Match::Prompt { name, language, .. } = found else {
                shown.unused += 1;
                continue;
            };
            let before = self.files.borrow_mut().remove(&file.path);
            let there = stored.get(&(name.clone(), language.clone())).copied();
            let place = PromptPlace { name, language, source: file.path.clone() };
            let path = file.path.clone();
            let now = file::step(&self.parts, file, place, before, there).await?;
            match &now.outcome {
                Outcome::Waiting => shown.waiting += 1,
                Outcome::InStep { stored } => {
                    shown.in_step += 1;
                    shown.stored += u64::from(*stored);
                }
                Outcome::Refused(why) => shown.refused.push((path.clone(), why.clone())),
            }
            known.insert(path, now);
        }
        shown.missing = missing(&wanted, |key| stored.contains_key(key));
        *self.files.borrow_mut() = known;
        *self.shown.borrow_mut() = shown;
        Ok(())
    }

    async fn wanted(&self) -> Result<Vec<Wanted>, StorageError> {
        let surveys = surveys_said(&*self.parts.catalog).await?;
        Ok(surveys.iter().flat_map(SaidBySurvey::wanted).collect())
    }
}

/// How many prompts surveys need and do not have, as they stood before this look.
fn missing(wanted: &[Wanted], there: impl Fn(&(PromptName, String)) -> bool) -> usize {
    let served = |want: &Wanted| {
        let mut tag = want.language.clone();
        loop {
            if there(&(want.name.clone(), tag.clone())) {
                return true;
            }
            match tag.rfind('-') {
                Some(end) => tag.truncate(end),
                None => return false,
            }
        }
    };
    wanted.iter().filter(|want| want.required && !served(want)).count()
}

/// Runs work that waits for a disk or takes CPU time beside the child's thread.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| format!("a look was broken off: {error}"))
}
