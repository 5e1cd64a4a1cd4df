//! `/api/v1/users`: the people who may sign in.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::people;
use super::session::SignedIn;
use super::state::Portal;
use crate::audit::{Deed, audit_row};
use crate::domain::account::{AuditAction, Right, Role, UserName};
use crate::domain::contact::Name;
use crate::storage::{AccountChange, AccountRow, StorageErrorKind};

/// Characters of a person's name at most.
const DISPLAY_NAME_LONGEST: usize = 200;

/// Teams of a supervisor at most.
const TEAMS_MOST: usize = 200;

/// A user to be added.
#[derive(Deserialize)]
pub(super) struct NewUser {
    name: String,
    #[serde(default)]
    display_name: String,
    role: String,
}

/// Another role.
#[derive(Deserialize)]
pub(super) struct RoleBody {
    role: String,
}

/// All users by name.
pub(super) async fn list(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::ManageUsers)?;
    let users: Vec<Value> = portal.accounts.accounts().await?.iter().map(show).collect();
    Ok(Json(json!({"users": users})))
}

fn show(account: &AccountRow) -> Value {
    let state = match (account.locked_at, &account.password) {
        (Some(_), _) => "locked",
        (None, None) if account.identity.is_none() => "invited",
        (None, _) => "active",
    };
    json!({
        "name": account.name.as_str(),
        "display_name": account.display_name,
        "role": account.role,
        "teams": account.teams,
        "second_factor": account.totp.is_some(),
        "password": account.password.is_some(),
        "single_sign_on_since": account.identity.as_ref().map(|identity| identity.bound_at),
        "state": state,
        "created_at": account.created_at,
        "signed_in_at": account.signed_in_at,
    })
}

/// Adds a user; the reply has the link by which that person sets a password.
pub(super) async fn add(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<NewUser>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::ManageUsers)?;
    let name =
        UserName::parse(&body.name).map_err(|error| PortalError::bad("bad_name", error.to_string()))?;
    let role = role_of(&body.role)?;
    let display_name = body.display_name.trim();
    if display_name.chars().count() > DISPLAY_NAME_LONGEST || display_name.chars().any(char::is_control) {
        let message = format!(
            "the person's name has at most {DISPLAY_NAME_LONGEST} characters, and no control characters"
        );
        return Err(PortalError::bad("bad_name", message));
    }
    let now = portal.clock.now();
    let account = people::account(name, display_name, role, now, &*portal.chance);
    let (link, token) = people::link(account.id, portal.settings.link_works, now, &*portal.chance);
    let deed = Deed {
        after: Some(json!({"role": role, "display_name": account.display_name})),
        ..Deed::plain(AuditAction::UserAdded, account.name.as_str())
    };
    let audit = audit_row(&person.actor(), deed, now, &*portal.chance);
    let expires_at = link.expires_at;
    let name = account.name.clone();
    match portal.accounts.add_account(account, Some(link), audit).await {
        Ok(()) => {}
        Err(error) if error.kind == StorageErrorKind::Duplicate => {
            return Err(PortalError::conflict(
                "name_taken",
                format!("there is a user {name} already: take another name"),
            ));
        }
        Err(error) => return Err(error.into()),
    }
    let link = people::link_url(&portal.settings.url, &token);
    Ok(HttpResponse::Created().json(json!({"link": link, "expires_at": expires_at})))
}

