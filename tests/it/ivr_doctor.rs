//! `aftercall ivr doctor`, run as an operator runs it: each thing that can stand between a call and its survey.

use std::process::Output;

use serde_json::{Value, json};

use super::cli_frame::{stderr, stdout};
use super::support::prompt::add_prompt;
use super::support::{DN, Server, Site, until};

/// A survey of one question, changed for a case.
fn survey(change: impl FnOnce(&mut Value)) -> Value {
    let mut document = json!({"format": "aftercall.survey/1", "key": "s", "name": "S", "languages": ["en", "es"],
        "voice": "tts", "intro": {"en": "Hello.", "es": "Hola."},
        "questions": [{"key": "q", "type": "nps", "text": {"en": "How likely?", "es": "¿Cómo?"}}]});
    change(&mut document);
    document
}

/// The doctor's words and exit code about a running server.
fn ask(site: &Site, server: &Server, arguments: &[&str]) -> (Option<i32>, String) {
    let output = site.command(&[&["ivr", "doctor", "--url", server.url()], arguments].concat());
    (output.status.code(), stdout(&output))
}

fn ask_json(site: &Site, server: &Server, arguments: &[&str]) -> Value {
    let (_, told) = ask(site, server, &[arguments, &["--json"]].concat());
    serde_json::from_str(&told).unwrap()
}

/// Fails unless the doctor says no, by this check, with these words.
fn assert_no(site: &Site, server: &Server, arguments: &[&str], check: &str, words: &str) {
    let (code, told) = ask(site, server, arguments);
    assert_eq!(code, Some(1), "{told}");
    let no = format!("NO    {check:<10} ");
    let line = told.lines().find(|line| line.starts_with(&no));
    assert!(line.is_some_and(|line| line.contains(words)), "no {check} with `{words}` in\n{told}");
    assert!(told.contains("\nThe caller would "), "{told}");
}

fn call_id(site: &Site, id: &str, more: &[&str]) -> (Option<i32>, String) {
    let output: Output = site.command(&[&["ivr", "doctor", "--call-id", id], more].concat());
    (output.status.code(), stdout(&output))
}

#[test]
fn a_call_that_would_be_asked_gets_exactly_what_the_server_sends_and_nothing_is_stored() {
    let site = Site::new();
    let server = site.serve(&[]);
    let facts = ["--dn", DN, "--lang", "es-MX", "--ani", "+34600111222", "--key", &site.key];
    let (code, told) = ask(&site, &server, &facts);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("ok    key        the server takes it") && told.contains("`es` of en, es, ar"),
        "{told}"
    );
    assert!(told.ends_with("The caller would be asked, and would hear it all.\n"), "{told}");
    let seen = ask_json(&site, &server, &facts);
    assert_eq!(
        site.run(&["offers", "--format", "json"]).trim(),
        "[]",
        "the doctor asked for a survey in earnest"
    );

    let example = seen["reply"]["response_id"].as_str().unwrap().to_owned();
    for (suffix, shown) in
        [("json", seen["reply"].to_string()), ("xml", seen["reply_xml"].as_str().unwrap().to_owned())]
    {
        let path = format!("/ivr/v1/survey.{suffix}?dn={DN}&lang=es-MX");
        let sent = server.get(&path);
        assert_eq!(shown.replace(&example, &sent.word("response_id")), sent.body);
    }
}

#[test]
fn nothing_is_said_of_a_call_that_is_not_named() {
    for more in [&[][..], &["--ani", "5"], &["--json"]] {
        let output = Site::empty().command(&[&["ivr", "doctor"], more].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains("--dn <NUMBER>|--service <NAME>|--call-id <ID>>\n"), "{output:?}");
    }
}

