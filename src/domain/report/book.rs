//! The book of a report: takes counts in any order, gives scores.

use std::collections::{BTreeMap, HashMap};

use super::Lifecycle;
use crate::domain::response::{AnswerValue, ResponseState};
use crate::domain::survey::scoring::{Metric, Score, score};
use crate::domain::survey::{Question, QuestionKind};

/// Of whom or what figures are: an agent, a team, a queue, a service, a day, or a survey as a whole (an empty key).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// What it is told apart by; `None` when it was not given with the contact.
    pub key: Option<String>,
    /// A name for people, where it has one besides the key.
    pub name: Option<String>,
}

/// An answer was counted for a version that has no such question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("version {version} of survey {survey} has no question {question}")]
pub struct UnknownQuestion {
    survey: String,
    version: u32,
    question: String,
}

/// A question as it is measured: the versions in which it has this key and this type are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The question's key.
    pub question: String,
    /// What it asks for, as the newest of the versions has it.
    pub kind: QuestionKind,
    /// The versions that have it so, ascending.
    pub versions: Vec<u32>,
    /// Whether another measure has the same key, because the question's type was changed.
    pub changed: bool,
    no: u16,
}

impl Measure {
    /// What its figures mean.
    pub fn metric(&self) -> Metric {
        Metric::of(&self.kind)
    }

    /// `version 2`, `versions 1, 3`.
    pub fn versions_text(&self) -> String {
        let numbers: Vec<String> = self.versions.iter().map(u32::to_string).collect();
        format!("version{} {}", if numbers.len() == 1 { "" } else { "s" }, numbers.join(", "))
    }
}

/// The figures of a survey.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyScores {
    /// The survey's key.
    pub survey: String,
    /// What was answered, or passed over, by anybody: questions of the newest version first, in their order.
    pub measures: Vec<Measure>,
    /// The groups by key, the one without a key last.
    pub groups: Vec<GroupScores>,
}

/// The figures of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupScores {
    /// Whose they are.
    pub group: Group,
    /// How far its responses came.
    pub lifecycle: Lifecycle,
    /// Its scores, one for each of [`SurveyScores::measures`]; `None` where nobody of the group came to the question.
    pub scores: Vec<Option<Score>>,
}

/// Takes counts, gives scores.
#[derive(Debug, Default)]
pub struct Book {
    surveys: BTreeMap<String, Chapter>,
}

/// A survey's part of the book.
#[derive(Debug, Default)]
struct Chapter {
    measures: Vec<Measure>,
    /// The measure of each question of each version.
    places: HashMap<(u32, String), usize>,
    /// By key; the first of the pair puts the group without a key last.
    groups: BTreeMap<(bool, String), Page>,
}

/// A group's part of a chapter.
#[derive(Debug, Default)]
struct Page {
    group: Group,
    lifecycle: Lifecycle,
    /// How often each value was given, by measure.
    counts: BTreeMap<usize, BTreeMap<AnswerValue, u64>>,
}

impl Book {
    /// Makes a version's questions known; needed before its answers are counted.
    pub fn add_version(&mut self, survey: &str, version: u32, questions: &[Question]) {
        let chapter = self.chapter(survey);
        for question in questions {
            let alike = |m: &Measure| m.question == question.key && measured_alike(&m.kind, &question.kind);
            let place = chapter.measures.iter().position(alike).unwrap_or(chapter.measures.len());
            chapter.places.insert((version, question.key.clone()), place);
            let Some(measure) = chapter.measures.get_mut(place) else {
                chapter.measures.push(Measure {
                    question: question.key.clone(),
                    kind: question.kind.clone(),
                    versions: vec![version],
                    changed: false,
                    no: question.no,
                });
                continue;
            };
            if measure.versions.last().is_none_or(|newest| *newest < version) {
                (measure.kind, measure.no) = (question.kind.clone(), question.no);
            }
            if let Err(place) = measure.versions.binary_search(&version) {
                measure.versions.insert(place, version);
            }
        }
    }

    /// Counts `n` answers more.
    pub fn add_answers(
        &mut self,
        survey: &str,
        group: Group,
        (version, question): (u32, &str),
        value: AnswerValue,
        n: u64,
    ) -> Result<(), UnknownQuestion> {
        let chapter = self.chapter(survey);
        let Some(place) = chapter.places.get(&(version, question.to_owned())).copied() else {
            let (survey, question) = (survey.to_owned(), question.to_owned());
            return Err(UnknownQuestion { survey, version, question });
        };
        *chapter.page(group).counts.entry(place).or_default().entry(value).or_default() += n;
        Ok(())
    }

    /// Counts `n` responses more.
    pub fn add_responses(&mut self, survey: &str, group: Group, state: ResponseState, n: u64) {
        self.chapter(survey).page(group).lifecycle.add(state, n);
    }

    /// The scores by survey; surveys nobody was offered are not among them.
    pub fn close(self) -> Vec<SurveyScores> {
        let asked = self.surveys.into_iter().filter(|(_, chapter)| !chapter.groups.is_empty());
        asked.map(|(survey, chapter)| chapter.close(survey)).collect()
    }

    fn chapter(&mut self, survey: &str) -> &mut Chapter {
        self.surveys.entry(survey.to_owned()).or_default()
    }
}

impl Chapter {
    fn page(&mut self, group: Group) -> &mut Page {
        let key = (group.key.is_none(), group.key.clone().unwrap_or_default());
        self.groups.entry(key).or_insert_with(|| Page { group, ..Page::default() })
    }

    fn close(self, survey: String) -> SurveyScores {
        let answered = |place: usize| self.groups.values().any(|page| page.counts.contains_key(&place));
        let mut order: Vec<usize> = (0..self.measures.len()).filter(|place| answered(*place)).collect();
        // Old questions follow the newest version's: from the newest they were in to the oldest.
        let rank = |m: &Measure| (std::cmp::Reverse(m.versions.last().copied()), m.no);
        order.sort_by_key(|place| rank(&self.measures[*place]));
        let measures = order.iter().map(|place| {
            let measure = self.measures[*place].clone();
            let twin = |other: &usize| other != place && self.measures[*other].question == measure.question;
            Measure { changed: order.iter().any(twin), ..measure }
        });
        let measures = measures.collect();
        let groups = self.groups.into_values().map(|page| GroupScores {
            scores: order
                .iter()
                .map(|place| {
                    let counts = page.counts.get(place)?;
                    let kind = &self.measures[*place].kind;
                    Some(score(kind, counts.iter().map(|(value, n)| (value, *n))))
                })
                .collect(),
            group: page.group,
            lifecycle: page.lifecycle,
        });
        SurveyScores { survey, measures, groups: groups.collect() }
    }
}

/// Whether answers to both may be counted together. Choices may: one that is gone keeps its own count.
fn measured_alike(one: &QuestionKind, other: &QuestionKind) -> bool {
    let same_type = std::mem::discriminant(one) == std::mem::discriminant(other);
    same_type && (!matches!(one, QuestionKind::Rating { .. }) || one == other)
}
