//! Messages from phones that come in parts: joined when all are there, or after a while what is there.

use std::collections::HashMap;
use std::time::Duration;

use super::pdu::Delivered;
use crate::domain::sms::{decode, decode_ucs2};
use crate::foundation::smpp::SmscAlphabet;

/// How long the rest of a message is waited for.
pub(super) const WAITS: Duration = Duration::from_mins(3);
/// Messages that wait for their rest at most; the oldest is given up first.
const MESSAGES: usize = 200;
/// In `esm_class`: the text begins with a header.
const HAS_HEADER: u8 = 0x40;
const UCS2: u8 = 8;

/// A whole message, or as much of it as came.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) text: String,
    /// The gateway's id of its first part, where it gave one.
    pub(super) id: Option<String>,
    /// Parts of it that came.
    pub(super) parts: usize,
    /// What its parts had in common, where there were several.
    pub(super) key: Option<Key>,
}

/// What became of a part.
pub(super) enum Joined {
    /// It is a message, or the last part of one.
    Whole(Whole),
    /// It waits for the rest under this key.
    Waits(Key),
}

/// What the parts of a message have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    from: String,
    to: String,
    reference: u16,
    total: u8,
}

struct Waiting {
    since: Duration,
    parts: HashMap<u8, (u8, Vec<u8>)>,
    id: Option<String>,
}

/// Joins parts.
pub(super) struct Joiner {
    alphabet: SmscAlphabet,
    waiting: HashMap<Key, Waiting>,
}

impl Joiner {
    pub(super) fn new(alphabet: SmscAlphabet) -> Self {
        Self { alphabet, waiting: HashMap::new() }
    }

    /// Takes a delivery that is no receipt, at this moment of a clock that never goes back.
    pub(super) fn take(&mut self, delivered: Delivered, now: Duration) -> Joined {
        let (header, octets) = split(&delivered);
        let part = header
            .or(delivered.part)
            .filter(|(_, number, total)| *total > 1 && (1..=*total).contains(number));
        let Some((reference, number, total)) = part else {
            let text = self.text(delivered.coding, &octets);
            return Joined::Whole(Whole {
                from: delivered.from,
                to: delivered.to,
                text,
                id: delivered.id,
                parts: 1,
                key: None,
            });
        };
        let key = Key { from: delivered.from, to: delivered.to, reference, total };
        let waiting = self.waiting.entry(key.clone()).or_insert_with(|| Waiting {
            since: now,
            parts: HashMap::new(),
            id: None,
        });
        waiting.parts.insert(number, (delivered.coding, octets));
        waiting.id = waiting.id.take().or(delivered.id);
        if waiting.parts.len() < usize::from(total) {
            return Joined::Waits(key);
        }
        match self.end(&key) {
            Some(whole) => Joined::Whole(whole),
            None => Joined::Waits(key),
        }
    }

    /// A message of which nothing more is waited for, if there is one.
    pub(super) fn overdue(&mut self, now: Duration) -> Option<Whole> {
        let is_full = self.waiting.len() > MESSAGES;
        let (key, oldest) = self.waiting.iter().min_by_key(|(_, waiting)| waiting.since)?;
        if !is_full && now < oldest.since + WAITS {
            return None;
        }
        let key = key.clone();
        self.end(&key)
    }

    /// When the next one is overdue.
    pub(super) fn due(&self) -> Option<Duration> {
        if self.waiting.len() > MESSAGES {
            return Some(Duration::ZERO);
        }
        self.waiting.values().map(|waiting| waiting.since + WAITS).min()
    }

    fn end(&mut self, key: &Key) -> Option<Whole> {
        let waiting = self.waiting.remove(key)?;
        let count = waiting.parts.len();
        let mut parts: Vec<_> = waiting.parts.into_iter().collect();
        parts.sort_unstable_by_key(|(number, _)| *number);
        // Of one alphabet they are read as one: a character may lie in two parts.
        let mut runs: Vec<(u8, Vec<u8>)> = Vec::new();
        for (_, (coding, octets)) in parts {
            match runs.last_mut() {
                Some((of, run)) if *of == coding => run.extend_from_slice(&octets),
                _ => runs.push((coding, octets)),
            }
        }
        let text = runs.iter().map(|(coding, octets)| self.text(*coding, octets)).collect();
        Some(Whole {
            from: key.from.clone(),
            to: key.to.clone(),
            text,
            id: waiting.id,
            parts: count,
            key: Some(key.clone()),
        })
    }

    /// The text of octets by their `data_coding`.
    fn text(&self, coding: u8, octets: &[u8]) -> String {
        let latin1 = || octets.iter().map(|octet| char::from(*octet)).collect();
        match coding {
            UCS2 => decode_ucs2(octets),
            0 if self.alphabet == SmscAlphabet::Gsm => decode(octets),
            // Message classes: bit 2 tells 8-bit data from the default alphabet.
            0xF0..=0xFF if coding & 4 == 0 => decode(octets),
            _ => std::str::from_utf8(octets).map_or_else(|_| latin1(), str::to_owned),
        }
    }
}

