//! A table of a route's file, with what a preset says below it: read key by key, so that all that is wrong is said at once, each
//! with file, line and rule.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong, in order.
pub(super) type Problems = RefCell<Vec<String>>;

/// A text and what it is called in messages.
pub(super) struct Source<'a> {
    /// Its path, or the preset's name.
    pub(super) name: String,
    /// All of it.
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// A place in it, as messages name it.
    pub(super) fn at(&self, offset: usize) -> String {
        let line = self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        format!("{}:{line}", self.name)
    }
}

/// A table in its source.
#[derive(Clone, Copy)]
struct Layer<'a> {
    source: &'a Source<'a>,
    table: &'a DeTable<'a>,
}

/// A value and where it stands.
struct Found<'a> {
    value: &'a DeValue<'a>,
    place: String,
}

/// A text and where it stands.
pub(super) struct Placed {
    pub(super) text: String,
    pub(super) place: String,
}

/// A table, and the one below it that counts where it says nothing.
pub(super) struct Section<'a> {
    path: String,
    /// Where it begins, for what is missing in it.
    pub(super) place: String,
    /// The one that counts first.
    layers: Vec<Layer<'a>>,
    problems: &'a Problems,
    known: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Section<'a> {
    /// A whole file.
    pub(super) fn of_file(source: &'a Source<'a>, table: &'a DeTable<'a>, problems: &'a Problems) -> Self {
        Self {
            path: String::new(),
            place: source.name.clone(),
            layers: vec![Layer { source, table }],
            problems,
            known: RefCell::default(),
        }
    }

    /// With another table below it.
    pub(super) fn over(mut self, source: &'a Source<'a>, table: &'a DeTable<'a>) -> Self {
        self.layers.push(Layer { source, table });
        self
    }

    /// The key as messages name it.
    pub(super) fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Says that something is wrong.
    pub(super) fn problem(&self, problem: String) {
        self.problems.borrow_mut().push(problem);
    }

    /// Says that a value breaks its rule.
    pub(super) fn refuse(&self, name: &str, value: &str, place: &str, rule: &str) {
        self.problem(format!("{} is {value:?} ({place}): must be {rule}", self.key(name)));
    }

    /// Says that a key is missing.
    pub(super) fn missing(&self, name: &str, rule: &str) {
        self.problem(format!("{} is not set ({}): must be {rule}", self.key(name), self.place));
    }

    /// The first layer that has a key, after which it counts as known.
    fn find(&self, name: &'static str) -> Option<Found<'a>> {
        self.known.borrow_mut().insert(name);
        self.layers.iter().find_map(|layer| {
            let (key, value) = layer.table.iter().find(|(key, _)| key.get_ref() == name)?;
            Some(Found { value: value.get_ref(), place: layer.source.at(key.span().start) })
        })
    }

    /// Whether the file itself, not the preset, has a key.
    pub(super) fn says(&self, name: &str) -> bool {
        self.layers.first().is_some_and(|layer| layer.table.keys().any(|key| key.get_ref() == name))
    }

    /// A key that has been dealt with elsewhere, or counts for nothing.
    pub(super) fn passes(&self, name: &'static str) {
        self.known.borrow_mut().insert(name);
    }

    /// A text.
    pub(super) fn text(&self, name: &'static str, rule: &str) -> Option<Placed> {
        let found = self.find(name)?;
        match found.value {
            DeValue::String(text) => Some(Placed { text: text.to_string(), place: found.place }),
            other => {
                self.refuse(name, &shown(other), &found.place, &format!("{rule}, in quotation marks"));
                None
            }
        }
    }

    /// A text that has to parse; the error is the rule it breaks.
    pub(super) fn parsed<T>(
        &self,
        name: &'static str,
        rule: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let Placed { text, place } = self.text(name, rule)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.refuse(name, &text, &place, rule);
        }
        parsed
    }

    /// A whole number within bounds.
    pub(super) fn integer(&self, name: &'static str, bounds: RangeInclusive<u64>, default: u64) -> u64 {
        let Some(found) = self.find(name) else { return default };
        let number = match found.value {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        number.filter(|number| bounds.contains(number)).unwrap_or_else(|| {
            let rule = format!("a whole number from {} to {}", bounds.start(), bounds.end());
            self.refuse(name, &shown(found.value), &found.place, &rule);
            default
        })
    }

    /// The same in the type of its use, which all within the bounds fit.
    pub(super) fn number<T: TryFrom<u64> + Default>(
        &self,
        name: &'static str,
        bounds: RangeInclusive<u64>,
        default: u64,
    ) -> T {
        T::try_from(self.integer(name, bounds, default)).unwrap_or_default()
    }

    /// True or false.
    pub(super) fn flag(&self, name: &'static str, default: bool) -> bool {
        let Some(found) = self.find(name) else { return default };
        if let DeValue::Boolean(flag) = found.value {
            return *flag;
        }
        self.refuse(name, &shown(found.value), &found.place, "true or false");
        default
    }

    /// A list of texts; one text is a list of one.
    pub(super) fn words(&self, name: &'static str, rule: &str) -> Option<Vec<Placed>> {
        let found = self.find(name)?;
        let rule = format!("a list of texts, each {rule}");
        let (items, source) = match found.value {
            DeValue::String(text) => {
                return Some(vec![Placed { text: text.to_string(), place: found.place }]);
            }
            DeValue::Array(items) => (items, self.source_of(name)),
            other => {
                self.refuse(name, &shown(other), &found.place, &rule);
                return None;
            }
        };
        let mut words = Vec::new();
        for item in items {
            let place = source.map_or_else(|| found.place.clone(), |source| source.at(item.span().start));
            match item.get_ref() {
                DeValue::String(text) => words.push(Placed { text: text.to_string(), place }),
                other => self.refuse(name, &shown(other), &place, &rule),
            }
        }
        Some(words)
    }

    fn source_of(&self, name: &str) -> Option<&'a Source<'a>> {
        let has = |layer: &&Layer<'a>| layer.table.keys().any(|key| key.get_ref() == name);
        self.layers.iter().find(has).map(|layer| layer.source)
    }

    /// A table below this one, in all layers; empty where there is none.
    pub(super) fn table(&self, name: &'static str) -> Section<'a> {
        self.known.borrow_mut().insert(name);
        let mut place = self.place.clone();
        let mut layers = Vec::new();
        for layer in self.layers.iter().rev() {
            let Some((key, value)) = layer.table.iter().find(|(key, _)| key.get_ref() == name) else {
                continue;
            };
            let here = layer.source.at(key.span().start);
            match value.get_ref() {
                DeValue::Table(table) => {
                    layers.insert(0, Layer { source: layer.source, table });
                    place = here;
                }
                other => self.refuse(name, &shown(other), &here, "a table"),
            }
        }
        Section { path: self.key(name), place, layers, problems: self.problems, known: RefCell::default() }
    }

    /// The tables of a list, those of the file before those of the preset.
    pub(super) fn tables(&self, name: &'static str) -> Vec<Section<'a>> {
        self.known.borrow_mut().insert(name);
        let mut sections = Vec::new();
        for layer in &self.layers {
            let Some((key, value)) = layer.table.iter().find(|(key, _)| key.get_ref() == name) else {
                continue;
            };
            let DeValue::Array(items) = value.get_ref() else {
                let place = layer.source.at(key.span().start);
                self.refuse(
                    name,
                    &shown(value.get_ref()),
                    &place,
                    &format!("a list: [[{}]]", self.key(name)),
                );
                continue;
            };
            sections.extend(items.iter().filter_map(|item| self.item(name, *layer, item)));
        }
        sections
    }

    fn item(&self, name: &str, layer: Layer<'a>, item: &'a Spanned<DeValue<'a>>) -> Option<Section<'a>> {
        let place = layer.source.at(item.span().start);
        let DeValue::Table(table) = item.get_ref() else {
            self.refuse(name, &shown(item.get_ref()), &place, "a list of tables");
            return None;
        };
        let layers = vec![Layer { source: layer.source, table }];
        Some(Section {
            path: self.key(name),
            place,
            layers,
            problems: self.problems,
            known: RefCell::default(),
        })
    }

    /// All keys and their texts, whatever they are called: those of the preset in their order, unless the file says otherwise,
    /// then those that only the file has.
    pub(super) fn pairs(&self, rule: &str) -> Vec<(String, Placed)> {
        let mut pairs: Vec<(String, Placed)> = Vec::new();
        for layer in self.layers.iter().rev() {
            // The table is ordered by name.
            let mut entries: Vec<_> = layer.table.iter().collect();
            entries.sort_by_key(|(key, _)| key.span().start);
            for (key, value) in entries {
                let (name, place) = (key.get_ref().to_string(), layer.source.at(key.span().start));
                let DeValue::String(text) = value.get_ref() else {
                    let rule = format!("{rule}, in quotation marks");
                    self.refuse(&name, &shown(value.get_ref()), &place, &rule);
                    continue;
                };
                let placed = Placed { text: text.to_string(), place };
                match pairs.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, old)) => *old = placed,
                    None => pairs.push((name, placed)),
                }
            }
        }
        pairs
    }

    /// Says which keys of the file nobody asked for.
    pub(super) fn finish(self) {
        let known = self.known.borrow();
        let Some(layer) = self.layers.first() else { return };
        for key in layer.table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(name) {
                let all: Vec<&str> = known.iter().copied().collect();
                let place = layer.source.at(key.span().start);
                self.problem(format!(
                    "{} ({place}): there is no such key; there are {}",
                    self.key(name),
                    all.join(", ")
                ));
            }
        }
    }
}

/// A value as messages show it. A text is shown only where it has to be, for it may be a secret in the wrong place.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(_) => "a text".to_owned(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Datetime(when) => when.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
