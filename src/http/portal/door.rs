//! The pages before the portal: sign-in, and the link by which somebody sets a password. They need no script.

use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::error::PortalError;
use super::files::page;
use super::oidc;
use super::session::{self, csrf_of, is_same};
use super::sign_in::{self, Entry};
use super::state::Portal;
use super::words::Words;
use crate::audit::{Actor, Deed, audit_row};
use crate::domain::account::{AuditAction, PASSWORD_MIN, WeakPassword, check_password};
use crate::foundation::{Secret, Token, hash_of};
use crate::storage::{AccountChange, AccountRow, LinkRow};

/// The cookie that ties a form to the browser it was given to.
const DOOR: &str = "aftercall_door";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    words: &'static Words,
    here: String,
    csrf: String,
    next: &'a str,
    name: &'a str,
    error: Option<String>,
    info: Option<String>,
    /// The button to the provider of single sign-on: what stands on it, and where it leads.
    button: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage<'a> {
    words: &'static Words,
    here: String,
    csrf: String,
    name: &'a str,
    shortest: usize,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    words: &'static Words,
    here: String,
    title: &'a str,
    text: &'a str,
}

/// What the address of the sign-in page says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
    next: Option<String>,
    /// The password was set just now.
    set: Option<String>,
}

/// The sign-in form.
#[derive(Deserialize)]
pub(super) struct SignInForm {
    name: String,
    password: Secret<String>,
    /// The code of the second factor; empty where there is none.
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    csrf: String,
    lang: Option<String>,
}

/// The form of a new password.
#[derive(Deserialize)]
pub(super) struct PasswordForm {
    password: Secret<String>,
    repeat: Secret<String>,
    #[serde(default)]
    csrf: String,
    lang: Option<String>,
}

/// The form to sign in by; who is signed in already is led on.
pub(super) async fn sign_in_page(
    request: HttpRequest,
    portal: Data<Portal>,
    asked: Query<Asked>,
) -> HttpResponse {
    let next = inside(asked.next.as_deref().unwrap_or_default());
    if session::signed_in(&request).await.is_ok() {
        return see(next);
    }
    let words = Words::of(&request, asked.lang.as_deref());
    let info = asked.set.as_ref().map(|_| words.say("password-set"));
    show_sign_in(&request, &portal, words, (next, ""), StatusCode::OK, (None, info))
}

/// Lets somebody in, or says why not.
pub(super) async fn sign_in(
    request: HttpRequest,
    portal: Data<Portal>,
    form: Form<SignInForm>,
) -> HttpResponse {
    let form = form.into_inner();
    let words = Words::of(&request, form.lang.as_deref());
    let (next, name) = (inside(&form.next), form.name.clone());
    let again =
        |status, error| show_sign_in(&request, &portal, words, (next, &name), status, (Some(error), None));
    if !is_ours(&request, &form.csrf) {
        return again(StatusCode::FORBIDDEN, words.say("out-of-date"));
    }
    match sign_in::enter(&request, &portal, &form.name, form.password, &form.code).await {
        Ok(Entry::In(token)) => {
            let mut reply = see(next);
            let set = reply.add_cookie(&session::cookie(&token, &portal));
            if set.is_err() {
                trouble(&request, &PortalError::internal("a cookie could not be set"))
            } else {
                reply
            }
        }
        Ok(Entry::Wrong) => again(StatusCode::UNAUTHORIZED, words.say("wrong-password")),
        Ok(Entry::NoCode) => again(StatusCode::UNAUTHORIZED, words.say("wrong-code")),
        Ok(Entry::Locked) => again(StatusCode::FORBIDDEN, words.say("locked")),
        Ok(Entry::Wait(wait)) => {
            let mut reply =
                again(StatusCode::TOO_MANY_REQUESTS, words.say_number("too-many", "seconds", seconds(wait)));
            reply.headers_mut().insert(RETRY_AFTER, seconds(wait).into());
            reply
        }
        Err(error) if error.is_away() => again(StatusCode::SERVICE_UNAVAILABLE, words.say("database-away")),
        Err(_) => again(StatusCode::INTERNAL_SERVER_ERROR, words.say("fault")),
    }
}

/// The form to set a password by a link.
pub(super) async fn link_page(
    request: HttpRequest,
    portal: Data<Portal>,
    token: Path<String>,
    asked: Query<Asked>,
) -> HttpResponse {
    let words = Words::of(&request, asked.lang.as_deref());
    match open_link(&portal, &token).await {
        Ok(Some((_, account))) => show_link(&request, &portal, words, &account, (StatusCode::OK, None)),
        Ok(None) => link_over(words),
        Err(error) => trouble(&request, &error),
    }
}

/// Sets the password, and leads to the sign-in page.
pub(super) async fn set_password(
    request: HttpRequest,
    portal: Data<Portal>,
    token: Path<String>,
    form: Form<PasswordForm>,
) -> HttpResponse {
    let form = form.into_inner();
    let words = Words::of(&request, form.lang.as_deref());
    let (link, account) = match open_link(&portal, &token).await {
        Ok(Some(open)) => open,
        Ok(None) => return link_over(words),
        Err(error) => return trouble(&request, &error),
    };
    let again =
        |status, key: &str| show_link(&request, &portal, words, &account, (status, Some(words.say(key))));
    if !is_ours(&request, &form.csrf) {
        return again(StatusCode::FORBIDDEN, "out-of-date");
    }
    if form.password != form.repeat {
        return again(StatusCode::BAD_REQUEST, "passwords-differ");
    }
    if let Err(weak) = check_password(form.password.expose(), &account.name, &account.display_name) {
        return again(StatusCode::BAD_REQUEST, weak_key(weak));
    }
    match redeem(&request, &portal, &link, &account, form.password).await {
        Ok(true) => see(&format!("/sign-in?set=1&lang={}", words.language())),
        Ok(false) => link_over(words),
        Err(error) => trouble(&request, &error),
    }
}

