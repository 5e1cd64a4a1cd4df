//! A gateway's words without what people are not to see: numbers, the message, the password.

use crate::foundation::Secret;
use crate::outbound::sms::Submission;

/// Characters of a reason at most.
const LONGEST: usize = 160;
/// A number is at least as long as this, and codes of errors are shorter.
const DIGITS: usize = 7;
/// Words of a message that are as long as this may be its link.
const WORD: usize = 8;

/// What must not be told.
pub(super) struct Scrub<'a> {
    submission: &'a Submission,
    password: &'a Secret<String>,
}

impl<'a> Scrub<'a> {
    pub(super) fn new(submission: &'a Submission, password: &'a Secret<String>) -> Self {
        Self { submission, password }
    }

    /// A text that can be told, on one line.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let words = self.submission.text.split_whitespace().filter(|word| word.chars().count() >= WORD);
        for hidden in [self.password.expose().as_str()].into_iter().chain(words) {
            if !hidden.is_empty() {
                text = text.replace(hidden, "***");
            }
        }
        let plain = without_numbers(&text);
        let words =
            plain.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
    }
}

/// Runs of digits, with what may stand between the digits of a number, are stars where they may be one.
pub(super) fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\u{0}']) {
        let continues = !run.is_empty() && matches!(c, ' ' | '-' | '.' | '(' | ')' | '/');
        if c.is_numeric() || c == '+' || continues {
            run.push(c);
            continue;
        }
        let digits = run.chars().filter(|c| c.is_numeric()).count();
        // Codes of errors may be written with as many digits, but not as numbers are.
        if digits >= DIGITS && !out.ends_with("0x") {
            let kept = run.trim_end_matches([' ', '-', '.', '(', ')', '/']);
            out.push_str("***");
            out.push_str(&run[kept.len()..]);
        } else {
            out.push_str(&run);
        }
        run.clear();
        if c != '\u{0}' {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests_of::submission;
    use super::*;

    #[test]
    fn what_a_gateway_says_is_told_without_number_text_and_password() {
        let submission = submission("See https://s.example/s/abcdefgh12 today");
        let password = Secret::new("hunter2-hunter2".to_owned());
        let scrub = Scrub::new(&submission, &password);
        for (said, told) in [
            ("21211: The 'To' number +34600111222 is not valid.", "21211: The 'To' number *** is not valid."),
            ("to=34 600-111 222, code 30007", "to=***, code 30007"),
            ("٠٠٣٤٦٠٠١١١٢٢٢ is barred", "*** is barred"),
            ("bad login u/hunter2-hunter2", "bad login u/***"),
            ("spam: https://s.example/s/abcdefgh12!", "spam: ***!"),
            ("two\r\nlines\t\u{7}", "two lines"),
            ("NACK/0x0000000b", "NACK/0x0000000b"),
            ("", ""),
        ] {
            assert_eq!(scrub.clean(said), told);
        }
        assert_eq!(scrub.clean(&"x".repeat(1000)).len(), LONGEST);
    }
}
