//! Phone numbers: read from what contact centres and people write, kept in E.164.

use std::fmt;

use chrono_tz::Tz;
use rlibphonenumber::enums::{PhoneNumberFormat, PhoneNumberType, Region as LibRegion};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber as Parsed};
use serde::{Deserialize, Serialize};

use super::zones::zones_of;

/// Characters of a number as written at most.
const LONGEST: usize = 40;
/// Digits of a number in E.164 (ITU-T E.164, section 6), and those of the shortest numbers that are no short code.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A region by whose rules numbers without a country code are read (ISO 3166-1 alpha-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(LibRegion);

impl Region {
    /// The region of a code such as `ES`, if there is one.
    pub fn parse(code: &str) -> Option<Self> {
        let region = code.parse::<LibRegion>().ok()?;
        PHONE_NUMBER_UTIL.get_country_code_for_region(region).map(|_| Self(region))
    }
}

/// Why something is no number that can be written to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// There is none.
    #[error("no number was given")]
    Missing,
    /// It has something in it that no number has.
    #[error(
        "it is no phone number: a number has digits, spaces, hyphens, dots and brackets only, and may begin with +"
    )]
    NotANumber,
    /// It has no country code, and there is no region to read it by.
    #[error("it has no country code: write it with + and the country's code, or set sms.default_region")]
    NoCountry,
    /// There is no such number.
    #[error(
        "there is no such number: it has too few or too many digits for its country, or begins as none does there"
    )]
    Implausible,
}

/// A phone number in E.164. No log or message can show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as it is written: with `+` or `00` and the country's code, or as within `region`. Digits of any script
    /// are read; spaces, hyphens, dots, slashes and brackets have no meaning.
    pub fn read(raw: &str, region: Option<Region>) -> Result<Self, NumberError> {
        let plain = plain(raw)?;
        let digits = plain.strip_prefix('+').unwrap_or(&plain);
        let is_international = plain.starts_with('+') || plain.starts_with("00");
        if digits.len() < *DIGITS.start() {
            return Err(NumberError::Implausible);
        }
        let international = match plain.strip_prefix("00") {
            Some(rest) => format!("+{rest}"),
            None => plain.clone(),
        };
        let parsed = match (is_international, region) {
            (true, _) => parse(&international, None),
            (false, None) => return Err(NumberError::NoCountry),
            // Many switches write the country's code without anything before it.
            (false, Some(region)) => {
                parse(&plain, Some(region.0)).or_else(|| parse(&format!("+{plain}"), Some(region.0)))
            }
        };
        let parsed = parsed.ok_or(NumberError::Implausible)?;
        let number = parsed.format_as(PhoneNumberFormat::E164).into_owned();
        let count = number.len().saturating_sub(1);
        if DIGITS.contains(&count) { Ok(Self(number)) } else { Err(NumberError::Implausible) }
    }

    /// The number, with `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number for people who are not to know it: `+34*****789`.
    pub fn masked(&self) -> String {
        masked(&self.0)
    }

    fn parsed(&self) -> Option<Parsed> {
        PHONE_NUMBER_UTIL.parse(&self.0, None).ok()
    }

    /// Whether it is of a kind that gets text messages, or may be.
    pub fn may_get_texts(&self) -> bool {
        let kind = self.parsed().map(|parsed| PHONE_NUMBER_UTIL.get_number_type(&parsed));
        matches!(
            kind,
            Some(
                PhoneNumberType::Mobile
                    | PhoneNumberType::FixedLineOrMobile
                    | PhoneNumberType::PersonalNumber
                    | PhoneNumberType::Unknown
            )
        )
    }

    /// The time zones of its region; none where that is not known.
    pub fn zones(&self) -> Vec<Tz> {
        let region = self.parsed().and_then(|parsed| PHONE_NUMBER_UTIL.get_region_for_number(&parsed));
        region.map_or_else(Vec::new, |region| zones_of(&format!("{region:?}")))
    }

    /// The ways in which a contact centre may write it, this one first: for looking up what came before.
    pub fn spellings(&self) -> Vec<String> {
        let digits = self.0.trim_start_matches('+').to_owned();
        let mut ways = vec![self.0.clone(), digits.clone(), format!("00{digits}")];
        if let Some(parsed) = self.parsed() {
            let national = parsed.format_as(PhoneNumberFormat::National);
            let national: String = national.chars().filter(char::is_ascii_digit).collect();
            let own = parsed.national_number.to_string();
            ways.extend([national, own.clone(), format!("0{own}")]);
        }
        let mut unique = Vec::with_capacity(ways.len());
        for way in ways {
            if !unique.contains(&way) {
                unique.push(way);
            }
        }
        unique
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A number for people who are not to know it: its first three and last three characters.
pub fn masked(number: &str) -> String {
    let length = number.chars().count();
    let shown = |place: usize| length > 7 && (place < 3 || place + 3 >= length);
    number.chars().enumerate().map(|(place, c)| if shown(place) { c } else { '*' }).collect()
}

fn parse(text: &str, region: Option<LibRegion>) -> Option<Parsed> {
    let parsed = PHONE_NUMBER_UTIL.parse(text, region).ok()?;
    PHONE_NUMBER_UTIL.is_valid_number(&parsed).then_some(parsed)
}

/// The digits, with a `+` before them where one was; anything that is neither a digit nor punctuation of numbers is refused.
fn plain(raw: &str) -> Result<String, NumberError> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Err(NumberError::Missing);
    }
    if raw.chars().count() > LONGEST {
        return Err(NumberError::NotANumber);
    }
    let mut plain = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '+' | '\u{FF0B}' if plain.is_empty() => plain.push('+'),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{00A0}' | '\u{2010}'..='\u{2014}'
            // Marks of direction that come with a number copied from a text.
            | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            c => plain.push(digit(c).ok_or(NumberError::NotANumber)?),
        }
    }
    Ok(plain)
}

