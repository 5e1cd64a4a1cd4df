//! Text from outside, bounded once at the edge.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// More characters than allowed.
    #[error("is {got} characters long, at most {max} are allowed")]
    TooLong {
        /// Characters received.
        got: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A control character, which no log, table or XML document should carry.
    #[error("contains the control character U+{0:04X}")]
    Control(u32),
}

/// A text of 1 to `MAX` characters without control characters and without white space at its ends.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct BoundedText<const MAX: usize>(String);

impl<const MAX: usize> BoundedText<MAX> {
    /// Trims and checks `text`; a text that is empty after trimming is no text at all.
    pub fn parse(text: &str) -> Result<Option<Self>, TextError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let got = text.chars().count();
        if got > MAX {
            return Err(TextError::TooLong { got, max: MAX });
        }
        match text.chars().find(|c| c.is_control()) {
            Some(c) => Err(TextError::Control(u32::from(c))),
            None => Ok(Some(Self(text.to_owned()))),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for BoundedText<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parsed = Self::parse(&text).map_err(serde::de::Error::custom)?;
        parsed.ok_or_else(|| serde::de::Error::custom("is empty"))
    }
}

impl<const MAX: usize> fmt::Debug for BoundedText<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const MAX: usize> fmt::Display for BoundedText<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_bounded_and_free_of_control_characters() {
        assert_eq!(BoundedText::<3>::parse(" ab ").unwrap().unwrap().as_str(), "ab");
        assert_eq!(BoundedText::<3>::parse("  ").unwrap(), None);
        assert_eq!(BoundedText::<3>::parse("abcd"), Err(TextError::TooLong { got: 4, max: 3 }));
        assert_eq!(BoundedText::<3>::parse("a\u{0}b"), Err(TextError::Control(0)));
        assert!(BoundedText::<3>::parse("سلا").unwrap().is_some(), "characters are counted, not bytes");
    }
}
