//! `aftercall apikey`: makes, lists and revokes API keys.

use std::process::ExitCode;

use super::args::{ApikeyCommand, Scope};
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::output::say;
use super::service::required;
use super::table::{moment, print, table};
use crate::audit::{Actor, Deed, audit_row};
use crate::config::Config;
use crate::domain::account::AuditAction;
use crate::domain::api_key::ApiSecret;
use crate::domain::contact::Name;
use crate::foundation::{ApiKeyId, Chance, Clock, SystemChance, SystemClock};
use crate::storage::{ApiKeyRow, KeyScope, KeyStore, StorageErrorKind};

/// Makes, lists or revokes.
pub(super) fn run(command: ApikeyCommand, config: &Config) -> Outcome {
    let (clock, storage) = (SystemClock::new(), open_storage(config)?);
    match command {
        ApikeyCommand::Create { name, scope } => {
            let name: Name = required("the name", &name)?;
            let secret = create(&*storage, &clock, &SystemChance, name.as_str(), &scope)?;
            // The secret alone on standard output, so that a script can take it.
            eprintln!("key {} made; its secret is shown only now:", name.as_str());
            say!("{}", secret.expose());
            Ok(ExitCode::SUCCESS)
        }
        ApikeyCommand::List => list(&*storage),
        ApikeyCommand::Revoke { name } => {
            let deed = Deed::plain(AuditAction::KeyRevoked, &name);
            let audit = audit_row(&Actor::at_command_line(), deed, clock.now(), &SystemChance);
            if block_on(storage.revoke_key(name.clone(), clock.now(), Some(audit)))?? {
                say!("key {name} revoked");
                return Ok(ExitCode::SUCCESS);
            }
            Err(Failure::new(format!("there is no key {name} in use; `aftercall apikey list` shows all")))
        }
    }
}

/// Stores a new key and returns its secret, of which only the hash is kept.
pub(super) fn create(
    store: &dyn KeyStore,
    clock: &dyn Clock,
    chance: &dyn Chance,
    name: &str,
    scopes: &[Scope],
) -> Result<ApiSecret, Failure> {
    let (now, secret) = (clock.now(), ApiSecret::generate(chance));
    let mut scopes: Vec<KeyScope> = scopes.iter().copied().map(key_scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let row = ApiKeyRow {
        id: ApiKeyId::new(now, chance),
        name: name.to_owned(),
        hash: secret.hash(),
        scopes,
        created_at: now,
        last_used_at: None,
        revoked_at: None,
    };
    let deed = Deed::new(AuditAction::KeyAdded, name, serde_json::json!({"scopes": row.scopes}));
    let audit = audit_row(&Actor::at_command_line(), deed, now, chance);
    match block_on(store.add_key(row, Some(audit)))? {
        Ok(()) => Ok(secret),
        Err(error) if error.kind == StorageErrorKind::Duplicate => Err(Failure::new(format!(
            "a key {name} is in use already: take another name, or revoke it first with `aftercall apikey revoke {name}`"
        ))),
        Err(error) => Err(error.into()),
    }
}

/// The scope of a word of the command line.
pub(super) fn key_scope(scope: Scope) -> KeyScope {
    match scope {
        Scope::Ivr => KeyScope::Ivr,
        Scope::Chat => KeyScope::Chat,
        Scope::Read => KeyScope::Read,
        Scope::Admin => KeyScope::Admin,
    }
}

fn list(store: &dyn KeyStore) -> Outcome {
    let mut out = table(&["key", "scopes", "created", "last used", "revoked"]);
    for key in block_on(store.keys())?? {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let times = [Some(key.created_at), key.last_used_at, key.revoked_at].map(moment);
        let [created, used, revoked] = times;
        out.add_row([key.name, scopes.join(","), created, used, revoked]);
    }
    print(&out);
    Ok(ExitCode::SUCCESS)
}
