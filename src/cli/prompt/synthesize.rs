//! `aftercall prompt synthesize`: the missing prompts of a survey, spoken by espeak-ng. It makes real words from the
//! survey's own texts; nothing stands in where that cannot be done.

use std::process::ExitCode;

use super::{Desk, seconds};
use crate::actors::prompt_folder::PromptPlace;
use crate::audio::{SPEAKER, speak};
use crate::cli::args_prompt::PromptSynthesizeArgs;
use crate::cli::engine::block_on;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::needed_prompts::prompt_index;
use crate::cli::output::say;
use crate::domain::prompt::language_key;
use crate::domain::survey::{MissingPrompt, missing_prompts};

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
        let voice = args.voice.as_deref().unwrap_or(&language);
        let spoken = speak(&prompt.text, voice).map_err(|error| Failure::new(error.to_string()))?;
        let place =
            PromptPlace { name: name.clone(), language: language.clone(), source: SPEAKER.to_owned() };
        let stored = desk.store(&spoken, place)?.map_err(|why| {
            Failure::new(format!(
                "cannot store {name} in {language}: what {SPEAKER} said of {:?} {why}",
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
