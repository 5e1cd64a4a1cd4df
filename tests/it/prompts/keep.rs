//! Prompts as an operator keeps them: listed, shown, removed, and who may.

use serde_json::{Value, json};

use super::super::support::DN;
use super::super::support::http::{Reply, read};
use super::*;

const CSAT: &str = "/api/v1/prompts/en/support.csat";

/// One request with the site's key.
fn send(server: &Server, method: Method, path: &str) -> Reply {
    block_on(read(server.http().fresh().request(method, path))).unwrap()
}

fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.word("code").as_str()), (status, code), "{reply:?}");
}

#[test]
fn prompts_are_listed_with_the_addresses_that_play_them() {
    let site = Site::new();
    let id = store(&site, "en", "support.csat", 1);
    store(&site, "es-mx", "number.1", 2);
    let server = site.serve(&[]);
    let list = server.get("/api/v1/prompts").json();
    let names: Vec<&Value> = list["prompts"].as_array().unwrap().iter().map(|p| &p["name"]).collect();
    assert_eq!(names, ["number.1", "support.csat"], "{list}");
    let one = server.get("/api/v1/prompts/EN/support.csat").json();
    assert_eq!(list["prompts"][1], one, "one of them looks as it does in the list");
    assert_eq!(one["id"], id.to_string());
    assert_eq!((&one["language"], &one["duration_ms"]), (&json!("en"), &json!(1000)));
    for (address, form) in [("ulaw", "ulaw"), ("alaw", "alaw"), ("pcm", "pcm"), ("by_name", "ulaw")] {
        let path = one["urls"][address].as_str().unwrap().strip_prefix(server.url()).unwrap();
        assert_eq!(get(&server, path).body, audio(form, 1, 8_000), "{path}");
    }
    refused(&server.get("/api/v1/prompts/en-GB/support.csat"), 404, "no_such_prompt");
}

#[test]
fn a_removed_prompt_is_played_by_its_id_only() {
    let site = Site::new();
    let id = store(&site, "en", "support.csat", 1);
    let server = site.serve(&[]);
    let removed = send(&server, Method::DELETE, CSAT);
    assert_eq!((removed.status, removed.body.as_str()), (204, ""), "{removed:?}");
    assert_eq!(get(&server, "/prompts/en/support.csat.wav").status, 404, "at once on this node");
    assert_eq!(get(&server, &format!("/prompts/{id}.ulaw.wav")).status, 200);
    refused(&send(&server, Method::DELETE, CSAT), 404, "no_such_prompt");
}

#[test]
fn a_prompt_that_an_active_survey_needs_is_removed_by_force_only() {
    let site = Site::new();
    store(&site, "en", "heard.csat", 1);
    store(&site, "es", "heard.csat", 2);
    store(&site, "es-mx", "heard.csat", 3);
    store(&site, "en", "other.csat", 4);
    let question =
        json!({"key": "csat", "type": "rating", "scale": "1-5", "text": {"en": "?", "es-MX": "?"}});
    site.publish(&json!({
        "format": "aftercall.survey/1", "key": "heard", "name": "Heard", "languages": ["en", "es-MX"],
        "voice": "prompts", "questions": [question],
    }));
    let server = site.serve(&[]);
    let path = |language: &str| format!("/api/v1/prompts/{language}/heard.csat");
    assert_eq!(send(&server, Method::DELETE, &path("en")).status, 204, "published, but not active");
    store(&site, "en", "heard.csat", 1);
    site.run(&["survey", "activate", "heard", "Support"]);
    let in_use = |language: &str| {
        let reply = send(&server, Method::DELETE, &path(language));
        refused(&reply, 409, "prompt_in_use");
        assert!(reply.word("message").contains("`heard`") && reply.word("message").contains("Support"));
    };
    super::super::support::until("the prompt is there again", || {
        get(&server, "/prompts/en/heard.csat.wav").status == 200
    });
    in_use("en");
    assert_eq!(send(&server, Method::DELETE, &path("es-MX")).status, 204, "its parent says the same");
    in_use("es");
    assert_eq!(send(&server, Method::DELETE, "/api/v1/prompts/en/other.csat").status, 204);
    site.run(&["survey", "pause", "Support"]);
    in_use("es");
    refused(&send(&server, Method::DELETE, &(path("es") + "?force=maybe")), 400, "bad_parameter");
    assert_eq!(send(&server, Method::DELETE, &(path("es") + "?force=true")).status, 204);
    assert_eq!(get(&server, "/prompts/es/heard.csat.wav").status, 404);
}

#[test]
fn only_a_key_of_an_operator_opens_them() {
    let site = Site::new();
    store(&site, "en", "support.csat", 1);
    let ivr = site.run(&["apikey", "create", "script", "--scope", "ivr"]);
    let server = site.serve(&[]);
    for (method, path) in
        [(Method::GET, "/api/v1/prompts"), (Method::GET, CSAT), (Method::PUT, CSAT), (Method::DELETE, CSAT)]
    {
        let ask = |key: &str| {
            let http = server.http().fresh().with_key(key);
            block_on(read(http.request(method.clone(), path))).unwrap()
        };
        refused(&ask(""), 401, "no_key");
        refused(&ask("nobody"), 401, "unknown_key");
        refused(&ask(ivr.trim()), 403, "wrong_scope");
    }
    assert_eq!(get(&server, "/prompts/en/support.csat.wav").status, 200, "nothing was changed");
    let wrong = send(&server, Method::POST, CSAT);
    refused(&wrong, 405, "wrong_method");
    assert_eq!(wrong.header("allow"), "GET, HEAD, PUT, DELETE");
    assert_eq!(server.offer(DN).len(), 36, "calls go on");
}

#[test]
fn a_name_or_language_that_is_none_is_refused_with_the_reason() {
    let site = Site::new();
    let server = site.serve(&[]);
    for (path, says) in [
        ("/api/v1/prompts/en/Support.CSAT", "small letters"),
        ("/api/v1/prompts/en/..%2fx", "small letters"),
        ("/api/v1/prompts/1/support.csat", "BCP 47"),
    ] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let reply = send(&server, method, path);
            refused(&reply, 400, "bad_parameter");
            assert!(reply.word("message").contains(says), "{reply:?}");
        }
    }
}
