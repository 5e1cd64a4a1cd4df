//! A text as the parts of a message.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::fold;
use super::gsm::septets;

/// Parts that a message can have at most, by the one byte that counts them.
pub const PARTS_MOST: u8 = 255;

/// The alphabet of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// GSM 03.38 with its extension table: 160 units in one part, 153 in each of several.
    Gsm,
    /// UTF-16, big-endian: 70 units in one part, 67 in each of several.
    Ucs2,
}

impl Coding {
    /// The word for it in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gsm => "gsm",
            Self::Ucs2 => "ucs2",
        }
    }

    /// Units in a message of one part, and in each part of several: 140 octets, less six of header.
    pub fn units(self) -> (usize, usize) {
        match self {
            Self::Gsm => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }

    /// Units in a part's bytes.
    fn units_in(self, part: &[u8]) -> usize {
        match self {
            Self::Gsm => part.len(),
            Self::Ucs2 => part.len() / 2,
        }
    }
}

/// A text in parts, none of which splits a character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The alphabet of all parts.
    pub coding: Coding,
    /// The parts in order, without any header: one septet in a byte, or two bytes for each UTF-16 unit.
    pub parts: Vec<Vec<u8>>,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writing {
    /// Whether Latin letters lose marks that the phone's alphabet does not have, so that twice as many fit a part.
    pub transliterate: bool,
    /// Parts at most.
    pub parts_most: u8,
}

/// Why a text cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// There is nothing in it.
    #[error("the text is empty: write something")]
    Empty,
    /// It has a character that is no text.
    #[error("the text has a control character, {0:?}: remove it")]
    Control(char),
    /// It is too long.
    #[error("the text takes {parts} parts, at most {most} are allowed: shorten it{}", because(.forced))]
    TooLong {
        /// Parts it takes.
        parts: usize,
        /// Parts allowed.
        most: u8,
        /// Characters because of which only half as many fit a part.
        forced: Vec<char>,
    },
}

fn because(forced: &[char]) -> String {
    if forced.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = forced.iter().take(3).map(|c| format!("`{c}`")).collect();
    format!(", or replace {}, because of which a part holds 70 characters instead of 160", shown.join(", "))
}

/// A text as people are told how it will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The alphabet.
    pub coding: Coding,
    /// Parts.
    pub parts: usize,
    /// Units, of all parts.
    pub units: usize,
    /// Units that still fit the last part.
    pub left: usize,
    /// The first characters because of which it is not the smaller alphabet.
    pub forced: Vec<char>,
}

/// The text as it is sent, folded where that brings it into the phone's alphabet.
pub fn as_sent(text: &str, writing: Writing) -> String {
    let mut folded = fold::signs(&text.nfc().collect::<String>());
    if writing.transliterate {
        folded = fold::letters(&folded);
    }
    // In UTF-16 typographic signs cost nothing, and are what somebody wrote.
    if folded.chars().all(|c| septets(c).is_some()) { folded } else { text.to_owned() }
}

/// A text in the parts in which it is sent.
pub fn encode(text: &str, writing: Writing) -> Result<Encoded, TextFault> {
    let text = as_sent(text, writing);
    if text.trim().is_empty() {
        return Err(TextFault::Empty);
    }
    if let Some(control) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r')) {
        return Err(TextFault::Control(control));
    }
    let encoded = split(&text);
    if encoded.parts.len() > usize::from(writing.parts_most) {
        let forced = forced(&text);
        return Err(TextFault::TooLong { parts: encoded.parts.len(), most: writing.parts_most, forced });
    }
    Ok(encoded)
}

/// How a text will be sent, whatever is wrong with it.
pub fn measure(text: &str, writing: Writing) -> Measured {
    let text = as_sent(text, writing);
    let encoded = split(&text);
    let coding = encoded.coding;
    let (single, several) = coding.units();
    let room = if encoded.parts.len() > 1 { several } else { single };
    let last = encoded.parts.last().map_or(0, |part| coding.units_in(part));
    Measured {
        coding,
        parts: encoded.parts.len(),
        units: encoded.parts.iter().map(|part| coding.units_in(part)).sum(),
        left: room.saturating_sub(last),
        forced: forced(&text),
    }
}