/// A digit of ours for one of Latin, Arabic, Persian and Urdu, Devanagari, Bengali or full width.
pub fn digit(c: char) -> Option<char> {
    let zero = ['0', '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{FF10}'];
    let value = zero.into_iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(zero))?;
        (value < 10).then_some(value)
    })?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str, region: &str) -> Result<String, NumberError> {
        PhoneNumber::read(raw, Region::parse(region)).map(|number| number.as_str().to_owned())
    }

    #[test]
    fn numbers_are_read_as_people_and_switches_write_them() {
        for raw in [
            "+34 600 11 12 22",
            "0034600111222",
            "34600111222",
            "600111222",
            "600-11.12/22",
            "(+34) 600 111 222",
            "٠٠٣٤٦٠٠١١١٢٢٢",
            "۶۰۰۱۱۱۲۲۲",
            "\u{202A}+34600111222\u{202C}",
            "+34\u{A0}600\u{2011}111\u{2011}222",
            "\u{FF0B}३४ ६००१११२२२",
        ] {
            assert_eq!(read(raw, "ES").as_deref(), Ok("+34600111222"), "{raw}");
        }
        assert_eq!(read("0301 2345678", "PK").as_deref(), Ok("+923012345678"));
        assert_eq!(read("07911 123456", "GB").as_deref(), Ok("+447911123456"));
        assert_eq!(read("+44 (0)7911 123456", "PK").as_deref(), Ok("+447911123456"));
        assert_eq!(read("(212) 555-0123", "US"), Ok("+12125550123".into()));
        assert_eq!(read("011 44 7911 123456", "US").as_deref(), Ok("+447911123456"));
        assert_eq!(
            read("+34600111222", "US").as_deref(),
            Ok("+34600111222"),
            "a country's code goes before the region"
        );
    }

    #[test]
    fn what_is_no_number_is_refused_with_what_to_do() {
        use NumberError::{Implausible, Missing, NoCountry, NotANumber};
        for (raw, error) in [
            ("", Missing),
            ("anonymous", NotANumber),
            ("sip:600111222@example.com", NotANumber),
            ("600111222;ext=7", NotANumber),
            ("ana600111222@example.com", NotANumber),
            ("+3367a829916", NotANumber),
            ("6001", Implausible),
            ("12345", Implausible),
            ("+34 1", Implausible),
            ("+999 600111222", Implausible),
            ("+34 600 111 222 333 444", Implausible),
        ] {
            assert_eq!(read(raw, "ES"), Err(error), "{raw}");
        }
        assert_eq!(PhoneNumber::read("600111222", None), Err(NoCountry));
        assert_eq!(PhoneNumber::read(&"6".repeat(200), None), Err(NotANumber));
    }

    #[test]
    fn a_number_is_never_shown_whole() {
        let number = PhoneNumber::read("+34600111222", None).unwrap();
        assert_eq!(format!("{number:?}"), "+34******222");
        assert_eq!(masked("12345"), "*****");
    }

    #[test]
    fn what_gets_text_messages_is_told_from_what_does_not() {
        let may = |raw| PhoneNumber::read(raw, None).unwrap().may_get_texts();
        assert!(may("+34600111222") && may("+12125550123"));
        assert!(!may("+34910000000") && !may("+442071838750"));
    }

    #[test]
    fn a_number_has_the_zones_of_its_region() {
        let zones = |raw| PhoneNumber::read(raw, None).unwrap().zones();
        assert_eq!(zones("+923012345678"), [chrono_tz::Asia::Karachi]);
        assert!(zones("+12125550123").len() > 20);
    }

    #[test]
    fn a_number_is_found_however_it_was_written_before() {
        let ways = PhoneNumber::read("+447911123456", None).unwrap().spellings();
        for way in ["+447911123456", "447911123456", "00447911123456", "07911123456", "7911123456"] {
            assert!(ways.iter().any(|known| known == way), "{way} in {ways:?}");
        }
    }
}
