//! `aftercall openapi`.

use super::failure::{Failure, Outcome};

/// Prints the API's document.
pub(super) fn run() -> Outcome {
    Err(Failure::new("this build has no HTTP API"))
}
