//! Who may come in: wrong passwords counted, right ones rewarded with a session.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;
use chrono::TimeDelta;
use serde_json::Value;

use super::error::PortalError;
use super::session::address;
use super::state::Portal;
use crate::audit::{Actor, Deed, audit_row};
use crate::domain::account::{Attempts, AuditAction, UserName, wait_after};
use crate::foundation::{SecondFactor, Secret, SessionId, Token};
use crate::storage::{AccountRow, SessionRow};

/// Wrong passwords for one account that cost nothing: one's own mistakes.
const FREE_BY_ACCOUNT: u32 = 5;
/// Wrong passwords from one address that cost nothing: a site's people may share one.
const FREE_BY_ADDRESS: u32 = 20;
/// Characters kept of what a browser calls itself.
const AGENT_LONGEST: usize = 300;

/// What came of an attempt to sign in.
pub(super) enum Entry {
    /// A session began; its secret.
    In(Token),
    /// Wrong name or password.
    Wrong,
    /// The right password of a locked account.
    Locked,
    /// The right password, but no code of the second factor, or a wrong one.
    NoCode,
    /// Too many wrong passwords; how long to wait.
    Wait(Duration),
}

/// Tries a name and a password, and a code where the account asks for one.
pub(super) async fn enter(
    request: &HttpRequest,
    portal: &Portal,
    name: &str,
    password: Secret<String>,
    code: &str,
) -> Result<Entry, PortalError> {
    // What is no name has no account; it is counted by its address alone.
    let name = UserName::parse(name).ok();
    let keys = keys(name.as_ref(), &address(request));
    let wait = wait(portal, &keys).await?;
    if wait > Duration::ZERO {
        return Ok(Entry::Wait(wait));
    }
    let account = match &name {
        Some(name) => portal.accounts.account(name.clone()).await?,
        None => None,
    };
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let right = portal.is_password(password, hash).await?;
    let Some(account) = account.filter(|_| right) else {
        fail(request, portal, name.as_ref(), keys).await?;
        return Ok(Entry::Wrong);
    };
    if account.locked_at.is_some() {
        return Ok(Entry::Locked);
    }
    if !has_second_factor(portal, &account, code).await? {
        // Whoever guesses codes is slowed down as who guesses passwords.
        fail(request, portal, name.as_ref(), keys).await?;
        return Ok(Entry::NoCode);
    }
    portal.accounts.forget_failures(key_of_account(&account.name)).await?;
    begin(request, portal, &account, None).await.map(Entry::In)
}

/// Whether the code is right, where the account asks for one. Each is good once.
async fn has_second_factor(portal: &Portal, account: &AccountRow, code: &str) -> Result<bool, PortalError> {
    let Some(secret) = &account.totp else { return Ok(true) };
    let factor = SecondFactor::parse(secret);
    match factor.and_then(|factor| factor.step_of(code, portal.clock.now())) {
        Some(step) => Ok(portal.accounts.take_totp_step(account.id, step).await?),
        None => Ok(false),
    }
}

/// How long to wait before another wrong password is looked at.
pub(super) async fn wait(portal: &Portal, keys: &[(String, u32)]) -> Result<Duration, PortalError> {
    let names = keys.iter().map(|(key, _)| key.clone()).collect();
    let attempts = portal.accounts.attempts(names).await?;
    let now = portal.clock.now();
    let waits = attempts
        .iter()
        .zip(keys)
        .filter_map(|(attempts, (_, free))| attempts.map(|attempts| wait_after(attempts, *free, now)));
    Ok(waits.max().unwrap_or_default())
}

/// Counts a wrong password; the first that is one too many is put in the audit log.
pub(super) async fn fail(
    request: &HttpRequest,
    portal: &Portal,
    name: Option<&UserName>,
    keys: Vec<(String, u32)>,
) -> Result<(), PortalError> {
    let now = portal.clock.now();
    let names: Vec<String> = keys.iter().map(|(key, _)| key.clone()).collect();
    portal.accounts.note_failure(names.clone(), now, Attempts::forgotten_before(now)).await?;
    let counted = portal.accounts.attempts(names).await?;
    let is_first_too_many =
        counted.iter().zip(&keys).any(|(counted, (_, free))| counted.is_some_and(|c| c.failures == free + 1));
    if is_first_too_many {
        let who = name.map_or("", UserName::as_str);
        let actor = Actor { account: None, who: who.to_owned(), address: address(request) };
        let deed = Deed::plain(AuditAction::SignInRefused, who);
        portal.accounts.note_audit(audit_row(&actor, deed, now, &*portal.chance)).await?;
    }
    Ok(())
}

/// Under what wrong passwords are counted, and how many of each cost nothing.
pub(super) fn keys(name: Option<&UserName>, address: &str) -> Vec<(String, u32)> {
    let mut keys = vec![(format!("address {address}"), FREE_BY_ADDRESS)];
    keys.extend(name.map(|name| (key_of_account(name), FREE_BY_ACCOUNT)));
    keys
}

/// Under what the wrong passwords for an account are counted.
pub(super) fn key_of_account(name: &UserName) -> String {
    format!("account {name}")
}

/// Begins a session; `told` is what the audit log says besides.
pub(super) async fn begin(
    request: &HttpRequest,
    portal: &Portal,
    account: &AccountRow,
    told: Option<Value>,
) -> Result<Token, PortalError> {
    let (now, token) = (portal.clock.now(), Token::generate(&*portal.chance));
    let longest = TimeDelta::from_std(portal.settings.session_longest).unwrap_or(TimeDelta::MAX);
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let session = SessionRow {
        id: SessionId::new(now, &*portal.chance),
        token_hash: token.hash(),
        account: account.id,
        created_at: now,
        used_at: now,
        ends_at: now + longest,
        address: address(request),
        agent: agent.chars().filter(|c| !c.is_control()).take(AGENT_LONGEST).collect(),
    };
    let name = account.name.as_str();
    let actor = Actor { account: Some(account.id), who: name.to_owned(), address: address(request) };
    let deed = Deed { after: told, ..Deed::plain(AuditAction::SignedIn, name) };
    let audit = audit_row(&actor, deed, now, &*portal.chance);
    portal.accounts.begin_session(session, audit).await?;
    Ok(token)
}
