//! `aftercall demo`.

use super::args::{ConfigArgs, DemoArgs};
use super::failure::{Failure, Outcome};

/// Plays callers, prints their scores, serves.
pub(super) fn run(_args: &DemoArgs, _settings: &ConfigArgs) -> Outcome {
    Err(Failure::new("this build has no demo"))
}
