//! The second factor: set up with a code, asked for at the door, each code good once, taken away for who lost the phone.

use aftercall::foundation::{Clock, SystemClock};
use reqwest::Method;
use serde_json::json;
use totp_rs::{Builder, Secret};

use super::opened;
use crate::support::Site;
use crate::support::person::{PASSWORD, Person, token_in};

/// The code that an app shows so many steps from now.
fn code(secret: &str, steps: i64) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let codes = Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    let at = SystemClock::new().now().timestamp() + steps * 30;
    codes.generate(at.try_into().unwrap()).to_string()
}

fn enters(person: &mut Person, code: &str) -> crate::support::http::Reply {
    let token = token_in(&person.get("/sign-in"));
    let fields =
        [("csrf", &*token), ("name", "admin"), ("password", PASSWORD), ("code", code), ("next", "/")];
    person.form("/sign-in", &fields)
}

#[test]
fn a_code_is_asked_for_beside_the_password_and_each_is_good_once() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let begun = admin.calls(Method::POST, "/api/v1/me/second-factor/begin", &json!({})).json();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(begun["picture"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"), "{begun}");
    let add = |code: &str, password: &str| json!({"secret": secret, "code": code, "password": password});
    let path = "/api/v1/me/second-factor";
    let mut tries = |body| admin.calls(Method::POST, path, &body).word("code");
    assert_eq!(tries(add(&code(&secret, 0), "wrong password")), "wrong_password");
    assert_eq!(tries(add(&code(&secret, 50), PASSWORD)), "wrong_code");
    assert_eq!(tries(add(&code(&secret, -1), PASSWORD)), "");
    assert_eq!(admin.get("/api/v1/me").json()["second_factor"], true);
    let mut person = Person::at(&server.portal());
    let without = enters(&mut person, "");
    assert_eq!(without.status, 401);
    assert!(without.body.contains("the code is missing or wrong"), "{without:?}");
    let now = code(&secret, 0);
    assert_eq!(enters(&mut person, &now).status, 303);
    let mut thief = Person::at(&server.portal());
    assert_eq!(enters(&mut thief, &now).status, 401, "somebody who looked over the shoulder");
    assert!(admin.get("/api/v1/users").body.contains("\"second_factor\":true"));
    assert!(
        !admin.get("/api/v1/users").body.contains(&secret)
            && !admin.get("/api/v1/audit").body.contains(&secret)
    );
    assert!(site.run(&["user", "remove-second-factor", "admin"]).contains("no code any more"));
    assert_eq!(admin.get("/api/v1/me").status, 401, "whoever took it away may not be the person");
    let mut again = Person::at(&server.portal());
    assert_eq!(enters(&mut again, "").status, 303);
}
