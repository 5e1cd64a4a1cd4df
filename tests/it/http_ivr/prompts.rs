//! What replies say of prompts.

use super::*;
use crate::support::prompt::add_prompt;

/// A survey heard by prompts, of which a choice is read.
fn spoken(key: &str) -> Value {
    let choice = |key: &str| json!({"key": key, "label": {"en": key}});
    let mut document = three_numbers(key);
    document["voice"] = json!("prompts");
    document["no_input"] = json!({"en": "Nothing came."});
    document["thanks"] = json!({"en": "Bye."});
    document["questions"][1] = json!({"key": "second", "type": "choice", "read_choices": true,
        "text": {"en": "Why?"}, "choices": [choice("price"), choice("wait")]});
    document
}

const PLACES: [&str; 9] = [
    "s.first",
    "s.second",
    "s.second.price",
    "number.1",
    "s.second.wait",
    "number.2",
    "s.third",
    "s.no-input",
    "s.thanks",
];

#[test]
fn replies_name_the_audio_of_what_they_say_in_json_and_xml_and_no_header_points_it_elsewhere() {
    let site = Site::new();
    let ids = PLACES.map(|name| (name, add_prompt(&site, "en", name)));
    site.publish(&spoken("s"));
    site.run(&["survey", "activate", "s", "Support"]);
    let server = site.serve(&[]);
    let url = |place: &str| {
        let (_, id) = ids.iter().find(|(name, _)| *name == place).unwrap();
        format!("{}/prompts/{id}.ulaw.wav", server.url())
    };
    let hostile = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=1;host=evil.example;proto=https"),
    ];
    for suffix in ["json", "xml"] {
        let ask = |call: &str, path: &str| {
            send(&server, Method::GET, &format!("/ivr/v1/{call}.{suffix}?{path}"), &hostile, "")
        };
        let reply = ask("survey", "dn=5001");
        let [first, thanks, no_input] = [url("s.first"), url("s.thanks"), url("s.no-input")];
        assert_eq!(
            ["prompt_url", "thanks_prompt_url", "no_input_prompt_url", "q1_prompt_url"]
                .map(|name| reply.word(name)),
            [&first, &thanks, &no_input, &first].map(String::clone),
            "{reply:?}"
        );
        assert_eq!(reply.word("q2_read_choices"), "true");
        let response = reply.word("response_id");
        let reply = ask("answer", &format!("response_id={response}&question_id=first&value=5"));
        assert_eq!(
            [reply.word("prompt_url"), reply.word("no_input_prompt_url")],
            [url("s.second"), no_input]
        );
        for place in ["s.second.price", "number.1", "s.second.wait", "number.2"] {
            assert!(reply.body.contains(&url(place)), "{place}: {reply:?}");
        }
        let played =
            block_on(async { reqwest::get(reply.word("prompt_url")).await.unwrap().bytes().await.unwrap() });
        assert!(played.starts_with(b"RIFF"));
        ask("answer", &format!("response_id={response}&question_id=second&value=1"));
        let reply = ask("answer", &format!("response_id={response}&question_id=third&value=9"));
        assert_eq!([reply.word("result"), reply.word("thanks_prompt_url")], ["DONE".to_owned(), thanks]);
        assert!(!reply.body.contains("evil"));
    }
}

#[test]
fn the_public_url_is_where_addresses_begin_whatever_host_was_called() {
    let site = Site::new();
    add_prompt(&site, "en", "support.csat");
    let server = site.serve(&["ivr_api.public_url=https://calls.example:8443", "prompts.codec=alaw"]);
    let url = server.post("/ivr/v1/survey", &[("dn", DN)]).word("prompt_url");
    assert!(url.starts_with("https://calls.example:8443/prompts/") && url.ends_with(".alaw.wav"), "{url}");
}