async fn redeem(
    request: &HttpRequest,
    portal: &Portal,
    link: &LinkRow,
    account: &AccountRow,
    password: Secret<String>,
) -> Result<bool, PortalError> {
    let hash = portal.hash(password).await?;
    let now = portal.clock.now();
    let name = account.name.as_str();
    let actor = Actor { account: Some(account.id), who: name.to_owned(), address: session::address(request) };
    let audit = audit_row(&actor, Deed::plain(AuditAction::PasswordSet, name), now, &*portal.chance);
    let change = AccountChange::Password { hash, keep: None };
    let done = portal.accounts.redeem_link(link.clone(), change, now, audit).await?;
    if done {
        // Whoever was shut out for wrong passwords has a new one now.
        portal.accounts.forget_failures(sign_in::key_of_account(&account.name)).await?;
    }
    Ok(done)
}

/// A link that works now, and its account.
async fn open_link(portal: &Portal, token: &str) -> Result<Option<(LinkRow, AccountRow)>, PortalError> {
    let found = portal.accounts.link(hash_of(token)).await?;
    let now = portal.clock.now();
    Ok(found.filter(|(link, account)| now < link.expires_at && account.locked_at.is_none()))
}

/// The key of what is said of a weak password.
pub(super) fn weak_key(weak: WeakPassword) -> &'static str {
    match weak {
        WeakPassword::Short => "password-short",
        WeakPassword::Long => "password-long",
        WeakPassword::Guessable => "password-guessable",
    }
}

/// The way to the sign-in page, and back to `path` from there.
pub(super) fn lead(path: &str) -> HttpResponse {
    let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    see(&format!("/sign-in?next={next}"))
}

/// A page that says something and leads on.
pub(super) fn notice(words: &'static Words, status: StatusCode, title: &str, text: &str) -> HttpResponse {
    page(status, NoticePage { words, here: "?".to_owned(), title, text }.render())
}

/// What somebody is told when a page cannot be shown.
pub(super) fn trouble(request: &HttpRequest, error: &PortalError) -> HttpResponse {
    let words = Words::of(request, None);
    let (status, key) = if error.is_away() {
        (StatusCode::SERVICE_UNAVAILABLE, "database-away")
    } else {
        (StatusCode::INTERNAL_SERVER_ERROR, "fault")
    };
    notice(words, status, &words.say("sign-in"), &words.say(key))
}

fn link_over(words: &'static Words) -> HttpResponse {
    notice(words, StatusCode::GONE, &words.say("link-over"), &words.say("link-over-text"))
}

/// The form, with what went wrong or well.
pub(super) fn show_sign_in(
    request: &HttpRequest,
    portal: &Portal,
    words: &'static Words,
    (next, name): (&str, &str),
    status: StatusCode,
    (error, info): (Option<String>, Option<String>),
) -> HttpResponse {
    let (csrf, cookie) = form_token(request, portal);
    let escaped: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let here = format!("/sign-in?next={escaped}&");
    let button = oidc::button(portal, words, next);
    let form = SignInPage { words, here, csrf, next, name, error, info, button };
    let mut reply = page(status, form.render());
    give(&mut reply, cookie);
    reply
}

fn show_link(
    request: &HttpRequest,
    portal: &Portal,
    words: &'static Words,
    account: &AccountRow,
    (status, error): (StatusCode, Option<String>),
) -> HttpResponse {
    let (csrf, cookie) = form_token(request, portal);
    let name = account.name.as_str();
    let form = LinkPage { words, here: "?".to_owned(), csrf, name, shortest: PASSWORD_MIN, error };
    let mut reply = page(status, form.render());
    give(&mut reply, cookie);
    reply
}

/// What ties a form to this browser, and the cookie for it where it has none yet.
fn form_token(request: &HttpRequest, portal: &Portal) -> (String, Option<Cookie<'static>>) {
    if let Some(known) = request.cookie(DOOR) {
        return (csrf_of(known.value()), None);
    }
    let token = Token::generate(&*portal.chance);
    let cookie = Cookie::build(DOOR, token.expose().to_owned())
        .path("/")
        .http_only(true)
        .secure(portal.settings.secure)
        .same_site(SameSite::Strict)
        .finish();
    (csrf_of(token.expose()), Some(cookie))
}

fn give(reply: &mut HttpResponse, cookie: Option<Cookie<'static>>) {
    let given = cookie.map(|cookie| reply.add_cookie(&cookie));
    if let Some(Err(error)) = given {
        tracing::error!(error = %error, "a cookie could not be set");
    }
}

/// Whether a form was given to this very browser.
fn is_ours(request: &HttpRequest, csrf: &str) -> bool {
    request.cookie(DOOR).is_some_and(|cookie| is_same(csrf, &csrf_of(cookie.value())))
}

/// A path of the portal itself; the first page for anything else.
pub(super) fn inside(next: &str) -> &str {
    let leads_out =
        next.starts_with("//") || next.contains(['\\', '\r', '\n']) || next.starts_with("/sign-in");
    if next.starts_with('/') && !leads_out { next } else { "/" }
}

/// Leads on.
pub(super) fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path.to_owned())).finish()
}

/// Seconds to wait, never fewer than it takes.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_leads_on_within_the_portal_only() {
        assert_eq!(inside("/system?tab=1"), "/system?tab=1");
        for outside in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/sign-in?next=/sign-in",
            "/a\r\nb",
        ] {
            assert_eq!(inside(outside), "/", "{outside:?}");
        }
    }
}