/// The characters that the phone's alphabet does not have, each once, the first five.
fn forced(text: &str) -> Vec<char> {
    let mut forced = Vec::new();
    for c in text.chars().filter(|c| septets(*c).is_none()) {
        if !forced.contains(&c) && forced.len() < 5 {
            forced.push(c);
        }
    }
    forced
}

fn split(text: &str) -> Encoded {
    let is_gsm = text.chars().all(|c| septets(c).is_some());
    let coding = if is_gsm { Coding::Gsm } else { Coding::Ucs2 };
    let (single, several) = coding.units();
    let whole: Vec<u8> = text.chars().flat_map(|c| bytes_of(c, coding)).collect();
    if coding.units_in(&whole) <= single {
        return Encoded { coding, parts: vec![whole] };
    }
    let mut parts: Vec<Vec<u8>> = vec![Vec::new()];
    for cluster in text.graphemes(true) {
        let bytes: Vec<u8> = cluster.chars().flat_map(|c| bytes_of(c, coding)).collect();
        if coding.units_in(&bytes) <= several {
            put(&mut parts, &bytes, coding, several);
            continue;
        }
        // Somebody piled marks upon marks: then characters are what is not split.
        for c in cluster.chars() {
            put(&mut parts, &bytes_of(c, coding), coding, several);
        }
    }
    Encoded { coding, parts }
}

/// Puts bytes that belong together into the last part, or into a new one where they do not fit.
fn put(parts: &mut Vec<Vec<u8>>, bytes: &[u8], coding: Coding, most: usize) {
    match parts.last_mut() {
        Some(last) if coding.units_in(last) + coding.units_in(bytes) <= most => last.extend_from_slice(bytes),
        _ => parts.push(bytes.to_vec()),
    }
}

