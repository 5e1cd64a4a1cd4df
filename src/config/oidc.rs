//! `[oidc]`: single sign-on at the portal, by a provider of OpenID Connect.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;

use super::key::Key;
use super::reader::Reader;
use super::secrets::{self, Credential};
use crate::foundation::Secret;

/// The name under which systemd hands the secret over.
pub(super) const SECRET_CREDENTIAL: &str = "oidc.client_secret";
/// Characters of an issuer at most: what the database has room for.
const ISSUER_LONGEST: usize = 400;
/// Characters of the button at most.
const LABEL_LONGEST: usize = 40;

pub(super) const ISSUER: Key = Key::text(
    "oidc",
    "issuer",
    ("an https:// URL without query (http:// on this machine alone); \"\" for no single sign-on", ""),
    "The provider of single sign-on (OpenID Connect), as it calls itself: what stands before \
     /.well-known/openid-configuration. There, register {portal.public_url}/sign-in/oidc/callback as redirect address.",
);
pub(super) const CLIENT_ID: Key = Key::text(
    "oidc",
    "client_id",
    ("the name the provider knows this client by; \"\" for none", ""),
    "What aftercall is called at the provider.",
);
const CLIENT_SECRET: Key = Key::secret(
    "oidc",
    "client_secret",
    "at least 20 characters without blanks; \"\" for none",
    "What aftercall proves itself by at the provider; the same on all nodes. Better given by client_secret_file or by the \
     systemd credential oidc.client_secret; only one of the three may be set.",
);
const CLIENT_SECRET_FILE: Key = Key::text(
    "oidc",
    "client_secret_file",
    ("the path of a file that holds the secret and nothing else; \"\" for none", ""),
    "Where to read client_secret from.",
);
const LABEL: Key = Key::text(
    "oidc",
    "label",
    ("1 to 40 characters; \"\" for “Single sign-on” in the reader's language", ""),
    "What stands on the button of the sign-in page.",
);
const SCOPES: Key = Key::text(
    "oidc",
    "scopes",
    ("scopes separated by blanks; \"\" for openid alone", "profile"),
    "What the provider is asked for besides openid: scopes that make it send the claims named below.",
);
const NAME_CLAIM: Key = Key::text(
    "oidc",
    "name_claim",
    ("the name of a claim", "preferred_username"),
    "The claim with the user name by which a person's account is found the first time; from then on the account is tied to \
     that person. It has to be one that people cannot choose themselves at the provider. `email` counts only where the \
     provider says that it is verified.",
);
const ROLE_CLAIM: Key = Key::text(
    "oidc",
    "role_claim",
    ("the name of a claim; \"\" for roles that are given in Users", ""),
    "The claim whose values make a role, such as groups or roles. With it, the role follows the provider at each sign-in.",
);
const ADMIN_VALUES: Key = Key::text(
    "oidc",
    "admin_values",
    ("values separated by semicolons; \"\" for none", ""),
    "Values of role_claim that make an admin. Of several roles, the one counts that may do most.",
);
const MANAGER_VALUES: Key = Key::text(
    "oidc",
    "manager_values",
    ("values separated by semicolons; \"\" for none", ""),
    "Values of role_claim that make a manager.",
);
const SUPERVISOR_VALUES: Key = Key::text(
    "oidc",
    "supervisor_values",
    ("values separated by semicolons; \"\" for none", ""),
    "Values of role_claim that make a supervisor.",
);
const VIEWER_VALUES: Key = Key::text(
    "oidc",
    "viewer_values",
    ("values separated by semicolons; \"\" for none", ""),
    "Values of role_claim that make a viewer.",
);
const DEFAULT_ROLE: Key = Key::text(
    "oidc",
    "default_role",
    ("viewer, supervisor or manager; \"\" for none", ""),
    "The role of who has no value of role_claim that makes one, and, without role_claim, of who is added by create_accounts. \
     With none, who has no such value is not let in.",
);
const TEAMS_CLAIM: Key = Key::text(
    "oidc",
    "teams_claim",
    ("the name of a claim; \"\" for teams that are given in Users", ""),
    "The claim with the teams whose results a supervisor sees. With it, they follow the provider at each sign-in.",
);
const CREATE_ACCOUNTS: Key = Key::flag(
    "oidc",
    "create_accounts",
    false,
    "Whether who has no account yet gets one by signing in. Without, an administrator adds people first.",
);
const TIMEOUT_MS: Key = Key::integer(
    "oidc",
    "timeout_ms",
    ("milliseconds", 500, 30_000, 5000),
    "After this long the provider counts as away. Signing in by password does not depend on it.",
);

