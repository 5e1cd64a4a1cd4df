//! Secrets that this program makes: handed out once, kept as a hash.

use std::fmt;

use sha2::{Digest, Sha256};

use super::Chance;

/// Letters of base32 (RFC 4648, section 6) in lower case.
const LETTERS: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz234567";

/// Letters of a token: 160 bits of 5 each, so that a slow hash would add nothing.
const LENGTH: usize = 32;

/// A secret of 160 random bits, as 32 letters and digits; no log or message can show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub fn generate(chance: &dyn Chance) -> Self {
        let mut text = String::with_capacity(LENGTH);
        let mut bits = 0;
        for letter in 0..LENGTH {
            // 64 bits hold 12 letters; the last 4 bits are left.
            if letter % 12 == 0 {
                bits = chance.bits();
            }
            text.push(char::from(LETTERS[usize::from((bits & 31) as u8)]));
            bits >>= 5;
        }
        Self(text)
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

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// SHA-256 of a secret as somebody sent it, to be compared with what is stored.
pub fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    #[test]
    fn a_token_is_new_each_time_and_never_printed() {
        let chance = SeededChance::new(1);
        let tokens: Vec<Token> = (0..100).map(|_| Token::generate(&chance)).collect();
        for (i, token) in tokens.iter().enumerate() {
            assert_eq!(token.expose().len(), LENGTH);
            assert!(tokens[..i].iter().all(|other| other.expose() != token.expose()));
        }
        assert_eq!(format!("{:?}", tokens[0]), "***");
        assert_eq!(tokens[0].hash(), hash_of(tokens[0].expose()));
    }
}
