//! Texts of a request with places that are filled in for each message, each value escaped for where it stands.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// All but letters, digits and the marks that mean nothing in an address (RFC 3986, section 2.3).
const NOT_PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HttpPlace {
    /// The recipient in E.164, with `+`.
    To,
    /// The recipient without `+`.
    ToDigits,
    /// The sender.
    From,
    /// The sender without `+`.
    FromDigits,
    /// The text, or that of one part where parts are sent apart.
    Text,
    /// The same as hexadecimal digits: a byte for each septet of GSM 03.38, or two for each unit of UTF-16.
    TextHex,
    /// The octets of the header that makes a part one of several; nothing for a whole message. In addresses and forms only.
    Udh,
    /// The same as hexadecimal digits.
    UdhHex,
    /// The gateway's word for the alphabet.
    Coding,
    /// Our key of the message, or of one part of it.
    Key,
    /// For how long the message is of use, in minutes.
    ValidityMinutes,
    /// The same in seconds.
    ValiditySeconds,
    /// The same in milliseconds.
    ValidityMs,
    /// Until when it is of use, as `2027-01-31T12:00:00Z`.
    ExpiresAt,
    /// The gateway's word for asking it for receipts; nothing where none are wanted.
    Receipts,
    /// The address for receipts of this message; nothing where none are wanted.
    ReceiptUrl,
    /// The login.
    Username,
    /// Its password.
    Password,
}

impl HttpPlace {
    /// All of them, with their names.
    pub const ALL: [(Self, &str); 18] = [
        (Self::To, "to"),
        (Self::ToDigits, "to_digits"),
        (Self::From, "from"),
        (Self::FromDigits, "from_digits"),
        (Self::Text, "text"),
        (Self::TextHex, "text_hex"),
        (Self::Udh, "udh"),
        (Self::UdhHex, "udh_hex"),
        (Self::Coding, "coding"),
        (Self::Key, "key"),
        (Self::ValidityMinutes, "validity_minutes"),
        (Self::ValiditySeconds, "validity_seconds"),
        (Self::ValidityMs, "validity_ms"),
        (Self::ExpiresAt, "expires_at"),
        (Self::Receipts, "receipts"),
        (Self::ReceiptUrl, "receipt_url"),
        (Self::Username, "username"),
        (Self::Password, "password"),
    ];

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(place, _)| place)
    }

    /// Whether it is a number in any case, and may stand in JSON without quotation marks.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::ValidityMinutes | Self::ValiditySeconds | Self::ValidityMs)
    }
}

/// What the places stand for in one request.
pub trait HttpValues {
    /// The value of a place; empty where there is none. Text in UTF-8, but for [`HttpPlace::Udh`].
    fn value(&self, place: HttpPlace) -> Vec<u8>;
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpTemplateFault {
    /// A place that there is not.
    #[error("there is no place {{{0}}}: there are {all}; a brace that is text is written {{{{", all = names())]
    Unknown(String),
    /// Octets where only text can stand.
    #[error("{{udh}} stands for octets and only goes into an address or a form: write {{udh_hex}}")]
    Octets,
    /// Not JSON.
    #[error("is not JSON where its places are filled in: {0}")]
    NotJson(String),
    /// A text without quotation marks.
    #[error("{{{0}}} is a text: put it in quotation marks")]
    Unquoted(String),
    /// Not XML.
    #[error("is not XML where its places are filled in: {0}")]
    NotXml(String),
}

fn names() -> String {
    HttpPlace::ALL.map(|(_, name)| name).join(", ")
}

/// How values are written where a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpEscape {
    /// In an address or a form.
    Url,
    /// In a header: nothing can end its line.
    Header,
    /// In XML, between tags or in an attribute.
    Xml,
    /// As it is.
    Plain,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(HttpPlace),
}

/// A text with places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpTemplate {
    pieces: Vec<Piece>,
}

