//! Prompts and recordings on the line.

use reqwest::Method;

use super::callers::Scripted;
use super::*;
use crate::recordings::{hum, wav};
use crate::support::http::read;
use crate::support::voicexml::Input;

fn comment() -> Value {
    let rating = json!({"key": "rate", "type": "rating", "scale": "1-5", "text": {"en": "Rate."}});
    let say = json!({"key": "say", "type": "voice_comment", "max_seconds": 5, "retries": 1, "text": {"en": "Say."}});
    let last = json!({"key": "last", "type": "yes_no", "text": {"en": "Solved?"}});
    spoken("comment", &[rating, say, last])
}

fn press(keys: &str) -> Input {
    Input::Keys(keys.to_owned())
}

#[test]
fn what_a_caller_says_is_recorded_and_silence_or_a_click_is_no_answer() {
    let site = site_with(&comment());
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    let click = Input::Speech(wav(&hum(40, 20)));
    for (say, answers, rows) in [
        (vec![Input::Speech(wav(&hum(900, 20)))], "4:1:1", 1),
        (vec![Input::Silence, Input::Speech(wav(&hum(900, 30)))], "4:1:1", 2),
        (vec![Input::Silence, Input::Silence], "4:-1:1", 2),
        (vec![click], "4:-1:1", 2),
    ] {
        let inputs = [vec![press("4")], say, vec![press("1")]].concat();
        let mut caller = Scripted::new(inputs);
        let mut gateway = gateway(&server, &mut caller);
        let ended = gateway.run(&survey(""), true);
        assert_eq!((value(&ended, "result"), value(&ended, "answers")), ("DONE".into(), answers.into()));
        assert_eq!(gateway.own_words, 0);
        assert_eq!(stored.count("SELECT count(*) FROM recording"), rows);
    }
    stored.sound();
}

#[test]
fn who_hangs_up_while_speaking_is_heard_up_to_then() {
    let site = site_with(&comment());
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    for called in [true, false] {
        let call = format!("speaks-{called}");
        let mut caller = Scripted::new(vec![press("4"), Input::SpeechThenHangUp(wav(&hum(900, 20)))]);
        let mut gateway = gateway(&server, &mut caller);
        let ended = gateway.run(&survey(&format!("&call_id={call}")), called).unwrap();
        assert_eq!(matches!(ended, Ended::ReturnEvent(_)), called, "{ended:?}");
        let response = stored.response_of(&call).unwrap();
        assert_eq!(stored.state(&response).as_deref(), Some("partial"));
        assert_eq!(stored.answers(&response).len(), 2);
    }
    assert_eq!(stored.count("SELECT count(*) FROM recording"), 2);
    stored.sound();
}

#[test]
fn prompts_are_played_where_there_are_some_with_their_words_for_a_gateway_that_cannot_fetch_them() {
    let site = site_with(&comment());
    let server = site.serve(&[]);
    for name in ["comment.rate", "comment.no-match", "comment.thanks"] {
        let path = format!("/api/v1/prompts/en/{name}");
        let upload = server.http().fresh().request(Method::PUT, &path).body(wav(&hum(900, 20)));
        let reply = block_on(read(upload)).unwrap();
        assert!((200..300).contains(&reply.status), "{reply:?}");
    }
    block_on(until_then("the prompts are known", async || {
        let reply = server.http().fresh().get(&format!("/ivr/v1/survey.vxml?dn={DN}")).await;
        reply.body.matches("<audio").count() == 3
    }));
    let mut caller = Scripted::new(vec![press("9"), press("4"), Input::Silence, Input::Silence, press("1")]);
    let mut gateway = gateway(&server, &mut caller);
    let ended = gateway.run(&survey(""), true);
    assert_eq!(value(&ended, "answers"), "4:-1:1");
    let prompted =
        |text: &str| gateway.heard.iter().filter(|said| said.text == text).all(|said| said.source.is_some());
    for (text, by_prompt) in
        [("Welcome.", false), ("Rate.", true), ("No such key.", true), ("Say.", false), ("Thank you.", true)]
    {
        assert!(gateway.heard.iter().any(|said| said.text == text), "{:?}", gateway.heard);
        assert_eq!(prompted(text), by_prompt, "{text}: {:?}", gateway.heard);
    }
    for source in gateway.heard.iter().filter_map(|said| said.source.as_deref()) {
        let status = head_status(server.url(), source);
        assert_eq!(status, 200, "{source} is played without a key");
    }
}

fn head_status(base: &str, source: &str) -> u16 {
    assert!(source.starts_with(&format!("{base}/prompts/")) && source.ends_with(".ulaw.wav"), "{source}");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    block_on(async { client.head(source).send().await.unwrap().status().as_u16() })
}
