//! What is too large, dangerous or not there: refused in the envelope, and the server goes on.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::super::support::{SOON, until};
use super::*;

#[test]
fn a_body_that_is_too_large_is_refused_whether_its_length_is_told_or_not() {
    let site = Site::new();
    let server = site.serve(&["ivr_api.body_max_bytes=2048"]);
    let body = |bytes: usize| format!("dn={DN}&team={}", "t".repeat(bytes));
    assert_error(&send(&server, Method::POST, "/ivr/v1/survey", &[], &body(4_000)), 413, "too_large");
    assert_error(&send(&server, Method::POST, "/ivr/v1/survey.xml", &[], &body(4_000)), 413, "too_large");
    assert_eq!(send(&server, Method::POST, "/ivr/v1/survey", &[], &body(90)).status, 200);
    for (bytes, status) in [(4_000, "413"), (90, "200")] {
        let head = chunked_reply(&server, &body(bytes));
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    }
}

/// Sends a body in chunks, without its length; the reply's beginning.
fn chunked_reply(server: &Server, body: &str) -> String {
    let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let key = server.http().key();
    let mut request = format!(
        "POST /ivr/v1/survey HTTP/1.1\r\nhost: test\r\nx-api-key: {key}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    for chunk in body.as_bytes().chunks(500) {
        let chunk = std::str::from_utf8(chunk).unwrap();
        write!(request, "{:x}\r\n{chunk}\r\n", chunk.len()).unwrap();
    }
    request.push_str("0\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = [0; 64];
    let read = stream.read(&mut head).unwrap();
    String::from_utf8_lossy(&head[..read]).into_owned()
}

#[test]
fn xml_with_a_document_type_or_entities_is_refused_and_nothing_is_read_for_it() {
    let site = Site::new();
    let server = site.serve(&[]);
    for body in [
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a><dn>&x;</dn></a>",
        "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;&x;\">]><a><dn>&y;</dn></a>",
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><a><dn>5001</dn></a>",
        "<a><dn>&unknown;</dn></a>",
        "<a><dn>5001</a>",
        "<a><dn>5001</dn>",
        "<a><b><dn>5001</dn></b></a>",
    ] {
        let reply = send(&server, Method::POST, "/ivr/v1/survey", &[("content-type", "text/xml")], body);
        assert_error(&reply, 400, "malformed");
        assert!(!reply.body.contains("root:"), "{reply:?}");
    }
    assert_eq!(Stored::open(&site.database()).count("SELECT count(*) FROM offer"), 0);
}

#[test]
fn every_error_has_the_envelope_in_the_form_the_script_asked_for() {
    let site = Site::new();
    let server = site.serve(&[]);
    let response = server.offer("x");
    let unknown = uuid::Uuid::nil();
    let get = |path: &str| (Method::GET, path.to_owned(), "");
    for ((method, path, body), status, code) in [
        (get("/"), 404, "no_such_path"),
        (get("/ivr/v1/nothing"), 404, "no_such_path"),
        (get("/ivr/v2/survey"), 404, "no_such_path"),
        ((Method::PUT, "/ivr/v1/survey".to_owned(), "dn=1"), 405, "wrong_method"),
        ((Method::DELETE, "/ivr/v1/answer".to_owned(), ""), 405, "wrong_method"),
        ((Method::POST, "/health".to_owned(), ""), 405, "wrong_method"),
        ((Method::GET, "/drill/v1/crash".to_owned(), ""), 405, "wrong_method"),
        ((Method::POST, "/drill/v1/crash?child=nobody".to_owned(), ""), 400, "bad_parameter"),
        ((Method::POST, "/ivr/v1/survey".to_owned(), "{\"dn\":"), 400, "malformed"),
        ((Method::POST, "/ivr/v1/survey".to_owned(), "{\"dn\": {\"a\": 1}}"), 400, "malformed"),
        (get("/ivr/v1/survey?dn=1&dn=2"), 400, "malformed"),
        (get(&format!("/ivr/v1/survey?dn={}", "1".repeat(41))), 400, "bad_parameter"),
        (get("/ivr/v1/survey?dn=1%00"), 400, "bad_parameter"),
        (get("/ivr/v1/survey?dn=%ff%fe"), 200, ""),
        (get("/ivr/v1/answer"), 400, "missing_parameter"),
        (get(&format!("/ivr/v1/answer?response_id={response}")), 400, "missing_parameter"),
        (get("/ivr/v1/answer?response_id=7&question_id=csat&value=5"), 400, "bad_parameter"),
        (
            get(&format!("/ivr/v1/answer?response_id={unknown}&question_id=csat&value=5")),
            404,
            "unknown_response",
        ),
        (get(&format!("/ivr/v1/answers?response_id={response}")), 400, "missing_parameter"),
        (get(&format!("/ivr/v1/complete?response_id={unknown}")), 404, "unknown_response"),
        (
            get(&format!("/ivr/v1/answer?response_id={response}&question_id=csat&value=99")),
            422,
            "invalid_value",
        ),
    ] {
        for (accept, start) in [("application/json", "{"), ("application/xml", "<?xml")] {
            let reply = send(&server, method.clone(), &path, &[("accept", accept)], body);
            if code.is_empty() {
                assert_eq!(reply.status, status, "{path}: {reply:?}");
                continue;
            }
            assert_error(&reply, status, code);
            assert!(
                reply.body.starts_with(start) && reply.header("content-type").starts_with(accept),
                "{path}: {reply:?}"
            );
        }
    }
    assert_eq!(server.answer(&response, "csat", "5").status, 200, "the server goes on");
}

#[test]
fn a_crash_drill_is_not_there_unless_configured() {
    let site = Site::new();
    let server = site.serve(&["drill.enabled=false"]);
    let drill = server.http().fresh().request(Method::POST, "/drill/v1/crash?child=janitor&kind=panic");
    assert_error(&block_on(read(drill)).unwrap(), 404, "no_such_path");
}

#[test]
fn a_request_that_takes_too_long_is_answered_in_time_and_may_be_sent_again() {
    let site = Site::new();
    let server = site.serve(&[
        "ivr_api.deadline_ms=400",
        "database.statement_timeout_ms=400",
        "database.busy_timeout_ms=20000",
    ]);
    let response = server.offer("slow");
    // Somebody else holds the database.
    let holder = rusqlite::Connection::open(site.database()).unwrap();
    holder.busy_timeout(SOON).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    for suffix in ["", ".xml"] {
        let begun = Instant::now();
        let fields = [("response_id", response.as_str()), ("question_id", "csat"), ("value", "5")];
        let reply = server.post(&format!("/ivr/v1/answer{suffix}"), &fields);
        assert_error(&reply, 503, "deadline");
        assert_eq!(reply.header("retry-after"), "1");
        // Scripts read for five seconds at most.
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
    holder.execute_batch("ROLLBACK").unwrap();
    until("the same request is answered", || server.answer(&response, "csat", "5").status == 200);
    let stored = Stored::open(&site.database());
    assert_eq!(
        stored.answers(&response).into_iter().collect::<Vec<_>>(),
        [("csat".to_owned(), "5".to_owned())]
    );
}