/// Makes a link by which a user sets a new password. The present one works until then.
pub(super) async fn reset(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<Json<Value>, PortalError> {
    let account = user(&portal, &person, &name).await?;
    if account.locked_at.is_some() {
        let message = format!("{} is locked: unlock the account first, then make a link", account.name);
        return Err(PortalError::conflict("locked", message));
    }
    let now = portal.clock.now();
    let (link, token) = people::link(account.id, portal.settings.link_works, now, &*portal.chance);
    let deed = Deed::plain(AuditAction::UserLinkMade, account.name.as_str());
    let audit = audit_row(&person.actor(), deed, now, &*portal.chance);
    let expires_at = link.expires_at;
    portal.accounts.put_link(link, audit).await?;
    Ok(Json(json!({"link": people::link_url(&portal.settings.url, &token), "expires_at": expires_at})))
}

/// Locks a user out: no more signing in, and all sessions end.
pub(super) async fn lock(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<HttpResponse, PortalError> {
    let account = another(&portal, &person, &name).await?;
    let deed = Deed::plain(AuditAction::UserLocked, account.name.as_str());
    change(&portal, &person, &account, AccountChange::Lock(portal.clock.now()), deed).await
}

/// Lets a locked user in again.
pub(super) async fn unlock(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<HttpResponse, PortalError> {
    let account = user(&portal, &person, &name).await?;
    let deed = Deed::plain(AuditAction::UserUnlocked, account.name.as_str());
    change(&portal, &person, &account, AccountChange::Unlock, deed).await
}

/// Gives a user another role.
pub(super) async fn set_role(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
    body: Json<RoleBody>,
) -> Result<HttpResponse, PortalError> {
    let account = another(&portal, &person, &name).await?;
    let role = role_of(&body.role)?;
    let deed = Deed {
        before: Some(json!({"role": account.role})),
        after: Some(json!({"role": role})),
        ..Deed::plain(AuditAction::RoleChanged, account.name.as_str())
    };
    change(&portal, &person, &account, AccountChange::Role(role), deed).await
}

/// Asks a user who lost the phone for no code any more.
pub(super) async fn remove_second_factor(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<HttpResponse, PortalError> {
    let account = user(&portal, &person, &name).await?;
    let deed = Deed::plain(AuditAction::SecondFactorRemoved, account.name.as_str());
    change(&portal, &person, &account, AccountChange::Totp { secret: None, keep: None }, deed).await
}

/// Unties a user from the person of the provider: the next one who comes by this name is tied to it.
pub(super) async fn forget_single_sign_on(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<HttpResponse, PortalError> {
    let account = user(&portal, &person, &name).await?;
    let Some(deed) = people::forgotten_identity(&account) else {
        let message = format!("{} is tied to nobody of a provider of single sign-on", account.name);
        return Err(PortalError::conflict("not_tied", message));
    };
    change(&portal, &person, &account, AccountChange::Unbind, deed).await
}

/// Teams of a supervisor.
#[derive(Deserialize)]
pub(super) struct TeamsBody {
    teams: Vec<String>,
}

/// Gives a user other teams; they count while the user is a supervisor.
pub(super) async fn set_teams(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
    body: Json<TeamsBody>,
) -> Result<HttpResponse, PortalError> {
    let account = user(&portal, &person, &name).await?;
    let mut teams = Vec::new();
    for team in &body.teams {
        let parsed = Name::parse(team)
            .map_err(|error| PortalError::bad("bad_team", format!("a team's name {error}")))?;
        teams.extend(parsed.map(|team| team.as_str().to_owned()));
    }
    teams.sort_unstable();
    teams.dedup();
    if teams.len() > TEAMS_MOST {
        return Err(PortalError::bad("bad_team", format!("a supervisor has at most {TEAMS_MOST} teams")));
    }
    let deed = Deed::change(
        AuditAction::TeamsChanged,
        account.name.as_str(),
        json!({"teams": account.teams}),
        json!({"teams": teams}),
    );
    change(&portal, &person, &account, AccountChange::Teams(teams), deed).await
}

async fn change(
    portal: &Portal,
    person: &SignedIn,
    account: &AccountRow,
    change: AccountChange,
    deed: Deed<'_>,
) -> Result<HttpResponse, PortalError> {
    let audit = audit_row(&person.actor(), deed, portal.clock.now(), &*portal.chance);
    if portal.accounts.change_account(account.id, change, audit).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(no_such_user(account.name.as_str()))
    }
}

/// A user other than the person, so that there is always somebody left who manages users.
async fn another(portal: &Portal, person: &SignedIn, name: &str) -> Result<AccountRow, PortalError> {
    let account = user(portal, person, name).await?;
    if account.id == person.account.id {
        let message = "this is your own account: have another administrator do it";
        return Err(PortalError::conflict("own_account", message));
    }
    Ok(account)
}

async fn user(portal: &Portal, person: &SignedIn, name: &str) -> Result<AccountRow, PortalError> {
    person.must(Right::ManageUsers)?;
    let parsed = UserName::parse(name).map_err(|_| no_such_user(name))?;
    portal.accounts.account(parsed).await?.ok_or_else(|| no_such_user(name))
}

fn no_such_user(name: &str) -> PortalError {
    PortalError::nothing(format!("there is no user {name}"))
}

fn role_of(word: &str) -> Result<Role, PortalError> {
    let roles = Role::ALL.map(Role::as_str).join(", ");
    Role::parse(word).ok_or_else(|| PortalError::bad("bad_role", format!("the role is one of {roles}")))
}
