//! `aftercall prompt remove`: not under the feet of callers.

use std::process::ExitCode;

use super::{Desk, no_prompt, parse_language, parse_name};
use crate::audit::{Actor, Deed, audit_row};
use crate::cli::args_prompt::PromptRemoveArgs;
use crate::cli::engine::block_on;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::needed_prompts::prompt_index;
use crate::cli::output::say;
use crate::domain::account::AuditAction;
use crate::domain::prompt::PromptName;
use crate::foundation::{Clock, SystemChance, SystemClock};

/// Removes a prompt that no active survey needs.
pub(super) fn run(desk: &Desk<'_>, args: &PromptRemoveArgs) -> Outcome {
    let (name, language) = (parse_name(&args.name)?, parse_language(&args.language)?);
    if !args.force {
        let needed = needed_by(desk, &name, &language)?;
        if !needed.is_empty() {
            return Err(Failure::new(format!(
                "{name} in {language} is not removed: callers would hear nothing in its place in {}; store another with \
                 `aftercall prompt add`, pause the survey, or add --force",
                needed.join(", ")
            )));
        }
    }
    let deed =
        Deed::new(AuditAction::PromptRemoved, name.as_str(), serde_json::json!({"language": language}));
    let now = SystemClock::new().now();
    let audit = audit_row(&Actor::at_command_line(), deed, now, &SystemChance);
    if !block_on(desk.storage.remove_prompt(name.clone(), language.clone(), now, Some(audit)))?? {
        return Err(no_prompt(&name, &language));
    }
    say!("{name} in {language} removed");
    Ok(ExitCode::SUCCESS)
}

/// The active surveys that would then miss it.
fn needed_by(desk: &Desk<'_>, name: &PromptName, language: &str) -> Result<Vec<String>, Failure> {
    let prompts = block_on(prompt_index(desk.storage))??;
    let surveys = desk.surveys()?;
    let active = surveys.iter().filter(|survey| survey.active);
    let needing = active
        .filter(|survey| survey.newest.iter().any(|graph| graph.needs_prompt(&prompts, name, language)));
    Ok(needing.map(|survey| survey.key.clone()).collect())
}
