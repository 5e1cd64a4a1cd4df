//! What each role may do, route by route.

use reqwest::Method;
use serde_json::json;

use super::opened;
use crate::support::Site;
use crate::support::person::Person;

/// Every route that asks for a right, and the roles that have it.
const ROUTES: [(&str, &str, &[&str]); 9] = [
    ("GET", "/api/v1/overview", &["admin", "manager", "viewer"]),
    ("GET", "/api/v1/system", &["admin", "manager"]),
    ("GET", "/api/v1/users", &["admin"]),
    ("POST", "/api/v1/users", &["admin"]),
    ("POST", "/api/v1/users/nobody/reset", &["admin"]),
    ("POST", "/api/v1/users/nobody/lock", &["admin"]),
    ("POST", "/api/v1/users/nobody/unlock", &["admin"]),
    ("PUT", "/api/v1/users/nobody/role", &["admin"]),
    ("GET", "/api/v1/audit", &["admin"]),
];

#[test]
fn every_route_is_for_the_roles_that_have_its_right_and_for_nobody_signed_out() {
    let site = Site::empty();
    let (server, _admin) = opened(&site, &[]);
    let body = json!({"name": "a b", "role": "viewer"});
    for role in ["admin", "manager", "supervisor", "viewer"] {
        let link = site.run(&["user", "add", &format!("a-{role}"), "--role", role]);
        let mut person = Person::at(&server.portal());
        let token = link.trim().split_once("/link/").unwrap().1.to_owned();
        person.comes_by(&format!("{}/link/{token}", server.portal()), &format!("a-{role}"));
        for (method, path, roles) in ROUTES {
            let reply = person.calls(Method::from_bytes(method.as_bytes()).unwrap(), path, &body);
            let refused = reply.status == 403 && reply.word("code") == "no_right";
            assert_eq!(refused, !roles.contains(&role), "{role}: {method} {path}: {reply:?}");
        }
    }
    let mut nobody = Person::at(&server.portal());
    for (method, path, _) in ROUTES {
        let reply = nobody.calls(Method::from_bytes(method.as_bytes()).unwrap(), path, &body);
        assert_eq!(reply.status, 401, "{method} {path}");
    }
}

#[test]
fn no_answer_of_the_api_holds_a_hash_of_a_password() {
    let (_server, mut admin) = opened(&Site::empty(), &[]);
    for path in ["/api/v1/users", "/api/v1/audit", "/api/v1/me", "/api/v1/me/sessions", "/api/v1/system"] {
        let reply = admin.get(path);
        assert!(reply.status == 200 && !reply.body.contains("argon2"), "{reply:?}");
    }
}

#[test]
fn a_score_of_too_few_answers_is_kept_back_and_figures_are_those_of_the_report() {
    let site = Site::new();
    let (server, mut admin) = opened(&site, &["portal.min_answers=3"]);
    let answer = |call: usize, digits: &str| {
        let response = server.offer(&format!("call-{call}"));
        assert_eq!(server.answer(&response, "csat", digits).status, 200);
    };
    (0..2).for_each(|call| answer(call, "5"));
    let few = admin.get("/api/v1/overview").json();
    let score = &few["surveys"][0]["score"];
    assert_eq!((&score["n"], &score["value"]), (&json!(2), &json!(null)), "{few}");
    answer(2, "1");
    let shown = admin.get("/api/v1/overview").json();
    let survey = &shown["surveys"][0];
    assert_eq!((&survey["offered"], &survey["started"]), (&json!(3), &json!(3)), "{survey}");
    let value = survey["score"]["value"].as_f64().unwrap();
    assert!((value - 200.0 / 3.0).abs() < 1e-9, "{survey}");
    assert_eq!(survey["services"], json!([{"name": "Support", "paused": false}]));
}
