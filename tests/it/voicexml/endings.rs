//! How a survey begins and ends on the line.

use super::callers::Scripted;
use super::*;

#[test]
fn a_caller_is_surveyed_and_the_application_is_told_the_results() {
    let site = Site::new();
    let server = site.serve(&[]);
    let mut caller = Scripted::keys(&["2", "3", "1", "1~0", "10"]);
    let mut gateway = gateway(&server, &mut caller);
    let ended = gateway.run(&survey("&lang=es&call_id=c1"), true);
    let all = ["result", "state", "answers", "code"].map(|name| value(&ended, name));
    assert_eq!(all, ["DONE", "complete", "2:3:1:1", ""]);
    let heard = gateway.heard.clone();
    assert_eq!(gateway.own_words, 0);
    assert_eq!(
        heard.first().unwrap().text,
        "Gracias por llamar. Díganos en tres preguntas breves cómo lo hemos hecho."
    );
    assert_eq!(heard.last().unwrap().text, "Gracias. Sus respuestas nos ayudan a mejorar. Adiós.");
    assert_eq!(caller.asked, ["q-csat", "q-reason", "q-solved", "q-recommend"]);
    let stored = Stored::open(&site.database());
    let answers: Vec<_> = stored.answers(&value(&ended, "response_id")).into_values().collect();
    assert_eq!(answers, ["2", "manner", "1", "1"], "by the names of the questions");
    stored.sound();
}

#[test]
fn two_keys_are_a_ten_whatever_the_gateway_makes_of_them() {
    let site = Site::new();
    let server = site.serve(&[]);
    for (separator, token) in [(" ", ""), ("", ""), (" ", "dtmf-")] {
        let mut caller = Scripted::keys(&["5", "1", "10"]);
        let mut gateway = gateway(&server, &mut caller);
        (gateway.separator, gateway.token) = (separator, token);
        let ended = gateway.run(&survey(""), true);
        assert_eq!(value(&ended, "answers"), "5:-1:1:10", "{separator:?} {token:?}");
    }
}

#[test]
fn silence_and_wrong_keys_count_together_and_the_survey_goes_on_without_an_answer() {
    let question =
        json!({"key": "1st", "type": "rating", "scale": "1-5", "retries": 2, "text": {"en": "Rate."}});
    let next = json!({"key": "2nd", "type": "yes_no", "retries": 0, "text": {"en": "Solved?"}});
    let site = site_with(&spoken("misses", &[question, next]));
    let server = site.serve(&[]);
    let mut caller = Scripted::keys(&["", "9", "", "7"]);
    let mut gateway = gateway(&server, &mut caller);
    let ended = gateway.run(&survey(""), true);
    assert_eq!((value(&ended, "result"), value(&ended, "state")), ("DONE".into(), "declined".into()));
    assert_eq!(value(&ended, "answers"), "-1:-1");
    let heard: Vec<_> = gateway.heard.iter().map(|said| said.text.as_str()).collect();
    assert_eq!(
        heard,
        ["Welcome.", "Rate.", "Nothing heard.", "Rate.", "No such key.", "Rate.", "Solved?", "Thank you."]
    );
    assert_eq!(gateway.own_words, 0);
    assert_eq!(caller.asked, ["q-1st", "q-1st", "q-1st", "q-2nd"]);
}

#[test]
fn choices_are_read_with_their_digits_where_the_survey_says_so() {
    let label = |text: &str| json!({"en": text});
    let question = json!({
        "key": "why", "type": "choice", "read_choices": true, "text": {"en": "Why?"},
        "choices": [{"key": "a", "label": label("Price")}, {"key": "b", "label": label("Quality")}],
    });
    let site = site_with(&spoken("choices", &[question]));
    let server = site.serve(&[]);
    let mut caller = Scripted::keys(&["2"]);
    let mut gateway = gateway(&server, &mut caller);
    let ended = gateway.run(&survey(""), true);
    let heard: Vec<_> = gateway.heard.iter().map(|said| said.text.as_str()).collect();
    assert_eq!(heard, ["Welcome.", "Why?", "Price 1", "Quality 2", "Thank you."]);
    assert_eq!(value(&ended, "answers"), "2");
}

#[test]
fn a_hang_up_keeps_what_was_answered_and_ends_the_response() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    for (call, keys, leaves_during, state, answers) in [
        ("at-once", &[][..], None, "declined", 0),
        ("after-two", &["5", "1"], None, "partial", 2),
        ("while-saving", &["5", "1"], Some("answer.vxml"), "partial", 1),
    ] {
        for called in [true, false] {
            let call = format!("{call}-{called}");
            let mut caller = Scripted::keys(keys);
            caller.leaves_during = leaves_during;
            let ended = gateway(&server, &mut caller).run(&survey(&format!("&call_id={call}")), called);
            let expected = if called {
                Ended::ReturnEvent("connection.disconnect.hangup".to_owned())
            } else {
                Ended::Exit(Values::new())
            };
            assert_eq!(ended, Ok(expected), "{call}");
            let response = stored.response_of(&call).unwrap();
            assert_eq!(stored.state(&response).as_deref(), Some(state), "{call}");
            assert_eq!(stored.answers(&response).len(), answers, "{call}");
        }
    }
    stored.sound();
}

#[test]
fn the_survey_ends_as_the_application_wishes() {
    let site = Site::new();
    let server = site.serve(&[]);
    for (end, called, returns) in [
        ("", true, true),
        ("", false, false),
        ("&end=auto", false, false),
        ("&end=return", true, true),
        ("&end=exit", true, false),
        ("&END=Exit", false, false),
    ] {
        let mut caller = Scripted::keys(&["5", "1", "9"]);
        let mut gateway = gateway(&server, &mut caller);
        let ended = gateway.run(&survey(end), called);
        assert_eq!(matches!(ended, Ok(Ended::Return(_))), returns, "{end} {called}: {ended:?}");
        assert_eq!(value(&ended, "answers"), "5:-1:1:9", "{end}");
        assert_eq!((gateway.own_words, gateway.heard.len()), (0, 5), "{end}");
    }
    let mut caller = Scripted::keys(&["5", "1", "9"]);
    let mut gateway = gateway(&server, &mut caller);
    assert_eq!(gateway.run(&survey("&end=disconnect"), false), Ok(Ended::Exit(Values::new())));
    assert_eq!(gateway.heard.len(), 5, "thanks are said before the line is cut");
    assert!(
        !gateway.fetched.iter().any(|(url, _)| url.contains("complete")),
        "there is nothing left to tell"
    );
}

#[test]
fn a_call_that_asks_again_goes_on_where_it_was_and_is_not_welcomed_twice() {
    let site = Site::new();
    let server = site.serve(&[]);
    let response = server.offer("again");
    server.answer(&response, "csat", "4");
    let mut caller = Scripted::keys(&["1", "9"]);
    let mut gateway = gateway(&server, &mut caller);
    let ended = gateway.run(&survey("&call_id=again"), true);
    assert_eq!(gateway.heard.len(), 3, "two questions and thanks: {:?}", gateway.heard);
    assert_eq!((value(&ended, "response_id"), value(&ended, "answers")), (response, "4:-1:1:9".to_owned()));
    assert_eq!(caller.asked, ["q-solved", "q-recommend"]);
    let mut caller = Scripted::keys(&[]);
    let ended = super::gateway(&server, &mut caller).run(&survey("&call_id=again"), true);
    assert_eq!((value(&ended, "result"), value(&ended, "answers")), ("DONE".into(), "4:-1:1:9".into()));
    assert!(caller.asked.is_empty());
}
