//! Single sign-on over real HTTP, by a provider that says what a test has it say.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aftercall::foundation::{Clock, SystemClock};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::opened;
use crate::cli_frame::stderr;
use crate::support::http::Reply;
use crate::support::person::{PASSWORD, Person, led_to};
use crate::support::provider::{Manner, Provider, SigningKey, unsigned};
use crate::support::{Server, Site};

const SECRET: &str = "correct-horse-battery-staple";

/// What makes a token of claims.
type Forge = Box<dyn Fn(&Value) -> String>;

/// Somebody on the way to the provider: what stands in the address of its page.
struct Way(BTreeMap<String, String>);

impl Way {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// A site with single sign-on by `provider`.
fn settings(provider: &Provider, more: &[&str]) -> Vec<String> {
    let own = [
        "portal.public_url=http://portal.example".to_owned(),
        format!("oidc.issuer={}", provider.issuer),
        "oidc.client_id=aftercall".to_owned(),
        format!("oidc.client_secret={SECRET}"),
        "oidc.timeout_ms=1000".to_owned(),
    ];
    own.into_iter().chain(more.iter().map(|setting| (*setting).to_owned())).collect()
}

fn site(provider: &Provider, more: &[&str]) -> (Site, Server, Person) {
    let site = Site::empty();
    let settings = settings(provider, more);
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let (server, admin) = opened(&site, &settings);
    (site, server, admin)
}

fn leaves(person: &mut Person, path: &str) -> Way {
    let away = person.get(path);
    assert_eq!(away.status, 303, "{away:?}");
    let (_, query) = led_to(&away).split_once("/auth?").unwrap();
    Way(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

fn claims(provider: &Provider, way: &Way, subject: &str, name: &str) -> Value {
    let now = SystemClock::new().now().timestamp();
    json!({
        "iss": provider.issuer, "aud": "aftercall", "sub": subject, "iat": now, "exp": now + 300,
        "nonce": way.get("nonce"), "preferred_username": name, "name": "Amira Haddad",
    })
}

fn comes_back(person: &mut Person, provider: &Provider, way: &Way, token: String) -> Reply {
    provider.gives("a-code", token);
    person.get(&format!("/sign-in/oidc/callback?code=a-code&state={}", way.get("state")))
}

/// The whole way, with these claims besides the usual ones.
fn signs_on(
    server: &Server,
    provider: &Provider,
    subject: &str,
    name: &str,
    more: &Value,
) -> (Person, Reply) {
    let mut person = Person::at(&server.portal());
    let way = leaves(&mut person, "/sign-in/oidc?next=/reports");
    let mut all = claims(provider, &way, subject, name);
    all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let token = provider.signs(&all);
    let reply = comes_back(&mut person, provider, &way, token);
    (person, reply)
}

#[track_caller]
fn refused(reply: &Reply, status: u16, told: &str) {
    assert!(reply.status == status && reply.body.contains(told), "{reply:?}");
    assert!(reply.body.contains("name=\"password\""), "the password is still a way in");
    assert!(reply.body.contains("/sign-in/oidc?next="), "another try is a way in");
}

fn entries(admin: &mut Person, action: &str) -> Vec<Value> {
    let log = admin.get("/api/v1/audit?limit=200").json();
    let all = log["entries"].as_array().unwrap().clone();
    all.into_iter().filter(|line| line["action"] == action).collect()
}

#[test]
fn without_a_provider_there_is_no_button_and_no_such_address() {
    let site = Site::empty();
    let (server, _admin) = opened(&site, &[]);
    let mut person = Person::at(&server.portal());
    assert!(!person.get("/sign-in").body.contains("/sign-in/oidc"));
    assert_eq!(person.get("/sign-in/oidc").status, 404);
    assert_eq!(person.get("/sign-in/oidc/callback?code=x&state=y").status, 404);
}

#[test]
fn a_user_comes_in_by_the_provider_at_either_node_and_is_tied_to_that_person() {
    let provider = Provider::start();
    let (site, server, mut admin) = site(&provider, &["node.name=one"]);
    let beside = site.beside();
    let shared = settings(&provider, &["node.name=two"]);
    let other = beside.serve(&shared.iter().map(String::as_str).collect::<Vec<_>>());
    site.run(&["user", "add", "amira"]);
    let mut amira = Person::at(&server.portal());
    let page = amira.get("/sign-in?next=/reports%3Fby%3Dagent");
    assert!(
        page.body.contains("Single sign-on") && page.body.contains("next=%2Freports%3Fby%3Dagent"),
        "{page:?}"
    );
    let way = leaves(&mut amira, "/sign-in/oidc?next=%2Freports%3Fby%3Dagent");
    assert_eq!(way.get("redirect_uri"), "http://portal.example/sign-in/oidc/callback");
    assert_eq!((way.get("response_type"), way.get("code_challenge_method")), ("code", "S256"));
    assert_eq!((way.get("scope"), way.get("client_id")), ("openid profile", "aftercall"));
    amira.moves_to(&other.portal());
    let token = provider.signs(&claims(&provider, &way, "s-1", "Amira"));
    let entered = comes_back(&mut amira, &provider, &way, token);
    assert_eq!((entered.status, led_to(&entered)), (303, "/reports?by=agent"), "{entered:?}");
    assert_eq!(amira.get("/api/v1/me").json()["name"], "amira");
    // What proves us, and who began: in the request, and nowhere else.
    let asked = provider.last("/token");
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(head.to_ascii_lowercase().contains("authorization: basic "), "{head}");
    let body: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(body["code_verifier"].as_bytes()));
    assert_eq!(proof, way.get("code_challenge"));
    for log in [server.log(), other.log()] {
        for hidden in [SECRET, way.get("state"), way.get("nonce"), &*body["code_verifier"], "an-access-token"]
        {
            assert!(!log.contains(hidden), "{log}");
        }
    }
    let signed_in = entries(&mut admin, "signed_in");
    assert_eq!(signed_in[0]["after"], json!({"by": "single sign-on"}));
    let bound = entries(&mut admin, "identity_bound");
    assert_eq!((&bound[0]["who"], &bound[0]["subject"]), (&json!("single sign-on"), &json!("amira")));
    assert_eq!(bound[0]["after"], json!({"issuer": provider.issuer, "subject": "s-1"}));
    // The person may be called anything else by now.
    let (mut renamed, _) = signs_on(&server, &provider, "s-1", "someone.else", &json!({}));
    assert_eq!(renamed.get("/api/v1/me").json()["name"], "amira");
    assert_eq!(entries(&mut admin, "identity_bound").len(), 1);
}

#[test]
fn a_user_name_that_changed_hands_opens_nothing_until_an_administrator_says_so() {
    let provider = Provider::start();
    let (site, server, mut admin) = site(&provider, &[]);
    site.run(&["user", "add", "amira"]);
    let (mut amira, _) = signs_on(&server, &provider, "s-1", "amira", &json!({}));
    let (mut thief, reply) = signs_on(&server, &provider, "s-2", "amira", &json!({}));
    refused(&reply, 403, "belongs to somebody else");
    assert_eq!(thief.get("/api/v1/me").status, 401);
    assert!(server.log().contains("forget-single-sign-on amira"), "{}", server.log());
    let users = admin.get("/api/v1/users").json();
    let shown =
        users["users"].as_array().unwrap().iter().find(|user| user["name"] == "amira").unwrap().clone();
    assert!(shown["single_sign_on_since"].is_string() && shown["state"] == "active", "{shown}");
    let forget = "/api/v1/users/amira/forget-single-sign-on";
    assert_eq!(admin.calls(Method::POST, forget, &json!(null)).status, 204);
    assert_eq!(amira.get("/api/v1/me").status, 401, "at once");
    assert_eq!(admin.calls(Method::POST, forget, &json!(null)).word("code"), "not_tied");
    assert_eq!(entries(&mut admin, "identity_forgotten")[0]["before"]["subject"], "s-1");
    let (mut heir, reply) = signs_on(&server, &provider, "s-2", "amira", &json!({}));
    assert_eq!(reply.status, 303, "{reply:?}");
    assert!(site.run(&["user", "list"]).contains("single sign-on"));
    site.run(&["user", "forget-single-sign-on", "amira"]);
    assert_eq!(heir.get("/api/v1/me").status, 401);
    let again = site.command(&["user", "forget-single-sign-on", "amira"]);
    assert!(stderr(&again).contains("tied to nobody"), "{}", stderr(&again));
}

#[test]
fn who_is_locked_unknown_or_without_a_name_is_told_so_and_stays_out() {
    let provider = Provider::start();
    let (site, server, _admin) = site(&provider, &[]);
    site.run(&["user", "add", "amira"]);
    let (_, reply) = signs_on(&server, &provider, "s-9", "nobody", &json!({}));
    refused(&reply, 403, "There is no account for you here yet");
    site.run(&["user", "lock", "amira"]);
    let (_, reply) = signs_on(&server, &provider, "s-1", "amira", &json!({}));
    refused(&reply, 403, "This account is locked");
    assert!(!site.run(&["user", "list"]).contains("single sign-on"), "who is locked is tied to nobody new");
    site.run(&["user", "unlock", "amira"]);
    let (mut amira, _) = signs_on(&server, &provider, "s-1", "amira", &json!({}));
    site.run(&["user", "lock", "amira"]);
    let (_, reply) = signs_on(&server, &provider, "s-1", "amira", &json!({}));
    refused(&reply, 403, "This account is locked");
    assert_eq!(amira.get("/api/v1/me").status, 401);
    for nameless in [json!({"preferred_username": "josé"}), json!({"preferred_username": null})] {
        let (_, reply) = signs_on(&server, &provider, "s-3", "", &nameless);
        refused(&reply, 403, "did not tell who you are");
    }
}

#[test]
fn accounts_roles_and_teams_follow_the_claims_and_the_log_tells_of_each() {
    let provider = Provider::start();
    let (_site, server, mut admin) = site(
        &provider,
        &[
            "oidc.create_accounts=true",
            "oidc.role_claim=groups",
            "oidc.supervisor_values=desk",
            "oidc.manager_values=owners",
            "oidc.teams_claim=teams",
        ],
    );
    let (_, reply) = signs_on(&server, &provider, "s-1", "amira", &json!({"groups": ["x"], "teams": []}));
    refused(&reply, 403, "nobody has given you a role here");
    let desk = json!({"groups": ["desk"], "teams": ["South", "North"]});
    let (mut amira, _) = signs_on(&server, &provider, "s-1", "amira", &desk);
    let me = amira.get("/api/v1/me").json();
    assert_eq!((&me["role"], &me["teams"]), (&json!("supervisor"), &json!(["North", "South"])), "{me}");
    assert_eq!((&me["display_name"], &me["password"]), (&json!("Amira Haddad"), &json!(false)));
    let added = entries(&mut admin, "user_added");
    assert_eq!(
        (&added[0]["who"], &added[0]["after"]["role"]),
        (&json!("single sign-on"), &json!("supervisor"))
    );
    let owner = json!({"groups": ["desk", "owners"], "teams": ["North"]});
    let (_, reply) = signs_on(&server, &provider, "s-1", "amira", &owner);
    assert_eq!(reply.status, 303);
    assert_eq!(amira.get("/api/v1/me").json()["role"], "manager", "also where she was signed in before");
    let role = &entries(&mut admin, "role_changed")[0];
    assert_eq!(
        (&role["before"], &role["after"]),
        (&json!({"role": "supervisor"}), &json!({"role": "manager"}))
    );
    let teams = &entries(&mut admin, "teams_changed")[0];
    assert_eq!(
        (&teams["before"]["teams"], &teams["after"]["teams"]),
        (&json!(["North", "South"]), &json!(["North"]))
    );
    signs_on(&server, &provider, "s-1", "amira", &json!({"groups": ["owners"], "teams": ["North"]}));
    assert_eq!(entries(&mut admin, "role_changed").len(), 1, "what stays the same is not told");
    let (_, reply) = signs_on(&server, &provider, "s-1", "amira", &json!({"groups": [], "teams": []}));
    refused(&reply, 403, "nobody has given you a role here");
    // What the token leaves out is asked for, of the same person.
    provider.tells(json!({"sub": "s-2", "preferred_username": "ben", "groups": ["desk"], "teams": ["West"]}));
    let (mut ben, reply) = signs_on(&server, &provider, "s-2", "ben", &json!({}));
    assert_eq!(reply.status, 303, "{reply:?}");
    assert_eq!(ben.get("/api/v1/me").json()["teams"], json!(["West"]));
    let (_, reply) = signs_on(&server, &provider, "s-3", "eve", &json!({}));
    refused(&reply, 502, "Single sign-on did not work");
}

#[test]
fn a_token_that_does_not_hold_lets_nobody_in() {
    let provider = Provider::start();
    let (site, server, _admin) = site(&provider, &[]);
    site.run(&["user", "add", "amira"]);
    let now = SystemClock::new().now().timestamp();
    for (wrong, value) in [
        ("nonce", json!("of another journey")),
        ("nonce", json!(null)),
        ("iss", json!("http://127.0.0.1:1")),
        ("aud", json!("another")),
        ("aud", json!(["aftercall", "another"])),
        ("exp", json!(now - 1)),
        ("sub", json!("")),
        ("sub", json!("x".repeat(401))),
    ] {
        let (mut person, reply) = signs_on(&server, &provider, "s-1", "amira", &json!({wrong: value}));
        refused(&reply, 502, "Single sign-on did not work");
        assert_eq!(person.get("/api/v1/me").status, 401, "{wrong}");
    }
    let stranger = SigningKey::new("first");
    let mut forged: Vec<Forge> = vec![
        Box::new(move |claims| stranger.sign(claims)),
        Box::new(|claims| format!("{}.", unsigned("none", None, claims))),
        Box::new(|claims| format!("{}.", unsigned("ES256", Some("first"), claims))),
        Box::new(|_| "no token".to_owned()),
    ];
    // With the client's secret as key we could have made it ourselves.
    forged.push(Box::new(|claims| {
        let text = unsigned("HS256", None, claims);
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, text.as_bytes())))
    }));
    for (no, forge) in forged.iter().enumerate() {
        let mut person = Person::at(&server.portal());
        let way = leaves(&mut person, "/sign-in/oidc");
        let token = forge(&claims(&provider, &way, "s-1", "amira"));
        refused(&comes_back(&mut person, &provider, &way, token), 502, "Single sign-on did not work");
        assert_eq!(person.get("/api/v1/me").status, 401, "forgery {no}");
    }
    assert!(!site.run(&["user", "list"]).contains("single sign-on"), "nobody was tied");
}

