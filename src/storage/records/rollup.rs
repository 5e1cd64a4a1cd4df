//! Figures counted ahead: what is kept of a period, and what a report takes of it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{ReportFilter, ReportRow, StateCountRow, TallyRow};
use crate::domain::report::{Period, hour_of_quarter};
use crate::domain::response::{AnswerValue, ResponseState};
use crate::foundation::VersionId;
use crate::storage::columns::{Columns, Unreadable};

/// A period, and whether its figures hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollupPeriod {
    /// When.
    pub period: Period,
    /// The zone whose day or hour it is.
    pub zone: String,
    /// Raised by every change of a response that was offered in it.
    pub(in crate::storage) seq: i64,
    /// The sequence number it was counted at.
    pub(in crate::storage) counted_seq: Option<i64>,
}

impl RollupPeriod {
    /// Whether it was counted, and nothing changed since.
    pub fn holds(&self) -> bool {
        self.counted_seq == Some(self.seq)
    }
}

/// What of a report was counted ahead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountedAhead {
    /// The times it covers, in order and without overlap.
    pub periods: Vec<Period>,
    /// How often each value was given, in no order; without names.
    pub tallies: Vec<TallyRow>,
    /// How many responses are in each state, in no order; without names.
    pub states: Vec<StateCountRow>,
    /// The newest name of each agent by id, and when the agent was last called so.
    pub names: HashMap<String, (DateTime<Utc>, String)>,
}

/// What was counted of responses that have all but their answers in common, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(in crate::storage) struct GroupCounts {
    /// Responses by state.
    states: BTreeMap<String, u64>,
    /// Answers by version, question and value.
    answers: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
}

impl GroupCounts {
    fn to_json(&self) -> String {
        // Maps from texts to numbers always are JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A value as a word; the words of different values differ.
fn value_word(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Number(number) => format!("number:{number}"),
        AnswerValue::Choice(key) => format!("choice:{key}"),
        AnswerValue::Text(_) => "text".to_owned(),
        AnswerValue::Recording(_) => "recording".to_owned(),
        AnswerValue::Skipped => "skipped".to_owned(),
    }
}

fn value_of(word: &str) -> Option<AnswerValue> {
    match word.split_once(':') {
        Some(("number", number)) => number.parse().ok().map(AnswerValue::Number),
        Some(("choice", key)) => Some(AnswerValue::Choice(key.to_owned())),
        None if word == "text" => Some(AnswerValue::Text(String::new())),
        None if word == "recording" => Some(AnswerValue::Recording(String::new())),
        None if word == "skipped" => Some(AnswerValue::Skipped),
        _ => None,
    }
}

/// What the responses of a group have in common, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::storage) struct Common {
    pub(in crate::storage) survey: [u8; 16],
    pub(in crate::storage) service: [u8; 16],
    pub(in crate::storage) channel: String,
    pub(in crate::storage) language: String,
    pub(in crate::storage) agent: Option<String>,
    pub(in crate::storage) team: Option<String>,
    pub(in crate::storage) queue: Option<String>,
}

/// A group of a period, counted, as it is stored.
#[derive(Debug, Clone)]
pub(in crate::storage) struct CountedGroup {
    pub(in crate::storage) common: Common,
    /// When the first quarter of an hour begins of the hour of the day it is of, in milliseconds; `None`: of all hours.
    pub(in crate::storage) hour_at: Option<i64>,
    /// The agent's newest name within the period.
    pub(in crate::storage) name: Option<String>,
    /// When the agent was last called so, in milliseconds.
    pub(in crate::storage) named_at: Option<i64>,
    /// [`GroupCounts`] as JSON.
    pub(in crate::storage) counts: String,
}

/// A period in the making: by all that responses have in common, and, of all agents together, by the hour of the day.
#[derive(Debug)]
pub(in crate::storage) struct Counting {
    zone: Option<Tz>,
    groups: BTreeMap<Common, GroupCounts>,
    /// The first quarter of an hour that was met of each hour, and its counts.
    hours: BTreeMap<(Common, u32), (i64, GroupCounts)>,
}

impl Counting {
    /// Of a period of a zone.
    pub(in crate::storage) fn in_zone(zone: &str) -> Self {
        Self { zone: zone.parse().ok(), groups: BTreeMap::new(), hours: BTreeMap::new() }
    }

