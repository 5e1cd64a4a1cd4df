//! What the audit log tells of.

/// A thing that somebody did, as the audit log calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// Added a user.
    UserAdded,
    /// Made a one-time link by which a user sets a password.
    UserLinkMade,
    /// Set the own password, by a link or in place of the one before.
    PasswordSet,
    /// Locked a user out.
    UserLocked,
    /// Let a locked user in again.
    UserUnlocked,
    /// Gave a user another role.
    RoleChanged,
    /// Chose a language for the pages.
    LanguageChosen,
    /// Signed in.
    SignedIn,
    /// Signed out.
    SignedOut,
    /// Ended another own session.
    SessionEnded,
    /// Was refused, after more wrong passwords than may be one's own mistakes.
    SignInRefused,
}

impl AuditAction {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserAdded => "user_added",
            Self::UserLinkMade => "user_link_made",
            Self::PasswordSet => "password_set",
            Self::UserLocked => "user_locked",
            Self::UserUnlocked => "user_unlocked",
            Self::RoleChanged => "role_changed",
            Self::LanguageChosen => "language_chosen",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::SessionEnded => "session_ended",
            Self::SignInRefused => "sign_in_refused",
        }
    }
}
