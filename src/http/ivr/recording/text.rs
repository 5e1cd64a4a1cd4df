//! Audio written as text, for scripts that can send strings only: hex or base64 as their platforms write them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padded or not, and with whatever bits are left over at the end: what a script's platform makes of it is not its fault.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A text that is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TextError {
    /// Another character than there may be.
    #[error("is neither hex nor base64: it has `{found}` as its character {place}")]
    Character {
        /// The character.
        found: char,
        /// Its place, from 1, line breaks not counted.
        place: usize,
    },
    /// A length that neither has.
    #[error("ends too early: {length} characters are neither whole hex nor whole base64")]
    Length {
        /// Characters, line breaks not counted.
        length: usize,
    },
}

/// The bytes a text stands for. Line breaks, indentation, `0x` and `data:…;base64,` before it do not count; a space within a
/// line is the plus sign that a form made of it.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, TextError> {
    let text = text.trim_matches(['\r', '\n']);
    let text = match text.split_once(',') {
        Some((head, rest)) if head.trim_start().starts_with("data:") => rest,
        _ => text,
    };
    let joined = joined(text);
    let hex = joined.strip_prefix("0x").or_else(|| joined.strip_prefix("0X")).unwrap_or(&joined);
    if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return unhex(hex.as_bytes()).ok_or(TextError::Length { length: hex.len() });
    }
    let standard: String = joined.chars().map(standard).collect();
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    if let Some((place, found)) = standard.chars().enumerate().find(|(_, c)| !known(*c)) {
        return Err(TextError::Character { found, place: place + 1 });
    }
    BASE64.decode(standard.as_bytes()).map_err(|_| TextError::Length { length: standard.len() })
}

/// The lines of a text as one.
fn joined(text: &str) -> Cow<'_, str> {
    if text.contains(['\r', '\n']) {
        text.lines().map(str::trim).collect::<String>().into()
    } else {
        text.into()
    }
}

/// A character of either alphabet as the standard one has it.
fn standard(character: char) -> char {
    match character {
        '-' | ' ' => '+',
        '_' => '/',
        other => other,
    }
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?));
    bytes.collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty())
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE};
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str, end: &str) -> String {
        let lines: Vec<&str> =
            text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join(end) + end
    }

    proptest! {
        #[test]
        fn any_bytes_come_back_from_every_way_of_writing_them(
            bytes in prop::collection::vec(any::<u8>(), 40..300),
        ) {
            let base64 = BASE64_STANDARD.encode(&bytes);
            let hex: String = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            for text in [
                base64.clone(),
                BASE64_STANDARD_NO_PAD.encode(&bytes),
                BASE64_URL_SAFE.encode(&bytes),
                base64.replace('+', " "),
                format!("data:audio/x-wav;base64,{base64}"),
                lines(&base64, "\r\n"),
                lines(&base64, "\n    "),
                hex.to_uppercase(),
                format!("0x{hex}"),
                lines(&hex, "\n"),
                hex,
            ] {
                prop_assert_eq!(decode(&text), Ok(bytes.clone()), "{}", text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            drop(decode(&text));
        }
    }

    #[test]
    fn what_is_neither_is_refused_with_the_place() {
        assert_eq!(decode("UklGR*=="), Err(TextError::Character { found: '*', place: 6 }));
        assert_eq!(decode("52494"), Err(TextError::Length { length: 5 }));
        assert_eq!(decode("UklGR"), Err(TextError::Length { length: 5 }));
        assert_eq!(decode(""), Ok(vec![]));
    }
}
