//! What a receipt says, however it is written: the standard shows an example of one, and gateways differ from it.

use super::pdu::Delivered;
use crate::outbound::sms::ReceiptState;

/// Bits 2 to 5 of `esm_class` of a receipt, and of one on the way.
const FINAL: u8 = 0x04;
const INTERMEDIATE: u8 = 0x20;
const KINDS: u8 = 0x3C;

/// A receipt as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    /// The gateway's id of the part; never empty.
    pub(super) id: String,
    pub(super) state: ReceiptState,
    /// The word and the code, such as `UNDELIV 012`.
    pub(super) detail: String,
}

/// What was found in one delivery that is a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A message from a phone.
    Message,
    /// A receipt.
    Receipt(Receipt),
    /// A receipt that does not say of which message.
    Nameless,
}

/// Tells a receipt from a message and reads it.
pub(super) fn find(delivered: &Delivered) -> Found {
    let text = String::from_utf8_lossy(&delivered.octets);
    let fields = Fields(&text);
    let (id, word) = (fields.word("id"), fields.word("stat"));
    let is_marked = matches!(delivered.esm_class & KINDS, FINAL | INTERMEDIATE);
    let has_parameters = delivered.id.is_some() && delivered.state.is_some();
    let is_unmarked =
        delivered.esm_class & KINDS == 0 && (has_parameters || (id.is_some() && word.is_some()));
    if !is_marked && !is_unmarked {
        return Found::Message;
    }
    let Some(id) = delivered.id.clone().or_else(|| id.map(str::to_owned)) else { return Found::Nameless };
    let by_parameter = delivered.state.and_then(state_of_number);
    let word = word.map(str::to_uppercase).or_else(|| by_parameter.map(|(word, _)| word.to_owned()));
    let by_word = word.as_deref().and_then(state_of_word);
    let state = by_parameter.map(|(_, state)| state).or(by_word).unwrap_or(ReceiptState::Pending);
    let code = fields.word("err").map(str::to_owned);
    let code = code.or_else(|| delivered.error.map(|code| format!("{code:03}")));
    let said = [word, code].into_iter().flatten().map(|word| plain(&word)).filter(|word| !word.is_empty());
    Found::Receipt(Receipt { id, state, detail: said.collect::<Vec<_>>().join(" ") })
}

/// The fields of a receipt's text, `name:value` in any order.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    /// The word after a name, if the name stands at the beginning of a word.
    fn word(&self, name: &str) -> Option<&'a str> {
        let lower = self.0.to_ascii_lowercase();
        let name = format!("{name}:");
        // What follows `text:` is the customer's, and may hold anything.
        let end = lower
            .match_indices("text:")
            .find(|(at, _)| starts(&lower, *at))
            .map_or(lower.len(), |(at, _)| at);
        let at = lower[..end].match_indices(&name).find(|(at, _)| starts(&lower, *at));
        let (at, _) = at.or_else(|| {
            lower[end..].match_indices(&name).map(|(at, n)| (at + end, n)).find(|(at, _)| starts(&lower, *at))
        })?;
        let value = self.0.get(at + name.len()..)?.trim_start_matches(' ');
        let value = value.split(|c: char| c.is_whitespace() || c == ',' || c == ';').next()?;
        let value = value.trim_end_matches('\0');
        // A name right behind it: the field is there, and empty.
        (!value.is_empty() && !value.contains(':')).then_some(value)
    }
}

fn starts(text: &str, at: usize) -> bool {
    at == 0 || text.as_bytes().get(at - 1).is_some_and(|before| !before.is_ascii_alphanumeric())
}

/// What `message_state` means.
fn state_of_number(number: u8) -> Option<(&'static str, ReceiptState)> {
    Some(match number {
        0 => ("SCHEDULED", ReceiptState::Pending),
        1 => ("ENROUTE", ReceiptState::Pending),
        2 => ("DELIVRD", ReceiptState::Delivered),
        3 => ("EXPIRED", ReceiptState::Failed),
        4 => ("DELETED", ReceiptState::Failed),
        5 => ("UNDELIV", ReceiptState::Failed),
        6 => ("ACCEPTD", ReceiptState::Pending),
        7 => ("UNKNOWN", ReceiptState::Pending),
        8 => ("REJECTD", ReceiptState::Failed),
        9 => ("SKIPPED", ReceiptState::Failed),
        _ => return None,
    })
}