    /// Adds a row of counted answers: what is common, the quarter of an hour, version, question, kind, number, text, how often.
    pub(in crate::storage) fn add_answers(&mut self, row: &mut Columns) -> Result<(), Unreadable> {
        let (common, quarter) = (common(row)?, row.get()?);
        let version = row.id(VersionId::from_bytes)?.to_string();
        let (question, value, n): (String, _, _) =
            (row.get()?, value_word(&row.answer_value()?), row.count()?);
        self.put(common, quarter, |counts| {
            let questions = counts.answers.entry(version.clone()).or_default();
            *questions.entry(question.clone()).or_default().entry(value.clone()).or_default() += n;
        });
        Ok(())
    }

    /// Adds a row of counted responses: what is common, the quarter of an hour, the state, how many.
    pub(in crate::storage) fn add_states(&mut self, row: &mut Columns) -> Result<(), Unreadable> {
        let (common, quarter) = (common(row)?, row.get()?);
        let (state, n) = (row.state()?, row.count()?);
        self.put(common, quarter, |counts| *counts.states.entry(state.as_str().to_owned()).or_default() += n);
        Ok(())
    }

    fn put(&mut self, common: Common, quarter: i64, add: impl Fn(&mut GroupCounts)) {
        if let Some(hour) = self.zone.and_then(|zone| hour_of_quarter(quarter, zone)) {
            let of_all = Common { agent: None, ..common.clone() };
            let (first, counts) =
                self.hours.entry((of_all, hour)).or_insert_with(|| (quarter, GroupCounts::default()));
            *first = quarter.min(*first);
            add(counts);
        }
        add(self.groups.entry(common).or_default());
    }

    /// What was counted; `names`: the newest name of each agent, and when the agent was called so.
    pub(in crate::storage) fn finish(self, names: &HashMap<String, (String, i64)>) -> Vec<CountedGroup> {
        let groups = self.groups.into_iter().map(|(common, counts)| {
            let newest = common.agent.as_ref().and_then(|agent| names.get(agent));
            CountedGroup {
                hour_at: None,
                name: newest.map(|(name, _)| name.clone()),
                named_at: newest.map(|(_, at)| *at),
                counts: counts.to_json(),
                common,
            }
        });
        let hours = self.hours.into_iter().map(|((common, _), (quarter, counts))| CountedGroup {
            hour_at: Some(quarter * QUARTER_MS),
            name: None,
            named_at: None,
            counts: counts.to_json(),
            common,
        });
        groups.chain(hours).collect()
    }
}

/// Milliseconds of a quarter of an hour.
const QUARTER_MS: i64 = 900_000;

fn common(row: &mut Columns) -> Result<Common, Unreadable> {
    Ok(Common {
        survey: row.get()?,
        service: row.get()?,
        channel: row.get()?,
        language: row.get()?,
        agent: row.get()?,
        team: row.get()?,
        queue: row.get()?,
    })
}

/// The column of a stored group with its counts.
const COUNTS: usize = 7;

/// What a report takes of a period's group: survey and group, agent, agent's name and since when, counts.
pub(in crate::storage) struct StoredGroup {
    starts_at: DateTime<Utc>,
    group: ReportRow,
    named: Option<(String, String, DateTime<Utc>)>,
    /// [`GroupCounts`] as JSON.
    counts: String,
}

impl StoredGroup {
    /// From the columns of its statement.
    pub(in crate::storage) fn read(row: &mut Columns) -> Result<Self, Unreadable> {
        let (starts_at, group) = (row.time()?, row.group(&HashMap::new())?);
        let (agent, name, at): (Option<String>, Option<String>, _) =
            (row.get()?, row.get()?, row.time_or_null()?);
        let named = agent.zip(name).zip(at).map(|((agent, name), at)| (agent, name, at));
        Ok(Self { starts_at, group, named, counts: row.get()? })
    }
}

