//! Whose account it is that somebody comes in by, and what the provider's word changes about it.
//!
//! The first time an account is found by its name, and tied to the person for good; from then on the person's subject finds it. A
//! name that the provider gives to somebody else later opens nothing.

use actix_web::HttpRequest;
use serde_json::json;

use super::Trouble;
use super::provider::{SingleSignOn, Vouched};
use crate::audit::{Actor, Deed, audit_row};
use crate::domain::account::{AuditAction, Claimed, Role, UserName};
use crate::foundation::Token;
use crate::http::portal::error::PortalError;
use crate::http::portal::people;
use crate::http::portal::session::address;
use crate::http::portal::sign_in;
use crate::http::portal::state::Portal;
use crate::storage::{AccountChange, AccountRow, IdentityRow, StorageErrorKind};

/// Lets in whom the provider vouches for: the secret of a session, or why not.
pub(super) async fn admit(
    request: &HttpRequest,
    portal: &Portal,
    sso: &SingleSignOn,
    vouched: &Vouched,
) -> Result<Token, Trouble> {
    let claimed = sso.settings.rules.read(&vouched.claims).map_err(Trouble::Claims)?;
    let desk = Desk { request, portal, sso, vouched, claimed };
    let mut account = desk.account().await?;
    if account.locked_at.is_some() {
        return Err(Trouble::Locked(account.name));
    }
    desk.follow(&mut account).await?;
    Ok(sign_in::begin(request, portal, &account, Some(json!({"by": "single sign-on"}))).await?)
}

struct Desk<'a> {
    request: &'a HttpRequest,
    portal: &'a Portal,
    sso: &'a SingleSignOn,
    vouched: &'a Vouched,
    claimed: Claimed,
}

impl Desk<'_> {
    /// The account of the person: tied already, or tied or added now.
    async fn account(&self) -> Result<AccountRow, Trouble> {
        if let Some(known) = self.tied().await? {
            return Ok(known);
        }
        let name = self.sso.settings.rules.name(&self.vouched.claims).map_err(Trouble::Claims)?;
        match self.portal.accounts.account(name.clone()).await.map_err(PortalError::from)? {
            Some(account) if account.identity.is_some() => Err(Trouble::Taken(account.name)),
            Some(account) if account.locked_at.is_some() => Err(Trouble::Locked(account.name)),
            Some(account) => self.tie(account).await,
            None => self.add(name).await,
        }
    }

    /// The account that is tied to the person.
    async fn tied(&self) -> Result<Option<AccountRow>, PortalError> {
        let (issuer, subject) = (self.sso.settings.issuer.clone(), self.vouched.subject.clone());
        Ok(self.portal.accounts.account_of_identity(issuer, subject).await?)
    }

    async fn tie(&self, account: AccountRow) -> Result<AccountRow, Trouble> {
        let identity = self.identity();
        let told = json!({"issuer": identity.issuer, "subject": identity.subject});
        let deed = Deed::new(AuditAction::IdentityBound, account.name.as_str(), told);
        let change = AccountChange::Bind(identity.clone());
        match self.portal.accounts.change_account(account.id, change, self.audit(deed)).await {
            Ok(_) => Ok(AccountRow { identity: Some(identity), ..account }),
            Err(error) if error.kind == StorageErrorKind::Duplicate => self.after_another(account.name).await,
            Err(error) => Err(PortalError::from(error).into()),
        }
    }

    /// Adds an account for who has none, where that is done.
    async fn add(&self, name: UserName) -> Result<AccountRow, Trouble> {
        let settings = &self.sso.settings;
        let role = self.claimed.role.or(settings.rules.default_role);
        let Some(role) = role.filter(|_| settings.create_accounts) else {
            return Err(Trouble::NoAccount(name));
        };
        let portal = self.portal;
        let new =
            people::account(name.clone(), &self.claimed.called, role, portal.clock.now(), &*portal.chance);
        let teams = self.claimed.teams.clone().unwrap_or_default();
        let account = AccountRow { identity: Some(self.identity()), teams, ..new };
        let told = json!({
            "role": role,
            "display_name": account.display_name,
            "teams": account.teams,
            "issuer": settings.issuer,
            "subject": self.vouched.subject,
        });
        let deed = Deed::new(AuditAction::UserAdded, name.as_str(), told);
        match portal.accounts.add_account(account.clone(), None, self.audit(deed)).await {
            Ok(()) => Ok(account),
            Err(error) if error.kind == StorageErrorKind::Duplicate => self.after_another(name).await,
            Err(error) => Err(PortalError::from(error).into()),
        }
    }

    /// The account, after somebody was quicker: the same person in another window, or another one.
    async fn after_another(&self, name: UserName) -> Result<AccountRow, Trouble> {
        self.tied().await?.ok_or(Trouble::Taken(name))
    }

    /// Gives the account the role and the teams that the claims make.
    async fn follow(&self, account: &mut AccountRow) -> Result<(), PortalError> {
        if let Some(role) = self.claimed.role.filter(|role| *role != account.role) {
            let told = |role: Role| json!({"role": role});
            let action = AuditAction::RoleChanged;
            let deed = Deed::change(action, account.name.as_str(), told(account.role), told(role));
            self.change(account, AccountChange::Role(role), deed).await?;
            account.role = role;
        }
        if let Some(teams) = self.claimed.teams.as_ref().filter(|teams| **teams != account.teams) {
            let told = |teams: &[String]| json!({"teams": teams});
            let action = AuditAction::TeamsChanged;
            let deed = Deed::change(action, account.name.as_str(), told(&account.teams), told(teams));
            self.change(account, AccountChange::Teams(teams.clone()), deed).await?;
            account.teams.clone_from(teams);
        }
        Ok(())
    }

    async fn change(
        &self,
        account: &AccountRow,
        change: AccountChange,
        deed: Deed<'_>,
    ) -> Result<(), PortalError> {
        self.portal.accounts.change_account(account.id, change, self.audit(deed)).await?;
        Ok(())
    }

    fn identity(&self) -> IdentityRow {
        IdentityRow {
            issuer: self.sso.settings.issuer.clone(),
            subject: self.vouched.subject.clone(),
            bound_at: self.portal.clock.now(),
        }
    }

    /// A line of the audit log: it is the provider's word that does it, not the person.
    fn audit(&self, deed: Deed<'_>) -> crate::storage::AuditRow {
        let actor = Actor::single_sign_on(address(self.request));
        audit_row(&actor, deed, self.portal.clock.now(), &*self.portal.chance)
    }
}
