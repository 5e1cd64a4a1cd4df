//! What people sign in by.

use std::fmt;

/// Characters of a name at most.
const LONGEST: usize = 64;

/// A user name: 2 to 64 of `a-z`, `0-9`, `.`, `_`, `-`, `@` and `+`, so that an address of mail will do too. Large letters
/// are made small: nobody has to remember which they were.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserName(String);

/// Why a text is no user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserNameError {
    /// Of a length that is not allowed.
    #[error("a user name has 2 to {LONGEST} characters")]
    Length,
    /// A character that is not allowed.
    #[error("a user name is made of letters from a to z, digits, and . _ - @ +, not of {0:?}")]
    Character(char),
}

impl UserName {
    /// The name a text is, without blanks at its ends.
    pub fn parse(text: &str) -> Result<Self, UserNameError> {
        let text = text.trim().to_ascii_lowercase();
        let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@+".contains(c);
        if let Some(c) = text.chars().find(|c| !is_fine(*c)) {
            return Err(UserNameError::Character(c));
        }
        if (2..=LONGEST).contains(&text.len()) { Ok(Self(text)) } else { Err(UserNameError::Length) }
    }

    /// The name of the first administrator.
    pub fn first() -> Self {
        Self("admin".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_large_letters_and_between_blanks() {
        assert_eq!(
            UserName::parse(" Amira.Haddad@Example.com ").unwrap().as_str(),
            "amira.haddad@example.com"
        );
    }

    #[test]
    fn what_cannot_be_typed_everywhere_is_refused() {
        assert_eq!(UserName::parse("a"), Err(UserNameError::Length));
        assert_eq!(UserName::parse(&"a".repeat(65)), Err(UserNameError::Length));
        assert_eq!(UserName::parse(""), Err(UserNameError::Length));
        assert_eq!(UserName::parse("josé"), Err(UserNameError::Character('é')));
        assert_eq!(UserName::parse("a b"), Err(UserNameError::Character(' ')));
        assert_eq!(UserName::parse("a\0b"), Err(UserNameError::Character('\0')));
    }
}
