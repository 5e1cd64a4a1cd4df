//! Between rows and records of accounts, the same for every engine.

use chrono::{DateTime, Utc};

use super::columns::{Columns, Unreadable};
use super::{AccountRow, AuditRow, Erased, IdentityRow, LinkRow, SavedViewRow, SessionRow};
use crate::domain::account::{Attempts, Role, UserName};
use crate::foundation::{AccountId, AuditId, Secret, SessionId, ViewId, hash_of};

/// Before this id is every line of the audit log.
pub(super) const AUDIT_END: [u8; 16] = [0xff; 16];
/// The id of no session.
pub(super) const NO_SESSION: [u8; 16] = [0; 16];

/// The texts of an account in the order of the table: name, display name, role, password, language. Empty: none.
pub(super) fn account_texts(account: &AccountRow) -> [&str; 5] {
    [
        account.name.as_str(),
        &account.display_name,
        account.role.as_str(),
        account.password.as_ref().map_or("", |password| password.expose()),
        account.language.as_deref().unwrap_or_default(),
    ]
}

/// Teams as they are stored.
pub(super) fn teams_text(teams: &[String]) -> String {
    serde_json::Value::from(teams).to_string()
}

/// By what a person of a provider is found: exactly, whatever a database takes for the same text.
pub(super) fn identity_hash(issuer: &str, subject: &str) -> [u8; 32] {
    // An issuer is a URL: no two pairs make the same text.
    hash_of(&format!("{issuer}\n{subject}"))
}

/// When an account was added, locked and last signed in by.
pub(super) fn account_times(account: &AccountRow) -> (i64, [Option<i64>; 2]) {
    let millis = |at: DateTime<Utc>| at.timestamp_millis();
    (millis(account.created_at), [account.locked_at.map(millis), account.signed_in_at.map(millis)])
}

/// The texts of a line of the audit log in the order of the table. Empty: none.
pub(super) fn audit_texts(audit: &AuditRow) -> [&str; 6] {
    [
        &audit.who,
        &audit.action,
        &audit.subject,
        audit.before.as_deref().unwrap_or_default(),
        audit.after.as_deref().unwrap_or_default(),
        &audit.address,
    ]
}

/// What an erasure found, as the audit log tells it.
pub(super) fn erased(told: Option<&str>) -> Erased {
    told.and_then(|told| serde_json::from_str(told).ok()).unwrap_or_default()
}

impl Columns {
    pub(super) fn account(&mut self) -> Result<AccountRow, Unreadable> {
        Ok(AccountRow {
            id: self.id(AccountId::from_bytes)?,
            name: self.word(|text| UserName::parse(text).ok())?,
            display_name: self.get()?,
            role: self.word(Role::parse)?,
            password: self.get::<Option<String>>()?.map(Secret::new),
            language: self.get()?,
            created_at: self.time()?,
            locked_at: self.time_or_null()?,
            signed_in_at: self.time_or_null()?,
            teams: self.teams()?,
            totp: self.get::<Option<String>>()?.map(Secret::new),
            totp_step: self.get()?,
            identity: self.identity()?,
        })
    }

    fn identity(&mut self) -> Result<Option<IdentityRow>, Unreadable> {
        let (issuer, subject, bound_at) = (self.get()?, self.get()?, self.time_or_null()?);
        let Some(bound_at) = bound_at else { return Ok(None) };
        let texts = |text: Option<String>| text.unwrap_or_default();
        Ok(Some(IdentityRow { issuer: texts(issuer), subject: texts(subject), bound_at }))
    }

    fn teams(&mut self) -> Result<Vec<String>, Unreadable> {
        self.word(|list| serde_json::from_str(list).ok())
    }

    pub(super) fn saved_view(&mut self) -> Result<SavedViewRow, Unreadable> {
        Ok(SavedViewRow {
            id: self.id(ViewId::from_bytes)?,
            account: self.id(AccountId::from_bytes)?,
            page: self.get()?,
            name: self.get()?,
            query: self.get()?,
            created_at: self.time()?,
        })
    }

    /// A link and its account.
    pub(super) fn link(&mut self) -> Result<(LinkRow, AccountRow), Unreadable> {
        let link = LinkRow {
            hash: self.get()?,
            account: self.id(AccountId::from_bytes)?,
            created_at: self.time()?,
            expires_at: self.time()?,
        };
        Ok((link, self.account()?))
    }

    pub(super) fn session(&mut self) -> Result<SessionRow, Unreadable> {
        Ok(SessionRow {
            id: self.id(SessionId::from_bytes)?,
            token_hash: self.get()?,
            account: self.id(AccountId::from_bytes)?,
            created_at: self.time()?,
            used_at: self.time()?,
            ends_at: self.time()?,
            address: self.get()?,
            agent: self.get()?,
        })
    }

    /// A session and its account.
    pub(super) fn session_of_account(&mut self) -> Result<(SessionRow, AccountRow), Unreadable> {
        Ok((self.session()?, self.account()?))
    }

    pub(super) fn attempts(&mut self) -> Result<Attempts, Unreadable> {
        Ok(Attempts { failures: self.get()?, last_at: self.time()? })
    }

    pub(super) fn audit(&mut self) -> Result<AuditRow, Unreadable> {
        Ok(AuditRow {
            id: self.id(AuditId::from_bytes)?,
            at: self.time()?,
            account: self.id_or_null(AccountId::from_bytes)?,
            who: self.get()?,
            action: self.get()?,
            subject: self.get()?,
            before: self.get()?,
            after: self.get()?,
            address: self.get()?,
        })
    }
}
