//! What makes accounts, links and lines of the audit log, for the portal and the command line alike.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::domain::account::{AuditAction, Role, UserName};
use crate::foundation::{AccountId, AuditId, Chance, Token};
use crate::storage::{AccountRow, AuditRow, LinkRow};

/// Who does something, and from where.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The account; `None`: nobody signed in, or a command line.
    pub account: Option<AccountId>,
    /// What that one is called.
    pub who: String,
    /// The address; empty at a command line.
    pub address: String,
}

impl Actor {
    /// Somebody at this machine's command line, by the number of the system's user.
    pub fn at_command_line() -> Self {
        let who = format!("command line (uid {})", rustix::process::getuid().as_raw());
        Self { account: None, who, address: String::new() }
    }

    /// The server itself, at its start.
    pub fn server() -> Self {
        Self { account: None, who: "aftercall".to_owned(), address: String::new() }
    }
}

/// What was done, to what.
#[derive(Debug, Clone)]
pub struct Deed<'a> {
    /// What.
    pub action: AuditAction,
    /// To what: the name of a user.
    pub subject: &'a str,
    /// How it was before.
    pub before: Option<Value>,
    /// How it is now.
    pub after: Option<Value>,
}

impl<'a> Deed<'a> {
    /// A deed of which nothing more is to be told.
    pub fn plain(action: AuditAction, subject: &'a str) -> Self {
        Self { action, subject, before: None, after: None }
    }
}

/// The line of the audit log that tells of a deed.
pub fn audit_row(actor: &Actor, deed: Deed<'_>, now: DateTime<Utc>, chance: &dyn Chance) -> AuditRow {
    AuditRow {
        id: AuditId::new(now, chance),
        at: now,
        account: actor.account,
        who: actor.who.clone(),
        action: deed.action.as_str().to_owned(),
        subject: deed.subject.to_owned(),
        before: deed.before.map(|value| value.to_string()),
        after: deed.after.map(|value| value.to_string()),
        address: actor.address.clone(),
    }
}

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

/// The address of a link.
pub fn link_url(portal: &str, token: &Token) -> String {
    format!("{portal}/link/{}", token.expose())
}
