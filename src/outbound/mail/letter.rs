//! A letter: to whom, its words in plain text and HTML, and what is enclosed.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart};

use super::MailError;

/// A file that comes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What tells it apart from all others: the same again is the same letter again, which mail programs show once.
    pub id: String,
    /// To whom.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its words.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// What is enclosed.
    pub enclosure: Option<Enclosure>,
}

/// Whether mail can be sent to this address.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// An address, of a letter that was checked before.
pub(super) fn address(text: &str) -> Result<Address, MailError> {
    text.parse().map_err(|error| MailError::Never(format!("`{text}` is no address: {error}")))
}

impl Letter {
    /// As it is sent, from whom, at `now`. Marked as written by a machine: nobody's absence note answers it.
    pub(super) fn write(&self, from: &Mailbox, now: DateTime<Utc>) -> Result<Vec<u8>, MailError> {
        let bad =
            |what: &str, why: &dyn std::fmt::Display| MailError::Never(format!("cannot write {what}: {why}"));
        let mut message = Message::builder()
            .from(from.clone())
            .subject(self.subject.clone())
            .date(SystemTime::from(now))
            .message_id(Some(format!("<{}@{}>", self.id, from.email.domain())));
        for to in &self.to {
            message = message.to(Mailbox::new(None, address(to)?));
        }
        for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")] {
            let name =
                HeaderName::new_from_ascii(name.to_owned()).map_err(|error| bad("a header", &error))?;
            message = message.raw_header(HeaderValue::new(name, value.to_owned()));
        }
        let words = MultiPart::alternative_plain_html(self.text.clone(), self.html.clone());
        let parts = match &self.enclosure {
            None => words,
            Some(file) => {
                let kind = ContentType::parse(file.content_type)
                    .map_err(|error| bad("the enclosed file", &error))?;
                let file = Attachment::new(file.name.clone()).body(file.bytes.clone(), kind);
                MultiPart::mixed().multipart(words).singlepart(file)
            }
        };
        let message = message.multipart(parts).map_err(|error| bad("the letter", &error))?;
        Ok(message.formatted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_and_nothing_else() {
        for good in ["a@example.com", "a.b+c@sub.example.com", "\u{645}@\u{645}.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@example.com",
            "a@",
            "A <a@example.com>",
            "a@b.example, c@d.example",
            "a@b\r\nBcc: c@d.example",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_subject_cannot_add_a_header() {
        let letter = Letter {
            id: "one".into(),
            to: vec!["a@example.com".into()],
            subject: "Figures\r\nBcc: thief@example.com".into(),
            text: "x".into(),
            html: "<p>x</p>".into(),
            enclosure: None,
        };
        let from: Mailbox = "Surveys <s@example.com>".parse().unwrap();
        let written = String::from_utf8(letter.write(&from, DateTime::UNIX_EPOCH).unwrap()).unwrap();
        assert!(!written.lines().any(|line| line.starts_with("Bcc:")), "{written}");
        assert!(
            written.contains("Message-ID: <one@example.com>")
                && written.contains("Auto-Submitted: auto-generated")
        );
    }
}
