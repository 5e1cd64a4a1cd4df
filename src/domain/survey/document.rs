//! The survey document: the JSON that people write, import and export. Everything is optional or free here;
//! `validate` says what is wrong with it and where.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::invitation::InvitationDocument;

/// A survey as it is written, imported and exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "aftercall survey")]
pub struct SurveyDocument {
    /// The format of this document.
    pub format: Format,
    /// The survey's key, unique on the server: small letters, digits and hyphens.
    #[schemars(regex(pattern = r"^[a-z0-9-]{1,40}$"))]
    pub key: String,
    /// The survey's name for people.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// Languages as BCP 47 tags; the first is the default. Every text is needed in each of them.
    #[schemars(length(min = 1, max = 20))]
    pub languages: Vec<String>,
    /// Said before the first question, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<LocalText>,
    /// Said at the end, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thanks: Option<LocalText>,
    /// How callers hear it; `prompts` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<VoiceMode>,
    /// Said to a caller who pressed nothing, before the question is asked again, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_input: Option<LocalText>,
    /// Said to a caller who pressed a key that is no answer, before the question is asked again, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_match: Option<LocalText>,
    /// Names of prompts that differ from the usual ones: by `intro`, `thanks`, `no-input`, `no-match`, a question's key,
    /// or a question's and a choice's key with a dot between them. The usual name is the survey's key, a dot, and that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub prompts: Option<BTreeMap<String, String>>,
    /// The questions; the first is asked first.
    #[schemars(length(min = 1, max = 50))]
    pub questions: Vec<QuestionDocument>,
    /// Who of the contacts is asked; everyone when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<SamplingDocument>,
    /// When contacts are asked; always when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleDocument>,
    /// How it is offered by text message after the contact; not at all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationDocument>,
    /// Which way scales run in languages written from right to left; `mirrored` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtl_scales: Option<RtlScales>,
    /// Days after which responses are deleted; never when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub retention_days: Option<i64>,
    /// Days after which recordings are deleted, if earlier than their responses; with them when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub recording_retention_days: Option<i64>,
}

impl SurveyDocument {
    /// Every text that is written in languages.
    pub fn texts_mut(&mut self) -> Vec<&mut LocalText> {
        let around = [&mut self.intro, &mut self.thanks, &mut self.no_input, &mut self.no_match];
        let mut texts: Vec<&mut LocalText> = around.into_iter().flatten().collect();
        if let Some(invitation) = &mut self.invitation {
            texts.push(&mut invitation.text);
            texts.extend(invitation.reminder.as_mut().map(|reminder| &mut reminder.text));
        }
        for question in &mut self.questions {
            texts.push(&mut question.text);
            texts.extend([&mut question.low_label, &mut question.high_label].into_iter().flatten());
            texts.extend(question.choices.iter_mut().flatten().map(|choice| &mut choice.label));
        }
        texts
    }
}

/// How callers hear a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VoiceMode {
    /// By prompts: without one for every text in every language the survey cannot be published.
    #[default]
    Prompts,
    /// By prompts where there are some; the IVR speaks the other texts itself.
    Tts,
    /// Not at all: the survey is for chat, web and text messages.
    None,
}

/// Which way scales run in languages that are written from right to left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RtlScales {
    /// As one reads: the low end is on the right.
    #[default]
    Mirrored,
    /// As numbers run in other languages: the low end is on the left.
    LeftToRight,
}

/// The document formats this server reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Format {
    /// The first format.
    #[serde(rename = "aftercall.survey/1")]
    V1,
}

/// A text by language: `{"en": "Thank you", "es": "Gracias"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct LocalText(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for LocalText {
    /// Refuses a language given twice, of which a plain map would silently keep the last.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = LocalText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("texts by language, such as {\"en\": \"Thank you\"}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LocalText, A::Error> {
                let mut texts = BTreeMap::new();
                while let Some((language, text)) = map.next_entry::<String, String>()? {
                    if texts.contains_key(&language) {
                        return Err(Error::custom(format!("the language `{language}` is given twice")));
                    }
                    texts.insert(language, text);
                }
                Ok(LocalText(texts))
            }
        }

        deserializer.deserialize_map(Texts)
    }
}

