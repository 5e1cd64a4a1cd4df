//! What makes accounts and links, for the portal and the command line alike.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::audit::Deed;
use crate::domain::account::{AuditAction, Role, UserName};
use crate::foundation::{AccountId, Chance, Token};
use crate::storage::{AccountRow, LinkRow};

/// A new account, without a password yet.
pub fn account(
    name: UserName,
    display_name: &str,
    role: Role,
    now: DateTime<Utc>,
    chance: &dyn Chance,
) -> AccountRow {
    let display_name = if display_name.trim().is_empty() { name.as_str() } else { display_name.trim() };
    AccountRow {
        id: AccountId::new(now, chance),
        display_name: display_name.to_owned(),
        name,
        role,
        password: None,
        language: None,
        created_at: now,
        locked_at: None,
        signed_in_at: None,
        teams: Vec::new(),
        totp: None,
        totp_step: 0,
        identity: None,
    }
}

/// A link by which an account's password can be set once, and the secret in it.
pub fn link(
    account: AccountId,
    works: Duration,
    now: DateTime<Utc>,
    chance: &dyn Chance,
) -> (LinkRow, Token) {
    let token = Token::generate(chance);
    let works = TimeDelta::from_std(works).unwrap_or(TimeDelta::MAX);
    let row = LinkRow { hash: token.hash(), account, created_at: now, expires_at: now + works };
    (row, token)
}

/// What the audit log says of an account that is untied from the person of a provider; `None` where it is tied to nobody.
pub fn forgotten_identity(account: &AccountRow) -> Option<Deed<'_>> {
    let identity = account.identity.as_ref()?;
    let before = json!({"issuer": identity.issuer, "subject": identity.subject});
    let deed = Deed::plain(AuditAction::IdentityForgotten, account.name.as_str());
    Some(Deed { before: Some(before), ..deed })
}

/// The address of a link.
pub fn link_url(portal: &str, token: &Token) -> String {
    format!("{portal}/link/{}", token.expose())
}
