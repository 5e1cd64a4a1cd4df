//! How a document ends, and what it gives back to the application that called it.

use crate::http::error::ApiError;
use crate::http::fields::Fields;

use super::page::Page;

/// What is returned, in this order; at most 210 bytes each, as much as a call variable of a contact centre holds.
const RETURNED: &str = "result response_id state answers code";

/// What becomes of the call after the survey: the parameter `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum End {
    /// Back to the application if it called the survey as a subdialog, else out.
    #[default]
    Auto,
    /// Back to the application.
    Return,
    /// Out: the gateway does with the call what it does when an application ends.
    Exit,
    /// The call is hung up.
    Disconnect,
}

impl End {
    /// Reads the parameter `end`.
    pub(super) fn of(fields: &Fields) -> Result<Self, ApiError> {
        let word = fields.get(&["end"]).unwrap_or_default().trim().to_ascii_lowercase();
        match word.as_str() {
            "" | "auto" => Ok(Self::Auto),
            "return" => Ok(Self::Return),
            "exit" => Ok(Self::Exit),
            "disconnect" => Ok(Self::Disconnect),
            _ => Err(ApiError::parameter("end", "has to be auto, return, exit or disconnect")),
        }
    }
}

/// What is given back. Empty where there is nothing to say.
#[derive(Debug, Clone, Default)]
pub(super) struct Returned<'a> {
    /// `DONE`, `NONE` or `ERROR`.
    pub(super) result: &'a str,
    pub(super) response_id: &'a str,
    pub(super) state: &'a str,
    pub(super) answers: &'a str,
    /// Why there was no survey, or what went wrong.
    pub(super) code: &'a str,
}

impl Returned<'_> {
    /// Declares the variables at the top of a document.
    pub(super) fn declare(&self, page: &mut Page) {
        page.variable("result", self.result);
        page.variable("response_id", self.response_id);
        page.variable("state", self.state);
        page.variable("answers", self.answers);
        page.variable("code", self.code);
    }
}

/// The elements that leave the document; prompts that are queued are played before.
pub(super) fn leave(page: &mut Page, end: End) {
    match end {
        End::Auto | End::Return => page.empty("return", &[("namelist", RETURNED)]),
        End::Exit => page.empty("exit", &[("namelist", RETURNED)]),
        End::Disconnect => page.empty("disconnect", &[]),
    }
}

/// Catches what `return` throws in a document that nobody called, and anything else at the very end.
pub(super) fn or_exit(page: &mut Page) {
    page.open("catch", &[("event", "error")]);
    page.empty("exit", &[("namelist", RETURNED)]);
    page.close("catch");
}

/// A whole document that does nothing but end.
pub(super) fn at_once(returned: &Returned<'_>, end: End) -> String {
    let mut page = Page::new(None);
    returned.declare(&mut page);
    page.open("catch", &[("event", "connection.disconnect")]);
    page.empty("exit", &[]);
    page.close("catch");
    page.open("form", &[("id", "end")]);
    or_exit(&mut page);
    page.open("block", &[]);
    leave(&mut page, end);
    page.close("block");
    page.close("form");
    page.finish()
}

/// A whole document after the caller has hung up: the application that called it is told so, and if there is none it is
/// over.
pub(super) fn hung_up() -> String {
    let mut page = Page::new(None);
    page.open("form", &[("id", "end")]);
    page.open("catch", &[("event", "error")]);
    page.empty("exit", &[]);
    page.close("catch");
    page.open("block", &[]);
    pass_on_hangup(&mut page);
    page.close("block");
    page.close("form");
    page.finish()
}

/// `<return>` of the event itself.
pub(super) fn pass_on_hangup(page: &mut Page) {
    page.empty("return", &[("event", "connection.disconnect.hangup")]);
}
