//! `/api/v1/me`: the person who is signed in, their sessions, password and language.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::{SignedIn, address, cookie_gone};
use super::sign_in::{self, keys};
use super::state::Portal;
use super::words::is_language;
use crate::audit::{Deed, audit_row};
use crate::domain::account::{AuditAction, check_password};
use crate::foundation::{Secret, SessionId};
use crate::storage::{AccountChange, SessionRow};

/// Who is signed in, and what they may do.
pub(super) async fn me(portal: Data<Portal>, person: SignedIn) -> Json<Value> {
    let account = &person.account;
    Json(json!({
        "name": account.name.as_str(),
        "display_name": account.display_name,
        "role": account.role,
        "rights": account.role.rights(),
        "teams": person.teams(),
        "second_factor": account.totp.is_some(),
        "password": account.password.is_some(),
        "single_sign_on": account.identity.is_some(),
        "time_zone": portal.settings.zone.name(),
        "language": account.language,
        "csrf": person.csrf,
        "node": portal.settings.node,
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

/// Another language of the pages.
#[derive(Deserialize)]
pub(super) struct LanguageBody {
    language: String,
}

/// Keeps the language that somebody chose.
pub(super) async fn set_language(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<LanguageBody>,
) -> Result<HttpResponse, PortalError> {
    if !is_language(&body.language) {
        return Err(PortalError::bad("bad_language", "there are no pages in this language"));
    }
    let deed = Deed {
        before: Some(json!({"language": person.account.language})),
        after: Some(json!({"language": body.language})),
        ..Deed::plain(AuditAction::LanguageChosen, person.account.name.as_str())
    };
    let audit = audit_row(&person.actor(), deed, portal.clock.now(), &*portal.chance);
    let change = AccountChange::Language(Some(body.language.clone()));
    portal.accounts.change_account(person.account.id, change, audit).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A new password, and the one before.
#[derive(Deserialize)]
pub(super) struct PasswordBody {
    current: Secret<String>,
    new: Secret<String>,
}

/// Sets another password. All other sessions of the person end.
pub(super) async fn set_password(
    request: HttpRequest,
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<PasswordBody>,
) -> Result<HttpResponse, PortalError> {
    let (account, body) = (&person.account, body.into_inner());
    check_present_password(&request, &portal, &person, body.current).await?;
    check_password(body.new.expose(), &account.name, &account.display_name)
        .map_err(|weak| PortalError::bad("weak_password", weak.to_string()))?;
    let hash = portal.hash(body.new).await?;
    let deed = Deed::plain(AuditAction::PasswordSet, account.name.as_str());
    let audit = audit_row(&person.actor(), deed, portal.clock.now(), &*portal.chance);
    let change = AccountChange::Password { hash, keep: Some(person.session.id) };
    portal.accounts.change_account(account.id, change, audit).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Refuses whoever does not know the present password of the account; counted as wrong passwords are when signing in.
pub(super) async fn check_present_password(
    request: &HttpRequest,
    portal: &Portal,
    person: &SignedIn,
    password: Secret<String>,
) -> Result<(), PortalError> {
    let account = &person.account;
    let keys = keys(Some(&account.name), &address(request));
    let wait = sign_in::wait(portal, &keys).await?;
    if !wait.is_zero() {
        return Err(PortalError::too_many(wait));
    }
    if portal.is_password(password, account.password.clone()).await? {
        return Ok(());
    }
    sign_in::fail(request, portal, Some(&account.name), keys).await?;
    Err(PortalError::bad("wrong_password", "the present password is not right"))
}

/// Ends the session of this very browser.
pub(super) async fn sign_out(portal: Data<Portal>, person: SignedIn) -> Result<HttpResponse, PortalError> {
    let deed = Deed::plain(AuditAction::SignedOut, person.account.name.as_str());
    let audit = audit_row(&person.actor(), deed, portal.clock.now(), &*portal.chance);
    portal.accounts.end_session(person.account.id, person.session.id, audit).await?;
    portal.known.invalidate(&person.session.token_hash).await;
    Ok(HttpResponse::NoContent()
        .cookie(cookie_gone(&portal))
        .insert_header(("clear-site-data", "\"cache\""))
        .finish())
}

/// All sessions of the person that still last.
pub(super) async fn sessions(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    let now = portal.clock.now();
    let all = portal.accounts.sessions(person.account.id).await?;
    let lasting = all.iter().filter(|session| !super::session::is_over(session, &portal, now));
    let shown: Vec<Value> = lasting.map(|session| show(session, person.session.id)).collect();
    Ok(Json(json!({"sessions": shown})))
}

fn show(session: &SessionRow, current: SessionId) -> Value {
    json!({
        "id": session.id,
        "created_at": session.created_at,
        "used_at": session.used_at,
        "ends_at": session.ends_at,
        "address": session.address,
        "agent": session.agent,
        "current": session.id == current,
    })
}

/// Ends a session of the person.
pub(super) async fn end_session(
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, PortalError> {
    let gone = || PortalError::nothing("you have no such session; it may be over already");
    let id: SessionId = id.parse().map_err(|_| gone())?;
    let deed = Deed::plain(AuditAction::SessionEnded, person.account.name.as_str());
    let audit = audit_row(&person.actor(), deed, portal.clock.now(), &*portal.chance);
    if portal.accounts.end_session(person.account.id, id, audit).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(gone())
    }
}
