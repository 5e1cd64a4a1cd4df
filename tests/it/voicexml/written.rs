//! What is written in documents.

use super::callers::Scripted;
use super::*;

/// Everything that could end a text, an attribute or a literal too early.
const NASTY: &str = "\"quoted\" 'so' & <b>]]></audio> \\ ${x} \u{202e}عربي 👋🏽 </vxml>";

#[test]
fn a_text_of_any_characters_is_said_as_it_was_written() {
    let question = json!({"key": "q", "type": "choice", "read_choices": true, "text": {"ar": NASTY}, "choices": [
        {"key": "a", "label": {"ar": NASTY}}, {"key": "b", "label": {"ar": "ب"}},
    ]});
    let mut document = spoken("nasty", &[question]);
    document["languages"] = json!(["ar"]);
    for place in ["intro", "thanks", "no_input", "no_match"] {
        document[place] = json!({ "ar": NASTY });
    }
    let site = site_with(&document);
    let server = site.serve(&[]);
    let mut caller = Scripted::keys(&["", "7", "1"]);
    let mut gateway = gateway(&server, &mut caller);
    let ended = gateway.run(&survey(""), true);
    assert_eq!(value(&ended, "answers"), "1");
    let heard: Vec<_> = gateway.heard.iter().map(|said| said.text.as_str()).collect();
    // Without a prompt each run of words is one text: the label and its digit.
    let (first, second) = (format!("{NASTY} 1"), "ب 2");
    let question = [NASTY, first.as_str(), second];
    let expected = [&[NASTY][..], &question, &[NASTY], &question, &[NASTY], &question, &[NASTY]].concat();
    assert_eq!(heard, expected);
    assert!(gateway.documents[0].contains("xml:lang=\"ar\""));
}

#[test]
fn what_a_survey_of_fifty_questions_returns_fits_a_call_variable() {
    let label = json!({"en": "c"});
    let choices: Vec<_> = (0..9).map(|no| json!({"key": format!("c{no}"), "label": label})).collect();
    let kinds = [
        json!({"type": "nps"}),
        json!({"type": "rating", "scale": "1-10"}),
        json!({"type": "choice", "choices": choices}),
        json!({"type": "voice_comment"}),
    ];
    for (no, kind) in kinds.iter().enumerate() {
        let question = |place: usize| {
            let mut question = kind.clone();
            question["key"] = json!(format!("{place}-{}", "k".repeat(36)));
            question["text"] = json!({"en": "Say."});
            question["retries"] = json!(0);
            question
        };
        let key = format!("long-{no}");
        let questions: Vec<_> = (0..50).map(question).collect();
        let site = site_with(&spoken(&key, &questions));
        let server = site.serve(&[]);
        // Ten is the longest answer there is.
        let keys = vec![["10", "10", "9", ""][no]; 50];
        let mut caller = Scripted::keys(&keys);
        let ended = gateway(&server, &mut caller).run(&survey(""), true);
        assert_eq!(value(&ended, "result"), "DONE", "{ended:?}");
        let answers = value(&ended, "answers");
        assert_eq!(answers.split(':').count(), 50, "{answers}");
        for name in ["result", "response_id", "state", "answers", "code"] {
            assert!(value(&ended, name).len() <= 210, "{name}: {ended:?}");
        }
        assert_eq!(caller.asked.len(), 50);
    }
}

#[test]
fn parameters_may_come_as_a_form_and_head_and_body_suit_gateways_of_old() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut request = Request::get("/ivr/v1/survey.vxml");
    request.post = true;
    for (name, text) in [("dn", DN), ("ani", "+34600111222"), ("lang", "ar-EG")] {
        request.fields.push((name.to_owned(), crate::support::voicexml::Part::Text(text.to_owned())));
    }
    let mut caller = Scripted::keys(&["5", "1", "0"]);
    let mut gateway = gateway(&server, &mut caller);
    let ended = gateway.run(&request, true);
    assert_eq!(value(&ended, "answers"), "5:-1:1:0");
    assert!(gateway.documents[0].contains("xml:lang=\"ar\""));
    let stored = Stored::open(&site.database());
    assert_eq!(stored.offer(&value(&ended, "response_id"), "customer").as_deref(), Some("+34600111222"));
    let fetched = crate::support::voicexml::fetch(
        server.url().trim_start_matches("http://"),
        Some(server.http().key()),
        &survey(""),
    )
    .unwrap();
    for header in ["content-length: ", "pragma: no-cache", "cache-control: no-store", "expires: 0"] {
        assert!(fetched.head.contains(header), "{header}: {}", fetched.head);
    }
}