pub(super) const KEYS: [Key; 16] = [
    ISSUER,
    CLIENT_ID,
    CLIENT_SECRET,
    CLIENT_SECRET_FILE,
    LABEL,
    SCOPES,
    NAME_CLAIM,
    ROLE_CLAIM,
    ADMIN_VALUES,
    MANAGER_VALUES,
    SUPERVISOR_VALUES,
    VIEWER_VALUES,
    DEFAULT_ROLE,
    TEAMS_CLAIM,
    CREATE_ACCOUNTS,
    TIMEOUT_MS,
];

/// Single sign-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// The provider.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// What we prove ourselves by there.
    pub client_secret: Secret<String>,
    /// What stands on the button; `None`: the words of the reader's language.
    pub label: Option<String>,
    /// What is asked for besides openid.
    pub scopes: Vec<String>,
    /// The claim with the user name.
    pub name_claim: String,
    /// The claim with the values that make roles.
    pub role_claim: Option<String>,
    /// Values of that claim, and the word of the role that each makes.
    pub roles: Vec<(String, &'static str)>,
    /// The word of the role of who has no such value.
    pub default_role: Option<&'static str>,
    /// The claim with the teams.
    pub teams_claim: Option<String>,
    /// Whether who has no account gets one.
    pub create_accounts: bool,
    /// After this long the provider counts as away.
    pub timeout: Duration,
}

/// The words of roles that everybody of a provider may have.
const DEFAULT_ROLES: [&str; 3] = ["viewer", "supervisor", "manager"];

impl Oidc {
    /// Reads the section; `credential` is the secret that systemd handed over. `None`: no single sign-on, and nothing else of
    /// the section counts.
    pub(super) fn read(reader: &mut Reader, credential: Option<Credential>) -> Option<Self> {
        let issuer =
            reader.parsed(&ISSUER, |text| (text.is_empty() || is_issuer(text)).then(|| text.to_owned()));
        let client_id = reader.text(&CLIENT_ID);
        let is_given = credential.is_some()
            || [CLIENT_SECRET, CLIENT_SECRET_FILE]
                .iter()
                .any(|key| reader.as_set(key).is_some_and(|(text, _)| !text.is_empty()));
        let client_secret =
            secrets::read(reader, &CLIENT_SECRET, &CLIENT_SECRET_FILE, credential, secrets::is_static_key);
        let roles = [
            (&ADMIN_VALUES, "admin"),
            (&MANAGER_VALUES, "manager"),
            (&SUPERVISOR_VALUES, "supervisor"),
            (&VIEWER_VALUES, "viewer"),
        ];
        let roles =
            roles.map(|(key, role)| list(&reader.text(key), ";").map(|value| (value, role)).collect());
        let roles: Vec<Vec<(String, &str)>> = roles.into();
        let read = Self {
            issuer: issuer.unwrap_or_default(),
            client_id,
            client_secret: client_secret.unwrap_or_default(),
            label: reader.parsed(&LABEL, label).flatten(),
            scopes: list(&reader.text(&SCOPES), " ").collect(),
            name_claim: reader.parsed(&NAME_CLAIM, |text| claim(text).flatten()).unwrap_or_default(),
            role_claim: reader.parsed(&ROLE_CLAIM, claim).flatten(),
            roles: roles.concat(),
            default_role: reader.parsed(&DEFAULT_ROLE, default_role).flatten(),
            teams_claim: reader.parsed(&TEAMS_CLAIM, claim).flatten(),
            create_accounts: reader.flag(&CREATE_ACCOUNTS),
            timeout: reader.millis(&TIMEOUT_MS),
        };
        if read.issuer.is_empty() {
            return None;
        }
        read.rules(reader, is_given);
        Some(read)
    }

