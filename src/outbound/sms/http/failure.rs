//! What it means for a message that no answer came.

use std::error::Error;

use super::scrub::Scrub;
use crate::outbound::sms::Verdict;

/// The verdict where the line failed before an answer.
pub(super) fn verdict(error: reqwest::Error, scrub: &Scrub<'_>) -> Verdict {
    // The address holds number, text and password.
    let error = error.without_url();
    let why = scrub.clean(&causes(&error));
    if error.is_builder() {
        return Verdict::RouteDown { why: format!("no request can be made by its template: {why}") };
    }
    if error.is_connect() {
        return Verdict::NotNow { why: format!("no connection to the gateway: {why}"), wait: None };
    }
    if error.is_timeout() {
        return Verdict::Unknown { why: "the gateway did not answer in time".to_owned() };
    }
    Verdict::Unknown { why: format!("the connection broke before the gateway answered: {why}") }
}

/// The causes that say something, the last ones of the chain.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut all = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        all.push(cause.to_string());
        next = cause.source();
    }
    if all.is_empty() {
        return error.to_string();
    }
    all.dedup();
    // The first says only that it failed.
    let from = usize::from(all.len() > 1);
    all[from..].join(": ")
}
