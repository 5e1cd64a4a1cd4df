//! What each role may do, route by route.

use reqwest::Method;
use serde_json::json;

use super::{joined, opened};
use crate::support::Site;
use crate::support::person::Person;

/// Every route that asks for a right, and the roles that have it.
const ROUTES: [(&str, &str, &[&str]); 61] = [
    ("GET", "/api/v1/overview", ALL),
    ("GET", "/api/v1/responses", ALL),
    ("GET", "/api/v1/responses/none", ALL),
    ("GET", "/api/v1/facets", ALL),
    ("GET", "/api/v1/reports", ALL),
    ("GET", "/api/v1/export/responses.csv", ALL),
    ("GET", "/api/v1/export/report.csv", ALL),
    ("GET", "/api/v1/report-files", ALL_TEAMS),
    ("GET", "/api/v1/report-files/2026-11-26_day_agent.csv", ALL_TEAMS),
    ("GET", "/api/v1/audio/recordings/none", ALL),
    ("GET", "/api/v1/audio/prompts/none", ALL),
    ("GET", "/api/v1/surveys/none", ALL),
    ("GET", "/api/v1/surveys/none/versions/1", ALL),
    ("GET", "/api/v1/surveys/none/changes?from=1&to=2", ALL),
    ("POST", "/api/v1/survey-preview", ALL),
    ("POST", "/api/v1/survey-messages", ALL),
    ("GET", "/api/v1/services", ALL),
    ("GET", "/api/v1/prompts", ALL),
    ("GET", "/api/v1/report-mails", SENDERS),
    ("POST", "/api/v1/report-mails", SENDERS),
    ("PUT", "/api/v1/report-mails/none", SENDERS),
    ("DELETE", "/api/v1/report-mails/none", SENDERS),
    ("POST", "/api/v1/surveys", OWNERS),
    ("PUT", "/api/v1/surveys/none/draft", OWNERS),
    ("POST", "/api/v1/surveys/none/publish", OWNERS),
    ("GET", "/api/v1/services/nodes", ALL),
    ("POST", "/api/v1/services", OWNERS),
    ("PUT", "/api/v1/services/none/survey", OWNERS),
    ("POST", "/api/v1/services/none/pause", OWNERS),
    ("POST", "/api/v1/services/none/resume", OWNERS),
    ("PUT", "/api/v1/prompts/en/none", OWNERS),
    ("POST", "/api/v1/prompts/en/none/speech", OWNERS),
    ("DELETE", "/api/v1/prompts/en/none", OWNERS),
    ("POST", "/api/v1/customers/look-up", OWNERS),
    ("POST", "/api/v1/customers/forget", OWNERS),
    ("GET", "/api/v1/invites", OWNERS),
    ("POST", "/api/v1/invite-list/check", OWNERS),
    ("POST", "/api/v1/invite-list/send", OWNERS),
    ("GET", "/api/v1/messages", OWNERS),
    ("POST", "/api/v1/messages/none/again", OWNERS),
    ("POST", "/api/v1/messages/none/taken", OWNERS),
    ("GET", "/api/v1/opt-outs", OWNERS),
    ("POST", "/api/v1/opt-outs", OWNERS),
    ("POST", "/api/v1/opt-outs/remove", OWNERS),
    ("GET", "/api/v1/sms-routes", OWNERS),
    ("GET", "/api/v1/system", OWNERS),
    ("GET", "/api/v1/settings", OWNERS),
    ("GET", "/api/v1/users", ADMIN),
    ("POST", "/api/v1/users", ADMIN),
    ("POST", "/api/v1/users/nobody/reset", ADMIN),
    ("POST", "/api/v1/users/nobody/lock", ADMIN),
    ("POST", "/api/v1/users/nobody/unlock", ADMIN),
    ("PUT", "/api/v1/users/nobody/role", ADMIN),
    ("PUT", "/api/v1/users/nobody/teams", ADMIN),
    ("POST", "/api/v1/users/nobody/remove-second-factor", ADMIN),
    ("POST", "/api/v1/users/nobody/forget-single-sign-on", ADMIN),
    ("GET", "/api/v1/keys", ADMIN),
    ("POST", "/api/v1/keys", ADMIN),
    ("DELETE", "/api/v1/keys/none", ADMIN),
    ("GET", "/api/v1/audit", ADMIN),
    ("GET", "/api/v1/audit?limit=1", ADMIN),
];

const ALL: &[&str] = &["admin", "manager", "supervisor", "viewer"];
const ALL_TEAMS: &[&str] = &["admin", "manager", "viewer"];
const SENDERS: &[&str] = &["admin", "manager", "supervisor"];
const OWNERS: &[&str] = &["admin", "manager"];
const ADMIN: &[&str] = &["admin"];

#[test]
fn every_route_is_for_the_roles_that_have_its_right_and_for_nobody_signed_out() {
    let site = Site::empty();
    let (server, _admin) = opened(&site, &[]);
    // Whatever a route takes, so that none refuses for what it was sent before it looks at who sent it.
    let body = json!({
        "name": "a b", "role": "viewer", "key": "k", "revision": 1, "document": {}, "channel": "voice", "number": "1",
        "how": "delete", "survey": "s", "text": "", "scopes": [], "teams": [],
        "by": "day", "rhythm": "day", "hour": 7, "recipients": [], "file": "csv",
        "csv": "number", "list": "l", "service": "s", "consent": true, "rows": [],
    });
    for role in ["admin", "manager", "supervisor", "viewer"] {
        let mut person = joined(&site, &server, role);
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
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
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
