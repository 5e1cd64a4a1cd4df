//! The secret in a link that goes out by text message: as short as may be, since an Arabic message has 70 characters.

use std::fmt;

use super::{Chance, hash_of};

/// Letters of base62, of which phones and people take none for another alphabet's.
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A secret of 83 random bits, as 14 letters and digits; no log or message can show it.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl LinkToken {
    /// Letters of a token: 83 bits (62^14 is 2^83.4), too many to guess one of a billion links however fast somebody asks.
    pub const LENGTH: usize = 14;

    /// A new one.
    pub fn generate(chance: &dyn Chance) -> Self {
        let letter = |_| {
            let place = usize::try_from(chance.below(LETTERS.len() as u64)).unwrap_or(0);
            char::from(LETTERS.get(place).copied().unwrap_or(b'0'))
        };
        Self((0..Self::LENGTH).map(letter).collect())
    }

    /// What somebody sent, if it is one by its form.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = text.len() == Self::LENGTH && text.bytes().all(|letter| letter.is_ascii_alphanumeric());
        is_one.then(|| Self(text.to_owned()))
    }

    /// The secret itself, for whoever it is made for.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored instead of it.
    pub fn hash(&self) -> [u8; 32] {
        hash_of(&self.0)
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    #[test]
    fn a_token_has_eighty_bits_or_more_and_is_read_back() {
        let chance = SeededChance::new(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..2_000 {
            let token = LinkToken::generate(&chance);
            assert_eq!(LinkToken::parse(token.expose()).as_ref(), Some(&token));
            assert_eq!((format!("{token:?}"), token.hash()), ("***".to_owned(), hash_of(token.expose())));
            seen.extend(token.expose().chars());
        }
        assert_eq!(seen.len(), LETTERS.len(), "all letters occur");
        let bits = f64::from(62_u8).log2() * f64::from(u8::try_from(LinkToken::LENGTH).unwrap());
        assert!(bits >= 80.0, "{bits}");
    }

    #[test]
    fn what_has_another_form_is_none() {
        for text in
            ["", "0123456789abc", "0123456789abcde", "0123456789abc-", "0123456789ab\u{e9}", "٠١٢٣٤٥٦"]
        {
            assert_eq!(LinkToken::parse(text), None, "{text}");
        }
    }
}
