//! The arguments of `aftercall user`.

use clap::{Subcommand, ValueEnum};

use crate::domain::account::Role;

/// `user`.
#[derive(Debug, Clone, Subcommand)]
pub enum UserCommand {
    /// Adds a user and prints the link by which that person sets a password, once
    #[command(
        after_help = "Example:\n  aftercall user add amira --display-name \"Amira Haddad\" --role manager"
    )]
    Add {
        /// What the person signs in by: letters, digits, and . _ - @ +
        name: String,
        /// What the person is called [default: the user name]
        #[arg(long, default_value = "")]
        display_name: String,
        /// What the person may do
        #[arg(long, value_enum, default_value_t = RoleWord::Viewer)]
        role: RoleWord,
    },
    /// Prints a new link by which a user sets a password; the present one works until then
    #[command(after_help = "Example:\n  aftercall user reset admin")]
    Reset {
        /// The user
        name: String,
    },
    /// Locks a user out: no more signing in, and all sessions end
    Lock {
        /// The user
        name: String,
    },
    /// Lets a locked user in again
    Unlock {
        /// The user
        name: String,
    },
    /// Asks a user for no code any more: for who lost the phone
    RemoveSecondFactor {
        /// The user
        name: String,
    },
    /// Unties a user from the person of the provider of single sign-on, and ends all sessions: the next one who comes by this
    /// name is tied to it
    ForgetSingleSignOn {
        /// The user
        name: String,
    },
    /// Gives a user another role
    Role {
        /// The user
        name: String,
        /// What the person may do
        #[arg(value_enum)]
        role: RoleWord,
    },
    /// Lists users: role, state, when they last signed in
    List,
}

/// A role, as written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleWord {
    /// Looks after the system and its users; may do everything
    Admin,
    /// Owns surveys, and sees all results and the system
    Manager,
    /// Sees the results of the own teams
    Supervisor,
    /// Sees results
    Viewer,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Admin => Self::Admin,
            RoleWord::Manager => Self::Manager,
            RoleWord::Supervisor => Self::Supervisor,
            RoleWord::Viewer => Self::Viewer,
        }
    }
}
