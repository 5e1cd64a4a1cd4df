//! Why a letter was not taken.

use std::error::Error;
use std::fmt::Write as _;

use lettre::transport::smtp::Error as SmtpError;

/// Why a letter was not taken, with what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Not now; it may be tried again.
    #[error("{0}")]
    NotNow(String),
    /// Never; trying again changes nothing.
    #[error("{0}")]
    Never(String),
    /// The line broke when the letter was on its way: nobody knows whether it arrived.
    #[error("{0}")]
    Unknown(String),
}

/// The end of an error of the driver that the server is the cause of: its reply, or what is wrong with the line.
pub(super) fn told(error: &SmtpError) -> String {
    let mut text = String::new();
    if let Some(code) = error.status() {
        // Writing into a String cannot fail.
        let _ = write!(text, "{code} ");
    }
    let mut source = error.source();
    if source.is_none() {
        return error.to_string();
    }
    let mut first = true;
    while let Some(cause) = source {
        let next = cause.to_string();
        if !text.contains(&next) {
            text.push_str(if first { "" } else { ": " });
            text.push_str(&next);
        }
        first = false;
        source = cause.source();
    }
    text.replace(['\r', '\n'], " ").trim().to_owned()
}
