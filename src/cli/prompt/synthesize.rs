//! `aftercall prompt synthesize`: the missing prompts of a survey, spoken by espeak-ng. It makes real words from the
//! survey's own texts; nothing stands in where that cannot be done.

use std::io::{ErrorKind, Write};
use std::process::{Command, ExitCode, Stdio};

use super::{Desk, seconds};
use crate::actors::prompt_folder::PromptPlace;
use crate::cli::args_prompt::PromptSynthesizeArgs;
use crate::cli::engine::block_on;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::needed_prompts::prompt_index;
use crate::cli::output::say;
use crate::domain::prompt::language_key;
use crate::domain::survey::{MissingPrompt, missing_prompts};

/// The program, found in PATH; also what is recorded as the source of the prompts.
const PROGRAM: &str = "espeak-ng";

/// Makes what is missing.
pub(super) fn run(desk: &Desk<'_>, args: &PromptSynthesizeArgs) -> Outcome {
    let missing = missing(desk, args)?;
    if missing.is_empty() {
        say!("no prompt of {} is missing", args.survey);
        return Ok(ExitCode::SUCCESS);
    }
    for prompt in &missing {
        let (name, language) = (&prompt.name, language_key(&prompt.language));
        if args.dry_run {
            say!("{name} in {language} would be made: \"{}\"", prompt.text);
            continue;
        }
        let spoken = speak(&prompt.text, args.voice.as_deref().unwrap_or(&language))?;
        let place =
            PromptPlace { name: name.clone(), language: language.clone(), source: PROGRAM.to_owned() };
        let stored = desk.store(&spoken, place)?.map_err(|why| {
            Failure::new(format!(
                "cannot store {name} in {language}: what {PROGRAM} said of {:?} {why}",
                prompt.text
            ))
        })?;
        say!("{name} in {language} made: {} \"{}\"", seconds(stored.duration), prompt.text);
    }
    Ok(ExitCode::SUCCESS)
}

/// What the draft lacks, which is what would be published next.
fn missing(desk: &Desk<'_>, args: &PromptSynthesizeArgs) -> Result<Vec<MissingPrompt>, Failure> {
    let surveys = desk.surveys()?;
    let survey = surveys.into_iter().find(|survey| survey.key == args.survey).ok_or_else(|| {
        Failure::new(format!("there is no survey {}; `aftercall survey list` shows all", args.survey))
    })?;
    let graph = survey.draft.or(survey.newest).ok_or_else(|| {
        Failure::new(format!("the draft of {} is not valid; import it again to see why", args.survey))
    })?;
    let only = args.language.as_deref().map(language_key);
    if let Some(only) = &only {
        let spoken: Vec<String> = graph.languages().iter().map(|l| language_key(l)).collect();
        if !spoken.contains(only) {
            let spoken = spoken.join(", ");
            return Err(Failure::new(format!("{} does not speak {only}, only {spoken}", args.survey)));
        }
    }
    let mut missing = missing_prompts(&graph, &block_on(prompt_index(desk.storage))??);
    missing.retain(|prompt| only.as_ref().is_none_or(|only| language_key(&prompt.language) == *only));
    Ok(missing)
}

/// The words as a WAV file.
fn speak(text: &str, voice: &str) -> Result<Vec<u8>, Failure> {
    // The text goes through standard input: what begins with a dash is no option, and no text is too long.
    let started = Command::new(PROGRAM)
        .args(["-b", "1", "-v", voice, "--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = started.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new(format!(
            "{PROGRAM} is not installed, so no prompt can be made from its text: install the package {PROGRAM} (apt install \
             {PROGRAM}, dnf install {PROGRAM}), or record the prompts"
        )),
        _ => Failure::because(format!("cannot run {PROGRAM}"), &error),
    })?;
    if let Some(mut input) = running.stdin.take() {
        // Refused when it has ended already; its own words say why.
        let _ = input.write_all(text.as_bytes());
    }
    let spoken = running
        .wait_with_output()
        .map_err(|error| Failure::because(format!("cannot read what {PROGRAM} says"), &error))?;
    if !spoken.status.success() || spoken.stdout.is_empty() {
        let why = String::from_utf8_lossy(&spoken.stderr);
        return Err(Failure::new(format!(
            "{PROGRAM} cannot say {text:?} with the voice {voice}: {}; `{PROGRAM} --voices` lists the voices, --voice picks one",
            why.trim()
        )));
    }
    Ok(spoken.stdout)
}
