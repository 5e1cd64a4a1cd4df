//! Checks of languages and of the texts in them.

use std::fmt;

use super::Report;
use crate::domain::prompt::is_language_tag;
use crate::domain::survey::document::LocalText;

/// Most characters of what is said or shown for a question, before it or at the end.
pub(super) const MAX_PROMPT: usize = 1000;
/// Most characters of a choice's label.
pub(super) const MAX_LABEL: usize = 200;
/// Most characters of what an end of a scale is called.
pub(super) const MAX_END: usize = 60;
/// Most languages of a survey.
const MAX_LANGUAGES: usize = 20;

/// Checks the list of languages.
pub(super) fn languages(languages: &[String], report: &mut Report) {
    let count = languages.len();
    if !(1..=MAX_LANGUAGES).contains(&count) {
        report.add(
            "languages",
            format_args!("has {count} languages: give 1 to {MAX_LANGUAGES}, the default first"),
        );
    }
    for (i, language) in languages.iter().enumerate() {
        let path = format!("languages[{i}]");
        if !is_language_tag(language) {
            let shown: String = language.chars().take(60).collect();
            report.add(&path, format_args!("is `{shown}`: give a BCP 47 tag such as en, es-MX or ar"));
        }
        if languages.iter().take(i).any(|earlier| earlier.eq_ignore_ascii_case(language)) {
            report.add(&path, format_args!("is `{language}`, which stands in the list already: remove it"));
        }
    }
}

/// Checks that a text is there in every language and in no other.
pub(super) fn local(path: &str, text: &LocalText, languages: &[String], max: usize, report: &mut Report) {
    for language in languages {
        if !text.0.contains_key(language) {
            report.add(path, format_args!("has no text in `{language}`: add it"));
        }
    }
    for (language, text) in &text.0 {
        if languages.contains(language) {
            line(format_args!("{path}.{language}"), text, max, report);
        } else {
            let shown: String = language.chars().take(60).collect();
            report.add(
                path,
                format_args!(
                    "has a text in `{shown}`, which is not in `languages`: remove it, or add the language"
                ),
            );
        }
    }
}

/// Checks one text.
pub(super) fn line(path: impl fmt::Display, text: &str, max: usize, report: &mut Report) {
    let got = text.chars().count();
    if text.trim().is_empty() {
        report.add(path, "is empty: write the text");
    } else if got > max {
        report.add(path, format_args!("is {got} characters long: shorten it to {max}"));
    } else if let Some(c) = text.chars().find(|c| is_unprintable(*c)) {
        report.add(path, format_args!("contains U+{:04X}, which cannot be shown: remove it", u32::from(c)));
    }
}

/// Characters that no XML document may carry, or that break a line of a table; a line break is fine.
fn is_unprintable(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}')
}
