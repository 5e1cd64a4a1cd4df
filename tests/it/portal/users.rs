//! Users, by the portal and by the command line, and the audit log that tells of it.

use reqwest::Method;
use serde_json::{Value, json};

use super::opened;
use crate::cli_frame::stderr;
use crate::support::Site;
use crate::support::person::{PASSWORD, Person};

fn add(admin: &mut Person, name: &str, role: &str) -> String {
    let body = json!({"name": name, "display_name": "أميرة حداد", "role": role});
    let added = admin.calls(Method::POST, "/api/v1/users", &body);
    assert_eq!(added.status, 201, "{added:?}");
    added.json()["link"].as_str().unwrap().to_owned()
}

fn actions(admin: &mut Person) -> Vec<(String, String)> {
    let log = admin.get("/api/v1/audit?limit=200").json();
    let word = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (word(line, "action"), word(line, "subject")))
        .collect()
}

#[test]
fn a_user_is_invited_comes_in_is_locked_out_and_let_in_again() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let link = add(&mut admin, "Amira", "viewer");
    let mut amira = Person::at(&server.portal());
    amira.comes_by(&link, "amira");
    assert_eq!(amira.get("/api/v1/me").json()["display_name"], "أميرة حداد");
    let nothing = json!(null);
    assert_eq!(admin.calls(Method::POST, "/api/v1/users/amira/lock", &nothing).status, 204);
    assert_eq!(amira.get("/api/v1/me").status, 401, "at once");
    let locked = amira.signs_in("amira", PASSWORD);
    assert!(locked.status == 403 && locked.body.contains("This account is locked"), "{locked:?}");
    assert_eq!(admin.calls(Method::POST, "/api/v1/users/amira/reset", &nothing).word("code"), "locked");
    assert_eq!(admin.calls(Method::POST, "/api/v1/users/amira/unlock", &nothing).status, 204);
    assert_eq!(amira.signs_in("amira", PASSWORD).status, 303);
    let again = admin.calls(Method::POST, "/api/v1/users", &json!({"name": "AMIRA", "role": "viewer"}));
    assert_eq!((again.status, again.word("code").as_str()), (409, "name_taken"));
    for (body, code) in [
        (json!({"name": "a b", "role": "viewer"}), "bad_name"),
        (json!({"name": "zoe", "role": "king"}), "bad_role"),
    ] {
        assert_eq!(admin.calls(Method::POST, "/api/v1/users", &body).word("code"), code);
    }
    let told = actions(&mut admin);
    for action in ["user_added", "user_locked", "user_unlocked"] {
        assert!(told.contains(&(action.to_owned(), "amira".to_owned())), "{action} in {told:?}");
    }
}

#[test]
fn a_role_is_changed_from_the_next_request_on_and_nobody_changes_the_own_one() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let link = add(&mut admin, "amira", "viewer");
    let mut amira = Person::at(&server.portal());
    amira.comes_by(&link, "amira");
    assert_eq!(amira.get("/api/v1/system").status, 403);
    let manager = json!({"role": "manager"});
    assert_eq!(admin.calls(Method::PUT, "/api/v1/users/amira/role", &manager).status, 204);
    assert_eq!(amira.get("/api/v1/system").status, 200);
    for (method, path) in
        [(Method::PUT, "/api/v1/users/admin/role"), (Method::POST, "/api/v1/users/admin/lock")]
    {
        assert_eq!(admin.calls(method, path, &manager).word("code"), "own_account");
    }
    let log = admin.get("/api/v1/audit").json();
    let changed =
        log["entries"].as_array().unwrap().iter().find(|line| line["action"] == "role_changed").unwrap();
    assert_eq!(
        (&changed["before"]["role"], &changed["after"]["role"]),
        (&json!("viewer"), &json!("manager"))
    );
    assert_eq!(changed["who"], "admin");
}

#[test]
fn the_command_line_does_the_same_and_the_log_says_so() {
    let site = Site::empty();
    let link = site.run(&["user", "add", "amira", "--role", "admin", "--display-name", "Amira Haddad"]);
    let server = site.serve(&[]);
    assert_eq!(server.logged_field("link"), None, "there is a user already");
    let mut amira = Person::at(&server.portal());
    let path = link.trim().split_once("/link/").unwrap().1.to_owned();
    amira.comes_by(&format!("{}/link/{path}", server.portal()), "amira");
    let list = site.run(&["user", "list"]);
    assert!(list.contains("Amira Haddad") && list.contains("active"), "{list}");
    let taken = site.command(&["user", "add", "amira"]);
    assert!(stderr(&taken).contains("user reset amira"), "{}", stderr(&taken));
    let unknown = site.command(&["user", "lock", "zoe"]);
    assert!(stderr(&unknown).contains("there is no user zoe"), "{}", stderr(&unknown));
    site.run(&["user", "role", "amira", "viewer"]);
    assert_eq!(amira.get("/api/v1/me").json()["role"], "viewer");
    site.run(&["user", "role", "amira", "admin"]);
    let log = amira.get("/api/v1/audit").json();
    assert!(log["entries"][0]["who"].as_str().unwrap().starts_with("command line"), "{log}");
    site.run(&["user", "lock", "amira"]);
    assert_eq!(amira.get("/api/v1/me").status, 401);
    site.run(&["user", "unlock", "amira"]);
    assert!(site.run(&["user", "reset", "amira"]).contains("/link/"));
}

#[test]
fn the_log_comes_in_pages_without_a_gap() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    for no in 0..7 {
        add(&mut admin, &format!("user{no}"), "viewer");
    }
    let whole = actions(&mut admin);
    let (mut read, mut path) = (Vec::new(), "/api/v1/audit?limit=3".to_owned());
    loop {
        let page = admin.get(&path).json();
        read.extend(
            page["entries"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/audit?limit=3&before={next}");
    }
    assert_eq!(read.len(), whole.len());
    assert!(read.windows(2).all(|two| two[0] > two[1]), "{read:?}");
}
