//! The stream behind the system's page: pictures while the session lasts, an end when it does not or the node stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{joined, opened};
use crate::support::person::Person;
use crate::support::{Site, until};

/// An open stream of a person's.
struct Events(BufReader<TcpStream>);

impl Events {
    fn of(person: &Person) -> Self {
        let host = person.base().trim_start_matches("http://").to_owned();
        let mut line = TcpStream::connect(&host).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let cookies = person.cookies();
        write!(line, "GET /api/v1/system/events HTTP/1.1\r\nhost: {host}\r\ncookie: {cookies}\r\nconnection: close\r\n\r\n")
            .unwrap();
        Self(BufReader::new(line))
    }

    /// The next picture.
    fn next(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream is over");
            if let Some(event) = line.strip_prefix("data: ") {
                return serde_json::from_str(event).unwrap();
            }
        }
    }

    /// Reads until the end.
    fn ends(mut self) {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).unwrap();
    }
}

#[test]
fn pictures_come_by_themselves_until_the_person_is_locked_out() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let manager = joined(&site, &server, "manager");
    let mut events = Events::of(&manager);
    let (first, second) = (events.next(), events.next());
    assert_eq!(first["health"]["status"], "ok", "{first}");
    assert!(second["now"].as_str() > first["now"].as_str());
    assert_eq!(admin.calls(Method::POST, "/api/v1/users/a-manager/lock", &json!({})).status, 204);
    events.ends();
}

#[test]
fn what_went_wrong_lately_is_told_without_a_look_into_the_log() {
    let site = Site::new();
    let (server, admin) = opened(&site, &[]);
    let mut events = Events::of(&admin);
    let recent = |picture: &Value| picture["recent"].as_array().unwrap().clone();
    let first = recent(&events.next());
    assert_eq!(first.len(), 1, "{first:?}");
    assert!(first[0]["text"].as_str().unwrap().ends_with("link=(only in the log)"), "{first:?}");
    assert_eq!(server.post("/drill/v1/crash?child=janitor&kind=panic", &[]).status, 200);
    until("the crash is told", || {
        recent(&events.next()).iter().any(|line| {
            line["text"].as_str().unwrap().contains("child=janitor") && line["at"].as_str() > Some("2026")
        })
    });
}

#[test]
fn a_stop_ends_the_stream_and_is_not_held_up_by_it() {
    let site = Site::empty();
    let (mut server, admin) = opened(&site, &[]);
    let mut events = Events::of(&admin);
    events.next();
    assert!(server.stop().success());
    events.ends();
    assert_eq!(
        server.logged("connections were closed before their requests were finished"),
        0,
        "{}",
        server.log()
    );
}
