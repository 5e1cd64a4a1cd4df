//! What a provider of single sign-on (OpenID Connect) says of a person, and what that makes of the person here.

use serde_json::{Map, Value};

use super::{Role, UserName, UserNameError};
use crate::domain::contact::Name;

/// Characters of a person's name at most.
const CALLED_LONGEST: usize = 200;
/// Teams of a person at most.
const TEAMS_MOST: usize = 200;

/// Which claims are read, and what they mean here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRules {
    /// The claim with the user name.
    pub name_claim: String,
    /// The claim with the values that make a role; `None`: roles are given here.
    pub role_claim: Option<String>,
    /// Values of that claim and the role that each makes.
    pub roles: Vec<(String, Role)>,
    /// The role of who has no such value, and of who is added without a claim of roles; `None`: such a person is not let in.
    pub default_role: Option<Role>,
    /// The claim with the teams of a supervisor; `None`: teams are given here.
    pub teams_claim: Option<String>,
}

/// A person, as the claims describe that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// What the person is called, for people; empty: the claims do not say.
    pub called: String,
    /// The role that the claims make; `None`: they have no say in it.
    pub role: Option<Role>,
    /// The teams; `None`: the claims have no say in them.
    pub teams: Option<Vec<String>>,
}

/// Why the claims let nobody in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// No user name.
    #[error(
        "the provider sends no claim `{0}`; have it send one, or set oidc.name_claim to one that it sends"
    )]
    NoName(String),
    /// A user name that cannot be one here.
    #[error("the claim `{0}` is no user name")]
    BadName(String, #[source] UserNameError),
    /// An address of mail that anybody could have written there.
    #[error(
        "the provider does not say that the address of mail is this person's (email_verified); set oidc.name_claim to another claim"
    )]
    Unverified,
    /// No value that makes a role.
    #[error(
        "no value of the claim `{0}` makes a role; see oidc.admin_values and the keys beside it, or set oidc.default_role"
    )]
    NoRole(String),
}

impl ClaimRules {
    /// Every claim that is looked at.
    pub fn needed(&self) -> impl Iterator<Item = &str> {
        let more = [&self.role_claim, &self.teams_claim].into_iter().flatten();
        std::iter::once(&self.name_claim).chain(more).map(String::as_str)
    }

    /// The user name that the claims give. It finds an account the first time only: afterwards the person's subject does.
    pub fn name(&self, claims: &Map<String, Value>) -> Result<UserName, ClaimRefusal> {
        let claim = &self.name_claim;
        let name = claims.get(claim).and_then(Value::as_str).filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| ClaimRefusal::NoName(claim.clone()))?;
        if claim == "email" && claims.get("email_verified") != Some(&Value::Bool(true)) {
            return Err(ClaimRefusal::Unverified);
        }
        UserName::parse(name).map_err(|error| ClaimRefusal::BadName(claim.clone(), error))
    }

    /// What else the claims say.
    pub fn read(&self, claims: &Map<String, Value>) -> Result<Claimed, ClaimRefusal> {
        let role = match &self.role_claim {
            None => None,
            Some(claim) => Some(self.role(claim, claims)?),
        };
        let teams = self.teams_claim.as_ref().map(|claim| teams(&texts(claims.get(claim))));
        let called = claims.get("name").and_then(Value::as_str).unwrap_or_default();
        let called = called.trim().chars().filter(|c| !c.is_control()).take(CALLED_LONGEST).collect();
        Ok(Claimed { called, role, teams })
    }

    /// The role that may do most of those that the values of a claim make.
    fn role(&self, claim: &str, claims: &Map<String, Value>) -> Result<Role, ClaimRefusal> {
        let values = texts(claims.get(claim));
        let made = |role: &Role| {
            self.roles.iter().any(|(value, makes)| makes == role && values.contains(&value.as_str()))
        };
        let role = Role::ALL.into_iter().find(made).or(self.default_role);
        role.ok_or_else(|| ClaimRefusal::NoRole(claim.to_owned()))
    }
}