#[test]
fn a_provider_that_changes_its_keys_is_asked_for_them_but_not_by_every_token() {
    let provider = Provider::start();
    let (site, server, _admin) = site(&provider, &[]);
    site.run(&["user", "add", "amira"]);
    let comes = || signs_on(&server, &provider, "s-1", "amira", &json!({})).1;
    assert_eq!((comes().status, comes().status, provider.asked("/keys")), (303, 303, 1));
    provider.changes_keys(SigningKey::new("second"));
    assert_eq!((comes().status, provider.asked("/keys")), (303, 2));
    provider.changes_keys(SigningKey::new("third"));
    refused(&comes(), 502, "Single sign-on did not work");
    assert_eq!(provider.asked("/keys"), 2, "tokens with unknown keys must not make us ask without end");
}

#[test]
fn a_return_that_this_browser_did_not_set_out_for_lets_nobody_in() {
    let provider = Provider::start();
    let (site, server, _admin) = site(&provider, &[]);
    site.run(&["user", "add", "amira"]);
    let told = "took too long, or was begun in another browser";
    let mut stranger = Person::at(&server.portal());
    refused(&stranger.get("/sign-in/oidc/callback?code=a&state=b"), 400, told);
    // Somebody else's whole way, handed to a browser that did not go it.
    let mut attacker = Person::at(&server.portal());
    let way = leaves(&mut attacker, "/sign-in/oidc");
    let token = provider.signs(&claims(&provider, &way, "s-1", "amira"));
    refused(&comes_back(&mut stranger, &provider, &way, token.clone()), 400, told);
    let mine = leaves(&mut stranger, "/sign-in/oidc");
    refused(&comes_back(&mut stranger, &provider, &way, token), 400, told);
    assert_eq!(provider.asked("/token"), 0, "the provider is not even asked");
    // The way is over with the first return, and a code is good once.
    refused(&stranger.get(&format!("/sign-in/oidc/callback?code=a&state={}", mine.get("state"))), 400, told);
    let way = leaves(&mut stranger, "/sign-in/oidc");
    let used = stranger.get(&format!("/sign-in/oidc/callback?code=used&state={}", way.get("state")));
    refused(&used, 400, told);
    for (error, status, told) in [
        ("access_denied", 401, "You did not sign in at the provider"),
        ("temporarily_unavailable", 503, "does not answer"),
        ("invalid_scope%0a%1b", 502, "Single sign-on did not work"),
    ] {
        let way = leaves(&mut stranger, "/sign-in/oidc?lang=en");
        let back = format!("/sign-in/oidc/callback?error={error}&state={}", way.get("state"));
        refused(&stranger.get(&back), status, told);
    }
    let way = leaves(&mut stranger, "/sign-in/oidc?next=https://evil.example&lang=es");
    let mixed = format!("/sign-in/oidc/callback?code=a&iss=https://evil.example&state={}", way.get("state"));
    refused(&stranger.get(&mixed), 502, "no ha funcionado");
    assert!(!server.log().contains('\u{1b}'), "{}", server.log());
}

