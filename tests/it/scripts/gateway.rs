//! VoiceXML gateways: form-encoded submits, HTTP/1.0, a connection for each request, headers in any case.

use super::wire::{Answer, Wire, host};
use super::*;

/// How a gateway writes its requests.
struct Gateway {
    version: &'static str,
    /// Its headers, with `HOST`, `KEY` and `LENGTH` to be filled in.
    headers: &'static str,
    /// The version of the reply's own protocol.
    replies: &'static str,
}

const OLD: Gateway = Gateway {
    version: "HTTP/1.0",
    headers: "HOST: {HOST}\r\nCONNECTION: close\r\nUSER-AGENT: Cisco-IOS-C3900/15.4\r\n\
              ACCEPT: text/vxml, text/x-vxml, application/vxml, application/x-vxml, application/voicexml+xml\r\n\
              CONTENT-TYPE: application/x-www-form-urlencoded\r\nCONTENT-LENGTH: {LENGTH}\r\nX-API-KEY: {KEY}\r\n",
    replies: "HTTP/1.0",
};

const SMALL_LETTERS: Gateway = Gateway {
    version: "HTTP/1.1",
    headers: "host: {HOST}\r\nconnection: close\r\nuser-agent: vxml/2.1\r\naccept: */*\r\n\
              content-type: application/x-www-form-urlencoded; charset=UTF-8\r\ncontent-length: {LENGTH}\r\n\
              x-api-key: {KEY}\r\n",
    replies: "HTTP/1.1",
};

impl Gateway {
    fn post(&self, server: &Server, site: &Site, target: &str, form: &str) -> Answer {
        let headers = self.headers.replace("{HOST}", host(server)).replace("{KEY}", &site.key);
        let headers = headers.replace("{LENGTH}", &form.len().to_string());
        let mut wire = Wire::open(server);
        let answer = wire.ask(format!("POST {target} {}\r\n{headers}\r\n{form}", self.version));
        assert_eq!(answer.version, self.replies, "{answer:?}");
        let kept = answer.header("connection").eq_ignore_ascii_case("keep-alive");
        assert!(!kept && wire.is_closed(), "{answer:?}");
        answer
    }
}

#[test]
fn a_gateway_that_opens_a_connection_for_each_submit_surveys_a_caller() {
    for gateway in [OLD, SMALL_LETTERS] {
        let site = Site::new();
        let server = site.serve(&[]);
        play(&server, &site, |call, fields| {
            let answer = gateway.post(&server, &site, &format!("/ivr/v1/{call}.xml"), &encoded(fields));
            assert_eq!(answer.status, 200, "{answer:?}");
            by_xpath(answer.text())
        });
    }
}

#[test]
fn the_oldest_protocol_keeps_its_connection_only_when_asked_to() {
    let site = Site::new();
    let server = site.serve(&[]);
    let request =
        |more: &str| format!("GET /ivr/v1/survey?dn={DN}&api_key={} HTTP/1.0\r\n{more}\r\n", site.key);
    let mut wire = Wire::open(&server);
    // No Host either: HTTP/1.0 did not have it.
    assert_eq!(wire.ask(request("")).status, 200);
    assert!(wire.is_closed());
    let mut wire = Wire::open(&server);
    for _ in 0..3 {
        let answer = wire.ask(request("Connection: Keep-Alive\r\n"));
        assert_eq!(answer.status, 200);
        assert!(answer.header("connection").eq_ignore_ascii_case("keep-alive"), "{answer:?}");
    }
}

/// A GET or HEAD of a gateway that speaks HTTP/1.0, and its reply; HEAD has no body.
fn fetch(server: &Server, method: &str, target: &str, headers: &str) -> Answer {
    let mut wire = Wire::open(server);
    wire.send(format!(
        "{method} {target} HTTP/1.0\r\nHost: {}\r\nAccept: audio/x-wav, audio/*\r\n{headers}\r\n",
        host(server)
    ));
    if method == "GET" {
        return wire.reply();
    }
    let head = wire.head();
    assert!(wire.is_closed(), "{method} has no body");
    head
}

