//! Who sends a request: the session in its cookie, whether it still lasts, what its person may do, and whether the request
//! comes from our own pages.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::timeout;

use super::error::PortalError;
use super::state::Portal;
use crate::audit::Actor;
use crate::domain::account::Right;
use crate::foundation::{Token, hash_of};
use crate::storage::{AccountRow, SessionRow};

/// The cookie with a session's secret.
const SESSION: &str = "aftercall_session";
/// The header with which our own pages send what only they can know.
const CSRF: &str = "x-csrf-token";
/// The header of what our own pages ask by themselves, without somebody who wants it.
const BACKGROUND: &str = "x-background";
/// A session's last use is written down this often.
const USE_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The person who sent a request, signed in.
pub(super) struct SignedIn {
    pub(super) account: AccountRow,
    pub(super) session: SessionRow,
    /// What the page sends along with everything that changes something.
    pub(super) csrf: String,
    address: String,
}

impl SignedIn {
    /// Refuses whoever does not have this right.
    pub(super) fn must(&self, right: Right) -> Result<(), PortalError> {
        if self.account.role.may(right) { Ok(()) } else { Err(PortalError::no_right(right)) }
    }

    /// The teams whose results this person may see; `None`: all.
    pub(super) fn teams(&self) -> Option<Vec<String>> {
        self.account.role.sees_own_teams_only().then(|| self.account.teams.clone())
    }

    /// As the audit log names this person.
    pub(super) fn actor(&self) -> Actor {
        Actor {
            account: Some(self.account.id),
            who: self.account.name.as_str().to_owned(),
            address: self.address.clone(),
        }
    }
}

impl FromRequest for SignedIn {
    type Error = PortalError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PortalError>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { signed_in(&request).await })
    }
}

/// The person who sent a request.
pub(super) async fn signed_in(request: &HttpRequest) -> Result<SignedIn, PortalError> {
    let portal =
        request.app_data::<Data<Portal>>().ok_or_else(|| PortalError::internal("there is no portal"))?;
    let secret = request.cookie(SESSION).ok_or_else(PortalError::signed_out)?.value().to_owned();
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let csrf = csrf_of(&secret);
    let given = request.headers().get(CSRF).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if changes && !is_same(given, &csrf) {
        return Err(PortalError::bad_csrf());
    }
    let hash = hash_of(&secret);
    let now = portal.clock.now();
    // What a page asks by itself is no use of the session by somebody.
    let by_person = !request.headers().contains_key(BACKGROUND);
    let (session, account) = match read(portal, hash, by_person).await {
        Ok(found) => found.ok_or_else(PortalError::signed_out)?,
        Err(error) => remembered(portal, hash, changes, error).await?,
    };
    if is_over(&session, portal, now) || account.locked_at.is_some() {
        return Err(PortalError::signed_out());
    }
    Ok(SignedIn { account, session, csrf, address: address(request) })
}

/// The session with this secret, as the database has it; and notes there that a person uses it.
async fn read(
    portal: &Portal,
    hash: [u8; 32],
    by_person: bool,
) -> Result<Option<(SessionRow, AccountRow)>, PortalError> {
    let found = timeout(portal.settings.patience, portal.accounts.session(hash)).await;
    let Some((mut session, account)) = found.map_err(|_| PortalError::late())?? else {
        portal.known.invalidate(&hash).await;
        return Ok(None);
    };
    let now = portal.clock.now();
    if by_person && now - session.used_at >= USE_NOTED_EVERY && !is_over(&session, portal, now) {
        // A person whose last use could not be noted is signed in all the same.
        if portal.accounts.touch_session(session.id, now).await.is_ok() {
            session.used_at = now;
        }
    }
    portal.known.insert(hash, (session.clone(), account.clone())).await;
    Ok(Some((session, account)))
}

/// The session as it was last read here. While the database is away it is good for reading: that is when people have to see
/// how the system is.
async fn remembered(
    portal: &Portal,
    hash: [u8; 32],
    changes: bool,
    error: PortalError,
) -> Result<(SessionRow, AccountRow), PortalError> {
    let known = portal.known.get(&hash).await;
    known.filter(|_| error.is_away() && !changes).ok_or(error)
}

/// Whether the session with this secret goes on; also while the database cannot say so.
pub(super) async fn lasts(portal: &Portal, hash: [u8; 32]) -> bool {
    match read(portal, hash, false).await {
        Ok(Some((session, account))) => {
            !is_over(&session, portal, portal.clock.now()) && account.locked_at.is_none()
        }
        Ok(None) => false,
        Err(error) => error.is_away(),
    }
}

/// Whether a session's time is over.
pub(super) fn is_over(session: &SessionRow, portal: &Portal, now: DateTime<Utc>) -> bool {
    let idle = TimeDelta::from_std(portal.settings.session_idle).unwrap_or(TimeDelta::MAX);
    now >= session.ends_at || now - session.used_at >= idle
}

/// The cookie of a session that begins.
pub(super) fn cookie(token: &Token, portal: &Portal) -> Cookie<'static> {
    of_session(token.expose().to_owned(), portal)
}

/// The cookie that takes the session from the browser.
pub(super) fn cookie_gone(portal: &Portal) -> Cookie<'static> {
    let mut cookie = of_session(String::new(), portal);
    cookie.make_removal();
    cookie
}

fn of_session(secret: String, portal: &Portal) -> Cookie<'static> {
    Cookie::build(SESSION, secret)
        .path("/")
        .http_only(true)
        .secure(portal.settings.secure)
        // Links in mails lead into the portal; what changes something needs the token besides.
        .same_site(SameSite::Lax)
        .finish()
}

/// What only pages know that were given to the holder of this secret.
pub(super) fn csrf_of(secret: &str) -> String {
    let hash = hash_of(&format!("csrf {secret}"));
    hash.iter().take(16).fold(String::with_capacity(32), |text, byte| format!("{text}{byte:02x}"))
}

/// Compares in a time that does not tell where two texts differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// Where a request came from: the client, or what a proxy that is trusted says of its own.
pub(super) fn address(request: &HttpRequest) -> String {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip().to_canonical()) else { return String::new() };
    let portal = request.app_data::<Data<Portal>>();
    let is_proxy = portal.is_some_and(|portal| portal.settings.proxies.contains(&peer));
    let told = is_proxy.then(|| forwarded(request)).flatten();
    told.unwrap_or(peer).to_string()
}

/// The last address in `X-Forwarded-For`: the ones before it are what the client claims.
fn forwarded(request: &HttpRequest) -> Option<IpAddr> {
    let headers = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let last = headers.last()?.rsplit(',').next()?.trim();
    last.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}
