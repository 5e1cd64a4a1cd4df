//! The part of a form that sends what the caller gave and goes where the server says.
//!
//! A failure is tried again, [`TRIES`] times in all with a second between them, so that a call outlasts the move of the
//! service to another machine; then the caller is thanked and the survey ends. Nothing is tried for ever.

use super::page::Page;

/// How often something is sent.
const TRIES: u32 = 3;

/// What is sent, and where to.
pub(super) struct Sent<'a> {
    pub(super) address: &'a str,
    /// Names of variables.
    pub(super) namelist: &'a str,
    /// The encoding, where the usual form is not fit.
    pub(super) enctype: Option<&'a str>,
    /// Where to go when the server does not take it.
    pub(super) refused: &'a str,
    /// A name for a rule of a grammar that no other has.
    pub(super) rule: &'a str,
}

/// Writes the part: a field to wait in, and the subdialog.
pub(super) fn save(page: &mut Page, sent: &Sent<'_>) {
    page.empty("var", &[("name", "tries"), ("expr", "0")]);
    pause(page, sent.rule);
    let mut attributes =
        vec![("name", "saved"), ("src", sent.address), ("method", "post"), ("namelist", sent.namelist)];
    attributes.extend(sent.enctype.map(|enctype| ("enctype", enctype)));
    page.open("subdialog", &attributes);
    page.open("catch", &[("event", "error")]);
    page.assign("code", "'fetch_failed'");
    again_or_end(page);
    page.close("catch");
    saved(page, sent.refused);
    page.close("subdialog");
}

/// Waits a second, once something was tried: the only way to wait there is asks for a key that means nothing.
fn pause(page: &mut Page, rule: &str) {
    page.open("field", &[("name", "pause"), ("cond", "tries > 0")]);
    page.property("timeout", "1s");
    super::question::grammar(page, rule, &["*".to_owned()]);
    for event in ["noinput", "nomatch"] {
        page.open(event, &[]);
        page.assign("pause", "'over'");
        page.close(event);
    }
    page.close("field");
}

/// Goes by what the server replied.
fn saved(page: &mut Page, refused: &str) {
    page.open("filled", &[]);
    page.assign("code", "saved.code");
    page.open("if", &[("cond", "saved.result == 'QUESTION'")]);
    known(page);
    page.empty("goto", &[("expr", "'#q-' + saved.next")]);
    page.empty("elseif", &[("cond", "saved.result == 'DONE'")]);
    known(page);
    page.assign("result", "'DONE'");
    page.empty("goto", &[("next", "#end")]);
    // Only what a gateway garbled is refused: the survey goes on without it.
    page.empty(
        "elseif",
        &[("cond", "saved.again != 'true' && value != '-1' && saved.code == 'invalid_value'")],
    );
    page.assign("value", "'-1'");
    page.empty("clear", &[("namelist", "saved")]);
    page.empty("elseif", &[("cond", "saved.again == 'true'")]);
    again_or_end(page);
    page.empty("else", &[]);
    page.empty("goto", &[("next", refused)]);
    page.close("if");
    page.close("filled");
}

fn known(page: &mut Page) {
    page.assign("state", "saved.state");
    page.assign("answers", "saved.answers");
}

/// `clear` makes the form ask for both once more.
fn again_or_end(page: &mut Page) {
    page.assign("tries", "tries + 1");
    page.open("if", &[("cond", &format!("tries < {TRIES}"))]);
    page.empty("clear", &[("namelist", "pause saved")]);
    page.empty("else", &[]);
    page.empty("goto", &[("next", "#end")]);
    page.close("if");
}