/// What a word means, in capital letters; gateways write them out or shorten them.
fn state_of_word(word: &str) -> Option<ReceiptState> {
    const WORDS: [(&str, ReceiptState); 7] = [
        ("DELIV", ReceiptState::Delivered),
        ("UNDELIV", ReceiptState::Failed),
        ("EXPIR", ReceiptState::Failed),
        ("DELET", ReceiptState::Failed),
        ("REJECT", ReceiptState::Failed),
        ("FAIL", ReceiptState::Failed),
        ("SKIP", ReceiptState::Failed),
    ];
    WORDS.iter().find(|(beginning, _)| word.starts_with(beginning)).map(|(_, state)| *state)
}

/// A word without what could be somebody's number or text.
fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(esm_class: u8, text: &str) -> Found {
        find(&Delivered { esm_class, octets: text.as_bytes().to_vec(), ..Delivered::default() })
    }

    fn receipt(text: &str) -> (String, ReceiptState, String) {
        match read(4, text) {
            Found::Receipt(receipt) => (receipt.id, receipt.state, receipt.detail),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_receipt_is_read_in_every_form_that_gateways_write() {
        use ReceiptState::{Delivered, Failed, Pending};
        for (text, id, state, detail) in [
            (
                "id:0123456789 sub:001 dlvrd:001 submit date:2603091200 done date:2603091201 stat:DELIVRD err:000 text:Hello",
                "0123456789",
                Delivered,
                "DELIVRD 000",
            ),
            (
                "id:1A2b sub:001 dlvrd:000 submit date:260309120000 done date:260309120100 stat:UNDELIV err:012 Text:",
                "1A2b",
                Failed,
                "UNDELIV 012",
            ),
            ("ID:77 STAT:delivrd ERR:0", "77", Delivered, "DELIVRD 0"),
            ("stat:EXPIRED err:e0x id:77", "77", Failed, "EXPIRED e0x"),
            ("id: 9 stat: ACCEPTD", "9", Pending, "ACCEPTD"),
            ("id:9 stat:REJECTED", "9", Failed, "REJECTED"),
            ("id:9 stat:DELIVERED", "9", Delivered, "DELIVERED"),
            ("id:9 stat:UNKNOWN err:", "9", Pending, "UNKNOWN"),
            ("id:9,stat:FAILED,err:5", "9", Failed, "FAILED 5"),
            ("id:9 sub:001", "9", Pending, ""),
            ("msgid:3 id:9 stat:WHATEVER", "9", Pending, "WHATEVER"),
            ("id:9 stat:DELIVRD text:id:8 stat:UNDELIV", "9", Delivered, "DELIVRD"),
        ] {
            assert_eq!(receipt(text), (id.to_owned(), state, detail.to_owned()), "{text}");
        }
        assert_eq!(read(4, "stat:DELIVRD"), Found::Nameless);
        assert_eq!(read(4, ""), Found::Nameless);
    }

    #[test]
    fn what_it_is_is_told_by_its_class_and_by_its_words_where_that_is_forgotten() {
        assert_eq!(read(0, "5"), Found::Message);
        assert_eq!(read(0x40, "id: it was good"), Found::Message);
        assert!(matches!(read(0, "id:9 sub:001 stat:DELIVRD"), Found::Receipt(_)));
        assert!(matches!(read(0x20, "id:9 stat:ENROUTE"), Found::Receipt(_)));
        // An acknowledgement by a person is a message.
        assert_eq!(read(0x08, "id:9 stat:DELIVRD"), Found::Message);
    }

    #[test]
    fn parameters_come_before_words() {
        let delivered = Delivered {
            esm_class: 4,
            octets: b"id:111 stat:ACCEPTD err:000".to_vec(),
            id: Some("6F".to_owned()),
            state: Some(5),
            error: Some(27),
            ..Delivered::default()
        };
        let expected =
            Receipt { id: "6F".to_owned(), state: ReceiptState::Failed, detail: "ACCEPTD 000".to_owned() };
        assert_eq!(find(&delivered), Found::Receipt(expected));
        let bare = Delivered { octets: Vec::new(), esm_class: 0, ..delivered };
        let expected =
            Receipt { id: "6F".to_owned(), state: ReceiptState::Failed, detail: "UNDELIV 027".to_owned() };
        assert_eq!(find(&bare), Found::Receipt(expected));
    }
}
