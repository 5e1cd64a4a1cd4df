//! Invites as another program asks for them, and as a caller who hangs up leads to one, on the real server.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::http::{Reply, read};
use super::support::store::Stored;
use super::support::{Server, Site, block_on};

const MOBILE: &str = "+34600111222";

/// A site with a survey that invites, active on `Sales` (7001).
fn site(invitation: &Value) -> Site {
    let site = Site::new();
    site.publish(&json!({
        "format": "aftercall.survey/1", "key": "sms", "name": "How was it", "languages": ["en"], "voice": "tts",
        "questions": [
            {"key": "first", "type": "rating", "scale": "1-5", "text": {"en": "first"}},
            {"key": "second", "type": "nps", "text": {"en": "second"}},
        ],
        "invitation": invitation,
    }));
    site.run(&["service", "add", "Sales", "--dn", "7001"]);
    site.run(&["survey", "activate", "sms", "Sales"]);
    site
}

fn invitation() -> Value {
    json!({"text": {"en": "{service}: {link}"}, "consent": "assumed", "after_hang_up": true})
}

fn invite(server: &Server, body: &Value) -> Reply {
    let request = server.http().fresh().request(Method::POST, "/api/v1/invites");
    block_on(read(request.header("content-type", "application/json").body(body.to_string()))).unwrap()
}

fn invited(server: &Server, body: &Value) -> Value {
    let reply = invite(server, body);
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

#[test]
fn an_ask_is_decided_once_and_stored_with_its_message() {
    let site = site(&invitation());
    let server = site.serve(&[]);
    let ask = json!({"service": "Sales", "number": MOBILE, "reference": "ticket 7", "agent_name": "Eva"});
    let first = invited(&server, &ask);
    assert_eq!(
        (&first["invited"], &first["code"], &first["repeated"]),
        (&json!(true), &json!("offered"), &json!(false))
    );
    let again = invited(&server, &ask);
    assert_eq!((&again["invite_id"], &again["repeated"]), (&first["invite_id"], &json!(true)));
    // The same reference holds also for another number.
    let other =
        invited(&server, &json!({"service": "Sales", "number": "+34600111333", "reference": "ticket 7"}));
    assert_eq!(other["invite_id"], first["invite_id"]);
    let stored = Stored::open(&site.database());
    assert_eq!(stored.count("SELECT COUNT(*) FROM invite"), 1);
    assert_eq!(stored.count("SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND text IS NULL"), 1);
    assert_eq!(stored.state(first["invite_id"].as_str().unwrap()).as_deref(), Some("offered"));
    assert!(!server.log().contains("600111222"), "no number is logged");
}

#[test]
fn who_is_not_invited_is_told_why_and_so_is_the_operator() {
    let mut strict = invitation();
    strict["consent"] = json!("required");
    let site = site(&strict);
    site.run(&["service", "add", "Bare", "--dn", "7002"]);
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    for (ask, code) in [
        (json!({"service": "Sales", "number": MOBILE}), "no_consent"),
        (json!({"service": "Sales", "number": "+34910000000", "consent": true}), "not_textable"),
        (json!({"service": "Sales", "number": "anonymous", "consent": true}), "no_number"),
        (json!({"service": "Sales", "consent": true}), "no_number"),
        (json!({"dn": "7001", "cause": "call_ended", "number": MOBILE, "consent": true}), "no_invitation"),
        (json!({"service": "Bare", "number": MOBILE, "consent": true}), "no_active_survey"),
    ] {
        let decided = invited(&server, &ask);
        assert_eq!((&decided["invited"], &decided["code"]), (&json!(false), &json!(code)), "{ask}");
        assert!(!decided["message"].as_str().unwrap().is_empty());
        let offers = site.run(&["offers", "--limit", "1"]);
        assert!(offers.contains(code) && !offers.contains("600111222"), "{offers}");
    }
    assert_eq!(stored.count("SELECT COUNT(*) FROM outbox"), 0);
    assert_eq!(stored.count("SELECT COUNT(*) FROM invite"), 6);
}

#[test]
fn what_cannot_be_read_is_refused_with_what_to_do() {
    let site = site(&invitation());
    let server = site.serve(&[]);
    for (body, code) in [
        ("{", "malformed"),
        (r#"{"number": "+34600111222"}"#, "missing_parameter"),
        (r#"{"service": "Sales", "cause": "whim"}"#, "bad_parameter"),
        (r#"{"service": "Sales", "colour": "blue"}"#, "malformed"),
    ] {
        let request = server.http().fresh().request(Method::POST, "/api/v1/invites").body(body);
        let reply = block_on(read(request)).unwrap();
        assert_eq!((reply.status, reply.word("code").as_str()), (400, code), "{reply:?}");
    }
    let keyless = server.http().fresh().with_key("wrong").request(Method::POST, "/api/v1/invites").body("{}");
    assert_eq!(block_on(read(keyless)).unwrap().status, 401);
    assert_eq!(server.get("/api/v1/invites").status, 405);
}

#[test]
fn a_caller_who_hangs_up_is_invited_once_in_the_transaction_of_the_end() {
    let site = site(&invitation());
    let server = site.serve(&[]);
    let call = |id: &str| server.post("/ivr/v1/survey", &[("dn", "7001"), ("ani", MOBILE), ("call_id", id)]);
    let hang_up =
        |response: &str| server.post("/ivr/v1/complete", &[("response_id", response), ("status", "hangup")]);
    let stored = Stored::open(&site.database());
    let invites =
        || stored.count("SELECT COUNT(*) FROM invite WHERE cause = 'hang_up' AND expires_at IS NOT NULL");

    let before = call("before the first answer").word("response_id");
    assert_eq!(hang_up(&before).word("state"), "declined");
    assert_eq!(invites(), 1);
    hang_up(&before);
    assert_eq!(invites(), 1, "a repeat invites nobody again");

    let within = call("within").word("response_id");
    server.answer(&within, "first", "5");
    assert_eq!(hang_up(&within).word("state"), "partial");
    assert_eq!(invites(), 2);

    let whole = call("whole").word("response_id");
    server.answer(&whole, "first", "5");
    server.answer(&whole, "second", "9");
    hang_up(&whole);
    let declined = call("declined").word("response_id");
    server.post("/ivr/v1/complete", &[("response_id", &declined), ("status", "declined")]);
    assert_eq!(invites(), 2, "neither who answered everything nor who wants none");
    assert_eq!(stored.count("SELECT COUNT(*) FROM invite i JOIN response r ON r.id = i.caused_by"), 2);
    assert_eq!(stored.count("SELECT COUNT(*) FROM outbox WHERE purpose = 'invite'"), 2);
}
