//! Secrets of a route's file: as a value, or in a file of their own; never both, and never shown.

use super::section::{Placed, Section};
use crate::foundation::Secret;

/// Reads a secret from the one place where it is set.
pub(super) fn secret(
    section: &Section<'_>,
    value: &'static str,
    file: &'static str,
) -> Option<Secret<String>> {
    let inline = section.text(value, "a secret");
    let named = section.text(file, "the path of a file with the secret and nothing else");
    let (text, place) = match (inline, named) {
        (None, None) => return None,
        (Some(Placed { text, place }), None) => (text, place),
        (None, Some(Placed { text: path, place })) => match std::fs::read_to_string(&path) {
            Ok(text) => (text.trim_end_matches(['\r', '\n']).to_owned(), place),
            Err(error) => {
                section.problem(format!("{} ({place}): cannot read {path}: {error}", section.key(file)));
                return None;
            }
        },
        (Some(inline), Some(named)) => {
            let (value, file) = (section.key(value), section.key(file));
            section.problem(format!(
                "{value} ({}) and {file} ({}) are both set: keep one of them",
                inline.place, named.place
            ));
            return None;
        }
    };
    if text.is_empty() || text.contains(char::is_control) {
        let length = text.chars().count();
        // The length says enough to find the mistake and nothing of the secret.
        section.problem(format!(
            "{} ({place}) has {length} characters: must be at least one, without control characters",
            section.key(value)
        ));
        return None;
    }
    Some(Secret::new(text))
}
