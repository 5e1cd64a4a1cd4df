//! `aftercall completion`: the completion script of a shell.

use std::process::ExitCode;

use clap::CommandFactory;

use super::args::{Cli, CompletionArgs};
use super::failure::Outcome;
use super::output::whole;

/// Prints the script.
#[expect(clippy::unnecessary_wraps, reason = "every command ends the same way")]
pub(super) fn run(args: &CompletionArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "aftercall", &mut script);
    whole(&script);
    Ok(ExitCode::SUCCESS)
}
