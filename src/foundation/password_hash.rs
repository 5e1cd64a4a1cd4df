//! Passwords as they are kept: Argon2id, salted, in the PHC string format. Each takes some 20 MB and some tens of
//! milliseconds of a processor: not for a thread that serves calls.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::{Chance, Secret};

/// What a password is compared with where there is no account: whoever waits for an answer cannot tell the difference.
/// Of the same parameters as [`hash_password`] makes; no password has this hash.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash of a password, by the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane), which are the library's own.
pub fn hash_password(password: &str, chance: &dyn Chance) -> Result<Secret<String>, String> {
    let mut salt = [0; 16];
    for part in salt.chunks_exact_mut(8) {
        part.copy_from_slice(&chance.bits().to_be_bytes());
    }
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| format!("the password could not be hashed: {error}"))?;
    Ok(Secret::new(hash.to_string()))
}

/// Whether a password has this hash; where there is no hash it is never so, after the same time.
pub fn has_hash(password: &str, hash: Option<&Secret<String>>) -> bool {
    let text = hash.map_or(NOBODYS, |hash| hash.expose());
    let parsed = PasswordHash::new(text);
    parsed.is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    #[test]
    fn a_password_has_its_hash_and_no_other_password_has() {
        let chance = SeededChance::new(1);
        let hash = hash_password("lamp river eleven quilt", &chance).unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
        assert!(has_hash("lamp river eleven quilt", Some(&hash)));
        assert!(!has_hash("lamp river eleven quilts", Some(&hash)));
        let again = hash_password("lamp river eleven quilt", &chance).unwrap();
        assert_ne!(hash.expose(), again.expose(), "each has a salt of its own");
    }

    #[test]
    fn nobodys_hash_is_one_that_is_really_computed() {
        assert!(PasswordHash::new(NOBODYS).is_ok());
        assert!(!has_hash("", None));
        assert!(!has_hash("x", Some(&Secret::new("not a hash".to_owned()))));
    }
}
