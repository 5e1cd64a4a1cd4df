//! `aftercall simulate`.

use super::args_survey::SimulateCommand;
use super::failure::{Failure, Outcome};
use crate::config::Config;

/// Plays callers or crashes a part.
pub(super) fn run(_command: SimulateCommand, _config: &Config) -> Outcome {
    Err(Failure::new("this build has no simulator"))
}