/// One question. Which of the optional fields may stand depends on its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionDocument {
    /// The question's key, unique in the survey: small letters, digits and hyphens, not `end`.
    #[schemars(regex(pattern = r"^[a-z0-9-]{1,40}$"))]
    pub key: String,
    /// What is asked for.
    #[serde(rename = "type")]
    pub kind: QuestionType,
    /// The scale of a `rating`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// What the lowest value means, by language: shown at its end of the scale, on the page and in chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_label: Option<LocalText>,
    /// What the highest value means, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_label: Option<LocalText>,
    /// The score a `rating` counts for; `csat` needs the scale 1-5, `ces` 1-5 or 1-7. A plain mean when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<RatingMetric>,
    /// The choices of a `choice`, in order: the key 1 on a keypad is the first. More than nine cannot be asked by voice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 2, max = 20))]
    pub choices: Option<Vec<ChoiceDocument>>,
    /// Whether a `choice` shows its choices in random order in chat and on the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shuffle: Option<bool>,
    /// Whether the choices of a `choice` are read to a caller after the text, each followed by its digit; false when left
    /// out, for a text that names them itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_choices: Option<bool>,
    /// Most characters of a `free_text`; 1000 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 4000))]
    pub max_chars: Option<i64>,
    /// Longest recording of a `voice_comment` in seconds; 60 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 600))]
    pub max_seconds: Option<i64>,
    /// What is said or shown, by language.
    pub text: LocalText,
    /// Whether the response is complete only with an answer to this; true when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// How often a caller is asked again after no input or a wrong one; 2 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 5))]
    pub retries: Option<i64>,
    /// Milliseconds a caller is given to begin; 5000 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1000, max = 30000))]
    pub no_input_ms: Option<i64>,
    /// Where to go next by the answers so far; the first branch that holds is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20))]
    pub branches: Option<Vec<BranchDocument>>,
    /// Where to go when no branch holds: a question's key or `end`; the next question when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

/// The types of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionType {
    /// A number on a scale.
    Rating,
    /// How likely to recommend, 0 to 10.
    Nps,
    /// Yes or no.
    YesNo,
    /// One of several choices.
    Choice,
    /// The customer's own words, written.
    FreeText,
    /// The customer's own words, recorded in the call.
    VoiceComment,
}

/// The scales of a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Scale {
    /// 1 to 5.
    #[serde(rename = "1-5")]
    OneToFive,
    /// 0 to 9: one key each.
    #[serde(rename = "0-9")]
    ZeroToNine,
    /// 1 to 7.
    #[serde(rename = "1-7")]
    OneToSeven,
    /// 1 to 10.
    #[serde(rename = "1-10")]
    OneToTen,
}

impl Scale {
    /// Its lowest and highest value.
    pub fn range(self) -> (i32, i32) {
        match self {
            Self::OneToFive => (1, 5),
            Self::ZeroToNine => (0, 9),
            Self::OneToSeven => (1, 7),
            Self::OneToTen => (1, 10),
        }
    }
}

/// The scores a rating can count for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RatingMetric {
    /// Customer satisfaction: the share of 4 and 5.
    Csat,
    /// Customer effort: the mean.
    Ces,
}

/// One of the choices of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceDocument {
    /// The choice's key, unique in the question: small letters, digits and hyphens, with at least one letter.
    #[schemars(regex(pattern = r"^[a-z0-9-]{1,40}$"))]
    pub key: String,
    /// What is said or shown, by language.
    pub label: LocalText,
}

/// A way on from a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchDocument {
    /// Conditions which must all hold.
    #[schemars(length(min = 1, max = 10))]
    pub when: Vec<ConditionDocument>,
    /// Where to go: a question's key or `end`.
    pub goto: String,
}

/// A condition on an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionDocument {
    /// The key of this question or of one that comes before it.
    pub question: String,
    /// How the answer is compared.
    pub is: Comparison,
    /// What it is compared with: a number, a choice's key, or yes or no. Left out with `answered` and `skipped`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ConditionValue>,
}

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The number is this or more.
    AtLeast,
    /// The number is this or less.
    AtMost,
    /// The answer is this.
    Equals,
    /// There is an answer.
    Answered,
    /// There is none: passed over, not on the way, or not asked on this channel.
    Skipped,
}

impl Comparison {
    /// The word in the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::Equals => "equals",
            Self::Answered => "answered",
            Self::Skipped => "skipped",
        }
    }
}

/// What an answer is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a whole number, a choice's key, `yes` or `no`, true or false")]
pub enum ConditionValue {
    /// Yes or no.
    Bool(bool),
    /// A number of the scale.
    Number(i64),
    /// A choice's key, `yes` or `no`.
    Word(String),
}

/// Who of the contacts is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SamplingDocument {
    /// One contact in so many is asked, by chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000))]
    pub one_in: Option<i64>,
    /// At most so many contacts are asked a day, counted in the schedule's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub daily_cap: Option<i64>,
    /// Hours during which a customer is not asked again, by any survey.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 8760))]
    pub cool_down_hours: Option<i64>,
}

/// When contacts are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleDocument {
    /// Time zone of the dates and hours, such as `Europe/Madrid`; the site's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// First day, such as `2026-01-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Business hours; the whole day when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 50))]
    pub hours: Option<Vec<HoursDocument>>,
    /// Days on which nobody is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub holidays: Option<Vec<String>>,
}

/// Business hours of some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursDocument {
    /// The days on which they begin.
    #[schemars(length(min = 1, max = 7))]
    pub days: Vec<Day>,
    /// Opening time by the clock on the wall, such as `09:00`.
    #[schemars(regex(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    pub from: String,
    /// Closing time; at or before `from` it is on the next day.
    #[schemars(regex(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    pub to: String,
}

/// Days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the days")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// The JSON Schema of the survey document (draft 2020-12).
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(SurveyDocument).to_value()
}
