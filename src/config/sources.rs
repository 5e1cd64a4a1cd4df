//! Where values come from: the file, the environment, the flags; each value remembers its origin.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::{Map, Source, Value, ValueKind};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::{Key, nearest};

/// Read when it exists and no other file is named.
pub const DEFAULT_FILE: &str = "/etc/aftercall/aftercall.toml";

/// Environment variables that begin so set keys: `AFTERCALL__SECTION__KEY`.
pub const VARIABLE_PREFIX: &str = "AFTERCALL__";

/// A value given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `section.key`.
    pub path: String,
    /// The value as text.
    pub value: String,
    /// The flag it came by, such as `--listen`.
    pub flag: String,
}

/// What a configuration is made from; later parts win over earlier ones.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A command's own defaults, where they differ; everything else wins over them.
    pub defaults: Vec<Setting>,
    /// The file; it must exist.
    pub file: Option<PathBuf>,
    /// The environment's variables, all of them.
    pub environment: Vec<(OsString, OsString)>,
    /// The flags, in order.
    pub flags: Vec<Setting>,
}

impl Sources {
    /// The file named by `--config` (else [`DEFAULT_FILE`] if it exists), this process's environment, and flags.
    pub fn of_process(file: Option<PathBuf>, flags: Vec<Setting>) -> Self {
        let default = || Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists());
        Self {
            defaults: Vec::new(),
            file: file.or_else(default),
            environment: std::env::vars_os().collect(),
            flags,
        }
    }

    /// Reads every source, in the order in which later ones win. What cannot be used is reported, the rest goes on.
    pub(super) fn layers(&self, keys: &[Key], problems: &mut Vec<String>) -> Vec<Layer> {
        let defaults = flag_layer(&self.defaults, keys, problems);
        let file = self.file.as_deref().map(|path| file_layer(path, keys, problems));
        let environment = environment_layer(&self.environment, keys, problems);
        let flags = flag_layer(&self.flags, keys, problems);
        [defaults].into_iter().chain(file).chain([environment, flags]).collect()
    }
}

/// Values by section and name, from one source.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer(BTreeMap<(String, String), Value>);

impl Layer {
    fn set(&mut self, key: &Key, kind: ValueKind, origin: &String) {
        self.0.insert((key.section.to_owned(), key.name.to_owned()), Value::new(Some(origin), kind));
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        Ok(self
            .0
            .iter()
            .map(|((section, name), value)| (format!("{section}.{name}"), value.clone()))
            .collect())
    }
}

fn find<'a>(keys: &'a [Key], section: &str, name: &str) -> Option<&'a Key> {
    keys.iter().find(|key| key.section == section && key.name == name)
}

fn unknown(path: &str, origin: &str, keys: &[Key]) -> String {
    match nearest(path, keys.iter()) {
        Some(near) => format!("{path} ({origin}): there is no such key, did you mean {near}?"),
        None => {
            format!(
                "{path} ({origin}): there is no such key; `aftercall check --print-defaults` lists them all"
            )
        }
    }
}

fn file_layer(path: &Path, keys: &[Key], problems: &mut Vec<String>) -> Layer {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            problems.push(format!("cannot read {}: {error}", path.display()));
            return Layer::default();
        }
    };
    let at = |offset: usize| {
        let line = text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        format!("{}:{line}", path.display())
    };
    let (document, errors) = DeTable::parse_recoverable(&text);
    problems.extend(
        errors.iter().map(|e| format!("{}: not TOML: {}", at(e.span().map_or(0, |s| s.start)), e.message())),
    );
    let mut layer = Layer::default();
    for (section, content) in document.get_ref() {
        let section_name = section.get_ref().as_ref();
        let place = at(section.span().start);
        let Some(table) = content.get_ref().as_table() else {
            problems
                .push(format!("{section_name} ({place}): stands outside a section: put it below [section]"));
            continue;
        };
        if !keys.iter().any(|key| key.section == section_name) {
            problems.push(format!("[{section_name}] ({place}): there is no such section{}", sections(keys)));
            continue;
        }
        for (name, value) in table {
            let place = at(name.span().start);
            match find(keys, section_name, name.get_ref()) {
                Some(key) => layer.set(key, value_kind(value), &place),
                None => problems.push(unknown(&format!("{section_name}.{}", name.get_ref()), &place, keys)),
            }
        }
    }
    layer
}

fn sections(keys: &[Key]) -> String {
    let mut names: Vec<&str> = keys.iter().map(|key| key.section).collect();
    names.dedup();
    format!("; there are {}", names.join(", "))
}

/// The TOML value; kinds that no key takes come as `Nil` and break every rule.
fn value_kind(value: &Spanned<DeValue<'_>>) -> ValueKind {
    match value.get_ref() {
        DeValue::String(text) => ValueKind::String(text.to_string()),
        DeValue::Boolean(flag) => ValueKind::Boolean(*flag),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(ValueKind::Nil, ValueKind::I64)
        }
        _ => ValueKind::Nil,
    }
}

fn environment_layer(all: &[(OsString, OsString)], keys: &[Key], problems: &mut Vec<String>) -> Layer {
    let mut layer = Layer::default();
    for (variable, value) in all {
        let variable = variable.to_string_lossy();
        let Some(rest) = variable.strip_prefix(VARIABLE_PREFIX) else { continue };
        let origin = format!("environment variable {variable}");
        let path = rest.to_lowercase().replacen("__", ".", 1);
        let key = path.split_once('.').and_then(|(section, name)| find(keys, section, name));
        match (key, value.to_str()) {
            (Some(key), Some(value)) => layer.set(key, ValueKind::String(value.to_owned()), &origin),
            (Some(key), None) => problems.push(format!("{} ({origin}): is not UTF-8 text", key.path())),
            (None, _) => problems.push(unknown(&path, &origin, keys)),
        }
    }
    layer
}

fn flag_layer(flags: &[Setting], keys: &[Key], problems: &mut Vec<String>) -> Layer {
    let mut layer = Layer::default();
    for setting in flags {
        let origin = format!("flag {}", setting.flag);
        match setting.path.split_once('.').and_then(|(section, name)| find(keys, section, name)) {
            Some(key) => layer.set(key, ValueKind::String(setting.value.clone()), &origin),
            None => problems.push(unknown(&setting.path, &origin, keys)),
        }
    }
    layer
}
