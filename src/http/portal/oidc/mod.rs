//! Single sign-on by OpenID Connect: to the provider and back. The authorization code flow with PKCE; what belongs to a journey
//! travels sealed in a cookie, so that any node may see its end.

mod admit;
mod claims_of;
mod line;
mod provider;
mod seal;

use actix_web::cookie::time::Duration as CookieTime;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::door;
use super::error::PortalError;
use super::files;
use super::session::{self, is_same};
use super::state::Portal;
use super::words::Words;
use crate::domain::account::{ClaimRefusal, UserName};
use crate::foundation::Token;
use crate::telemetry::Chain;
use provider::ProviderError;
use seal::{Journey, WORKS};

pub use provider::{SingleSignOn, SingleSignOnSettings};

/// The cookie with what belongs to a journey.
const JOURNEY: &str = "aftercall_oidc";
/// Where that cookie is sent.
const PATH: &str = "/sign-in/oidc";
/// Characters of an address at most that a journey leads back to: a cookie has no room for a longer one.
const NEXT_LONGEST: usize = 1500;
/// Characters shown of what somebody else wrote into an address.
const QUOTED_LONGEST: usize = 60;

/// Why somebody did not come in.
enum Trouble {
    /// No journey of this browser's, or one that took too long.
    Expired(&'static str),
    /// Given up at the provider.
    Cancelled,
    /// The provider.
    Provider(ProviderError),
    /// What the provider says of the person makes nobody here.
    Claims(ClaimRefusal),
    /// Nobody has an account of this name.
    NoAccount(UserName),
    /// The account of this name belongs to another person of the provider.
    Taken(UserName),
    /// The account is locked.
    Locked(UserName),
    /// The database.
    Portal(PortalError),
}

impl From<PortalError> for Trouble {
    fn from(error: PortalError) -> Self {
        Self::Portal(error)
    }
}

impl From<ProviderError> for Trouble {
    fn from(error: ProviderError) -> Self {
        Self::Provider(error)
    }
}

impl Trouble {
    /// The reply's status, and the key of what the person is told.
    fn told(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Expired(_) | Self::Provider(ProviderError::Stale(_)) => {
                (StatusCode::BAD_REQUEST, "sso-expired")
            }
            Self::Cancelled => (StatusCode::UNAUTHORIZED, "sso-cancelled"),
            Self::Provider(ProviderError::Away(_) | ProviderError::StillAway(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "sso-away")
            }
            Self::Provider(ProviderError::Refused(_)) => (StatusCode::BAD_GATEWAY, "sso-refused"),
            Self::Claims(ClaimRefusal::NoRole(_)) => (StatusCode::FORBIDDEN, "sso-no-role"),
            Self::Claims(_) => (StatusCode::FORBIDDEN, "sso-no-name"),
            Self::NoAccount(_) => (StatusCode::FORBIDDEN, "sso-no-account"),
            Self::Taken(_) => (StatusCode::FORBIDDEN, "sso-taken"),
            Self::Locked(_) => (StatusCode::FORBIDDEN, "locked"),
            Self::Portal(error) if error.is_away() => (StatusCode::SERVICE_UNAVAILABLE, "database-away"),
            Self::Portal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "fault"),
        }
    }

    /// Says in the log what happened and what to do; no token and no code is among it.
    fn log(&self, address: &str) {
        match self {
            Self::Expired(why) => {
                tracing::info!(address, why, "a return from single sign-on is none of ours, or too late");
            }
            Self::Cancelled => tracing::info!(address, "single sign-on was given up at the provider"),
            Self::Provider(ProviderError::StillAway(why)) => {
                tracing::debug!(address, why, "the provider of single sign-on is still away");
            }
            Self::Provider(error) => {
                tracing::warn!(address, error = %error, "single sign-on failed at the provider");
            }
            Self::Claims(error) => {
                tracing::warn!(address, error = %Chain(error), "somebody may not come in by single sign-on");
            }
            Self::NoAccount(name) => tracing::warn!(
                address,
                "no account {name}: add it in Users or by `aftercall user add`, or set oidc.create_accounts"
            ),
            Self::Taken(name) => tracing::warn!(
                address,
                "the account {name} is tied to another person of the provider: if the name changed hands, lock that account and have the \
                 provider send another name; if it is the same person, `aftercall user forget-single-sign-on {name}`"
            ),
            Self::Locked(name) => tracing::info!(address, "the account {name} is locked"),
            // It has been said.
            Self::Portal(_) => {}
        }
    }
}

/// What stands on the button to the provider, and its address; `None` where there is no single sign-on.
pub(super) fn button(portal: &Portal, words: &Words, next: &str) -> Option<(String, String)> {
    let sso = portal.single_sign_on.as_ref()?;
    let label = sso.settings.label.clone().unwrap_or_else(|| words.say("single-sign-on"));
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    Some((label, format!("{PATH}?next={next}&lang={}", words.language())))
}

