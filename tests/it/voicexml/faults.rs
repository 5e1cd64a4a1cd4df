//! What the caller does not notice, and what the application is told instead.

use std::io::Write as _;

use super::callers::Scripted;
use super::*;
use crate::support::voicexml::{Fetched, Input, Said, fetch};

fn fetched(server: &Server, key: Option<&str>, address: &str) -> Fetched {
    fetch(server.url().trim_start_matches("http://"), key, &Request::get(address)).unwrap()
}

#[test]
fn no_survey_is_a_document_that_says_why() {
    let site = Site::new();
    let server = site.serve(&[]);
    for called in [true, false] {
        let mut caller = Scripted::keys(&[]);
        let mut gateway = gateway(&server, &mut caller);
        let ended = gateway.run(&Request::get("/ivr/v1/survey.vxml?dn=nobody"), called);
        assert_eq!(
            (value(&ended, "result"), value(&ended, "code")),
            ("NONE".into(), "unknown_service".into())
        );
        assert_eq!((value(&ended, "response_id"), value(&ended, "answers")), (String::new(), String::new()));
        assert!(gateway.heard.is_empty());
        assert_eq!(gateway.own_words, 0);
    }
}

#[test]
fn a_wrong_request_is_refused_with_its_own_status_and_a_document() {
    let site = Site::new();
    let server = site.serve(&[]);
    let key = Some(server.http().key());
    let many = "x".repeat(200);
    for (key, address, status, code) in [
        (None, "survey.vxml?dn=5001", 401, "no_key"),
        (Some("ack_wrong"), "survey.vxml?dn=5001", 401, "unknown_key"),
        (key, "survey.vxml?dn=5001&end=nowhere", 400, "bad_parameter"),
        (key, &format!("survey.vxml?dn={many}"), 400, "bad_parameter"),
        (key, "answer.vxml?value=1", 400, "missing_parameter"),
        (key, "complete.vxml", 400, "missing_parameter"),
    ] {
        let reply = fetched(&server, key, &format!("/ivr/v1/{address}"));
        assert_eq!(reply.status, status, "{address}: {reply:?}");
        assert!(reply.head.contains("application/voicexml+xml"), "{reply:?}");
        assert_eq!(reply.head.contains("www-authenticate: basic"), status == 401, "{reply:?}");
        let tree = roxmltree::Document::parse(&reply.body).unwrap();
        crate::support::voicexml::rules::check(&tree).unwrap();
        assert!(reply.body.contains(&format!("'{code}'")) || address.starts_with("complete"), "{reply:?}");
    }
    let refused = block_on(server.http().fresh().get(
        "/ivr/v1/answer.vxml?response_id=01890a5d-ac96-774b-bcce-b302099a8057&question_id=csat&value=1",
    ));
    assert_eq!(refused.status, 200, "the call goes on: {refused:?}");
    assert!(refused.body.contains("'unknown_response'"), "{refused:?}");
}

#[test]
fn a_key_in_the_address_is_in_every_address_that_follows_and_one_in_a_header_in_none() {
    let site = Site::new();
    let server = site.serve(&[]);
    for in_address in [true, false] {
        let key = server.http().key();
        let more = if in_address { format!("&api_key={key}") } else { String::new() };
        let mut caller = Scripted::keys(&["5", "1", "9"]);
        let mut gateway = gateway(&server, &mut caller);
        gateway.key = (!in_address).then(|| key.to_owned());
        let ended = gateway.run(&survey(&more), true);
        assert_eq!(value(&ended, "result"), "DONE");
        assert!(
            gateway.fetched.iter().all(|(url, _)| url.contains(key) == in_address),
            "{:?}",
            gateway.fetched
        );
    }
}

/// A caller who does something to the server before each answer.
struct Meddling<'a> {
    inner: Scripted,
    before: Box<dyn FnMut(&str) + 'a>,
}

impl Caller for Meddling<'_> {
    fn act(&mut self, form: &str, heard: &[Said]) -> Input {
        (self.before)(form);
        self.inner.act(form, heard)
    }
}

