//! The survey graph: a validated, immutable survey, the only form of it that the rest of the program asks.

use std::collections::HashMap;
use std::fmt;

use super::document::{LocalText, RatingMetric, RtlScales, SurveyDocument, VoiceMode};
use super::invitation::Invitation;
use super::schedule::OfferRules;
use super::validate;
use crate::domain::contact::Channel;
use crate::domain::response::AnswerValue;

/// Something in a survey document that must be changed before it can be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, such as `questions[2].branches[0].goto`; empty when it concerns the document as a whole.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// A text in each of the survey's languages, the default first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(Vec<(String, String)>);

impl Text {
    /// The text of a document in the order of `languages`. The validator has seen that none is missing.
    pub(super) fn new(text: &LocalText, languages: &[String]) -> Self {
        Self(languages.iter().filter_map(|l| Some((l.clone(), text.0.get(l)?.clone()))).collect())
    }

    /// The text in a language of the survey; in the default language when it is none of them.
    pub fn get(&self, language: &str) -> &str {
        let found = self.0.iter().find(|(l, _)| same_tag(l, language)).or_else(|| self.0.first());
        found.map_or("", |(_, text)| text)
    }

    /// The text in each language.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, text)| text.as_str())
    }
}

/// A choice of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its key, which is stored as the answer.
    pub key: String,
    label: Text,
}

impl Choice {
    pub(super) fn new(key: String, label: Text) -> Self {
        Self { key, label }
    }

    /// What is said or shown in a language of the survey.
    pub fn label(&self, language: &str) -> &str {
        self.label.get(language)
    }

    /// What is said or shown in each language of the survey.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.label.all()
    }
}

/// What a question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionKind {
    /// A number on a scale.
    Rating {
        /// Lowest value.
        min: i32,
        /// Highest value.
        max: i32,
        /// The score it counts for; a plain mean when `None`.
        metric: Option<RatingMetric>,
    },
    /// How likely to recommend, 0 to 10; never rescaled.
    Nps,
    /// Yes (stored as 1) or no (stored as 0).
    YesNo,
    /// One of several choices.
    Choice {
        /// 2 to 20 of them; the position plus one is the digit.
        choices: Vec<Choice>,
        /// Whether they are shown in random order where they are picked by sight.
        shuffle: bool,
        /// Whether they are read to a caller after the question's text.
        read: bool,
    },
    /// Written words.
    FreeText {
        /// Most characters.
        max_chars: u32,
    },
    /// A recording made in the call.
    VoiceComment {
        /// Longest recording in seconds.
        max_seconds: u32,
    },
}

impl QuestionKind {
    /// The word of the document.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Rating { .. } => "rating",
            Self::Nps => "nps",
            Self::YesNo => "yes_no",
            Self::Choice { .. } => "choice",
            Self::FreeText { .. } => "free_text",
            Self::VoiceComment { .. } => "voice_comment",
        }
    }

    /// Lowest and highest number of a rating or an NPS question.
    pub fn range(&self) -> Option<(i32, i32)> {
        match self {
            Self::Rating { min, max, .. } => Some((*min, *max)),
            Self::Nps => Some((0, 10)),
            _ => None,
        }
    }
}

/// A validated question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its position in the survey, from 0.
    pub no: u16,
    /// Its key.
    pub key: String,
    /// What it asks for.
    pub kind: QuestionKind,
    /// Whether the response is complete only with an answer to it.
    pub required: bool,
    /// How often a caller is asked again after no input or a wrong one.
    pub retries: u8,
    /// Milliseconds a caller is given to begin.
    pub no_input_ms: u32,
    pub(super) text: Text,
    pub(super) low_label: Option<Text>,
    pub(super) high_label: Option<Text>,
    pub(super) routes: Routes,
}

impl Question {
    /// What is said or shown in a language of the survey.
    pub fn text(&self, language: &str) -> &str {
        self.text.get(language)
    }

    /// What the lowest and the highest value of its scale mean, in a language of the survey.
    pub fn ends(&self, language: &str) -> [Option<&str>; 2] {
        [&self.low_label, &self.high_label].map(|label| label.as_ref().map(|text| text.get(language)))
    }

