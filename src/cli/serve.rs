//! `aftercall serve`.

use std::process::ExitCode;

use super::failure::EXIT_PROBLEM;
use crate::config::Config;

/// Serves until told to stop.
pub(super) fn run(_config: Config) -> ExitCode {
    eprintln!("aftercall: this build has no server");
    ExitCode::from(EXIT_PROBLEM)
}