/// Reference, number and total by the header, if there is one, and the octets without it.
fn split(delivered: &Delivered) -> (Option<(u16, u8, u8)>, Vec<u8>) {
    let octets = &delivered.octets;
    if delivered.esm_class & HAS_HEADER == 0 {
        return (None, octets.clone());
    }
    let length = octets.first().map_or(0, |length| usize::from(*length));
    let Some(header) = octets.get(1..=length) else { return (None, Vec::new()) };
    let mut rest = header;
    let mut part = None;
    while let [kind, length, following @ ..] = rest {
        let Some((data, after)) = following.split_at_checked(usize::from(*length)) else { break };
        match (kind, data) {
            (0, [reference, total, number]) => part = Some((u16::from(*reference), *number, *total)),
            (8, [high, low, total, number]) => {
                part = Some((u16::from_be_bytes([*high, *low]), *number, *total));
            }
            _ => {}
        }
        rest = after;
    }
    (part, octets.get(length + 1..).unwrap_or_default().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);

    fn delivered(esm_class: u8, coding: u8, octets: &[u8]) -> Delivered {
        Delivered {
            from: "447700900000".to_owned(),
            to: "12345".to_owned(),
            esm_class,
            coding,
            octets: octets.to_vec(),
            ..Delivered::default()
        }
    }

    fn text(joined: Joined) -> Option<String> {
        match joined {
            Joined::Whole(whole) => Some(whole.text),
            Joined::Waits(_) => None,
        }
    }

    #[test]
    fn one_part_is_read_by_its_coding() {
        let mut joiner = Joiner::new(SmscAlphabet::Gsm);
        let mut read = |esm: u8, coding: u8, octets: &[u8]| {
            text(joiner.take(delivered(esm, coding, octets), NOW)).unwrap()
        };
        assert_eq!(read(0, 0, &[0, 5, 0x1B, 0x65]), "@é€");
        assert_eq!(read(0, 1, b"STOP"), "STOP");
        assert_eq!(read(0, 3, &[0xE9]), "é");
        assert_eq!(read(0, 8, &[0xD8, 0x3D, 0xDE, 0x00]), "😀");
        assert_eq!(read(0, 0xF1, &[0]), "@");
        assert_eq!(read(0x40, 0, &[3, 0x24, 1, 3, b'h', b'i']), "hi", "a header of another kind");
        assert_eq!(read(0x40, 0, &[9, 1]), "", "a header longer than the text");
        let mut latin = Joiner::new(SmscAlphabet::Latin1);
        assert_eq!(text(latin.take(delivered(0, 0, &[0xE9]), NOW)).unwrap(), "é");
    }

    #[test]
    fn parts_are_joined_in_their_order_whatever_order_they_come_in() {
        let mut joiner = Joiner::new(SmscAlphabet::Gsm);
        // The two halves of one character, by a header of 8 and of 16 bits.
        let second = delivered(0x40, 8, &[5, 0, 3, 7, 2, 2, 0xDE, 0x00]);
        assert_eq!(text(joiner.take(second.clone(), NOW)), None);
        assert_eq!(text(joiner.take(second, NOW)), None, "what comes twice is one");
        let first = delivered(0x40, 8, &[5, 0, 3, 7, 2, 1, 0xD8, 0x3D]);
        assert_eq!(text(joiner.take(first, NOW)).unwrap(), "😀");
        for (number, expected) in [(1, None), (3, None), (2, Some("abc".to_owned()))] {
            let part = delivered(0x40, 0, &[6, 8, 4, 1, 2, 3, number, b'a' + number - 1]);
            assert_eq!(text(joiner.take(part, NOW)), expected);
        }
        for (number, expected) in [(2, None), (1, Some("ab".to_owned()))] {
            let mut part = delivered(0, 0, &[b'a' + number - 1]);
            part.part = Some((9, number, 2));
            assert_eq!(text(joiner.take(part, NOW)), expected);
        }
        assert_eq!(joiner.due(), None);
    }

    #[test]
    fn what_came_is_delivered_when_the_rest_never_does() {
        let mut joiner = Joiner::new(SmscAlphabet::Gsm);
        assert_eq!(text(joiner.take(delivered(0x40, 0, &[5, 0, 3, 7, 3, 3, b'c']), NOW)), None);
        assert_eq!(text(joiner.take(delivered(0x40, 0, &[5, 0, 3, 7, 3, 1, b'a']), NOW)), None);
        assert_eq!(joiner.due(), Some(NOW + WAITS));
        assert!(joiner.overdue(NOW + WAITS / 2).is_none());
        let whole = joiner.overdue(NOW + WAITS).unwrap();
        assert_eq!((whole.text.as_str(), whole.parts), ("ac", 2));
        assert!(joiner.overdue(NOW + WAITS).is_none());
    }

    #[test]
    fn parts_of_endless_messages_do_not_fill_the_memory() {
        let mut joiner = Joiner::new(SmscAlphabet::Gsm);
        let mut given_up = 0;
        for reference in 0..2_000u16 {
            let [high, low] = reference.to_be_bytes();
            let part = delivered(0x40, 0, &[6, 8, 4, high, low, 255, 1, b'a']);
            assert_eq!(text(joiner.take(part, NOW)), None);
            given_up += usize::from(joiner.overdue(NOW).is_some());
        }
        assert_eq!((joiner.waiting.len(), given_up), (MESSAGES, 2_000 - MESSAGES));
    }
}