    /// The digit of a choice, its position from 1; nothing for keys it does not have.
    pub fn choice_digit(&self, key: &str) -> Option<usize> {
        let QuestionKind::Choice { choices, .. } = &self.kind else { return None };
        choices.iter().position(|c| c.key == key).map(|position| position + 1)
    }

    /// Whether it is asked on a channel at all; where it is not, the flow passes over it.
    pub fn asked_on(&self, channel: Channel) -> bool {
        match &self.kind {
            QuestionKind::FreeText { .. } => channel != Channel::Voice,
            QuestionKind::VoiceComment { .. } => channel == Channel::Voice,
            QuestionKind::Choice { choices, .. } => choices.len() <= 9 || channel != Channel::Voice,
            QuestionKind::Rating { .. } | QuestionKind::Nps | QuestionKind::YesNo => true,
        }
    }

    /// The order in which the choices are presented, as positions in the document; empty for other questions.
    ///
    /// Shuffled only where a choice is picked by sight (chat and web): on the keypad and in a text message the
    /// customer answers with the position, which must not move. The same seed gives the same order.
    pub fn choice_order(&self, channel: Channel, seed: i64) -> Vec<usize> {
        let QuestionKind::Choice { choices, shuffle, .. } = &self.kind else { return Vec::new() };
        let mut order: Vec<usize> = (0..choices.len()).collect();
        if *shuffle && matches!(channel, Channel::Chat | Channel::Web) {
            // The question's number goes in so that two questions of one response are not shuffled alike.
            let mut state = seed.cast_unsigned() ^ (u64::from(self.no) << 48);
            for last in (1..order.len()).rev() {
                let bound = u128::try_from(last + 1).unwrap_or(1);
                let pick = (u128::from(split_mix(&mut state)) * bound) >> 64;
                order.swap(last, usize::try_from(pick).unwrap_or(last));
            }
        }
        order
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014): the order must stay the same over restarts and upgrades, which the
/// generators of a library do not promise.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Where a way leads: a question's number, or the end.
pub(super) type Target = Option<u16>;

/// The ways on from a question: the first branch that holds, else `otherwise`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Routes {
    pub(super) branches: Vec<Branch>,
    pub(super) otherwise: Target,
}

/// A way that is taken when all its conditions hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Branch {
    pub(super) when: Vec<Condition>,
    pub(super) target: Target,
}

/// A condition on the answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) question: u16,
    pub(super) test: Test,
}

/// What an answer is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    AtLeast(i32),
    AtMost(i32),
    Equals(AnswerValue),
    Answered,
    Skipped,
}

impl Test {
    /// Whether it holds; no answer at all counts as one passed over.
    pub(super) fn holds(&self, answer: Option<&AnswerValue>) -> bool {
        let answer = answer.unwrap_or(&AnswerValue::Skipped);
        match self {
            Self::AtLeast(bound) => matches!(answer, AnswerValue::Number(n) if n >= bound),
            Self::AtMost(bound) => matches!(answer, AnswerValue::Number(n) if n <= bound),
            Self::Equals(value) => answer == value,
            Self::Answered => *answer != AnswerValue::Skipped,
            Self::Skipped => *answer == AnswerValue::Skipped,
        }
    }
}

/// A validated survey. Cheap to share behind an `Arc`, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyGraph {
    pub(super) document: SurveyDocument,
    pub(super) intro: Option<Text>,
    pub(super) thanks: Option<Text>,
    pub(super) questions: Vec<Question>,
    pub(super) numbers: HashMap<String, u16>,
    /// By question, the questions that may come later, one bit each (there are at most 50).
    pub(super) later: Vec<u64>,
    pub(super) rules: OfferRules,
    pub(super) retention_days: Option<u32>,
    pub(super) recording_retention_days: Option<u32>,
    pub(super) no_input: Option<Text>,
    pub(super) no_match: Option<Text>,
    pub(super) invitation: Option<Invitation>,
}

impl SurveyGraph {
    /// Reads and validates a document. JSON that does not have the document's form gives one problem, with line and column.
    pub fn from_json(json: &str) -> Result<Self, Vec<Problem>> {
        match serde_json::from_str(json) {
            Ok(document) => Self::validate(document),
            Err(e) => {
                Err(vec![Problem { path: String::new(), message: format!("is not a survey document: {e}") }])
            }
        }
    }

