//! Prompts: what a caller hears, by name and language, and which of them there are.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use crate::foundation::PromptId;

/// Most characters of a prompt's name: a survey's key, a question's and a choice's with dots between them fit.
const NAME_MAX: usize = 122;

/// A text that is no name of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "is `{0}`, which is no name of a prompt: use 1 to 122 small letters a-z, digits, hyphens, underscores and dots, beginning with a letter or digit"
)]
pub struct PromptNameError(String);

/// The name of a prompt, such as `support.csat`, `number.5` or `cx_kpi_csat`. Names are written in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PromptName(String);

impl TryFrom<String> for PromptName {
    type Error = PromptNameError;

    fn try_from(text: String) -> Result<Self, PromptNameError> {
        Self::parse(&text)
    }
}

impl From<PromptName> for String {
    fn from(name: PromptName) -> Self {
        name.0
    }
}

impl PromptName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, PromptNameError> {
        let formed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if begins && text.len() <= NAME_MAX && text.bytes().all(formed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PromptNameError(text.chars().take(60).collect()))
        }
    }

    /// A name made of keys that were checked before.
    pub(in crate::domain) fn of_valid(text: String) -> Self {
        Self(text)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PromptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A language tag as prompts are kept by: small letters, `-` between the subtags.
pub fn language_key(tag: &str) -> String {
    tag.trim().replace('_', "-").to_ascii_lowercase()
}

/// Whether a text has the form of a language tag: a subtag of 2 to 8 letters, then subtags of 1 to 8 letters or
/// digits, at most 35 characters (RFC 5646, section 4.4.1).
pub(in crate::domain) fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or("");
    tag.len() <= 35
        && (2..=8).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags.all(|s| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A text that is no language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is `{0}`, which is no language: use a BCP 47 tag such as en, es-MX or ar")]
pub struct LanguageError(String);

/// Checks a language tag; the result is written as prompts are kept by (see [`language_key`]).
pub fn parse_language(tag: &str) -> Result<String, LanguageError> {
    let key = language_key(tag);
    if is_language_tag(&key) { Ok(key) } else { Err(LanguageError(tag.chars().take(60).collect())) }
}

/// A prompt there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromptEntry {
    /// Its audio; another id as soon as the audio changes.
    pub id: PromptId,
    /// How long it takes to say.
    pub duration: Duration,
}

/// All prompts there are, by name and language. Cheap to share behind an `Arc`, never changed.
#[derive(Debug, Default)]
pub struct PromptIndex(HashMap<String, Vec<(String, PromptEntry)>>);

impl PromptIndex {
    /// The index of prompts by name and language.
    pub fn new(prompts: impl IntoIterator<Item = (PromptName, String, PromptEntry)>) -> Self {
        let mut index: HashMap<String, Vec<_>> = HashMap::new();
        for (name, language, entry) in prompts {
            index.entry(name.0).or_default().push((language_key(&language), entry));
        }
        Self(index)
    }

    /// The prompt that says this in a language, else in its nearest parent (`es` for `es-MX`).
    pub fn get(&self, name: &PromptName, language: &str) -> Option<PromptEntry> {
        let by_language = self.0.get(&name.0)?;
        let mut tag = language_key(language);
        loop {
            if let Some((_, entry)) = by_language.iter().find(|(known, _)| *known == tag) {
                return Some(*entry);
            }
            tag.truncate(tag.rfind('-')?);
        }
    }

    /// The same without one of them.
    pub fn without(&self, name: &PromptName, language: &str) -> Self {
        let mut rest = self.0.clone();
        let language = language_key(language);
        if let Some(by_language) = rest.get_mut(&name.0) {
            by_language.retain(|(known, _)| *known != language);
        }
        Self(rest)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(Vec::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::foundation::SeededChance;

    #[test]
    fn a_prompt_is_found_in_its_language_and_else_in_the_parent() {
        let id = PromptId::new(DateTime::UNIX_EPOCH, &SeededChance::new(1));
        let entry = PromptEntry { id, duration: Duration::from_secs(1) };
        let name = PromptName::parse("number.1").unwrap();
        let index = PromptIndex::new([(name.clone(), "ES".to_owned(), entry)]);
        assert_eq!(index.get(&name, "es-MX"), Some(entry));
        assert_eq!(index.get(&name, "es"), Some(entry));
        assert_eq!(index.get(&name, "en"), None);
        assert_eq!(index.get(&PromptName::parse("number.2").unwrap(), "es"), None);
    }

    #[test]
    fn a_language_is_a_tag_in_small_letters_and_nothing_else() {
        for (tag, key) in [("en", "en"), ("es_MX", "es-mx"), (" zh-Hant-TW", "zh-hant-tw")] {
            assert_eq!(parse_language(tag).as_deref(), Ok(key), "{tag}");
        }
        for bad in ["", "e", "..", "en/us", "1234", "en-", "en-123456789"] {
            assert!(parse_language(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_small_plain_and_never_a_path() {
        for good in ["support.csat", "cx_kpi_csat", "1", "a-b"] {
            assert!(PromptName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", ".a", "../a", "a/b", "A", "a b", "é", &"a".repeat(123)] {
            assert!(PromptName::parse(bad).is_err(), "{bad}");
        }
    }
}
