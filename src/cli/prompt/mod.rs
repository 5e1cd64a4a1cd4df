//! `aftercall prompt`: what callers hear, in and out.

mod add;
mod list;
mod remove;
mod sync;
mod synthesize;

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use super::args_prompt::{FormArg, PromptCommand, PromptExportArgs};
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::node::prompt_limits;
use super::output::say;
use crate::actors::prompt_folder::{PromptPlace, SaidBySurvey, prepare_prompt, surveys_said};
use crate::audio::AudioLimits;
use crate::audit::{Actor, Deed, audit_row};
use crate::config::Config;
use crate::domain::account::AuditAction;
use crate::domain::prompt::{self, PromptName, language_key};
use crate::domain::prompt_library::Wanted;
use crate::foundation::{Clock, SystemChance, SystemClock};
use crate::storage::{PromptForm, PromptRow, PutPrompt, Storage};

/// Runs one of the prompt commands.
pub(super) fn run(command: PromptCommand, config: &Config) -> Outcome {
    let storage = open_storage(config)?;
    let desk = Desk { storage: &*storage, limits: prompt_limits(config) };
    match command {
        PromptCommand::Add(args) => add::run(&desk, &args),
        PromptCommand::List(args) => list::run(&desk, args.survey.as_deref()),
        PromptCommand::Remove(args) => remove::run(&desk, &args),
        PromptCommand::Export(args) => export(&desk, &args),
        PromptCommand::Sync(args) => sync::run(&desk, &args),
        PromptCommand::Synthesize(args) => synthesize::run(&desk, &args),
    }
}

/// What all prompt commands work with.
struct Desk<'a> {
    storage: &'a dyn Storage,
    limits: AudioLimits,
}

impl Desk<'_> {
    /// All surveys with what they say.
    fn surveys(&self) -> Result<Vec<SaidBySurvey>, Failure> {
        Ok(block_on(surveys_said(self.storage))??)
    }

    /// All prompts by name and language.
    fn prompts(&self) -> Result<HashMap<(PromptName, String), PromptRow>, Failure> {
        let rows = block_on(self.storage.prompts())??;
        Ok(rows.into_iter().map(|row| ((row.name.clone(), row.language.clone()), row)).collect())
    }

    /// Converts and stores a file; why it cannot be used is told in words that follow the file's name.
    fn store(&self, file: &[u8], place: PromptPlace) -> Result<Result<Stored, String>, Failure> {
        let now = SystemClock::new().now();
        let (row, audio) = match prepare_prompt(file, place, self.limits, now, &SystemChance) {
            Ok(made) => made,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let (duration, format) = (row.duration, row.source_format.clone());
        let after = serde_json::json!({"language": row.language, "source": row.source});
        let deed = Deed::new(AuditAction::PromptStored, row.name.as_str(), after);
        let told = audit_row(&Actor::at_command_line(), deed, now, &SystemChance);
        let put = block_on(self.storage.put_prompt(row, audio, Some(told)))??;
        Ok(Ok(Stored { duration, format, unchanged: put == PutPrompt::Unchanged }))
    }
}

/// A file that was stored.
struct Stored {
    duration: Duration,
    format: String,
    /// The same file was stored already.
    unchanged: bool,
}

/// Everything the surveys say.
fn all_wanted(surveys: &[SaidBySurvey]) -> Vec<Wanted> {
    surveys.iter().flat_map(SaidBySurvey::wanted).collect()
}

/// The stored prompt that says something in a language or the nearest above it.
fn serving<'a>(
    prompts: &'a HashMap<(PromptName, String), PromptRow>,
    name: &PromptName,
    language: &str,
) -> Option<&'a PromptRow> {
    let mut key = (name.clone(), language_key(language));
    loop {
        if let Some(row) = prompts.get(&key) {
            return Some(row);
        }
        let end = key.1.rfind('-')?;
        key.1.truncate(end);
    }
}

/// What surveys need and have no prompt for, one line each.
fn missing_lines(wanted: &[Wanted], prompts: &HashMap<(PromptName, String), PromptRow>) -> Vec<String> {
    let missing =
        wanted.iter().filter(|want| want.required && serving(prompts, &want.name, &want.language).is_none());
    let mut lines: Vec<String> = missing
        .map(|want| format!("  {}  {}  {}  {:?}", want.survey, want.language, want.name, want.text))
        .collect();
    lines.dedup();
    lines
}

fn parse_name(text: &str) -> Result<PromptName, Failure> {
    PromptName::parse(text).map_err(|error| Failure::usage(format!("the prompt's name {error}")))
}

fn parse_language(text: &str) -> Result<String, Failure> {
    prompt::parse_language(text).map_err(|error| Failure::usage(format!("the language {error}")))
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f32())
}

fn export(desk: &Desk<'_>, args: &PromptExportArgs) -> Outcome {
    let (name, language) = (parse_name(&args.name)?, parse_language(&args.language)?);
    let prompts = desk.prompts()?;
    let row = prompts.get(&(name.clone(), language.clone())).ok_or_else(|| no_prompt(&name, &language))?;
    let form = match args.form {
        FormArg::Ulaw => PromptForm::Ulaw,
        FormArg::Alaw => PromptForm::Alaw,
        FormArg::Pcm => PromptForm::Pcm,
    };
    let audio = block_on(desk.storage.prompt_audio(row.id, form))??;
    let audio = audio.ok_or_else(|| no_prompt(&name, &language))?;
    let path = args.file.display();
    // It overwrites nothing: the file may be the only take of a speaker.
    let written = OpenOptions::new().write(true).create_new(true).open(&args.file);
    written
        .and_then(|mut file| file.write_all(&audio).and_then(|()| file.sync_all()))
        .map_err(|error| Failure::because(format!("cannot write {path}"), &error))?;
    say!("{path} written: {name} in {language}, {}, {}", form.as_str(), seconds(row.duration));
    Ok(ExitCode::SUCCESS)
}

fn no_prompt(name: &PromptName, language: &str) -> Failure {
    Failure::new(format!("there is no prompt {name} in {language}; `aftercall prompt list` shows all"))
}
