//! Who messages are from: `[senders]` of a route's file.

use super::PREFIX_RULE;
use super::section::{Placed, Section};
use crate::foundation::SenderRule;

const SENDER_RULE: &str = "`+` and 7 to 15 digits, a short code of 3 to 8 digits, or up to 11 letters, digits, blanks and .-_& \
                           with a letter among them";

/// Characters of a name at most: as many as the 10 octets of an address hold (3GPP TS 23.040, section 9.1.2.5).
const NAME_LONGEST: usize = 11;

/// The rules, and whether there is one for every recipient of the route.
pub(super) fn rules(section: &Section<'_>, prefixes: &[String]) -> Vec<SenderRule> {
    let mut rules = Vec::new();
    for (prefix, Placed { text: sender, place }) in section.pairs(SENDER_RULE) {
        if !is_prefix(&prefix) {
            section.problem(format!("{} ({place}): must be {PREFIX_RULE}", section.key(&prefix)));
        } else if is_sender(&sender) {
            rules.push(SenderRule { prefix, sender });
        } else {
            section.refuse(&prefix, &sender, &place, SENDER_RULE);
        }
    }
    let all = ["+".to_owned()];
    let recipients = if prefixes.is_empty() { &all[..] } else { prefixes };
    for recipient in recipients {
        if !rules.iter().any(|rule| recipient.starts_with(&rule.prefix)) {
            section.problem(format!(
                "senders ({}): has none for numbers that begin with {recipient}: add \"{recipient}\" = \"…\"",
                section.place
            ));
        }
    }
    rules
}

/// Whether a text is the beginning of numbers.
pub(super) fn is_prefix(text: &str) -> bool {
    let digits = text.strip_prefix('+');
    digits.is_some_and(|digits| digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether phones and networks take a text as a sender.
fn is_sender(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(number) = text.strip_prefix('+') {
        return digits(number) && (7..=15).contains(&number.len());
    }
    if digits(text) {
        return (3..=8).contains(&text.len());
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b" .-_&".contains(&b);
    text.len() <= NAME_LONGEST
        && text.trim() == text
        && text.bytes().all(allowed)
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_number_a_short_code_or_a_short_name() {
        for fine in ["+34600123456", "5001", "12345678", "Acme", "Acme & Co.", "ACME-24_7"] {
            assert!(is_sender(fine), "{fine}");
        }
        for bad in [
            "",
            "+",
            "+123456",
            "+1234567890123456",
            "12",
            "123456789",
            "Acme Company",
            "Müller",
            " Acme",
            "Acme\n",
            "+34 600",
            "....",
        ] {
            assert!(!is_sender(bad), "{bad:?}");
        }
    }
}
