//! Accounts, sessions, links, wrong passwords and the audit log, as they are stored.

use chrono::{DateTime, Utc};

use crate::domain::account::{Role, UserName};
use crate::foundation::{AccountId, AuditId, Secret, SessionId, ViewId};

/// The account of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// What the person signs in by; unique.
    pub name: UserName,
    /// What the person is called, for people.
    pub display_name: String,
    /// What the person may do.
    pub role: Role,
    /// The hash of the password, in the PHC string format; `None` until it was set for the first time.
    pub password: Option<Secret<String>>,
    /// The language of the pages, as BCP 47 tag; `None`: the browser's.
    pub language: Option<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was locked; `None`: it is not.
    pub locked_at: Option<DateTime<Utc>>,
    /// When somebody last signed in by it.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// The teams whose results a supervisor sees.
    pub teams: Vec<String>,
    /// The secret of the second factor (base32); `None`: a password is enough.
    pub totp: Option<Secret<String>>,
    /// The time step of the last code of the second factor that was accepted.
    pub totp_step: i64,
    /// Whom of a provider of single sign-on it belongs to; `None`: nobody signed in so yet.
    pub identity: Option<IdentityRow>,
}

/// A person, as a provider of single sign-on knows that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    /// The provider, as it calls itself.
    pub issuer: String,
    /// The person: what the provider never gives to another one, unlike a name.
    pub subject: String,
    /// When an account was tied to it.
    pub bound_at: DateTime<Utc>,
}

/// Filters of a page under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedViewRow {
    /// Its id.
    pub id: ViewId,
    /// Whose it is.
    pub account: AccountId,
    /// The page it is of.
    pub page: String,
    /// What its person calls it; unique for the person and the page.
    pub name: String,
    /// The filters, as they stand in the page's address.
    pub query: String,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}

/// A change of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// Another password (its hash, in the PHC string format). All sessions end but `keep`, and so does every link.
    Password {
        /// The hash.
        hash: Secret<String>,
        /// The session in which it was changed.
        keep: Option<SessionId>,
    },
    /// No more signing in. All sessions and links end.
    Lock(DateTime<Utc>),
    /// Signing in as before.
    Unlock,
    /// Other rights, from the next request on.
    Role(Role),
    /// Another language of the pages; `None`: the browser's.
    Language(Option<String>),
    /// Other teams whose results are seen.
    Teams(Vec<String>),
    /// A second factor by this secret (base32), or none. All sessions end but `keep`.
    Totp {
        /// The secret.
        secret: Option<Secret<String>>,
        /// The session in which it was changed.
        keep: Option<SessionId>,
    },
    /// Tied to a person of a provider; `Duplicate` where either is tied already.
    Bind(IdentityRow),
    /// Untied from the person of the provider. All sessions and links end.
    Unbind,
}

impl AccountChange {
    /// Whether it ends the sessions and links of the account: whoever came in by what was changed must not stay.
    pub(in crate::storage) fn ends_sessions(&self) -> bool {
        matches!(self, Self::Password { .. } | Self::Lock(_) | Self::Totp { .. } | Self::Unbind)
    }

    /// The session that it does not end.
    pub(in crate::storage) fn kept_session(&self) -> Option<SessionId> {
        if let Self::Password { keep, .. } | Self::Totp { keep, .. } = self { *keep } else { None }
    }
}

/// A link by which somebody sets the password of an account, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// SHA-256 of the secret in the link.
    pub hash: [u8; 32],
    /// The account.
    pub account: AccountId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// A person's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id, which people may see.
    pub id: SessionId,
    /// SHA-256 of its secret.
    pub token_hash: [u8; 32],
    /// Whose it is.
    pub account: AccountId,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub used_at: DateTime<Utc>,
    /// When it ends, however much it is used.
    pub ends_at: DateTime<Utc>,
    /// The address it was begun from.
    pub address: String,
    /// The browser it was begun with, as that calls itself.
    pub agent: String,
}

/// A line of the audit log. Nothing in the product changes or deletes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id; ids rise with time.
    pub id: AuditId,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// The account of who did it; `None`: somebody who was not signed in, or at a machine's command line.
    pub account: Option<AccountId>,
    /// What that one was called then.
    pub who: String,
    /// What was done ([`crate::domain::account::AuditAction`]).
    pub action: String,
    /// To what: the name of a user, the key of a survey.
    pub subject: String,
    /// How it was before, as JSON.
    pub before: Option<String>,
    /// How it is now, as JSON.
    pub after: Option<String>,
    /// The address it was done from; empty at a command line.
    pub address: String,
}
