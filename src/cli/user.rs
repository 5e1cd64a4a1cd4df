//! `aftercall user`: the people who sign in to the portal.

use std::net::SocketAddr;
use std::process::ExitCode;

use serde_json::json;

use super::args_user::UserCommand;
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::output::say;
use super::portal;
use super::table::{moment, print, table};
use crate::audit::{Actor, Deed, audit_row};
use crate::config::Config;
use crate::domain::account::{AuditAction, Role, UserName};
use crate::foundation::{Clock, SystemChance, SystemClock};
use crate::http::portal::people;
use crate::storage::{AccountChange, AccountRow, AccountStore, StorageErrorKind};

/// Adds, changes or lists.
pub(super) fn run(command: UserCommand, config: &Config) -> Outcome {
    let storage = open_storage(config)?;
    let desk = Desk { store: &*storage, config, clock: SystemClock::new() };
    match command {
        UserCommand::Add { name, display_name, role } => desk.add(&name, &display_name, role.into()),
        UserCommand::Reset { name } => desk.reset(&name),
        UserCommand::Lock { name } => {
            let change = AccountChange::Lock(desk.clock.now());
            desk.change(&name, change, AuditAction::UserLocked, "is locked, and all sessions are over")
        }
        UserCommand::Unlock { name } => {
            desk.change(&name, AccountChange::Unlock, AuditAction::UserUnlocked, "may sign in again")
        }
        UserCommand::RemoveSecondFactor { name } => desk.change(
            &name,
            AccountChange::Totp { secret: None, keep: None },
            AuditAction::SecondFactorRemoved,
            "is asked for no code any more",
        ),
        UserCommand::ForgetSingleSignOn { name } => desk.forget_single_sign_on(&name),
        UserCommand::Role { name, role } => desk.set_role(&name, role.into()),
        UserCommand::List => desk.list(),
    }
}

struct Desk<'a> {
    store: &'a dyn AccountStore,
    config: &'a Config,
    clock: SystemClock,
}

impl Desk<'_> {
    fn add(&self, name: &str, display_name: &str, role: Role) -> Outcome {
        let name = UserName::parse(name).map_err(|error| Failure::new(error.to_string()))?;
        let now = self.clock.now();
        let account = people::account(name, display_name, role, now, &SystemChance);
        let (link, token) = people::link(account.id, self.config.portal.link_works, now, &SystemChance);
        let deed = Deed {
            after: Some(json!({"role": role, "display_name": account.display_name})),
            ..Deed::plain(AuditAction::UserAdded, account.name.as_str())
        };
        let audit = audit_row(&Actor::at_command_line(), deed, now, &SystemChance);
        let name = account.name.clone();
        match block_on(self.store.add_account(account, Some(link), audit))? {
            Ok(()) => {}
            Err(error) if error.kind == StorageErrorKind::Duplicate => {
                return Err(Failure::new(format!(
                    "there is a user {name} already; `aftercall user reset {name}` makes a new link"
                )));
            }
            Err(error) => return Err(error.into()),
        }
        self.hand_out(&name, &people::link_url(&self.url(), &token));
        Ok(ExitCode::SUCCESS)
    }

    fn reset(&self, name: &str) -> Outcome {
        let account = self.account(name)?;
        if account.locked_at.is_some() {
            let name = account.name;
            return Err(Failure::new(format!(
                "{name} is locked; `aftercall user unlock {name}` comes first"
            )));
        }
        let now = self.clock.now();
        let (link, token) = people::link(account.id, self.config.portal.link_works, now, &SystemChance);
        let deed = Deed::plain(AuditAction::UserLinkMade, account.name.as_str());
        let audit = audit_row(&Actor::at_command_line(), deed, now, &SystemChance);
        block_on(self.store.put_link(link, audit))??;
        self.hand_out(&account.name, &people::link_url(&self.url(), &token));
        Ok(ExitCode::SUCCESS)
    }

    /// The link alone on standard output, so that a script can take it.
    fn hand_out(&self, name: &UserName, link: &str) {
        let hours = self.config.portal.link_works.as_secs() / 3600;
        eprintln!("{name} sets a password by this link, once, within {hours} h; it is shown only now:");
        say!("{link}");
    }

    fn forget_single_sign_on(&self, name: &str) -> Outcome {
        let account = self.account(name)?;
        let deed = people::forgotten_identity(&account).ok_or_else(|| {
            Failure::new(format!("{} is tied to nobody of a provider of single sign-on", account.name))
        })?;
        let done = "is tied to nobody of the provider any more, and all sessions are over";
        self.make(&account, AccountChange::Unbind, deed, done)
    }

    fn set_role(&self, name: &str, role: Role) -> Outcome {
        let account = self.account(name)?;
        let deed = Deed {
            before: Some(json!({"role": account.role})),
            after: Some(json!({"role": role})),
            ..Deed::plain(AuditAction::RoleChanged, account.name.as_str())
        };
        self.make(&account, AccountChange::Role(role), deed, &format!("is {role} now"))
    }

    fn change(&self, name: &str, change: AccountChange, action: AuditAction, done: &str) -> Outcome {
        let account = self.account(name)?;
        self.make(&account, change, Deed::plain(action, account.name.as_str()), done)
    }

    fn make(&self, account: &AccountRow, change: AccountChange, deed: Deed<'_>, done: &str) -> Outcome {
        let audit = audit_row(&Actor::at_command_line(), deed, self.clock.now(), &SystemChance);
        if !block_on(self.store.change_account(account.id, change, audit))?? {
            return Err(no_such_user(account.name.as_str()));
        }
        say!("{} {done}", account.name);
        Ok(ExitCode::SUCCESS)
    }

    fn account(&self, name: &str) -> Result<AccountRow, Failure> {
        let parsed = UserName::parse(name).map_err(|_| no_such_user(name))?;
        block_on(self.store.account(parsed))??.ok_or_else(|| no_such_user(name))
    }

    fn list(&self) -> Outcome {
        let mut out = table(&["user", "name", "role", "state", "signs in by", "added", "signed in"]);
        for account in block_on(self.store.accounts())?? {
            let state = match (account.locked_at, &account.password) {
                (Some(_), _) => "locked",
                (None, None) if account.identity.is_none() => "no password yet",
                (None, _) => "active",
            };
            let by = match (&account.password, &account.identity) {
                (None, None) => "-",
                (Some(_), None) => "password",
                (None, Some(_)) => "single sign-on",
                (Some(_), Some(_)) => "password, single sign-on",
            };
            let [added, signed_in] = [Some(account.created_at), account.signed_in_at].map(moment);
            let words =
                [account.role.as_str(), state, by].map(str::to_owned).into_iter().chain([added, signed_in]);
            out.add_row([account.name.as_str().to_owned(), account.display_name].into_iter().chain(words));
        }
        print(&out);
        Ok(ExitCode::SUCCESS)
    }

    fn url(&self) -> String {
        let listen: SocketAddr = self.config.portal.listen;
        portal::url(self.config, listen)
    }
}

fn no_such_user(name: &str) -> Failure {
    Failure::new(format!("there is no user {name}; `aftercall user list` shows all"))
}
