//! Links as another program asks for them.

use serde_json::{Value, json};

use super::{ask, link, path_of, site};
use crate::cli_frame::stderr;
use crate::support::person::Person;

#[test]
fn a_link_leads_to_the_survey_of_its_service_until_its_time_is_over() {
    let site = site();
    let server = site.serve(&["portal.customer_url=https://s.example"]);
    let (told, path) = link(&server);
    assert_eq!((&told["offered"], &told["code"]), (&json!(true), &json!("offered")), "{told}");
    let url = told["url"].as_str().unwrap();
    assert!(
        url.starts_with("https://s.example/s/") && url.len() == "https://s.example/s/".len() + 14,
        "{url}"
    );
    assert_eq!(Person::at(&server.portal()).get(&path).status, 200);
    let other = ask(&server, &json!({"service": "website", "call_id": "chat-1"})).json();
    let again = ask(&server, &json!({"service": "website", "call_id": "chat-1"})).json();
    assert_eq!(other["response_id"], again["response_id"]);
    assert_ne!(other["url"], again["url"], "only its hash is kept, so that it cannot be told again");
    for told in [&other, &again] {
        assert_eq!(Person::at(&server.portal()).get(&path_of(told)).status, 200);
    }
}

#[test]
fn a_business_no_is_a_reply_and_what_is_wrong_is_said() {
    let site = site();
    site.run(&["service", "add", "Support", "--dn", "5001"]);
    let server = site.serve(&[]);
    let none = ask(&server, &json!({"service": "Support"}));
    let told = none.json();
    assert_eq!((none.status, &told["offered"], &told["url"]), (200, &json!(false), &Value::Null), "{told}");
    assert_eq!(told["code"], "no_active_survey");
    site.run(&["survey", "activate", "website", "Support"]);
    crate::support::until("the service of calls is asked by a page as well", || {
        ask(&server, &json!({"dn": "5001"})).json()["offered"] == json!(true)
    });
    for (body, code) in [
        (json!({}), "missing_parameter"),
        (json!({"service": "Website", "expires_hours": 0}), "bad_parameter"),
        (json!({"service": "Website", "expires_hours": 721}), "bad_parameter"),
        (json!({"service": "Website", "surprise": 1}), "malformed"),
        (json!([]), "malformed"),
    ] {
        let reply = ask(&server, &body);
        assert_eq!((reply.status, reply.word("code").as_str()), (400, code), "{body}");
    }
}

#[test]
fn a_link_needs_a_key_of_chats_and_somebody_who_serves_the_page() {
    let mut site = site();
    let secret = site.run(&["apikey", "create", "reader", "--scope", "read"]);
    let chats = std::mem::replace(&mut site.key, secret.trim().to_owned());
    let server = site.serve(&["portal.enabled=false"]);
    let refused = ask(&server, &json!({"service": "Website"}));
    assert_eq!((refused.status, refused.word("code").as_str()), (403, "wrong_scope"));
    drop(server);
    site.key = chats;
    let server = site.serve(&["portal.enabled=false"]);
    let nobody = ask(&server, &json!({"service": "Website"}));
    assert_eq!((nobody.status, nobody.word("code").as_str()), (409, "no_page"), "{nobody:?}");
    drop(server);
    let server = site.serve(&["portal.enabled=false", "portal.customer_url=https://s.example"]);
    assert_eq!(ask(&server, &json!({"service": "Website"})).status, 200, "another node serves it");
}

#[test]
fn the_command_line_prints_a_link_and_says_why_there_is_none() {
    let site = site();
    let server = site.serve(&[]);
    let arguments =
        ["invite", "link", "--service", "Website", "--lang", "es", "--url", server.url(), "--key", &site.key];
    let printed = site.run(&arguments);
    let path = &printed.trim()[printed.find("/s/").unwrap()..];
    assert!(Person::at(&server.portal()).get(path).body.contains(r#"<html lang="es""#));
    let none =
        site.command(&["invite", "link", "--service", "Nowhere", "--url", server.url(), "--key", &site.key]);
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("no service"), "{}", stderr(&none));
}