impl HttpTemplate {
    /// Reads a template. `{name}` is a place, `{{` a brace; a brace before anything else is text.
    pub fn parse(text: &str) -> Result<Self, HttpTemplateFault> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            plain.push_str(before);
            let name = place_name(after);
            if let Some(beyond) = after.strip_prefix('{') {
                plain.push('{');
                rest = beyond;
            } else if let Some(name) = name {
                let place =
                    HttpPlace::parse(name).ok_or_else(|| HttpTemplateFault::Unknown(name.to_owned()))?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Place(place));
                rest = &after[name.len() + 1..];
            } else {
                plain.push('{');
                rest = after;
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces })
    }

    /// The same for a place where no octets can stand.
    pub fn parse_text(text: &str) -> Result<Self, HttpTemplateFault> {
        let template = Self::parse(text)?;
        if template.has(HttpPlace::Udh) { Err(HttpTemplateFault::Octets) } else { Ok(template) }
    }

    /// Whether a place is in it.
    pub fn has(&self, place: HttpPlace) -> bool {
        self.pieces.contains(&Piece::Place(place))
    }

    /// Whether any place is in it.
    pub fn has_places(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Place(_)))
    }

    /// The text before the first place.
    pub fn beginning(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// The text with its values.
    pub fn render(&self, values: &dyn HttpValues, escape: HttpEscape) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Place(place) => write_value(&mut out, &values.value(*place), escape),
            }
        }
        out
    }

    /// The text with its values as they are.
    pub fn octets(&self, values: &dyn HttpValues) -> Vec<u8> {
        let mut out = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Place(place) => out.extend(values.value(*place)),
            }
        }
        out
    }
}

/// The name between a brace that was read and the one that closes it.
pub(super) fn place_name(after: &str) -> Option<&str> {
    let (name, _) = after.split_once('}')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_name.then_some(name)
}

/// Octets as they stand in an address.
pub fn percent(octets: &[u8]) -> impl std::fmt::Display + '_ {
    percent_encode(octets, NOT_PLAIN)
}

fn write_value(out: &mut String, value: &[u8], escape: HttpEscape) {
    if escape == HttpEscape::Url {
        // Writing into a String cannot fail.
        let _ = write!(out, "{}", percent(value));
        return;
    }
    for c in String::from_utf8_lossy(value).chars() {
        match (escape, c) {
            (HttpEscape::Header, c) if c.is_control() => out.push(' '),
            (HttpEscape::Xml, '&') => out.push_str("&amp;"),
            (HttpEscape::Xml, '<') => out.push_str("&lt;"),
            (HttpEscape::Xml, '>') => out.push_str("&gt;"),
            (HttpEscape::Xml, '"') => out.push_str("&quot;"),
            (HttpEscape::Xml, '\'') => out.push_str("&apos;"),
            // A reader of XML makes a blank of these within an attribute, unless they are written so.
            (HttpEscape::Xml, '\n' | '\r' | '\t') => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            // XML 1.0 has no way at all to write these (section 2.2).
            (HttpEscape::Xml, c) if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push(' '),
            (_, c) => out.push(c),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Values that are hard to write anywhere.
    pub(in super::super) struct Hard;

    impl HttpValues for Hard {
        fn value(&self, place: HttpPlace) -> Vec<u8> {
            match place {
                HttpPlace::To => b"+34600".to_vec(),
                HttpPlace::Text => "a&b=\"<c>'\r\n]]>\u{1F600} {to}".as_bytes().to_vec(),
                HttpPlace::Udh => vec![5, 0, 3, 0xC4, 2, 1],
                HttpPlace::ValidityMinutes => b"90".to_vec(),
                HttpPlace::Key => b"k1".to_vec(),
                _ => Vec::new(),
            }
        }
    }

    fn rendered(text: &str, escape: HttpEscape) -> String {
        HttpTemplate::parse(text).unwrap().render(&Hard, escape)
    }

    #[test]
    fn each_value_is_escaped_for_where_it_stands_and_never_read_again() {
        assert_eq!(
            rendered("?t={text}&to={to}&u={udh}", HttpEscape::Url),
            "?t=a%26b%3D%22%3Cc%3E%27%0D%0A%5D%5D%3E%F0%9F%98%80%20%7Bto%7D&to=%2B34600&u=%05%00%03%C4%02%01"
        );
        assert_eq!(
            rendered("<t a='{text}'/>", HttpEscape::Xml),
            "<t a='a&amp;b=&quot;&lt;c&gt;&apos;&#13;&#10;]]&gt;\u{1F600} {to}'/>"
        );
        assert_eq!(rendered("X {text}", HttpEscape::Header), "X a&b=\"<c>'  ]]>\u{1F600} {to}");
    }

    #[test]
    fn braces_are_places_only_around_a_name() {
        assert_eq!(rendered("{{to} { } {1} {To} {", HttpEscape::Plain), "{to} { } {1} {To} {");
        let wrong = HttpTemplate::parse("{message}").unwrap_err();
        assert_eq!(wrong, HttpTemplateFault::Unknown("message".to_owned()));
        assert!(wrong.to_string().contains("{message}") && wrong.to_string().contains("to_digits"));
        assert_eq!(HttpTemplate::parse_text("{udh}").unwrap_err(), HttpTemplateFault::Octets);
    }
}