/// The texts of a claim: of one that is a list all of them, of a single text that one.
fn texts(claim: Option<&Value>) -> Vec<&str> {
    match claim {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Names of teams in order, without those that no call could have.
fn teams(texts: &[&str]) -> Vec<String> {
    let known = texts.iter().filter_map(|text| Name::parse(text).ok().flatten());
    let mut teams: Vec<String> = known.map(|team| team.as_str().to_owned()).collect();
    teams.sort_unstable();
    teams.dedup();
    teams.truncate(TEAMS_MOST);
    teams
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules() -> ClaimRules {
        ClaimRules {
            name_claim: "preferred_username".into(),
            role_claim: Some("groups".into()),
            roles: vec![
                ("CN=Desk,DC=example".into(), Role::Viewer),
                ("owners".into(), Role::Manager),
                ("it".into(), Role::Admin),
            ],
            default_role: None,
            teams_claim: Some("teams".into()),
        }
    }

    fn claims(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(claims) => claims,
            other => panic!("{other}"),
        }
    }

    #[track_caller]
    fn check_role(rules: &ClaimRules, groups: &Value, expected: &Result<Option<Role>, ClaimRefusal>) {
        let read = rules.read(&claims(json!({"groups": groups})));
        assert_eq!(&read.map(|claimed| claimed.role), expected, "{groups}");
    }

    #[test]
    fn of_several_values_the_one_counts_that_may_do_most_and_none_lets_nobody_in() {
        let rules = rules();
        check_role(&rules, &json!(["x", "CN=Desk,DC=example"]), &Ok(Some(Role::Viewer)));
        check_role(&rules, &json!(["owners", "it", "CN=Desk,DC=example"]), &Ok(Some(Role::Admin)));
        check_role(&rules, &json!("owners"), &Ok(Some(Role::Manager)));
        let refused = Err(ClaimRefusal::NoRole("groups".into()));
        for nothing in
            [json!([]), json!(null), json!("IT"), json!([["it"]]), json!({"it": true}), json!("it,x")]
        {
            check_role(&rules, &nothing, &refused);
        }
        let lenient = ClaimRules { default_role: Some(Role::Viewer), ..rules.clone() };
        check_role(&lenient, &json!(["nothing known"]), &Ok(Some(Role::Viewer)));
        check_role(&lenient, &json!(["it"]), &Ok(Some(Role::Admin)));
        check_role(&ClaimRules { role_claim: None, ..rules }, &json!(["it"]), &Ok(None));
    }

    #[test]
    fn a_user_name_is_taken_from_its_claim_alone() {
        let rules = rules();
        let name = |value| rules.name(&claims(value));
        let amira = UserName::parse("amira@example.com").unwrap();
        assert_eq!(name(json!({"preferred_username": "Amira@Example.com", "email": "x@y"})), Ok(amira));
        let missing = Err(ClaimRefusal::NoName("preferred_username".into()));
        for none in [json!({}), json!({"preferred_username": " "}), json!({"preferred_username": ["amira"]})]
        {
            assert_eq!(name(none), missing);
        }
        let bad = name(json!({"preferred_username": "josé"}));
        assert!(matches!(bad, Err(ClaimRefusal::BadName(..))), "{bad:?}");
    }

    #[test]
    fn an_address_of_mail_counts_only_when_the_provider_knows_whose_it_is() {
        let rules = ClaimRules { name_claim: "email".into(), ..rules() };
        let name =
            |verified: Value| rules.name(&claims(json!({"email": "a@b.c", "email_verified": verified})));
        assert_eq!(name(json!(true)), Ok(UserName::parse("a@b.c").unwrap()));
        for unproven in [json!(false), json!(null), json!("yes")] {
            assert_eq!(name(unproven), Err(ClaimRefusal::Unverified));
        }
    }

    #[test]
    fn teams_are_a_list_in_order_and_what_no_call_could_have_is_left_out() {
        let read = |value: Value| {
            rules().read(&claims(json!({"groups": "it", "name": "A\u{7}mira", "teams": value})))
        };
        let claimed = read(json!(["South", "North ", "", "North", 7, "x\ny"])).unwrap();
        assert_eq!(claimed.teams, Some(vec!["North".to_owned(), "South".to_owned()]));
        assert_eq!(claimed.called, "Amira");
        assert_eq!(
            read(json!(null)).unwrap().teams,
            Some(Vec::new()),
            "who is in no team any more sees none"
        );
        let unasked = ClaimRules { teams_claim: None, ..rules() };
        assert_eq!(unasked.read(&claims(json!({"groups": "it", "teams": ["x"]}))).unwrap().teams, None);
    }
}
