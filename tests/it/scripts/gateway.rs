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
