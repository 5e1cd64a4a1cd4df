//! The IVR API as a script meets it, on the real server over the network.

mod catalog;
mod flow;
mod forms;
mod keys;
mod limits;
mod offers;
mod prompts;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::http::{Reply, read};
use super::support::store::Stored;
use super::support::{DN, Server, Site, block_on, until_within};

/// Within this time a change made by the command line takes effect.
const ONE_SECOND: std::time::Duration = std::time::Duration::from_secs(1);

/// A survey of three questions with nothing but numbers, in English.
fn three_numbers(key: &str) -> Value {
    let question =
        |key: &str, scale: &str| json!({"key": key, "type": "rating", "scale": scale, "text": {"en": key}});
    json!({
        "format": "aftercall.survey/1", "key": key, "name": key, "languages": ["en"], "voice": "tts",
        "questions": [question("first", "1-5"), question("second", "1-7"), {"key": "third", "type": "nps", "text": {"en": "third"}}],
    })
}

/// One request of any kind, with the site's key.
fn send(server: &Server, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut request = server.http().fresh().request(method, path).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    block_on(read(request)).unwrap()
}

/// Fails unless a reply is the envelope of this error.
fn assert_error(reply: &Reply, status: u16, code: &str) {
    assert_eq!(
        (reply.status, reply.word("result").as_str(), reply.word("code").as_str()),
        (status, "ERROR", code),
        "{reply:?}"
    );
    assert!(!reply.word("message").is_empty(), "{reply:?}");
    assert_eq!(reply.header("cache-control"), "no-store", "{reply:?}");
}
