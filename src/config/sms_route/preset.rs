//! What is known of gateways that many use: tables below what a route's file says.

use toml::de::DeTable;

use super::section::{Section, Source};

const PRESETS: [(&str, &str); 4] = [
    ("kannel", include_str!("presets/kannel.toml")),
    ("twilio", include_str!("presets/twilio.toml")),
    ("vonage", include_str!("presets/vonage.toml")),
    ("infobip", include_str!("presets/infobip.toml")),
];

/// The rule of the key that names one.
const RULE: &str = "kannel, twilio, vonage or infobip; without one, everything is said here";

/// Hands `read` the table of `[http]` with its preset below it, and the preset's name; empty: none.
pub(super) fn with_preset<T>(own: Section<'_>, read: impl FnOnce(Section<'_>, &str) -> T) -> T {
    let named = own.parsed("preset", RULE, |name| PRESETS.into_iter().find(|(known, _)| *known == name));
    let Some((name, text)) = named else { return read(own, "") };
    let source = Source { name: format!("preset {name}"), text };
    let (table, _) = DeTable::parse_recoverable(text);
    read(own.over(&source, table.get_ref()), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_toml() {
        for (name, text) in PRESETS {
            let (_, errors) = DeTable::parse_recoverable(text);
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
    }
}