fn bytes_of(c: char, coding: Coding) -> Vec<u8> {
    match coding {
        Coding::Gsm => match septets(c) {
            Some((first, Some(second))) => vec![first, second],
            Some((only, None)) => vec![only],
            None => Vec::new(),
        },
        Coding::Ucs2 => {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::gsm::{ESCAPE, decode, decode_ucs2};
    use super::*;

    const PLAIN: Writing = Writing { transliterate: false, parts_most: PARTS_MOST };
    const LATIN: Writing = Writing { transliterate: true, ..PLAIN };

    fn read(encoded: &Encoded) -> String {
        let whole = encoded.parts.concat();
        match encoded.coding {
            Coding::Gsm => decode(&whole),
            Coding::Ucs2 => decode_ucs2(&whole),
        }
    }

    fn parts(text: &str) -> (Coding, usize) {
        let encoded = encode(text, PLAIN).unwrap();
        (encoded.coding, encoded.parts.len())
    }

    #[test]
    fn parts_are_as_many_as_the_standard_says() {
        for (units, expected) in [(1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)] {
            assert_eq!(parts(&"a".repeat(units)), (Coding::Gsm, expected), "{units}");
        }
        for (units, expected) in [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)] {
            assert_eq!(parts(&"ن".repeat(units)), (Coding::Ucs2, expected), "{units}");
        }
        assert_eq!(parts(&"€".repeat(80)), (Coding::Gsm, 1));
        assert_eq!(parts(&"€".repeat(81)), (Coding::Gsm, 2));
    }

    #[test]
    fn what_belongs_together_is_not_split() {
        // The escape would be the 153rd septet.
        let euro = encode(&format!("{}€{}", "a".repeat(152), "b".repeat(20)), PLAIN).unwrap();
        assert_eq!(euro.parts[0].len(), 152);
        assert_eq!(euro.parts[1][..2], [ESCAPE, 0x65]);
        // The first half of the pair would be the 67th unit.
        let smile = encode(&format!("{}😀{}", "a".repeat(66), "b".repeat(20)), PLAIN).unwrap();
        assert_eq!(smile.parts[0].len(), 132);
        // A family is one sign of eleven units.
        let family = encode(&format!("{}👨‍👩‍👧‍👦{}", "a".repeat(60), "b".repeat(20)), PLAIN).unwrap();
        assert_eq!(family.parts[0].len(), 120);
    }

    #[test]
    fn typographic_signs_are_folded_where_that_helps_and_left_where_it_does_not() {
        assert_eq!(as_sent("“Don’t” – wait…", PLAIN), "\"Don't\" - wait...");
        assert_eq!(as_sent("“Don’t” 😀", PLAIN), "“Don’t” 😀");
        assert_eq!(parts("How was it, “José”?"), (Coding::Gsm, 1));
        assert_eq!(
            parts("Jose\u{301}"),
            (Coding::Gsm, 1),
            "a letter and its mark are one letter of the alphabet"
        );
        assert_eq!(as_sent("ação œuvre Łódź", LATIN), "acao oeuvre Lodz");
        assert_eq!(as_sent("école ñandú", LATIN), "école ñandu");
        assert_eq!(as_sent("el 1º, la 2ª, más", LATIN), "el 1o, la 2a, mas");
        assert_eq!(as_sent("‹a›\u{2003}b\u{2015}c", PLAIN), "'a' b-c");
        assert_eq!(as_sent("ção مرحبا", LATIN), "ção مرحبا", "another script is not touched");
    }

    #[test]
    fn what_is_wrong_is_said_with_what_makes_it_so() {
        assert_eq!(encode(" \n", PLAIN), Err(TextFault::Empty));
        assert_eq!(encode("a\u{7}", PLAIN), Err(TextFault::Control('\u{7}')));
        let most = Writing { parts_most: 1, ..PLAIN };
        let fault = encode(&format!("{}ő", "a".repeat(100)), most).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "the text takes 2 parts, at most 1 are allowed: shorten it, or replace `ő`, because of which a part holds 70 characters \
             instead of 160"
        );
    }

    #[test]
    fn a_text_is_measured_as_it_is_sent() {
        let measured = measure("Hola, ¿qué tal?", PLAIN);
        assert_eq!(
            (measured.coding, measured.parts, measured.units, measured.left),
            (Coding::Gsm, 1, 15, 145)
        );
        let measured = measure(&"ő".repeat(71), PLAIN);
        assert_eq!((measured.parts, measured.left, measured.forced), (2, 63, vec!['ő']));
        assert_eq!(measure("", PLAIN).parts, 1);
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_again_and_no_part_is_too_long(text in "\\PC{1,400}") {
            let writing = PLAIN;
            let Ok(encoded) = encode(&text, writing) else { return Ok(()) };
            prop_assert_eq!(read(&encoded), as_sent(&text, writing));
            let (single, several) = encoded.coding.units();
            let most = if encoded.parts.len() > 1 { several } else { single };
            for part in &encoded.parts {
                prop_assert!(encoded.coding.units_in(part) <= most);
                match encoded.coding {
                    Coding::Gsm => prop_assert!(part.iter().rev().take_while(|b| **b == ESCAPE).count() == 0),
                    Coding::Ucs2 => prop_assert!(!decode_ucs2(part).contains(char::REPLACEMENT_CHARACTER) || text.contains(char::REPLACEMENT_CHARACTER)),
                }
            }
        }

        #[test]
        fn texts_of_the_phones_alphabet_stay_in_it(text in "[ -~£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉÄÖÑÜ§¿äöñüà€]{1,400}") {
            let Ok(encoded) = encode(&text, PLAIN) else { return Ok(()) };
            prop_assert!(encoded.coding == Coding::Gsm || text.contains('`'));
        }
    }
}
