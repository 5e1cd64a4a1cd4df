//! The HTTP of the scripts of contact centres as it goes over the wire, byte for byte: each kind of client surveys a
//! caller to the end, and what it leaves behind is compared with what was pressed.

mod cvp;
mod examples;
mod gateway;
mod oddities;
mod spoken;
mod uccx_document;
mod uccx_rest;
mod wire;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::support::store::Stored;
use super::support::{DN, Server, Site};

/// How a client reads a member of a reply: empty when it is not there.
type Read = Box<dyn Fn(&str) -> String>;

/// The facts of a call, as a script knows them.
const FACTS: [(&str, &str); 8] = [
    ("dn", DN),
    ("ani", "+4989123456"),
    ("call_id", "16783327.1"),
    ("agent_id", "1007"),
    ("agent_name", "منى الخطيب"),
    ("team", "Care & help"),
    ("queue", "help=1 50%"),
    ("lang", "ar-EG"),
];

/// What the caller of these tests presses: dissatisfied because of the waiting, not solved, and still a ten.
const PRESSED: [(&str, &str); 4] = [("csat", "2"), ("reason", "1"), ("solved", "2"), ("recommend", "10#")];

/// Surveys one caller by the loop of the guides; `call` makes one call of the API by its name.
fn play(server: &Server, site: &Site, mut call: impl FnMut(&str, &[(&str, &str)]) -> Read) {
    let mut reply = call("survey", &FACTS);
    let response = reply("response_id");
    assert_eq!(reply("intro"), "شكرًا لاتصالك. نرجو أن تخبرنا برأيك في ثلاثة أسئلة قصيرة.");
    assert_eq!([reply("q4_question_id"), reply("q4_max_digits")], ["recommend", "2"]);
    for (question, digits) in PRESSED {
        assert_eq!([reply("result"), reply("question_id")], ["QUESTION", question]);
        assert!(!reply("text").is_empty() && !reply("no_input_ms").is_empty());
        reply = call("answer", &[("response_id", &response), ("question_id", question), ("value", digits)]);
    }
    assert_eq!([reply("result"), reply("answers"), reply("state")], ["DONE", "2:1:0:10", "complete"]);
    assert_eq!(reply("thanks"), "شكرًا لك. إجاباتك تساعدنا على التحسن. مع السلامة.");
    let ended = call("complete", &[("response_id", &response), ("status", "hangup")]);
    assert_eq!([ended("result"), ended("state")], ["DONE", "complete"]);
    assert_kept(site, &response, &FACTS);
    assert!(!server.log().contains(&site.key), "no key is logged");
}

/// Fails unless exactly this call and what was pressed in it is stored.
fn assert_kept(site: &Site, response: &str, facts: &[(&str, &str)]) {
    let stored = Stored::open(&site.database());
    let kept: Vec<_> = stored.answers(response).into_iter().collect();
    let pressed = [("csat", "2"), ("reason", "waiting"), ("recommend", "10"), ("solved", "0")];
    assert_eq!(kept, pressed.map(|(question, value)| (question.to_owned(), value.to_owned())));
    assert_eq!(stored.state(response).as_deref(), Some("complete"));
    for (name, value) in facts.iter().filter(|(name, _)| *name != "lang") {
        let column = if *name == "ani" { "customer" } else { name };
        assert_eq!(stored.offer(response, column).as_deref(), Some(*value), "{name}");
    }
    stored.sound();
}

/// Encoded as by Java's `URLEncoder` and by browsers: a blank is `+`, a plus `%2B`.
fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A flat JSON object of texts, as a script puts it together.
fn json(fields: &[(&str, &str)]) -> String {
    let members = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
    serde_json::Value::Object(members.collect()).to_string()
}

/// The header of HTTP Basic with a user of any name and the site's key as password.
fn basic(site: &Site) -> String {
    format!("Authorization: Basic {}\r\n", BASE64_STANDARD.encode(format!("ivr:{}", site.key)))
}

/// Reads a reply by XPath, as the texts of elements.
fn by_xpath(body: &str) -> Read {
    let body = body.to_owned();
    Box::new(move |name| xpath(&body, &format!("/aftercall/{name}")))
}

/// The text of the first node at an XPath.
fn xpath(body: &str, path: &str) -> String {
    let package = sxd_document::parser::parse(body).unwrap_or_else(|e| panic!("{e:?} in {body}"));
    sxd_xpath::evaluate_xpath(&package.as_document(), path).unwrap().into_string()
}

/// Reads a reply by `JSONPath`.
fn by_jsonpath(body: &str) -> Read {
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|e| panic!("{e} in {body}"));
    Box::new(move |name| jsonpath(&body, &format!("$.{name}")))
}

/// The first value at a `JSONPath` as a script gets it in a string; empty when there is none.
fn jsonpath(body: &serde_json::Value, path: &str) -> String {
    let path = serde_json_path::JsonPath::parse(path).unwrap();
    match path.query(body).first() {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
