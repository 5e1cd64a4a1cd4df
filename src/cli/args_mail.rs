//! The command line of `mail`.

use clap::Subcommand;

/// `mail`.
#[derive(Debug, Clone, Subcommand)]
pub enum MailCommand {
    /// Sends a short letter by the configured mail server, and says what is wrong where it is not taken
    #[command(after_help = "Examples:\n  aftercall mail test me@example.com")]
    Test {
        /// To whom
        address: String,
    },
}
