//! Who comes in, and how long they stay.

use reqwest::Method;
use serde_json::json;

use super::opened;
use crate::support::person::{PASSWORD, Person, led_to, token_in};
use crate::support::{Site, until};

#[test]
fn the_first_start_tells_a_link_that_works_once_and_no_password() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let me = admin.get("/api/v1/me").json();
    assert_eq!((me["name"].as_str(), me["role"].as_str()), (Some("admin"), Some("admin")));
    let link = server.logged_field("link").unwrap();
    let path = link.trim_start_matches(&server.portal()).to_owned();
    let again = Person::at(&server.portal()).get(&path);
    assert_eq!(again.status, 410, "{again:?}");
    drop(server);
    let server = site.serve(&[]);
    assert_eq!(server.logged_field("link"), None, "there is a user now");
    admin.moves_to(&server.portal());
    assert_eq!(admin.get("/api/v1/me").status, 200, "a session outlives the server");
}

#[test]
fn nobody_comes_in_by_a_wrong_password_and_too_many_have_to_wait() {
    let site = Site::empty();
    let (server, _admin) = opened(&site, &[]);
    let mut stranger = Person::at(&server.portal());
    let page = stranger.get("/users");
    assert_eq!((page.status, led_to(&page)), (303, "/sign-in?next=%2Fusers"));
    for _ in 0..6 {
        let refused = stranger.signs_in("admin", "not the password");
        assert_eq!(refused.status, 401);
        assert!(refused.body.contains("The user name or the password is wrong"), "{refused:?}");
    }
    let waits = stranger.signs_in("admin", PASSWORD);
    assert_eq!(waits.status, 429, "{waits:?}");
    assert!(waits.body.contains("Wait") && waits.headers.contains_key("retry-after"), "{waits:?}");
    until("the wait is over", || stranger.signs_in("admin", PASSWORD).status == 303);
    let unknown = Person::at(&server.portal()).signs_in("nobody", PASSWORD);
    assert!(unknown.body.contains("The user name or the password is wrong"), "as for a wrong password");
}

#[test]
fn a_form_that_another_page_made_up_is_refused() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let mut person = Person::at(&server.portal());
    let token = token_in(&person.get("/sign-in"));
    let mut other = Person::at(&server.portal());
    other.get("/sign-in");
    let refused = other.form("/sign-in", &[("csrf", &*token), ("name", "admin"), ("password", PASSWORD)]);
    assert_eq!(refused.status, 403, "the form was given to another browser");
    admin.csrf = "0".repeat(32);
    let refused = admin.calls(Method::POST, "/api/v1/me/sign-out", &json!(null));
    assert_eq!((refused.status, refused.word("code").as_str()), (403, "bad_csrf"));
    assert_eq!(admin.get("/api/v1/me").status, 200);
}

#[test]
fn signing_out_ends_this_session_and_a_new_password_all_others() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let mut second = Person::at(&server.portal());
    second.signs_in("admin", PASSWORD);
    let mut third = Person::at(&server.portal());
    third.signs_in("admin", PASSWORD);
    let sessions = admin.get("/api/v1/me/sessions").json();
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 3);
    let weak = json!({"current": PASSWORD, "new": "password1234"});
    assert_eq!(admin.calls(Method::POST, "/api/v1/me/password", &weak).word("code"), "weak_password");
    let wrong = json!({"current": "what was it", "new": "seven quiet green boats"});
    assert_eq!(admin.calls(Method::POST, "/api/v1/me/password", &wrong).word("code"), "wrong_password");
    let good = json!({"current": PASSWORD, "new": "seven quiet green boats"});
    assert_eq!(admin.calls(Method::POST, "/api/v1/me/password", &good).status, 204);
    assert_eq!((second.get("/api/v1/me").status, third.get("/api/v1/me").status), (401, 401));
    assert_eq!(admin.get("/api/v1/me").status, 200);
    assert_eq!(admin.calls(Method::POST, "/api/v1/me/sign-out", &json!(null)).status, 204);
    assert_eq!(admin.get("/api/v1/me").status, 401);
    assert_eq!(led_to(&admin.get("/")), "/sign-in?next=%2F");
}

#[test]
fn a_session_goes_on_at_the_other_node_when_its_node_is_killed() {
    let site = Site::empty();
    let other = site.beside();
    let (one, mut admin) = opened(&site, &["node.name=one"]);
    let two = other.serve(&["node.name=two"]);
    let before = admin.get("/api/v1/me").json();
    one.kill();
    admin.moves_to(&two.portal());
    let after = admin.get("/api/v1/me").json();
    assert_eq!((&before["csrf"], &before["name"]), (&after["csrf"], &after["name"]));
    assert_eq!(after["node"], "two");
    assert_eq!(admin.calls(Method::PUT, "/api/v1/me/language", &json!({"language": "ar"})).status, 204);
}

#[test]
fn pages_load_nothing_from_elsewhere_and_tell_nobody_where_one_was() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let page = admin.get("/");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(!page.body.contains("<style") && !page.body.contains("style=") && !page.body.contains("onclick"));
    let script = admin.get("/static/portal/app.js");
    assert_eq!(script.headers["content-type"], "text/javascript");
    let library = admin.get("/static/vendor/preact/preact.mjs");
    assert_eq!(library.headers["content-type"], "application/javascript");
    for hidden in
        ["/static/portal/index.html", "/static/vendor/swagger-ui/swagger-ui.css", "/static/../Cargo.toml"]
    {
        assert_eq!(admin.get(hidden).status, 404, "{hidden}");
    }
}

#[test]
fn a_proxy_is_believed_where_a_request_came_from_and_nobody_else_is() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &["portal.proxies=127.0.0.1"]);
    let mut person = Person::at(&server.portal());
    person.forwarded = Some("203.0.113.9, 2001:db8::7".to_owned());
    person.signs_in("admin", PASSWORD);
    let newest = |admin: &mut Person| {
        let log = admin.get("/api/v1/audit?limit=1").json();
        log["entries"][0]["address"].as_str().unwrap().to_owned()
    };
    assert_eq!(newest(&mut admin), "2001:db8::7", "what stands before it is the client's own word");
    drop(server);
    let server = site.serve(&[]);
    admin.moves_to(&server.portal());
    let mut person = Person::at(&server.portal());
    person.forwarded = Some("203.0.113.9".to_owned());
    person.signs_in("admin", PASSWORD);
    assert_eq!(newest(&mut admin), "127.0.0.1");
}

#[test]
fn a_body_that_cannot_be_read_is_said_to_be_so() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let refused = admin.calls(Method::POST, "/api/v1/users", &json!({"role": 7}));
    assert_eq!((refused.status, refused.word("code").as_str()), (400, "malformed"), "{refused:?}");
    assert_eq!(admin.get("/api/v1/audit?limit=many").word("code"), "malformed");
    assert_eq!(admin.get("/api/v1/nowhere").word("code"), "not_found");
}
