//! Which passwords will do: by their length, and by how soon they are guessed. No rule about kinds of characters, which
//! makes passwords worse to remember and no harder to guess (NIST SP 800-63B, section 3.1.1.2).

use super::UserName;

/// Characters of a password at least.
pub const PASSWORD_MIN: usize = 12;
/// Characters at most, so that hashing it has a bound.
pub const PASSWORD_MAX: usize = 128;

/// Guesses that a password has to withstand: somebody who has the database makes so many in some months on one machine.
const GUESSES: u64 = 1_000_000_000;

/// Words that a guesser of passwords for this product tries first.
const OURS: [&str; 4] = ["aftercall", "callcentre", "callcenter", "survey"];

/// Why a password will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error(
        "the password is too short: take at least {PASSWORD_MIN} characters, such as four words that do not belong together"
    )]
    Short,
    /// Too long.
    #[error("the password is too long: take at most {PASSWORD_MAX} characters")]
    Long,
    /// Guessed within a thousand million tries.
    #[error(
        "this password is easy to guess (a common one, a pattern, or made of your own name): take four words that do not belong together"
    )]
    Guessable,
}

/// Whether a password will do for the person with this name.
pub fn check_password(password: &str, name: &UserName, display_name: &str) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(WeakPassword::Short);
    }
    if length > PASSWORD_MAX {
        return Err(WeakPassword::Long);
    }
    let mut known: Vec<&str> = OURS.to_vec();
    known.push(name.as_str());
    known.extend(name.as_str().split(['.', '_', '-', '@', '+']));
    known.extend(display_name.split_whitespace());
    if zxcvbn::zxcvbn(password, &known).guesses() < GUESSES { Err(WeakPassword::Guessable) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), WeakPassword> {
        let name = UserName::parse("amira.haddad").unwrap();
        check_password(password, &name, "Amira Haddad")
    }

    #[test]
    fn words_that_do_not_belong_together_will_do_in_any_script() {
        assert_eq!(check("lamp river eleven quilt"), Ok(()));
        assert_eq!(check("مصباح نهر أحد عشر لحاف"), Ok(()));
    }

    #[test]
    fn what_is_short_common_a_pattern_or_ones_own_name_is_refused() {
        assert_eq!(check("k9$fQ2!x"), Err(WeakPassword::Short));
        assert_eq!(check(&"ab ".repeat(50)), Err(WeakPassword::Long));
        for guessable in ["password1234", "aaaaaaaaaaaa", "qwertyuiop12", "amirahaddad1", "aftercall2026"] {
            assert_eq!(check(guessable), Err(WeakPassword::Guessable), "{guessable}");
        }
    }
}