#[test]
fn a_server_that_is_gone_is_asked_three_times_and_then_the_caller_is_thanked() {
    let site = Site::new();
    let server = site.serve(&[]);
    let (host, key) = (server.url().to_owned(), server.http().key().to_owned());
    let mut server = Some(server);
    let mut caller = Meddling {
        inner: Scripted::keys(&["5", "1", "", "*", "9"]),
        before: Box::new(|form| {
            if form == "q-solved" {
                server.take().unwrap().kill();
            }
        }),
    };
    let mut gateway = Gateway::new(&host, Some(&key), &mut caller);
    let ended = gateway.run(&survey("&call_id=gone"), true);
    let all = ["result", "state", "answers", "code"].map(|name| value(&ended, name));
    assert_eq!(all, ["ERROR", "in_progress", "5:-1:-1:-1", "fetch_failed"]);
    assert_eq!(gateway.fetched.iter().filter(|(_, status)| *status == 0).count(), 3);
    assert_eq!(gateway.heard.last().unwrap().text, "Thank you. Your answers help us do better. Goodbye.");
    assert_eq!(gateway.own_words, 0);
    drop(gateway);
    assert_eq!(caller.inner.asked, ["q-csat", "q-solved", "pause", "pause"]);
}

#[test]
fn a_server_that_comes_back_within_a_second_goes_on_with_the_call() {
    let site = Site::new();
    let mut server = Some(site.serve(&[]));
    let (host, key) = server.as_ref().map(|s| (s.url().to_owned(), s.http().key().to_owned())).unwrap();
    let mut caller = Meddling {
        inner: Scripted::keys(&["5", "1", "", "9"]),
        before: Box::new(|form| match form {
            "q-solved" => server.take().unwrap().kill(),
            "pause" => server = Some(site.serve_at(host.trim_start_matches("http://"), &[])),
            _ => {}
        }),
    };
    let mut gateway = Gateway::new(&host, Some(&key), &mut caller);
    let ended = gateway.run(&survey("&call_id=back"), true);
    assert_eq!((value(&ended, "result"), value(&ended, "answers")), ("DONE".into(), "5:-1:1:9".into()));
    assert_eq!(gateway.own_words, 0);
}

#[test]
fn while_the_database_is_held_the_answer_waits_and_is_sent_once_more() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut gone = None;
    let mut caller = Meddling {
        inner: Scripted::keys(&["5", "1", "", "9"]),
        before: Box::new(|form| match form {
            "q-solved" => {
                let holder = rusqlite::Connection::open(site.database()).unwrap();
                holder.execute_batch("PRAGMA busy_timeout=30000; BEGIN IMMEDIATE").unwrap();
                gone = Some(holder);
            }
            "pause" => drop(gone.take()),
            _ => {}
        }),
    };
    let mut gateway = gateway(&server, &mut caller);
    let ended = gateway.run(&survey(""), true);
    assert_eq!((value(&ended, "result"), value(&ended, "answers")), ("DONE".into(), "5:-1:1:9".into()));
    assert!(gateway.fetched.iter().all(|(_, status)| *status == 200), "{:?}", gateway.fetched);
    drop(gateway);
    assert_eq!(caller.inner.asked, ["q-csat", "q-solved", "pause", "q-recommend"]);
}

#[test]
fn callers_notice_no_crash_of_the_survey_engine() {
    let site = Site::new();
    let server = site.serve(&["supervision.restarts_max=1000", "supervision.backoff_max_ms=60"]);
    let stored = Stored::open(&site.database());
    for (call, way) in ["panic", "fail", "kill_thread", "panic_in_future", "panic"].iter().enumerate() {
        let mut caller = Meddling {
            inner: Scripted::keys(&["2", "2", "2", "10"]),
            before: Box::new(|_| {
                let http = server.http().fresh();
                block_on(until_then("it can be crashed", async || http.crash("survey_engine", way).await));
            }),
        };
        let mut gateway = gateway(&server, &mut caller);
        let ended = gateway.run(&survey(&format!("&call_id=crash-{call}")), true);
        assert_eq!((value(&ended, "result"), value(&ended, "answers")), ("DONE".into(), "2:2:0:10".into()));
        assert_eq!(gateway.own_words, 0);
        drop(gateway);
        assert!(!caller.inner.asked.contains(&"pause".to_owned()), "{:?}", caller.inner.asked);
        assert_eq!(stored.answers(&value(&ended, "response_id")).len(), 4);
    }
}

#[test]
fn a_wrong_method_and_a_broken_request_get_a_document_too() {
    let site = Site::new();
    let server = site.serve(&[]);
    let host = server.url().trim_start_matches("http://");
    for (request, status) in [
        ("PUT /ivr/v1/survey.vxml HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "405"),
        ("POST /ivr/v1/survey.vxml HTTP/1.0\r\nContent-Length: 9\r\n\r\n<a><b>1</", "400"),
    ] {
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let reply = std::io::read_to_string(stream).unwrap();
        assert!(
            reply.starts_with(&format!("HTTP/1.0 {status}"))
                || reply.starts_with(&format!("HTTP/1.1 {status}")),
            "{reply}"
        );
        assert!(reply.contains("<vxml version=\"2.1\""), "{reply}");
    }
}
