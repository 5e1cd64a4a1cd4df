//! Surveys as VoiceXML: a gateway runs the documents of the real server, over the network, with callers of every kind.

mod callers;
mod endings;
mod faults;
mod random;
mod sound;
mod written;

use serde_json::{Value, json};

use super::support::store::Stored;
use super::support::voicexml::{Caller, Ended, Gateway, Request, Values};
use super::support::{DN, Server, Site, block_on, until_then};

/// The address of a survey for a call.
fn survey(more: &str) -> Request {
    Request::get(&format!("/ivr/v1/survey.vxml?dn={DN}{more}"))
}

/// A gateway that sends the site's key with every request.
fn gateway<'a>(server: &Server, caller: &'a mut dyn Caller) -> Gateway<'a> {
    Gateway::new(server.url(), Some(server.http().key()), caller)
}

/// What an ended document gave back.
fn value(ended: &Result<Ended, String>, name: &str) -> String {
    match ended {
        Ok(Ended::Return(values) | Ended::Exit(values)) => values.get(name).cloned().unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

/// A site on which another survey is asked.
fn site_with(document: &Value) -> Site {
    let site = Site::new();
    site.publish(document);
    site.run(&["survey", "activate", document["key"].as_str().unwrap(), "Support"]);
    site
}

/// A survey of these questions, spoken by the gateway.
fn spoken(key: &str, questions: &[Value]) -> Value {
    json!({
        "format": "aftercall.survey/1", "key": key, "name": key, "languages": ["en"], "voice": "tts",
        "intro": {"en": "Welcome."}, "thanks": {"en": "Thank you."},
        "no_input": {"en": "Nothing heard."}, "no_match": {"en": "No such key."},
        "questions": questions,
    })
}
