//! One form per question: what is said, which keys are an answer, what happens with any other.

use crate::domain::survey::{Question, QuestionKind, Slot};

use super::document::Script;
use super::page::{Page, ecma};
use super::save::{Sent, save};

/// The grammar of every field stands in the document, whose namespace has the elements of SRGS too.
const GRAMMAR: [(&str, &str); 3] = [("version", "1.0"), ("mode", "dtmf"), ("type", "application/srgs+xml")];

/// How long a caller may be silent before a recording ends: people think while they speak.
const FINAL_SILENCE: &str = "3s";

/// The form's name. A question's key may begin with a digit, which an XML id may not.
pub(super) fn form_id(key: &str) -> String {
    format!("q-{key}")
}

/// Writes the form of a question.
pub(super) fn form(page: &mut Page, script: &Script<'_>, question: &Question) {
    page.open("form", &[("id", &form_id(&question.key))]);
    page.open("block", &[]);
    page.assign("question_id", &ecma(&question.key));
    page.assign("value", "'-1'");
    page.assign("misses", "0");
    page.assign("retries", &question.retries.to_string());
    page.close("block");
    match question.kind {
        QuestionKind::VoiceComment { max_seconds } => record(page, script, question, max_seconds),
        _ => field(page, script, question),
    }
    page.close("form");
}

fn field(page: &mut Page, script: &Script<'_>, question: &Question) {
    page.open("field", &[("name", "digits")]);
    grammar(page, &format!("answer{}", question.no), &question.input().values);
    prompt(page, script, question);
    page.open("filled", &[]);
    // Gateways give two keys as `10`, `1 0` or `dtmf-1 dtmf-0`.
    page.assign("value", "String(digits).replace(/[^0-9]/g, '')");
    page.empty("goto", &[("next", "#save")]);
    page.close("filled");
    page.close("field");
}

/// The allowed inputs and no others, each key a token of its own. Where one is the beginning of another, the gateway
/// waits for the next key, the terminator or the end of the time between two keys. The rule's name is an id of the whole
/// document, and has none of the marks `.`, `:` and `-` (SRGS 1.0, section 3.1).
pub(super) fn grammar(page: &mut Page, rule: &str, inputs: &[String]) {
    let [version, mode, kind] = GRAMMAR;
    page.open("grammar", &[version, mode, ("root", rule), kind]);
    page.open("rule", &[("id", rule), ("scope", "public")]);
    page.open("one-of", &[]);
    for input in inputs {
        let keys: Vec<String> = input.chars().map(String::from).collect();
        page.element("item", &[], &keys.join(" "));
    }
    page.close("one-of");
    page.close("rule");
    page.close("grammar");
}

fn prompt(page: &mut Page, script: &Script<'_>, question: &Question) {
    page.open("prompt", &[("timeout", &format!("{}ms", question.no_input_ms))]);
    script.say(page, Slot::Question(&question.key), question.text(script.language));
    for (digit, choice) in (1..).zip(question.read_choices()) {
        page.empty("break", &[("time", "300ms")]);
        script.say(page, Slot::Choice(&question.key, &choice.key), choice.label(script.language));
        page.text(" ");
        script.say(page, Slot::Digit(digit), &digit.to_string());
    }
    page.close("prompt");
}

fn record(page: &mut Page, script: &Script<'_>, question: &Question, max_seconds: u32) {
    let longest = format!("{max_seconds}s");
    page.open(
        "record",
        &[
            ("name", "recording"),
            ("beep", "true"),
            ("maxtime", &longest),
            ("finalsilence", FINAL_SILENCE),
            ("dtmfterm", "true"),
            ("type", "audio/x-wav"),
        ],
    );
    prompt(page, script, question);
    hung_up_while_speaking(page, script);
    page.close("record");
    let sent = Sent {
        address: &script.addresses.recording,
        namelist: "response_id question_id recording",
        enctype: Some("multipart/form-data"),
        refused: "#save",
        rule: &format!("pause{}", question.no),
    };
    save(page, &sent);
}

/// What was said until then is there, and is sent before the end.
fn hung_up_while_speaking(page: &mut Page, script: &Script<'_>) {
    page.open("catch", &[("event", "connection.disconnect")]);
    page.open("if", &[("cond", "typeof recording != 'undefined'")]);
    page.assign("over", "true");
    page.assign("end", "'hangup'");
    page.empty(
        "submit",
        &[
            ("next", &script.addresses.recording),
            ("method", "post"),
            ("enctype", "multipart/form-data"),
            ("namelist", "response_id question_id recording end"),
        ],
    );
    page.empty("else", &[]);
    script.submit_hangup(page);
    page.close("if");
    page.close("catch");
}
