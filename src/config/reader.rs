//! Reads typed values out of the merged layers, each by its key's rule, and gathers what is wrong.

use std::time::Duration;

use config::{Value, ValueKind};

use super::key::{Key, Kind};
use super::problem::broken;

/// The merged values and the problems found so far. A value that breaks its rule is reported and its default used,
/// only so that the rest can be read too: a configuration with problems is never handed out.
#[derive(Debug, Default)]
pub(super) struct Reader {
    merged: config::Config,
    problems: Vec<String>,
}

impl Reader {
    pub(super) fn new(merged: config::Config, problems: Vec<String>) -> Self {
        Self { merged, problems }
    }

    pub(super) fn into_problems(self) -> Vec<String> {
        self.problems
    }

    /// Reports a problem that is not about one value alone.
    pub(super) fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// Reports that what was read for `key` breaks a rule that only the section knows.
    pub(super) fn refuse(&mut self, key: &Key, value: &str, rule: &str) {
        let origin = self.origin(key);
        self.problem(broken(key, value, &origin, rule));
    }

    /// Where the value of a key comes from, in words.
    pub(super) fn origin(&self, key: &Key) -> String {
        self.raw(key).and_then(Value::origin).unwrap_or("default").to_owned()
    }

    /// The merged value, with its origin (`Config::get` would lose it).
    fn raw(&self, key: &Key) -> Option<&Value> {
        let ValueKind::Table(sections) = &self.merged.cache.kind else { return None };
        let ValueKind::Table(section) = &sections.get(key.section)?.kind else { return None };
        section.get(key.name)
    }

    /// The value as it was set, and where; `None` where it was not.
    pub(super) fn as_set(&self, key: &Key) -> Option<(String, String)> {
        let value = self.raw(key)?;
        Some((value.to_string(), value.origin().unwrap_or_default().to_owned()))
    }

    fn kind(&self, key: &Key) -> Option<ValueKind> {
        self.raw(key).map(|value| value.kind.clone())
    }

    /// A whole number within the key's bounds.
    pub(super) fn integer(&mut self, key: &Key) -> u64 {
        let Kind::Integer { min, max, default, .. } = key.kind else { return 0 };
        let Some(raw) = self.kind(key) else { return default };
        let number = match &raw {
            ValueKind::I64(number) => u64::try_from(*number).ok(),
            // Environment and flags are text; in the file a number stands without quotation marks.
            ValueKind::String(text) if self.came_as_text(key) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| (min..=max).contains(number)).unwrap_or_else(|| {
            self.refuse(key, &shown(&raw), &key.rule());
            default
        })
    }

    /// A whole number in the type of its use; every key's bounds fit the type asked for.
    pub(super) fn number<T: TryFrom<u64> + Default>(&mut self, key: &Key) -> T {
        T::try_from(self.integer(key)).unwrap_or_default()
    }

    /// A duration from a key in milliseconds.
    pub(super) fn millis(&mut self, key: &Key) -> Duration {
        Duration::from_millis(self.integer(key))
    }

    /// A duration from a key in seconds.
    pub(super) fn secs(&mut self, key: &Key) -> Duration {
        Duration::from_secs(self.integer(key))
    }

    /// A duration from a key in minutes.
    pub(super) fn minutes(&mut self, key: &Key) -> Duration {
        Duration::from_secs(60 * self.integer(key))
    }

    /// True or false.
    pub(super) fn flag(&mut self, key: &Key) -> bool {
        let Kind::Flag { default } = key.kind else { return false };
        let flag = match self.kind(key) {
            None => return default,
            Some(ValueKind::Boolean(flag)) => Ok(flag),
            Some(ValueKind::String(text)) if self.came_as_text(key) => text.trim().parse().map_err(|_| text),
            Some(other) => Err(shown(&other)),
        };
        flag.unwrap_or_else(|value| {
            self.refuse(key, &value, &key.rule());
            default
        })
    }

    /// A text, as it was given.
    pub(super) fn text(&mut self, key: &Key) -> String {
        let default = match key.kind {
            Kind::Text { default, .. } => default,
            _ => "",
        };
        match self.kind(key) {
            None => default.to_owned(),
            Some(ValueKind::String(text)) => text,
            Some(other) => {
                self.refuse(key, &shown(&other), &format!("{}, in quotation marks", key.rule()));
                default.to_owned()
            }
        }
    }

    /// A text that must parse; `None` when it did not (and is reported).
    pub(super) fn parsed<T>(&mut self, key: &Key, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key);
        let parsed = parse(&text);
        if parsed.is_none() {
            self.refuse(key, &text, &key.rule());
        }
        parsed
    }

    fn came_as_text(&self, key: &Key) -> bool {
        let origin = self.origin(key);
        origin.starts_with("environment ") || origin.starts_with("flag ")
    }
}

fn shown(value: &ValueKind) -> String {
    match value {
        ValueKind::Nil => "a value of another kind".to_owned(),
        other => other.to_string(),
    }
}
