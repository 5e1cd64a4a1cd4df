//! A document of VoiceXML while it is written. Whatever is put in comes out escaped for XML; what stands in an ECMAScript
//! expression goes through [`ecma`] first.

use std::fmt::Write as _;

use quick_xml::escape::partial_escape;

use crate::http::reply::allowed_in_xml;

/// The namespace of VoiceXML 2.x.
const NAMESPACE: &str = "http://www.w3.org/2001/vxml";

/// The documents are VoiceXML 2.1, of which they use only what 2.0 has too.
const VERSION: &str = "2.1";

/// A document that is open for more.
#[derive(Debug)]
pub(super) struct Page(String);

impl Page {
    /// Begins a document; `language` is that of its texts.
    pub(super) fn new(language: Option<&str>) -> Self {
        let mut page = Self(String::with_capacity(4096));
        page.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        page.tag("vxml", &[("version", VERSION), ("xmlns", NAMESPACE)]);
        if let Some(language) = language {
            page.attribute("xml:lang", language);
        }
        page.0.push('>');
        page
    }

    /// The whole document.
    pub(super) fn finish(mut self) -> String {
        self.close("vxml");
        self.0
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.0.push('>');
    }

    pub(super) fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push_str(">\n");
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.0.push_str("/>");
    }

    pub(super) fn text(&mut self, text: &str) {
        let plain: String = text.chars().filter(|c| allowed_in_xml(*c)).collect();
        self.0.push_str(&partial_escape(&plain));
    }

    /// An element with a text and nothing else.
    pub(super) fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.text(text);
        self.close(name);
    }

    /// `<property>`.
    pub(super) fn property(&mut self, name: &str, value: &str) {
        self.empty("property", &[("name", name), ("value", value)]);
    }

    /// `<var>` that begins as a text.
    pub(super) fn variable(&mut self, name: &str, text: &str) {
        self.empty("var", &[("name", name), ("expr", &ecma(text))]);
    }

    /// `<assign>` of an expression.
    pub(super) fn assign(&mut self, name: &str, expression: &str) {
        self.empty("assign", &[("name", name), ("expr", expression)]);
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (name, value) in attributes {
            self.attribute(name, value);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        for c in value.chars().filter(|c| allowed_in_xml(*c)) {
            match c {
                '"' => self.0.push_str("&quot;"),
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                // A parser makes spaces of these where they stand as they are.
                '\t' | '\n' | '\r' => drop(write!(self.0, "&#{};", u32::from(c))),
                _ => self.0.push(c),
            }
        }
        self.0.push('"');
    }
}

/// A text as a literal of ECMAScript: every character beyond the plainest as its code, so that nothing in it can end the
/// literal, whatever else it stands in.
pub(super) fn ecma(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for unit in text.encode_utf16() {
        match u8::try_from(unit).map(char::from) {
            Ok(c @ ('a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | ':' | '_' | '-')) => literal.push(c),
            // Writing to a text cannot fail.
            _ => drop(write!(literal, "\\u{unit:04x}")),
        }
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_the_literal_or_the_element_it_stands_in() {
        assert_eq!(ecma("a'b\\</\u{1f44b}"), "'a\\u0027b\\u005c\\u003c\\u002f\\ud83d\\udc4b'");
        let mut page = Page::new(Some("ar"));
        page.element("prompt", &[("x", "\"&\n")], "<]]>& 👋 أهلا\u{1}");
        let written = page.finish();
        assert!(
            written.contains("<prompt x=\"&quot;&amp;&#10;\">&lt;]]&gt;&amp; 👋 أهلا</prompt>"),
            "{written}"
        );
    }
}
