//! `/api/v1/me/second-factor`: a code beside the password, from an app on a phone.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::me::check_present_password;
use super::session::SignedIn;
use super::state::Portal;
use crate::audit::Deed;
use crate::domain::account::AuditAction;
use crate::foundation::{SecondFactor, Secret};
use crate::storage::AccountChange;

/// Points of the picture's edge at least: large enough for any camera.
const EDGE: u32 = 220;

/// A secret to begin with. Nothing is stored: it counts once a code of it was given.
pub(super) async fn begin(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    let factor = SecondFactor::generate(&*portal.chance);
    let url = factor.url(person.account.name.as_str());
    let url = url.ok_or_else(|| PortalError::internal("a second factor has no address"))?;
    let picture = QrCode::new(url.as_bytes()).map_err(|error| PortalError::internal(&error.to_string()))?;
    let picture = picture.render::<svg::Color<'_>>().min_dimensions(EDGE, EDGE).build();
    Ok(Json(json!({
        "secret": factor.text().expose(),
        "url": url,
        "picture": format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture)),
    })))
}

/// The secret that was begun with, a code of it, and the password.
#[derive(Deserialize)]
pub(super) struct NewFactor {
    secret: Secret<String>,
    code: String,
    password: Secret<String>,
}

/// Asks for codes of this secret from now on. All other sessions of the person end.
pub(super) async fn add(
    request: HttpRequest,
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<NewFactor>,
) -> Result<HttpResponse, PortalError> {
    let body = body.into_inner();
    check_present_password(&request, &portal, &person, body.password).await?;
    let factor = SecondFactor::parse(&body.secret)
        .ok_or_else(|| PortalError::bad("bad_secret", "begin anew: this is not the secret that was shown"))?;
    let step = factor.step_of(&body.code, portal.clock.now()).ok_or_else(|| {
        PortalError::bad(
            "wrong_code",
            "this code does not fit: enter the one that the app shows now, and look whether the phone's time is right",
        )
    })?;
    let deed = Deed::plain(AuditAction::SecondFactorAdded, person.account.name.as_str());
    let change = AccountChange::Totp { secret: Some(factor.text().clone()), keep: Some(person.session.id) };
    portal.accounts.change_account(person.account.id, change, portal.told(&person, deed)).await?;
    portal.accounts.take_totp_step(person.account.id, step).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The password.
#[derive(Deserialize)]
pub(super) struct Removal {
    password: Secret<String>,
}

/// Asks for no code any more.
pub(super) async fn remove(
    request: HttpRequest,
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<Removal>,
) -> Result<HttpResponse, PortalError> {
    check_present_password(&request, &portal, &person, body.into_inner().password).await?;
    let deed = Deed::plain(AuditAction::SecondFactorRemoved, person.account.name.as_str());
    let change = AccountChange::Totp { secret: None, keep: Some(person.session.id) };
    portal.accounts.change_account(person.account.id, change, portal.told(&person, deed)).await?;
    Ok(HttpResponse::NoContent().finish())
}
