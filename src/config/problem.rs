//! What is wrong with a configuration: all of it at once, each line with key, value, origin and rule.

use std::fmt;

use super::key::Key;

/// Every reason why a configuration was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<String>,
}

impl ConfigError {
    pub(super) fn new(problems: Vec<String>) -> Self {
        Self { problems }
    }

    /// The problems, a sentence each.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.problems.len();
        write!(f, "the configuration has {n} problem{}:", if n == 1 { "" } else { "s" })?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

/// A value that breaks its key's rule.
pub(super) fn broken(key: &Key, value: &str, origin: &str, rule: &str) -> String {
    let value = if key.is_secret() { "***".to_owned() } else { format!("{value:?}") };
    format!("{} is {value} ({origin}): must be {rule}", key.path())
}