#[test]
fn each_gate_that_says_no_is_named_with_what_to_do() {
    let site = Site::new();
    site.run(&["service", "add", "Billing", "--dn", "3010"]);
    site.run(&["service", "add", "Shop", "--channel", "chat"]);
    let server = site.serve(&["survey.catalog_refresh_ms=50"]);
    let no =
        |arguments: &[&str], check: &str, words: &str| assert_no(&site, &server, arguments, check, words);
    no(&["--dn", "9999"], "service", "no service has the number 9999. Numbers there are: 3010, 5001");
    no(&["--service", "shop"], "service", "`Shop` has the name shop, but it takes chats");
    no(&["--dn", "3010"], "survey", "aftercall survey activate SURVEY \"Billing\"");
    site.run(&["survey", "pause", "Support"]);
    no(&["--dn", DN], "paused", "aftercall survey resume \"Support\"");

    let publish = |change: fn(&mut Value)| site.publish(&survey(change));
    publish(|s| s["schedule"] = json!({"until": "2026-01-31"}));
    site.run(&["survey", "activate", "s", "Billing"]);
    no(&["--dn", "3010"], "schedule", "ended on 2026-01-31");
    let (code, told) = ask(&site, &server, &["--dn", "3010", "--at", "2026-01-31 09:30"]);
    assert_eq!(code, Some(0), "{told}");
    publish(|s| s["voice"] = json!("none"));
    no(&["--dn", "3010"], "channel", "\"voice\" prompts or tts");

    publish(|s| s["sampling"] = json!({"one_in": 100, "daily_cap": 1, "cool_down_hours": 5}));
    let seen = ask_json(&site, &server, &["--dn", "3010", "--lang", "fr"]);
    let words = seen["checks"].to_string();
    assert!(words.contains("one caller in 100") && words.contains("`fr` is none of en, es"), "{words}");
    publish(|s| s["sampling"] = json!({"daily_cap": 1, "cool_down_hours": 5}));
    // With a call id: where the reply is late, the next try gets the same response.
    let facts = [("dn", "3010"), ("ani", "+34600111222"), ("call_id", "1")];
    until("the survey is asked", || server.post("/ivr/v1/survey", &facts).word("version") == "4");
    no(&["--dn", "3010"], "daily_cap", "1 offered today of at most 1");
    publish(|s| s["sampling"] = json!({"cool_down_hours": 5}));
    no(&["--dn", "3010", "--ani", "+34600111222"], "cool_down", "--ani tries another number");
    let (code, told) = ask(&site, &server, &["--dn", "3010", "--ani", "+34600111223"]);
    assert_eq!(code, Some(0), "{told}");

    site.run(&["survey", "activate", "s", "All"]);
    let (code, told) = ask(&site, &server, &["--dn", "9999"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("note  service    no service has the number 9999; `All` stands in"), "{told}");
}

#[test]
fn a_server_that_is_down_and_a_key_that_is_wrong_are_said_to_be_so() {
    let site = Site::new();
    let reader = site.run(&["apikey", "create", "drills", "--scope", "admin"]);
    let server = site.serve(&[]);
    assert_no(&site, &server, &["--dn", DN, "--key", "ack_wrong"], "key", "unknown or revoked");
    assert_no(
        &site,
        &server,
        &["--dn", DN, "--key", reader.trim()],
        "key",
        "aftercall apikey create NAME --scope ivr",
    );
    site.run(&["apikey", "revoke", "ivr-1"]);
    assert_no(&site, &server, &["--dn", DN], "key", "there is no key of scope ivr");
    let url = server.url().to_owned();
    server.kill();
    let output = site.command(&["ivr", "doctor", "--dn", DN, "--url", &url, "--key", "ack_any"]);
    let told = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told.contains("nothing answers at") && told.contains("not tried, because no server is ready"),
        "{told}"
    );
    assert!(told.contains("ok    survey"), "the gates are shown all the same: {told}");
    let wrong = site.command(&["ivr", "doctor", "--dn", DN, "--at", "noon"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(site.command(&["ivr", "doctor"]).status.code(), Some(2));
}

#[test]
fn every_prompt_is_fetched_as_the_script_would_and_one_that_cannot_be_is_named() {
    let site = Site::new();
    for language in ["en", "es"] {
        add_prompt(&site, language, "s.intro");
        add_prompt(&site, language, "s.q");
    }
    site.publish(&survey(|s| s["voice"] = json!("prompts")));
    site.run(&["survey", "activate", "s", "Support"]);
    let server = site.serve(&[]);
    let seen = ask_json(&site, &server, &["--dn", DN]);
    let prompts = seen["prompts"].as_array().unwrap();
    assert_eq!(seen["ok"], true, "{seen:#}");
    assert_eq!(prompts.iter().map(|p| p["name"].as_str().unwrap()).collect::<Vec<_>>(), ["s.intro", "s.q"]);
    assert_eq!(prompts[1]["url"], seen["reply"]["prompt_url"]);
    assert!(prompts.iter().all(|p| p["detail"].as_str().unwrap().contains("audio/x-wav")), "{seen:#}");

    // Prompts that went away after the survey was published.
    let rename = "UPDATE prompt SET name = 'gone' WHERE name = 's.q'";
    let database = rusqlite::Connection::open(site.database()).unwrap();
    assert!(database.execute(rename, []).unwrap() > 0);
    assert_no(&site, &server, &["--dn", DN], "prompts", "1 of 2 would not be heard");
    let (_, told) = ask(&site, &server, &["--dn", DN]);
    assert!(told.contains("NO    s.q: there is no such prompt\n        \"How likely?\""), "{told}");
    assert!(told.contains("The caller would be asked, but would not hear everything:"), "{told}");
    // And one that the server does not give, because it is looked for where the public address leads.
    let output = site.command(&[
        "ivr",
        "doctor",
        "--dn",
        DN,
        "--url",
        server.url(),
        "--lang",
        "es",
        "--set",
        "ivr_api.public_url=http://127.0.0.1:9",
    ]);
    assert!(stdout(&output).contains("NO    s.intro: cannot be fetched"), "{}", stdout(&output));
}

#[test]
fn the_trail_of_a_call_says_what_became_of_it_and_shows_neither_number_nor_answers() {
    let site = Site::new();
    let server = site.serve(&[]);
    let (code, told) = call_id(&site, "1", &[]);
    assert_eq!(code, Some(1));
    assert!(
        told.contains("Nothing was asked for the call id 1") && told.contains("No call has asked"),
        "{told}"
    );

    let facts = |call| [("dn", DN), ("call_id", call), ("ani", "+34600111222")];
    let begin = |call| server.post("/ivr/v1/survey", &facts(call)).word("response_id");
    let says = |call: &str, words: &str| {
        let (code, told) = call_id(&site, call, &[]);
        assert!(code == Some(0) && told.contains(words), "{code:?} {told}");
        assert!(!told.contains("600111222") && told.contains("caller …222"), "{told}");
        told
    };
    let offered = begin("offered");
    says("offered", "no answer has come yet");
    server.answer(&offered, "csat", "");
    says("offered", "all of them empty");
    server.answer(&begin("answered"), "csat", "4");
    let told = says("answered", "In progress: 1 answer, the last");
    assert!(told.contains("csat: answered"), "{told}");
    assert!(call_id(&site, "answered", &["--show-answers"]).1.contains("csat: 4"));
    let partial = begin("partial");
    server.answer(&partial, "csat", "5");
    server.post("/ivr/v1/complete", &[("response_id", &partial), ("status", "hangup")]);
    says("partial", "then the script ended it with required questions open");
    server.post("/ivr/v1/complete", &[("response_id", &begin("declined")), ("status", "declined")]);
    says("declined", "said that the caller declined");
    let complete = begin("complete");
    server.post("/ivr/v1/answers", &[("response_id", &complete), ("a", "5:-1:1:9")]);
    says("complete", "All went well: 3 answers");

    server.post("/ivr/v1/survey", &[("dn", "9999"), ("call_id", "refused")]);
    let (code, told) = call_id(&site, "refused", &[]);
    assert!(code == Some(1) && told.contains("was not surveyed: unknown_service"), "{told}");
    let (_, told) = call_id(&site, "refuse", &[]);
    assert!(told.contains("to compare:\n") && told.contains("  refused"), "{told}");
    let seen: Value = serde_json::from_str(&call_id(&site, "answered", &["--json"]).1).unwrap();
    assert_eq!(seen["asks"][0]["response"]["answers"][0]["answer"], "answered");
}