#[test]
fn a_provider_that_is_away_holds_nobody_up_and_passwords_work() {
    let provider = Provider::start();
    for (manner, logged) in [
        (Manner::Silent, "no answer"),
        (Manner::Endless, "has more than 262144 bytes"),
        (Manner::Elsewhere, "302"),
    ] {
        provider.behaves(manner);
        let (_site, server, _admin) = site(&provider, &[]);
        let began = Instant::now();
        let mut person = Person::at(&server.portal());
        refused(&person.get("/sign-in/oidc?next=/reports"), 503, "does not answer");
        // The next ones are told at once what the first one had to wait for.
        for _ in 0..20 {
            refused(&person.get("/sign-in/oidc"), 503, "does not answer");
        }
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        assert_eq!(person.signs_in("admin", PASSWORD).status, 303);
        let log = server.log();
        assert!(log.contains("cannot read http://127.0.0.1") && log.contains(logged), "{log}");
        assert_eq!(server.logged("single sign-on failed at the provider"), 1, "once is enough: {log}");
        assert_eq!(provider.asked("/inner"), 0, "nobody is led elsewhere");
    }
}

#[test]
fn a_provider_that_goes_silent_midway_is_given_up_in_time_and_the_next_try_works() {
    let provider = Provider::start();
    let (site, server, _admin) = site(&provider, &[]);
    site.run(&["user", "add", "amira"]);
    let mut amira = Person::at(&server.portal());
    let way = leaves(&mut amira, "/sign-in/oidc");
    let token = provider.signs(&claims(&provider, &way, "s-1", "amira"));
    provider.behaves(Manner::Silent);
    let began = Instant::now();
    refused(&comes_back(&mut amira, &provider, &way, token), 503, "does not answer");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    provider.behaves(Manner::Fine);
    let (_, reply) = signs_on(&server, &provider, "s-1", "amira", &json!({}));
    assert_eq!(reply.status, 303, "{reply:?}");
}

#[test]
fn check_says_what_to_register_and_whether_the_provider_answers() {
    let provider = Provider::start();
    let site = Site::empty();
    let check = |more: &[&str]| {
        let settings = settings(&provider, more);
        let flags = settings.iter().flat_map(|setting| ["--set", setting]);
        site.run(&["check"].into_iter().chain(flags).collect::<Vec<_>>())
    };
    assert!(check(&[]).contains("register http://portal.example/sign-in/oidc/callback there"));
    provider.behaves(Manner::Silent);
    let away = check(&[]);
    assert!(away.contains("warn  single sign-on: cannot read"), "{away}");
    let half = check(&["oidc.issuer="]);
    assert!(half.contains("warn  single sign-on: oidc.client_id is set"), "{half}");
    assert!(!site.run(&["check"]).contains("single sign-on"));
}
