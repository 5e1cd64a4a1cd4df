//! `aftercall report`.

use super::args_survey::ReportArgs;
use super::failure::{Failure, Outcome};
use crate::config::Config;

/// Prints scores.
pub(super) fn run(_args: &ReportArgs, _config: &Config) -> Outcome {
    Err(Failure::new("this build has no reports"))
}
