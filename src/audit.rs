//! Lines of the audit log: who did what, to what, from where. For the portal, the APIs and the command line alike.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::account::AuditAction;
use crate::foundation::{AccountId, AuditId, Chance};
use crate::storage::AuditRow;

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

    /// The word of a provider of single sign-on, for somebody at this address.
    pub fn single_sign_on(address: String) -> Self {
        Self { account: None, who: "single sign-on".to_owned(), address }
    }

    /// The holder of an API key, by the key's name.
    pub fn of_key(name: &str, address: String) -> Self {
        Self { account: None, who: format!("API key {name}"), address }
    }
}

/// What was done, to what.
#[derive(Debug, Clone)]
pub struct Deed<'a> {
    /// What.
    pub action: AuditAction,
    /// To what: the name of a user, a service or a key, the key of a survey.
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

    /// A deed, and how it is now.
    pub fn new(action: AuditAction, subject: &'a str, after: Value) -> Self {
        Self { action, subject, before: None, after: Some(after) }
    }

    /// A deed, how it was before and how it is now.
    pub fn change(action: AuditAction, subject: &'a str, before: Value, after: Value) -> Self {
        Self { action, subject, before: Some(before), after: Some(after) }
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
