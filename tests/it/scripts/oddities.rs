//! What else comes over the wire from scripts, proxies and gateways, and what it means.

use super::wire::{Wire, host};
use super::*;

/// A request with a key, and what the test adds.
fn request(server: &Server, site: &Site, first: &str, more: &str, body: &str) -> String {
    format!("{first} HTTP/1.1\r\nHost: {}\r\nX-API-Key: {}\r\n{more}\r\n{body}", host(server), site.key)
}

fn chunked(text: &str, size: usize) -> String {
    let chunks = text.as_bytes().chunks(size);
    let written =
        chunks.map(|part| format!("{:X}\r\n{}\r\n", part.len(), std::str::from_utf8(part).unwrap()));
    written.collect::<String>() + "0\r\n\r\n"
}

/// What is kept as the caller's number of a survey that is asked for with this query and form.
fn kept_number(server: &Server, site: &Site, query: &str, form: &str) -> Option<String> {
    let length = format!("Content-Length: {}\r\n", form.len());
    let first = format!("POST /ivr/v1/survey.json?{query}");
    let answer = Wire::open(server).ask(request(server, site, &first, &length, form));
    let read = by_jsonpath(answer.text());
    assert_eq!((answer.status, read("result").as_str()), (200, "QUESTION"), "{query} {form}: {answer:?}");
    Stored::open(&site.database()).offer(&read("response_id"), "customer")
}

#[test]
fn a_plus_before_a_number_arrives_however_it_was_sent() {
    let site = Site::new();
    site.run(&["service", "add", "Abroad", "--dn", "+498912345"]);
    site.run(&["survey", "activate", "support", "Abroad"]);
    let server = site.serve(&[]);
    for (sent, kept) in [
        ("%2B4989123456", "+4989123456"),
        ("%2b4989123456", "+4989123456"),
        ("+4989123456", "+4989123456"),
        ("4989123456", "4989123456"),
        ("004989123456", "004989123456"),
        ("%204989123456", "4989123456"),
        // No number in the international form begins with a zero, is so short, or has anything but digits.
        ("+089123456", "089123456"),
        ("+1007", "1007"),
        ("+4989123456x", "4989123456x"),
    ] {
        let (dn, ani) = (format!("dn={DN}"), format!("ani={sent}"));
        assert_eq!(kept_number(&server, &site, &format!("{dn}&{ani}"), "").as_deref(), Some(kept), "{sent}");
        assert_eq!(kept_number(&server, &site, &dn, &ani).as_deref(), Some(kept), "{sent} in a form");
    }
    // The same for the number that was dialled, by which the service is found; one in short form is found as ever.
    for dn in ["+498912345", "%2B498912345", "+5001", "%205001"] {
        kept_number(&server, &site, &format!("dn={dn}"), "");
    }
}

#[test]
fn xml_with_a_byte_order_mark_and_windows_line_ends_is_read_and_answered_as_xml() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let members = fields.iter().map(|(name, value)| {
            format!("  <{name}>\r\n    {}\r\n  </{name}>\r\n", value.replace('&', "&amp;"))
        });
        let body = format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- sent by a script -->\r\n<request>\r\n{}</request>\r\n",
            members.collect::<String>()
        );
        let more = format!("Content-Type: text/xml\r\nContent-Length: {}\r\n", body.len());
        let answer = wire.ask(request(&server, &site, &format!("POST /ivr/v1/{call}"), &more, &body));
        assert_eq!(answer.header("content-type"), "application/xml; charset=utf-8", "{answer:?}");
        by_xpath(answer.text())
    });
}

#[test]
fn bodies_in_chunks_of_any_size_are_put_together() {
    for size in [1, 7, 4096] {
        let site = Site::new();
        let server = site.serve(&[]);
        let mut wire = Wire::open(&server);
        play(&server, &site, |call, fields| {
            let more = "Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n";
            let body = chunked(&encoded(fields), size);
            let answer = wire.ask(request(&server, &site, &format!("POST /ivr/v1/{call}"), more, &body));
            by_jsonpath(answer.text())
        });
    }
}

#[test]
fn a_client_that_asks_whether_to_go_on_is_told_to() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let body = json(fields);
        let more = format!("Content-Length: {}\r\nExpect: 100-continue\r\n", body.len());
        wire.send(request(&server, &site, &format!("POST /ivr/v1/{call}"), &more, ""));
        let go_on = wire.head();
        assert_eq!(go_on.status, 100, "{go_on:?}");
        let answer = wire.ask(body);
        by_jsonpath(answer.text())
    });
}

#[test]
fn a_request_target_with_scheme_and_host_as_sent_to_proxies_is_understood() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let first = format!("GET http://{}/ivr/v1/{call}.json?{}", host(&server), encoded(fields));
        let answer = wire.ask(request(&server, &site, &first, "Proxy-Connection: keep-alive\r\n", ""));
        assert_eq!(answer.status, 200, "{answer:?}");
        by_jsonpath(answer.text())
    });
}

#[test]
fn parameters_may_come_in_the_body_of_a_get() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let body = json(fields);
        let more = format!("content-TYPE: application/json\r\ncOnTeNt-LeNgTh: {}\r\n", body.len());
        let answer = wire.ask(request(&server, &site, &format!("GET /ivr/v1/{call}"), &more, &body));
        by_jsonpath(answer.text())
    });
}

#[test]
fn line_ends_and_blanks_around_a_value_are_no_part_of_it() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let dressed: Vec<_> = fields.iter().map(|(name, value)| (*name, format!(" \t{value}\r\n"))).collect();
        let dressed: Vec<_> = dressed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = format!("{}&format=xml%0D%0A\r\n", encoded(&dressed));
        let more = format!("Content-Length: {}\r\n", body.len());
        let answer = wire.ask(request(&server, &site, &format!("POST /ivr/v1/{call}"), &more, &body));
        by_xpath(answer.text())
    });
}

#[test]
fn a_blank_or_a_foreign_letter_in_the_address_spoils_that_request_and_no_other() {
    let site = Site::new();
    let server = site.serve(&[]);
    for (name, encoded) in
        [("Ana Ruiz", "Ana%20Ruiz"), ("Ana Ruiz", "Ana+Ruiz"), ("منى", "%D9%85%D9%86%D9%89")]
    {
        let first = |name: &str| format!("GET /ivr/v1/survey.json?dn={DN}&agent_name={name}");
        let answer = Wire::open(&server).ask(request(&server, &site, &first(name), "", ""));
        assert_eq!(answer.status, 400, "{answer:?}");
        let answer = Wire::open(&server).ask(request(&server, &site, &first(encoded), "", ""));
        let response = by_jsonpath(answer.text())("response_id");
        assert_eq!(Stored::open(&site.database()).offer(&response, "agent_name").as_deref(), Some(name));
    }
}

#[test]
fn two_requests_sent_at_once_are_answered_in_their_order() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    let ask = |dn: &str| request(&server, &site, &format!("GET /ivr/v1/survey.json?dn={dn}"), "", "");
    wire.send(ask("9999") + &ask(DN));
    let mut next = |result: &str| {
        let head = wire.head();
        let body = wire.body(&head);
        assert_eq!(by_jsonpath(std::str::from_utf8(&body).unwrap())("result"), result);
    };
    next("NONE");
    next("QUESTION");
}