/// Leads to the provider.
pub(super) async fn begin(request: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    let Some(sso) = &portal.single_sign_on else { return files::no_such_page(request).await };
    let asked = Asked::of(&request);
    let words = Words::of(&request, asked.get("lang"));
    let next = Some(door::inside(asked.get("next").unwrap_or_default()));
    let next = next.filter(|next| next.len() <= NEXT_LONGEST).unwrap_or("/");
    let begun = sso.begin(next, words.language(), &*portal.chance).await;
    let (address, journey) = match begun {
        Ok(begun) => begun,
        Err(error) => return refuse(&request, &portal, words, next, &error.into()),
    };
    match sso.sealer.seal(&journey, &*portal.chance) {
        Some(sealed) => HttpResponse::SeeOther()
            .insert_header((LOCATION, address.as_str()))
            .insert_header((CACHE_CONTROL, "no-store"))
            .cookie(cookie(sealed, &portal))
            .finish(),
        None => {
            door::trouble(&request, &PortalError::internal("a journey to the provider could not be sealed"))
        }
    }
}

/// Where the provider leads back to: lets in, or says why not.
pub(super) async fn callback(request: HttpRequest, portal: Data<Portal>) -> HttpResponse {
    let Some(sso) = &portal.single_sign_on else { return files::no_such_page(request).await };
    let asked = Asked::of(&request);
    let sealed = request.cookie(JOURNEY);
    let journey = sealed.and_then(|sealed| sso.sealer.open(sealed.value(), portal.clock.now()));
    let words = Words::of(&request, journey.as_ref().map(|journey| journey.language.as_str()));
    let next = door::inside(journey.as_ref().map_or("", |journey| journey.next.as_str()));
    match enter(&request, &portal, sso, journey.as_ref(), &asked).await {
        Ok(token) => {
            let mut reply = door::see(next);
            let cookies = [session::cookie(&token, &portal), cookie_gone(&portal)];
            if cookies.iter().any(|cookie| reply.add_cookie(cookie).is_err()) {
                return door::trouble(&request, &PortalError::internal("a cookie could not be set"));
            }
            reply
        }
        Err(trouble) => {
            let mut reply = refuse(&request, &portal, words, next, &trouble);
            // A journey ends once; who tries again begins anew.
            if let Err(error) = reply.add_cookie(&cookie_gone(&portal)) {
                tracing::error!(error = %error, "a cookie could not be taken back");
            }
            reply
        }
    }
}

/// Lets in who came back from the provider on this browser's own journey.
async fn enter(
    request: &HttpRequest,
    portal: &Portal,
    sso: &SingleSignOn,
    journey: Option<&Journey>,
    asked: &Asked,
) -> Result<Token, Trouble> {
    let journey = journey.ok_or(Trouble::Expired("no journey of this browser that lasts"))?;
    if !is_same(asked.get("state").unwrap_or_default(), &journey.state) {
        return Err(Trouble::Expired("the state is another one"));
    }
    if asked.get("iss").is_some_and(|issuer| issuer != sso.settings.issuer) {
        return Err(ProviderError::Refused("another provider answered (iss)".to_owned()).into());
    }
    if let Some(error) = asked.get("error") {
        return Err(refusal_of(error));
    }
    let code =
        asked.get("code").filter(|code| !code.is_empty()).ok_or(Trouble::Expired("there is no code"))?;
    let vouched = sso.finish(journey, code.to_owned()).await?;
    admit::admit(request, portal, sso, &vouched).await
}

/// What the provider's error means (RFC 6749, section 4.1.2.1, and OpenID Connect Core, section 3.1.2.6).
fn refusal_of(error: &str) -> Trouble {
    let quoted: String = error.chars().filter(char::is_ascii_graphic).take(QUOTED_LONGEST).collect();
    match error {
        "access_denied" | "login_required" | "consent_required" | "interaction_required" => {
            Trouble::Cancelled
        }
        "temporarily_unavailable" | "server_error" => {
            ProviderError::Away(format!("it answers with {quoted}")).into()
        }
        _ => ProviderError::Refused(format!(
            "it answers with {quoted}; see its log, and whether redirect address and scopes are allowed there"
        ))
        .into(),
    }
}

/// The sign-in page with what happened: there is the way to try again, and the password.
fn refuse(
    request: &HttpRequest,
    portal: &Portal,
    words: &'static Words,
    next: &str,
    trouble: &Trouble,
) -> HttpResponse {
    trouble.log(&session::address(request));
    let (status, key) = trouble.told();
    door::show_sign_in(request, portal, words, (next, ""), status, (Some(words.say(key)), None))
}

/// What stands in the address. Of a name that comes twice the first counts.
struct Asked(Vec<(String, String)>);

impl Asked {
    fn of(request: &HttpRequest) -> Self {
        Self(form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn cookie(sealed: String, portal: &Portal) -> Cookie<'static> {
    Cookie::build(JOURNEY, sealed)
        .path(PATH)
        .http_only(true)
        .secure(portal.settings.secure)
        // It has to come along when the provider, another site, leads back.
        .same_site(SameSite::Lax)
        .max_age(CookieTime::seconds(WORKS.num_seconds()))
        .finish()
}

fn cookie_gone(portal: &Portal) -> Cookie<'static> {
    let mut cookie = cookie(String::new(), portal);
    cookie.make_removal();
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn giving_up_is_told_from_a_provider_that_refuses_or_is_away() {
        let told = |error| refusal_of(error).told();
        assert_eq!(told("access_denied"), (StatusCode::UNAUTHORIZED, "sso-cancelled"));
        assert_eq!(told("temporarily_unavailable"), (StatusCode::SERVICE_UNAVAILABLE, "sso-away"));
        assert_eq!(told("invalid_scope"), (StatusCode::BAD_GATEWAY, "sso-refused"));
    }
}