    /// Validates a document, or says everything that is wrong with it.
    pub fn validate(document: SurveyDocument) -> Result<Self, Vec<Problem>> {
        validate::validate(document)
    }

    /// The document as it was written.
    pub fn document(&self) -> &SurveyDocument {
        &self.document
    }

    /// The survey's key.
    pub fn key(&self) -> &str {
        &self.document.key
    }

    /// The survey's name.
    pub fn name(&self) -> &str {
        &self.document.name
    }

    /// The languages, the default first; never empty.
    pub fn languages(&self) -> &[String] {
        &self.document.languages
    }

    /// The language of the survey that serves a wanted one best: the same, else its nearest parent (`es` for `es-MX`),
    /// else one with the same first subtag, else the default. Case does not matter and `_` stands for `-`.
    pub fn language_for(&self, wanted: Option<&str>) -> &str {
        let languages = self.languages();
        let default = languages.first().map_or("", String::as_str);
        let Some(mut wanted) = wanted.map(str::trim).filter(|w| !w.is_empty()) else { return default };
        loop {
            if let Some(found) = languages.iter().find(|l| same_tag(l, wanted)) {
                return found;
            }
            match wanted.rfind(['-', '_']) {
                Some(end) => wanted = wanted.get(..end).unwrap_or(""),
                None => break,
            }
        }
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        languages.iter().find(|l| primary(l) == primary(wanted)).map_or(default, String::as_str)
    }

    /// The questions in order.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The question with a key.
    pub fn question(&self, key: &str) -> Option<&Question> {
        self.at(*self.numbers.get(key)?)
    }

    /// The question with a number.
    pub fn at(&self, no: u16) -> Option<&Question> {
        self.questions.get(usize::from(no))
    }

    /// What is said before the first question.
    pub fn intro(&self, language: &str) -> Option<&str> {
        self.intro.as_ref().map(|text| text.get(language))
    }

    /// What is said at the end.
    pub fn thanks(&self, language: &str) -> Option<&str> {
        self.thanks.as_ref().map(|text| text.get(language))
    }

    /// What is said to a caller who pressed nothing.
    pub fn no_input(&self, language: &str) -> Option<&str> {
        self.no_input.as_ref().map(|text| text.get(language))
    }

    /// What is said to a caller who pressed a key that is no answer.
    pub fn no_match(&self, language: &str) -> Option<&str> {
        self.no_match.as_ref().map(|text| text.get(language))
    }

    /// How it is offered by text message.
    pub fn invitation(&self) -> Option<&Invitation> {
        self.invitation.as_ref()
    }

    /// Which way its scales run in languages written from right to left.
    pub fn rtl_scales(&self) -> RtlScales {
        self.document.rtl_scales.unwrap_or_default()
    }

    /// How callers hear it.
    pub fn voice(&self) -> VoiceMode {
        self.document.voice.unwrap_or_default()
    }

    /// Whether at least one question is asked on a channel.
    pub fn askable_on(&self, channel: Channel) -> bool {
        if channel == Channel::Voice && self.voice() == VoiceMode::None {
            return false;
        }
        super::Progress::new(channel).current(self).is_some()
    }

    /// Who is asked and when.
    pub fn rules(&self) -> &OfferRules {
        &self.rules
    }

    /// Days after which responses are deleted; never when `None`.
    pub fn retention_days(&self) -> Option<u32> {
        self.retention_days
    }

    /// Days after which recordings are deleted, where earlier than their responses.
    pub fn recording_retention_days(&self) -> Option<u32> {
        self.recording_retention_days
    }

    /// Whether question `later` may still come after question `no`.
    pub(super) fn may_follow(&self, no: u16, later: u16) -> bool {
        self.later.get(usize::from(no)).is_some_and(|set| set >> later & 1 == 1)
    }
}

/// Whether two language tags are the same.
pub(super) fn same_tag(a: &str, b: &str) -> bool {
    let plain = |c: u8| if c == b'_' { b'-' } else { c.to_ascii_lowercase() };
    a.bytes().map(plain).eq(b.bytes().map(plain))
}
