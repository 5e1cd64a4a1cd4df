//! Single sign-on, from its section of the configuration.

use std::sync::Arc;

use super::failure::Failure;
use crate::config::{Config, Oidc};
use crate::domain::account::{ClaimRules, Role};
use crate::foundation::Clock;
use crate::http::portal::{SingleSignOn, SingleSignOnSettings};

/// Single sign-on as it is configured; `None` where it is not.
pub(super) fn single_sign_on(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<Option<SingleSignOn>, Failure> {
    let (Some(oidc), Some(portal)) = (&config.oidc, &config.portal.public_url) else { return Ok(None) };
    Ok(Some(SingleSignOn::new(settings(oidc, portal)?, Arc::clone(clock))))
}

fn settings(oidc: &Oidc, portal: &str) -> Result<SingleSignOnSettings, Failure> {
    let role = |word: &str| Role::parse(word).ok_or_else(|| Failure::new(format!("{word} is no role")));
    let roles = oidc.roles.iter().map(|(value, word)| Ok((value.clone(), role(word)?)));
    Ok(SingleSignOnSettings {
        issuer: oidc.issuer.clone(),
        client_id: oidc.client_id.clone(),
        client_secret: oidc.client_secret.clone(),
        portal: portal.to_owned(),
        label: oidc.label.clone(),
        scopes: oidc.scopes.clone(),
        rules: ClaimRules {
            name_claim: oidc.name_claim.clone(),
            role_claim: oidc.role_claim.clone(),
            roles: roles.collect::<Result<_, Failure>>()?,
            default_role: oidc.default_role.map(role).transpose()?,
            teams_claim: oidc.teams_claim.clone(),
        },
        create_accounts: oidc.create_accounts,
        timeout: oidc.timeout,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Setting, Sources};

    #[test]
    fn every_key_of_roles_makes_its_own_role() {
        let flag = |path: &str, value: &str| Setting {
            path: path.to_owned(),
            value: value.to_owned(),
            flag: "--set".to_owned(),
        };
        let flags = vec![
            flag("portal.public_url", "https://calls.example"),
            flag("oidc.issuer", "https://id.example"),
            flag("oidc.client_id", "aftercall"),
            flag("oidc.client_secret", "correct-horse-battery-staple"),
            flag("oidc.role_claim", "groups"),
            flag("oidc.admin_values", "a; b"),
            flag("oidc.manager_values", "m"),
            flag("oidc.supervisor_values", "s"),
            flag("oidc.viewer_values", "v"),
            flag("oidc.default_role", "viewer"),
        ];
        let config = Config::load(&Sources { flags, ..Sources::default() }).unwrap();
        let settings = settings(config.oidc.as_ref().unwrap(), "https://calls.example").unwrap();
        let made: Vec<(&str, Role)> =
            settings.rules.roles.iter().map(|(value, role)| (value.as_str(), *role)).collect();
        let expected = [
            ("a", Role::Admin),
            ("b", Role::Admin),
            ("m", Role::Manager),
            ("s", Role::Supervisor),
            ("v", Role::Viewer),
        ];
        assert_eq!(made, expected);
        assert_eq!(settings.rules.default_role, Some(Role::Viewer));
        assert_eq!(settings.callback(), "https://calls.example/sign-in/oidc/callback");
    }
}