    /// Rules between the keys.
    fn rules(&self, reader: &mut Reader, has_secret: bool) {
        let given = format!("set when {} is", ISSUER.path());
        if self.client_id.is_empty() {
            reader.refuse(
                &CLIENT_ID,
                "",
                &format!("{given}: the provider gives one when aftercall is registered there"),
            );
        }
        if !has_secret {
            let places = "by client_secret_file or the systemd credential oidc.client_secret";
            reader.problem(format!("{} is not set: must be {given}, {places}", CLIENT_SECRET.path()));
        }
        match (&self.role_claim, self.roles.is_empty()) {
            (None, false) => reader.refuse(
                &ROLE_CLAIM,
                "",
                "set when admin_values, manager_values, supervisor_values or viewer_values are",
            ),
            (Some(claim), true) => reader.refuse(
                &ROLE_CLAIM,
                claim,
                "empty, or one of admin_values, manager_values, supervisor_values and viewer_values set",
            ),
            _ => {}
        }
        let twice = self
            .roles
            .iter()
            .enumerate()
            .find(|(at, (value, _))| self.roles.iter().take(*at).any(|(other, _)| other == value));
        if let Some((_, (value, role))) = twice {
            reader.problem(format!(
                "oidc.{role}_values names {value:?}, which another of the keys beside it names too: keep it in one of them"
            ));
        }
        if self.create_accounts && self.role_claim.is_none() && self.default_role.is_none() {
            reader.refuse(
                &DEFAULT_ROLE,
                "",
                "set when create_accounts is and role_claim is not: a new account needs a role",
            );
        }
        if let Some(role) = self.default_role.filter(|_| !self.create_accounts && self.role_claim.is_none()) {
            reader.refuse(
                &DEFAULT_ROLE,
                role,
                "empty unless role_claim or create_accounts is set: nobody would get it",
            );
        }
    }
}

/// Whether a text may name a provider: what crosses the network is encrypted.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let is_short = text.chars().count() <= ISSUER_LONGEST && text.trim() == text;
    is_plain && is_short && url.password().is_none() && is_private(&url)
}

/// Whether nobody between here and a URL's host can read along: TLS, or a host that is this machine.
fn is_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    url.scheme() == "https" && !host.is_empty() || url.scheme() == "http" && is_here
}

fn list<'a>(text: &'a str, separator: &'a str) -> impl Iterator<Item = String> + 'a {
    text.split(separator).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// `Some(None)` for none, `None` when it is no label.
#[expect(
    clippy::option_option,
    reason = "the outer option is whether it parsed, the inner whether it is set"
)]
fn label(text: &str) -> Option<Option<String>> {
    let text = text.trim();
    let fits = text.chars().count() <= LABEL_LONGEST && !text.chars().any(char::is_control);
    fits.then(|| Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// `Some(None)` for none, `None` when it is no name of a claim.
#[expect(
    clippy::option_option,
    reason = "the outer option is whether it parsed, the inner whether it is set"
)]
fn claim(text: &str) -> Option<Option<String>> {
    let fits = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    fits.then(|| Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// `Some(None)` for none, `None` when it is no such role.
#[expect(
    clippy::option_option,
    reason = "the outer option is whether it parsed, the inner whether it is set"
)]
fn default_role(text: &str) -> Option<Option<&'static str>> {
    if text.is_empty() {
        return Some(None);
    }
    DEFAULT_ROLES.into_iter().find(|role| *role == text).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_reached_over_tls_or_is_on_this_machine() {
        for fine in [
            "https://id.example",
            "https://id.example/realms/x/",
            "https://login.example/0f-1/v2.0",
            "http://localhost:3000",
            "http://127.0.0.1:3000/x",
            "http://[::1]:3000",
        ] {
            assert!(is_issuer(fine), "{fine}");
        }
        for refused in [
            "http://id.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "id.example",
            "https://id.example?x=1",
            "https://id.example#x",
            "https://u:p@id.example",
            "ftp://localhost",
            " https://id.example",
        ] {
            assert!(!is_issuer(refused), "{refused}");
        }
    }

    #[test]
    fn values_may_hold_commas_and_blanks() {
        let values: Vec<String> = list(" CN=Desk, DC=x ;; owners;", ";").collect();
        assert_eq!(values, ["CN=Desk, DC=x", "owners"]);
    }
}
