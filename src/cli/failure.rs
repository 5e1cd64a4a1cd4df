//! How a command fails: one message that says what failed, why, and what to do next.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::storage::StorageError;
use crate::telemetry::Chain;

/// Exit code of a problem.
pub const EXIT_PROBLEM: u8 = 1;
/// Exit code of a command line that was not understood (clap uses the same).
pub const EXIT_USAGE: u8 = 2;
/// Exit code of a server that gave up after too many crashes (`EX_SOFTWARE` of sysexits.h).
pub const EXIT_GAVE_UP: u8 = 70;

/// Why a command failed, in words for the one who typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: String,
    code: u8,
}

/// What a command ends with.
pub type Outcome = Result<ExitCode, Failure>;

impl Failure {
    /// A problem.
    pub fn new(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), code: EXIT_PROBLEM }
    }

    /// A command line that clap could not refuse by itself.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), code: EXIT_USAGE }
    }

    /// A problem with an error behind it, whose causes are all told.
    pub fn because(doing: impl fmt::Display, error: &(dyn Error + 'static)) -> Self {
        Self::new(format!("{doing}: {}", Chain(error)))
    }

    /// The exit code it leads to.
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::new(Chain(&error))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(error)
    }
}