#[test]
fn a_gateway_fetches_audio_once_and_is_told_by_tag_or_date_that_it_has_it() {
    let site = Site::new();
    let server = site.serve(&[]);
    super::examples::record_prompts(&server, &super::examples::PROMPTS);
    let form = format!("dn={DN}&lang=en");
    let offer = SMALL_LETTERS.post(&server, &site, "/ivr/v1/survey.xml", &form);
    let url = by_xpath(offer.text())("prompt_url");
    let target = url.strip_prefix(server.url()).unwrap_or_else(|| panic!("{url} is on another host"));
    let whole = fetch(&server, "GET", target, "");
    assert_eq!((whole.status, whole.header("content-type")), (200, "audio/x-wav"), "{:?}", whole.headers);
    assert!(whole.body.starts_with(b"RIFF") && &whole.body[8..12] == b"WAVE");
    // A tag and a lifetime for those that know them, a date and an expiry for those that know no more.
    for name in ["etag", "last-modified", "expires"] {
        assert!(!whole.header(name).is_empty(), "{name} in {:?}", whole.headers);
    }
    assert_eq!(whole.header("cache-control"), "public, max-age=31536000, immutable");
    let head = fetch(&server, "HEAD", target, "");
    assert_eq!(head.header("content-length"), whole.body.len().to_string());
    let (tag, date) = (whole.header("etag"), whole.header("last-modified"));
    for (headers, status) in [
        (format!("IF-NONE-MATCH: {tag}\r\n"), 304),
        (format!("if-modified-since: {date}\r\n"), 304),
        (format!("If-None-Match: \"other\"\r\nIf-Modified-Since: {date}\r\n"), 200),
        ("If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n".to_owned(), 200),
        ("Pragma: no-cache\r\nCache-Control: no-cache\r\n".to_owned(), 200),
    ] {
        let answer = fetch(&server, "GET", target, &headers);
        assert_eq!((answer.status, answer.body.is_empty()), (status, status == 304), "{headers}");
    }
    let part = fetch(&server, "GET", target, "Range: bytes=0-43\r\n");
    assert_eq!((part.status, part.body.as_slice()), (206, &whole.body[..44]));
}

#[test]
fn a_gateway_surveys_a_caller_by_documents_that_it_never_keeps() {
    for gateway in [OLD, SMALL_LETTERS] {
        let site = Site::new();
        let server = site.serve(&[]);
        let post = |call: &str, fields: &[(&str, &str)]| {
            let answer = gateway.post(&server, &site, &format!("/ivr/v1/{call}.vxml"), &encoded(fields));
            let kind = answer.header("content-type");
            assert_eq!((answer.status, kind), (200, "application/voicexml+xml; charset=utf-8"), "{answer:?}");
            let never = ["cache-control", "pragma", "expires"].map(|name| answer.header(name));
            assert_eq!(never, ["no-store", "no-cache", "0"]);
            answer
        };
        let document = post("survey", &FACTS);
        assert_eq!(xpath(document.text(), "count(//*[starts-with(@id, 'q-')])"), "4", "{document:?}");
        let response = Stored::open(&site.database()).response_of("16783327.1").unwrap();
        let variable = |answer: &Answer, name: &str| {
            xpath(answer.text(), &format!("string(//*[local-name() = 'var'][@name = '{name}']/@expr)"))
        };
        assert_eq!(variable(&document, "response_id"), format!("'{response}'"), "{document:?}");
        let next = ["'reason'", "'solved'", "'recommend'", "''"];
        for ((question, digits), next) in PRESSED.into_iter().zip(next) {
            let fields = [("response_id", response.as_str()), ("question_id", question), ("value", digits)];
            let saved = post("answer", &fields);
            assert_eq!(variable(&saved, "next"), next, "{saved:?}");
        }
        post("complete", &[("response_id", &response), ("status", "hangup")]);
        assert_kept(&site, &response, &FACTS);
    }
}
