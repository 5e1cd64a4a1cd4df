//! A survey with a spoken answer, as scripts send it that can record: what is stored, and what is heard of it afterwards.

use reqwest::Method;

use super::super::recordings::{hum, samples, wav};
use super::super::support::block_on;
use super::*;

/// All that is said in this survey by prompts.
pub(super) const SAID: [&str; 5] = ["intro", "csat", "comment", "recommend", "thanks"];
/// Longer than any parameter but a recording may be, and than any body without one.
const MILLIS: usize = 9_000;

/// A site whose survey asks for a number, a recording and another number, and a key that may listen.
pub(super) fn site() -> (Site, String) {
    let site = Site::new();
    let text = |en: &str| serde_json::json!({ "en": en });
    site.publish(&serde_json::json!({
        "format": "aftercall.survey/1", "key": "support", "name": "Support", "languages": ["en"], "voice": "tts",
        "intro": text("Hello"), "thanks": text("Bye"),
        "questions": [
            {"key": "csat", "type": "rating", "scale": "1-5", "text": text("How was it?")},
            {"key": "comment", "type": "voice_comment", "max_seconds": 10, "required": false, "text": text("Why?")},
            {"key": "recommend", "type": "nps", "text": text("Would you recommend us?")},
        ],
    }));
    let listener = site.run(&["apikey", "create", "listener", "--scope", "read"]);
    (site, listener.trim().to_owned())
}

/// What a script has recorded.
pub(super) fn recorded() -> Vec<u8> {
    wav(&hum(MILLIS, 25))
}

/// Surveys one caller; `call` makes one call of the API by its name, `data` is how the script writes what it recorded.
pub(super) fn play(
    server: &Server,
    site: &Site,
    listener: &str,
    data: &str,
    mut call: impl FnMut(&str, &[(&str, &str)]) -> Read,
) {
    let reply = call("survey", &[("dn", DN), ("call_id", "call-9")]);
    let response = reply("response_id");
    let ids = |question| [("response_id", response.as_str()), ("question_id", question)];
    let answer = |question, value| [ids(question).as_slice(), &[("value", value)]].concat();
    let reply = call("answer", &answer("csat", "4"));
    let members = ["question_id", "type", "max_seconds"].map(&reply);
    assert_eq!(members, ["comment", "voice_comment", "10"]);
    for stored in ["new", "repeat"] {
        let reply = call("recording", &[ids("comment").as_slice(), &[("data", data)]].concat());
        let members = ["result", "stored", "question_id", "max_digits"].map(reply);
        assert_eq!(members, ["QUESTION", stored, "recommend", "2"]);
    }
    let reply = call("answer", &answer("recommend", "9"));
    assert_eq!(["result", "state", "answers"].map(reply), ["DONE", "complete", "4:1:9"]);
    let file = assert_stored(server, site, listener, &response, ["4", "9"]);
    assert!(samples(&file) == hum(MILLIS, 25), "other samples");
    assert!(!server.log().contains(&site.key), "no key is logged");
}

/// Fails unless these numbers and one recording are stored; the recording as it is played.
pub(super) fn assert_stored(
    server: &Server,
    site: &Site,
    listener: &str,
    response: &str,
    numbers: [&str; 2],
) -> Vec<u8> {
    let stored = Stored::open(&site.database());
    let answers = stored.answers(response);
    assert_eq!([&answers["csat"], &answers["recommend"]], numbers, "{answers:?}");
    assert_eq!(stored.state(response).as_deref(), Some("complete"));
    assert_eq!(stored.count("SELECT count(*) FROM recording_audio"), 1);
    stored.sound();
    let path = format!("/api/v1/recordings/{}.wav", answers["comment"]);
    let request = server.http().with_key(listener).fresh().request(Method::GET, &path);
    block_on(async {
        let reply = request.send().await.unwrap();
        assert_eq!(
            (reply.status().as_u16(), &reply.headers()["content-type"]),
            (200, &"audio/x-wav".parse().unwrap())
        );
        reply.bytes().await.unwrap().to_vec()
    })
}
