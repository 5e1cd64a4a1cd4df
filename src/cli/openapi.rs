//! `aftercall openapi`: the API's document, without a server.

use std::process::ExitCode;

use super::failure::{Failure, Outcome};
use crate::http::openapi;

/// Prints the OpenAPI document.
pub(super) fn run() -> Outcome {
    let json =
        openapi().to_pretty_json().map_err(|error| Failure::because("cannot print the document", &error))?;
    println!("{json}");
    Ok(ExitCode::SUCCESS)
}
