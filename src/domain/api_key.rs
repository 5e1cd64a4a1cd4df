//! The secret of an API key: made once, shown once, kept as a hash.

use std::fmt;

use crate::foundation::{Chance, Token, hash_of};

/// What every secret begins with, so that scanners for leaked secrets can find it.
pub const PREFIX: &str = "ack_";

/// A key's secret; no log or message can show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiSecret(String);

impl ApiSecret {
    /// A new secret of 160 random bits.
    pub fn generate(chance: &dyn Chance) -> Self {
        Self(format!("{PREFIX}{}", Token::generate(chance).expose()))
    }

    /// The secret itself, to be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored instead of it.
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }
}

impl fmt::Debug for ApiSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// SHA-256 of a secret as a client sent it, to be compared with what is stored.
pub fn hash(secret: &str) -> [u8; 32] {
    hash_of(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    #[test]
    fn a_secret_has_a_prefix_and_160_random_bits_and_is_never_printed() {
        let chance = SeededChance::new(1);
        let secrets: Vec<ApiSecret> = (0..100).map(|_| ApiSecret::generate(&chance)).collect();
        for (i, secret) in secrets.iter().enumerate() {
            assert_eq!(secret.expose().len(), PREFIX.len() + 32);
            assert!(secret.expose().starts_with(PREFIX));
            assert!(secrets[..i].iter().all(|other| other.expose() != secret.expose()));
        }
        assert_eq!(format!("{:?}", secrets[0]), "***");
        assert_eq!(secrets[0].hash(), hash(secrets[0].expose()));
    }
}
