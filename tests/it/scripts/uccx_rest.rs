//! UCCX from 11.6: Make REST Call with its own headers and Basic password, Get JSON Document Data by `JSONPath`.

use super::wire::{Answer, Wire, host};
use super::*;
use crate::recordings::hex;

/// A request of the step: Basic without being asked, and the media type misspelt as in the script many copy.
fn rest(server: &Server, site: &Site, first: &str, more: &str, body: &str) -> String {
    format!(
        "{first} HTTP/1.1\r\naccept: applcation/json\r\n{}{more}User-Agent: Java/1.8.0_241\r\nHost: {}\r\n\
         Connection: keep-alive\r\n\r\n{body}",
        basic(site),
        host(server)
    )
}

fn post(server: &Server, site: &Site, wire: &mut Wire, call: &str, body: &str) -> Answer {
    let more = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    wire.ask(rest(server, site, &format!("POST /ivr/v1/{call}"), &more, body))
}

#[test]
fn a_script_with_a_rest_step_surveys_a_caller_by_json_bodies() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let answer = post(&server, &site, &mut wire, call, &json(fields));
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{answer:?}");
        by_jsonpath(answer.text())
    });
}

#[test]
fn the_same_step_sends_its_parameters_in_the_query() {
    let site = Site::new();
    let server = site.serve(&[]);
    play(&server, &site, |call, fields| {
        // The step opens a connection for each call.
        let target = format!("GET /ivr/v1/{call}?{}", encoded(fields));
        let answer = Wire::open(&server).ask(rest(&server, &site, &target, "", ""));
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{answer:?}");
        by_jsonpath(answer.text())
    });
}

#[test]
fn what_a_caller_says_is_sent_as_hex_in_a_json_body() {
    let (site, listener) = spoken::site();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    spoken::play(&server, &site, &listener, &hex(&spoken::recorded()), |call, fields| {
        let answer = post(&server, &site, &mut wire, call, &json(fields));
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{answer:?}");
        by_jsonpath(answer.text())
    });
}

#[test]
fn a_json_path_finds_flat_members_and_members_of_lists() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    let answer = post(&server, &site, &mut wire, "survey", &json(&[("dn", DN), ("lang", "en")]));
    let body = serde_json::from_str(answer.text()).unwrap();
    for (path, value) in [
        ("$.result", "QUESTION"),
        ("$['question_id']", "csat"),
        ("$.max_digits", "1"),
        ("$.required", "true"),
        ("$.q4_terminator", "#"),
        ("$.questions[1].choices[2].label", "The manner"),
        ("$.questions[?(@.question_id == 'recommend')].max", "10"),
        ("$..question_count", "4"),
        ("$.no_such_member", ""),
    ] {
        assert_eq!(jsonpath(&body, path), value, "{path}");
    }
}

#[test]
fn a_body_put_together_by_hand_may_hold_numbers_nulls_and_blank_lines() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    let body =
        format!("\r\n{{ \"dn\" : {DN}, \"agentId\": 1007, \"queue\": null, \"callId\": \"c-1\" }}\r\n");
    let answer = post(&server, &site, &mut wire, "survey", &body);
    let read = by_jsonpath(answer.text());
    let response = read("response_id");
    let body = format!("{{\"responseId\":\"{response}\",\"questionId\":\"csat\",\"value\":5}}");
    let answer = post(&server, &site, &mut wire, "answer", &body);
    assert_eq!(by_jsonpath(answer.text())("question_id"), "solved", "{answer:?}");
    assert_eq!(Stored::open(&site.database()).offer(&response, "agent_id").as_deref(), Some("1007"));
}

#[test]
fn a_wrong_password_is_said_in_the_envelope_with_a_challenge() {
    let site = Site::new();
    let server = site.serve(&[]);
    let wrong =
        rest(&server, &site, &format!("GET /ivr/v1/survey?dn={DN}"), "", "").replace("Basic ", "Basic QQ");
    let answer = Wire::open(&server).ask(wrong);
    assert_eq!((answer.status, by_jsonpath(answer.text())("result").as_str()), (401, "ERROR"), "{answer:?}");
    assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{answer:?}");
}
