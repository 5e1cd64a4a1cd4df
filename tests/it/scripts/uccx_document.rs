//! UCCX before 11.6: Create URL Document fetches by GET or form, Get XML Document Data reads one value by XPath each.

use super::wire::{Answer, Wire, host};
use super::*;

/// What Java's own HTTP client sends when nobody tells it more.
fn java(server: &Server) -> String {
    format!(
        "User-Agent: Java/1.6.0_43\r\nHost: {}\r\nAccept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2\r\n\
         Connection: keep-alive\r\n",
        host(server)
    )
}

fn get(server: &Server, wire: &mut Wire, target: &str) -> Answer {
    wire.ask(format!("GET {target} HTTP/1.1\r\n{}\r\n", java(server)))
}

/// The step can set no header and no password: the key goes with the address.
fn with_key(site: &Site, call: &str, fields: &[(&str, &str)]) -> String {
    format!("/ivr/v1/{call}.xml?{}&api_key={}", encoded(fields), site.key)
}

#[test]
fn a_script_that_can_only_fetch_xml_documents_surveys_a_caller() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let answer = get(&server, &mut wire, &with_key(&site, call, fields));
        assert_eq!((answer.status, answer.version.as_str()), (200, "HTTP/1.1"), "{answer:?}");
        assert_eq!(answer.header("content-type"), "application/xml; charset=utf-8");
        assert!(!answer.header("date").is_empty() && answer.header("cache-control") == "no-store");
        by_xpath(answer.text())
    });
}

#[test]
fn the_same_step_sends_its_parameters_as_a_form() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    play(&server, &site, |call, fields| {
        let form = format!("{}&api_key={}", encoded(fields), site.key);
        let head = format!("POST /ivr/v1/{call}.xml HTTP/1.1\r\n{}", java(&server));
        let kind = "Content-type: application/x-www-form-urlencoded";
        let answer = wire.ask(format!("{head}{kind}\r\nContent-Length: {}\r\n\r\n{form}", form.len()));
        assert_eq!(answer.status, 200, "{answer:?}");
        by_xpath(answer.text())
    });
}

#[test]
fn what_a_caller_says_is_sent_as_lines_of_base64_in_a_form() {
    let (site, listener) = spoken::site();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    // As the encoder of that Java writes it: lines of 76 characters.
    let text = BASE64_STANDARD.encode(spoken::recorded());
    let lines: Vec<_> = text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    spoken::play(&server, &site, &listener, &lines.join("\r\n"), |call, fields| {
        let form = encoded(fields);
        let head = format!("POST /ivr/v1/{call}.xml?api_key={} HTTP/1.1\r\n{}", site.key, java(&server));
        let kind = "Content-type: application/x-www-form-urlencoded";
        let answer = wire.ask(format!("{head}{kind}\r\nContent-Length: {}\r\n\r\n{form}", form.len()));
        assert_eq!(answer.status, 200, "{answer:?}");
        by_xpath(answer.text())
    });
}

#[test]
fn one_xpath_for_each_value_reads_all_a_script_needs() {
    let site = Site::new();
    let server = site.serve(&[]);
    let target = with_key(&site, "survey", &[("dn", DN), ("lang", "en")]);
    let answer = get(&server, &mut Wire::open(&server), &target);
    for (path, value) in [
        ("/aftercall/result", "QUESTION"),
        ("//question_id[1]", "csat"),
        ("/aftercall/keys", "12345"),
        ("/aftercall/max_digits", "1"),
        ("/aftercall/q1_max_digits", "1"),
        ("/aftercall/questions/question[2]/choices/choice[2]/label", "The answer"),
        ("/aftercall/questions/question[question_id='recommend']/terminator", "#"),
        ("count(/aftercall/questions/question)", "4"),
        ("/aftercall/no_such_member", ""),
    ] {
        assert_eq!(xpath(answer.text(), path), value, "{path}");
    }
}

#[test]
fn a_script_that_never_sees_the_body_of_an_error_can_ask_for_it_as_a_success() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    let response =
        by_xpath(get(&server, &mut wire, &with_key(&site, "survey", &[("dn", DN)])).text())("response_id");
    let answer = [("response_id", response.as_str()), ("question_id", "csat"), ("value", "9")];
    for (target, status, code) in [
        (with_key(&site, "answer", &answer), 422, "invalid_value"),
        (with_key(&site, "survey", &[("dn", &"1".repeat(41))]), 400, "bad_parameter"),
        (format!("/ivr/v1/survey.xml?dn={DN}"), 401, "no_key"),
    ] {
        for (more, status) in
            [("", status), ("&http_status=200", 200), ("&httpStatus=200", 200), ("&http_status=201", status)]
        {
            let answer = get(&server, &mut wire, &format!("{target}{more}"));
            let read = by_xpath(answer.text());
            assert_eq!(
                (answer.status, read("result").as_str(), read("code").as_str()),
                (status, "ERROR", code)
            );
        }
    }
}

#[test]
fn an_error_before_a_call_begins_comes_as_a_success_and_in_the_form_asked_for_too() {
    let site = Site::new();
    let server = site.serve(&[]);
    let long = format!("Content-Length: {}\r\n", 100_000_000);
    for (first, more, status, code) in [
        ("GET /ivr/v1/surwey?dn=5001", "", 404, "no_such_path"),
        ("PUT /ivr/v1/survey?dn=5001", "", 405, "wrong_method"),
        ("GET /ivr/v1/recording?question_id=csat", "", 405, "wrong_method"),
        ("POST /ivr/v1/answer?question_id=csat", &long, 413, "too_large"),
        ("GET /ivr/v1/survey?dn=5001", "", 401, "no_key"),
        ("POST /ivr/v1/recording?question_id=csat", "", 401, "no_key"),
        ("GET /ivr/v1/survey?dn=5001&dn=5002", "", 400, "malformed"),
        ("POST /ivr/v1/survey?dn=5001", "Content-Length: 1\r\n\r\n{", 400, "malformed"),
    ] {
        for (wish, status) in [("", status), ("&http_status=200", 200)] {
            let request = format!("{first}&format=xml{wish} HTTP/1.1\r\n{}{more}\r\n", java(&server));
            let answer = Wire::open(&server).ask(request);
            let read = by_xpath(answer.text());
            assert_eq!((answer.status, read("code").as_str()), (status, code), "{first}{wish}: {answer:?}");
            assert_eq!(answer.header("allow").is_empty(), code != "wrong_method", "{answer:?}");
        }
    }
}

#[test]
fn a_no_and_an_error_are_documents_that_the_same_paths_read() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut wire = Wire::open(&server);
    for (target, status, result, code) in [
        (with_key(&site, "survey", &[("dn", "9999")]), 200, "NONE", "unknown_service"),
        (with_key(&site, "answer", &[("response_id", "7")]), 400, "ERROR", "missing_parameter"),
        (format!("/ivr/v1/survey.xml?dn={DN}"), 401, "ERROR", "no_key"),
        ("/ivr/v1/surwey.xml".to_owned(), 404, "ERROR", "no_such_path"),
    ] {
        let answer = get(&server, &mut wire, &target);
        assert_eq!(answer.status, status, "{answer:?}");
        let read = by_xpath(answer.text());
        assert_eq!([read("result"), read("code")], [result, code], "{target}");
        assert!(!read("message").is_empty(), "{target}");
    }
}
