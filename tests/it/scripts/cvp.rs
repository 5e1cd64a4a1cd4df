//! CVP Call Studio: the `Rest_Client` element sends Basic at once and gives up after 3 s without a connection, 5 s without
//! a reply.

use super::super::support::{block_on, until};
use super::wire::{Answer, READ, Wire, host};
use super::*;

/// A request of the element: a JSON body, preemptive Basic, Apache's HTTP client.
fn post(server: &Server, site: &Site, wire: &mut Wire, call: &str, body: &str) -> Answer {
    wire.ask(format!(
        "POST /ivr/v1/{call} HTTP/1.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\nHost: {}\r\n\
         Connection: Keep-Alive\r\nUser-Agent: Apache-HttpClient/4.5.6 (Java/1.8.0_252)\r\n\
         Accept-Encoding: gzip,deflate\r\n\r\n{body}",
        basic(site),
        body.len(),
        host(server)
    ))
}

#[test]
fn a_call_studio_application_surveys_a_caller_on_one_connection() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let answer = post(&server, &site, &mut wire, call, &json(fields));
        assert_eq!((answer.status, answer.header("content-encoding")), (200, ""), "{answer:?}");
        by_jsonpath(answer.text())
    });
}

#[test]
fn an_application_that_reads_by_xpath_surveys_a_caller_too() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let answer = post(&server, &site, &mut wire, &format!("{call}?format=xml"), &json(fields));
        assert_eq!(answer.status, 200, "{answer:?}");
        by_xpath(answer.text())
    });
}

#[test]
fn what_a_caller_says_is_sent_as_base64_in_a_json_body() {
    let (site, listener) = spoken::site();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    spoken::play(&server, &site, &listener, &BASE64_STANDARD.encode(spoken::recorded()), |call, fields| {
        let answer = post(&server, &site, &mut wire, call, &json(fields));
        assert_eq!(answer.status, 200, "{answer:?}");
        by_jsonpath(answer.text())
    });
}

#[test]
fn no_call_of_an_application_runs_out_of_time_while_the_survey_engine_crashes() {
    let site = Site::new();
    // As configured, but for the limit of restarts: here it crashes at each call.
    let server = site.serve(&["supervision.restarts_max=1000", "supervision.backoff_max_ms=200"]);
    let mut wire = Wire::open(&server);
    let mut crashes = 0;
    play(&server, &site, |call, fields| {
        until("the survey engine is crashed", || {
            block_on(server.http().fresh().crash("survey_engine", "panic"))
        });
        crashes += 1;
        let answer = post(&server, &site, &mut wire, call, &json(fields));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.took < READ, "{:?}", answer.took);
        by_jsonpath(answer.text())
    });
    let child = block_on(server.http().fresh().child("survey_engine"));
    assert!(child["restarts"].as_u64() >= Some(crashes) && crashes == 6, "{child}");
}

#[test]
fn errors_and_successes_have_the_same_members_because_the_element_has_one_exit() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    for (call, body, status, result, code) in [
        ("survey", json(&[("dn", DN)]), 200, "QUESTION", ""),
        ("survey", json(&[("dn", "9999")]), 200, "NONE", "unknown_service"),
        ("survey", "{\"dn\": \"".to_owned() + DN, 400, "ERROR", "malformed"),
        ("answer", json(&[("response_id", "x"), ("question_id", "csat")]), 400, "ERROR", "bad_parameter"),
        ("nothing", "{}".to_owned(), 404, "ERROR", "no_such_path"),
    ] {
        let answer = post(&server, &site, &mut wire, call, &body);
        assert_eq!(answer.status, status, "{answer:?}");
        let read = by_jsonpath(answer.text());
        assert_eq!([read("result"), read("code")], [result, code], "{answer:?}");
    }
}