/// Folds what was read of the groups of a report's periods. `before` and `after` are the periods as they stood before and after
/// the groups were read: only the groups of one that is the same in both were read whole.
pub(in crate::storage) fn fold_ahead(
    before: &[RollupPeriod],
    groups: Vec<StoredGroup>,
    after: &[RollupPeriod],
    (filter, zone): (&ReportFilter, &str),
) -> Result<CountedAhead, Unreadable> {
    let covered = |period: &RollupPeriod| {
        period.zone == zone
            && filter.from.is_none_or(|from| from <= period.period.from)
            && filter.until.is_none_or(|until| period.period.until <= until)
    };
    let was = |period: &RollupPeriod| {
        let place = before.binary_search_by_key(&period.period.from, |other| other.period.from);
        place.ok().and_then(|place| before.get(place)) == Some(period)
    };
    let stayed = after.iter().filter(|period| period.holds() && covered(period) && was(period));
    let periods: Vec<Period> = stayed.map(|period| period.period).collect();
    let mut ahead = CountedAhead::default();
    let mut sums: HashMap<ReportRow, GroupSums> = HashMap::new();
    for StoredGroup { starts_at, group, named, counts } in groups {
        if periods.binary_search_by_key(&starts_at, |period| period.from).is_err() {
            continue;
        }
        if let Some((agent, name, at)) = named {
            let newest = ahead.names.entry(agent).or_insert_with(|| (at, name.clone()));
            if newest.0 < at {
                *newest = (at, name);
            }
        }
        sums.entry(group).or_default().add_json(&counts).map_err(|_| Unreadable::new(COUNTS, "no counts"))?;
    }
    for (group, sums) in sums {
        sums.into_rows(&group, &mut ahead);
    }
    ahead.periods = periods;
    Ok(ahead)
}

/// What [`GroupCounts`] wrote, with words of any kind of text.
#[derive(Deserialize)]
#[serde(bound(deserialize = "W: Deserialize<'de>"))]
struct Written<W> {
    states: Pairs<W, u64>,
    answers: Pairs<W, Pairs<W, Pairs<W, u64>>>,
}

/// An object's members in their order.
struct Pairs<K, V>(Vec<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<K, V>(PhantomData<(K, V)>);
        impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for Members<K, V> {
            type Value = Pairs<K, V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Changes the value of a word, which is copied when it is new only.
fn put<V: Default>(map: &mut HashMap<String, V>, word: &impl AsRef<str>, change: impl FnOnce(&mut V)) {
    if let Some(value) = map.get_mut(word.as_ref()) {
        change(value);
    } else {
        change(map.entry(word.as_ref().to_owned()).or_default());
    }
}

/// The sums of a report's group.
#[derive(Default)]
struct GroupSums {
    states: HashMap<String, u64>,
    answers: HashMap<String, HashMap<String, HashMap<String, u64>>>,
}

impl GroupSums {
    fn add_json(&mut self, counts: &str) -> Result<(), serde_json::Error> {
        // Hardly any word has a character that JSON escapes: then nothing is copied, which is most of the time it takes.
        match serde_json::from_str::<Written<&str>>(counts) {
            Ok(counts) => self.add(&counts),
            Err(_) => self.add(&serde_json::from_str::<Written<String>>(counts)?),
        }
        Ok(())
    }

    fn add<W: AsRef<str>>(&mut self, counts: &Written<W>) {
        for (state, n) in &counts.states.0 {
            put(&mut self.states, state, |sum| *sum += n);
        }
        for (version, questions) in &counts.answers.0 {
            put(&mut self.answers, version, |sums| {
                for (question, values) in &questions.0 {
                    put(sums, question, |sums| {
                        for (value, n) in &values.0 {
                            put(sums, value, |sum| *sum += n);
                        }
                    });
                }
            });
        }
    }

    /// Words that this program does not know are a newer one's; it counts what it can read, as it does of what is not counted
    /// ahead.
    fn into_rows(self, group: &ReportRow, ahead: &mut CountedAhead) {
        let states = self.states.into_iter().filter_map(|(state, n)| {
            Some(StateCountRow { group: group.clone(), state: ResponseState::parse(&state)?, n })
        });
        ahead.states.extend(states);
        for (version, questions) in self.answers {
            let Ok(version) = version.parse::<VersionId>() else { continue };
            for (question, values) in questions {
                let rows = values.into_iter().filter_map(|(value, n)| {
                    let (group, question_key) = (group.clone(), question.clone());
                    Some(TallyRow { group, version, question_key, value: value_of(&value)?, n })
                });
                ahead.tallies.extend(rows);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_word_of_its_own_that_leads_back() {
        let values = [
            AnswerValue::Number(-1),
            AnswerValue::Number(10),
            AnswerValue::Choice("text".into()),
            AnswerValue::Choice("number:1".into()),
            AnswerValue::Choice(String::new()),
            AnswerValue::Text(String::new()),
            AnswerValue::Recording(String::new()),
            AnswerValue::Skipped,
        ];
        for value in values {
            assert_eq!(value_of(&value_word(&value)), Some(value));
        }
        assert_eq!(value_of("later:1"), None);
    }
}
