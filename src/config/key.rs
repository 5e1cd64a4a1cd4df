//! What is known of each key: name, unit, range and default in one place, from which the checks, the messages and
//! `conf/aftercall.toml` are made.

use std::fmt::Write as _;

/// One configuration key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its section.
    pub section: &'static str,
    /// Its name in the section; the unit is its last word where it has one.
    pub name: &'static str,
    /// What it does, for the one who sets it.
    pub doc: &'static str,
    /// What values it takes and which one it has by default.
    pub kind: Kind,
}

/// The values a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A whole number within bounds.
    Integer {
        /// The unit, such as `milliseconds`; empty for a number of nothing.
        unit: &'static str,
        /// The least value.
        min: u64,
        /// The greatest value.
        max: u64,
        /// The value when none is set.
        default: u64,
    },
    /// True or false.
    Flag {
        /// The value when none is set.
        default: bool,
    },
    /// A text with a rule of its own.
    Text {
        /// The rule, in words.
        rule: &'static str,
        /// The value when none is set.
        default: &'static str,
    },
    /// A text that is never shown; none by default.
    Secret {
        /// The rule, in words.
        rule: &'static str,
    },
}

impl Key {
    /// A whole number of `unit` in `min..=max`.
    pub const fn integer(
        section: &'static str,
        name: &'static str,
        (unit, min, max, default): (&'static str, u64, u64, u64),
        doc: &'static str,
    ) -> Self {
        Self { section, name, doc, kind: Kind::Integer { unit, min, max, default } }
    }

    /// True or false.
    pub const fn flag(section: &'static str, name: &'static str, default: bool, doc: &'static str) -> Self {
        Self { section, name, doc, kind: Kind::Flag { default } }
    }

    /// A text.
    pub const fn text(
        section: &'static str,
        name: &'static str,
        (rule, default): (&'static str, &'static str),
        doc: &'static str,
    ) -> Self {
        Self { section, name, doc, kind: Kind::Text { rule, default } }
    }

    /// A secret.
    pub const fn secret(
        section: &'static str,
        name: &'static str,
        rule: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { section, name, doc, kind: Kind::Secret { rule } }
    }

    /// `section.name`, as messages and `--set` write it.
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("AFTERCALL__{}__{}", self.section.to_uppercase(), self.name.to_uppercase())
    }

    /// Whether its value must never be shown.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret { .. })
    }

    /// The rule in words, as messages and the reference file say it.
    pub fn rule(&self) -> String {
        match self.kind {
            Kind::Integer { unit: "", min, max, .. } => format!("a whole number from {min} to {max}"),
            Kind::Integer { unit, min, max, .. } => format!("a whole number of {unit} from {min} to {max}"),
            Kind::Flag { .. } => "true or false".to_owned(),
            Kind::Text { rule, .. } | Kind::Secret { rule } => rule.to_owned(),
        }
    }

    /// The default as it stands in the reference file.
    pub fn default_toml(&self) -> String {
        match self.kind {
            Kind::Integer { default, .. } => default.to_string(),
            Kind::Flag { default } => default.to_string(),
            Kind::Text { default, .. } => format!("\"{default}\""),
            Kind::Secret { .. } => "\"\"".to_owned(),
        }
    }

    /// Its entry in the reference file: what it does, its rule and default, and the line that sets the default.
    pub(super) fn reference(&self) -> String {
        let mut text = String::new();
        for line in wrap(self.doc, 108) {
            // Writing into a String cannot fail.
            let _ = writeln!(text, "# {line}");
        }
        let default = self.default_toml();
        let _ = writeln!(text, "# Value: {}. Default: {default}.", self.rule());
        let _ = writeln!(text, "{} = {default}", self.name);
        text
    }
}

/// Breaks a text into lines of at most `width` characters, at blanks.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The key most like `path`, if one is near enough to be what was meant.
pub(super) fn nearest<'a>(path: &str, keys: impl Iterator<Item = &'a Key>) -> Option<String> {
    let name = path.rsplit('.').next().unwrap_or(path);
    keys.map(|key| {
        // The right name in the wrong section counts as near.
        let distance = edits(path, &key.path()).min(edits(name, key.name) + 2);
        (distance, key.path())
    })
    .min()
    .filter(|(distance, _)| *distance <= 4)
    .map(|(_, path)| path)
}

/// The number of letters to change, add or remove to get from `a` to `b` (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = corner + usize::from(from != *to);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_finds_the_one_that_was_meant() {
        const KEYS: [Key; 2] = [
            Key::integer("survey", "idle_minutes", ("minutes", 1, 2, 1), ""),
            Key::flag("drill", "enabled", false, ""),
        ];
        assert_eq!(nearest("survey.idle_minute", KEYS.iter()).as_deref(), Some("survey.idle_minutes"));
        assert_eq!(nearest("node.idle_minutes", KEYS.iter()).as_deref(), Some("survey.idle_minutes"));
        assert_eq!(nearest("survey.colour", KEYS.iter()), None);
        assert_eq!((edits("kitten", "sitting"), edits("", "abc"), edits("abc", "abc")), (3, 3, 0));
    }
}
