//! What a survey says to a caller, and the prompt that says it.

use super::document::VoiceMode;
use super::graph::{Question, QuestionKind, SurveyGraph};
use crate::domain::contact::Channel;
use crate::domain::prompt::{PromptIndex, PromptName};

/// A place in a survey at which something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot<'a> {
    /// Before the first question.
    Intro,
    /// At the end.
    Thanks,
    /// After no key was pressed.
    NoInput,
    /// After a key that is no answer.
    NoMatch,
    /// A question's text.
    Question(&'a str),
    /// A choice's label, by the keys of question and choice.
    Choice(&'a str, &'a str),
    /// The digit of a choice. The same in every survey, so that a site records its number words once.
    Digit(usize),
}

impl Slot<'_> {
    /// Its place in the document's `prompts`.
    fn place(&self) -> String {
        match self {
            Self::Intro => "intro".to_owned(),
            Self::Thanks => "thanks".to_owned(),
            Self::NoInput => "no-input".to_owned(),
            Self::NoMatch => "no-match".to_owned(),
            Self::Question(key) => (*key).to_owned(),
            Self::Choice(question, choice) => format!("{question}.{choice}"),
            Self::Digit(digit) => digit.to_string(),
        }
    }
}

/// Something said in a language, and the prompt that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The prompt's name.
    pub name: PromptName,
    /// The words.
    pub text: String,
}

impl SurveyGraph {
    /// The name of the prompt for a place: the one the document gives, else the survey's key, a dot and the place; for a
    /// digit `number.` and the digit.
    pub fn prompt_name(&self, slot: Slot<'_>) -> PromptName {
        let place = slot.place();
        if let Slot::Digit(_) = slot {
            return PromptName::of_valid(format!("number.{place}"));
        }
        let given = self.document.prompts.as_ref().and_then(|names| names.get(&place));
        let given = given.and_then(|name| PromptName::parse(name).ok());
        given.unwrap_or_else(|| PromptName::of_valid(format!("{}.{place}", self.key())))
    }

    /// Everything said to callers in a language, each prompt once, in the order it is said; nothing where callers are not
    /// asked at all.
    pub fn spoken(&self, language: &str) -> Vec<Spoken> {
        let mut all: Vec<Spoken> = Vec::new();
        if self.voice() == VoiceMode::None {
            return all;
        }
        let mut say = |slot: Slot<'_>, text: &str| {
            let name = self.prompt_name(slot);
            if !all.iter().any(|spoken| spoken.name == name) {
                all.push(Spoken { name, text: text.to_owned() });
            }
        };
        if let Some(text) = self.intro(language) {
            say(Slot::Intro, text);
        }
        for question in self.questions().iter().filter(|q| q.asked_on(Channel::Voice)) {
            say(Slot::Question(&question.key), question.text(language));
            for (digit, choice) in (1..).zip(question.read_choices()) {
                say(Slot::Choice(&question.key, &choice.key), choice.label(language));
                say(Slot::Digit(digit), &digit.to_string());
            }
        }
        let others = [
            (Slot::NoInput, self.no_input(language)),
            (Slot::NoMatch, self.no_match(language)),
            (Slot::Thanks, self.thanks(language)),
        ];
        for (slot, text) in others {
            if let Some(text) = text {
                say(slot, text);
            }
        }
        all
    }
}

/// A prompt that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPrompt {
    /// The language of the survey it is missing in.
    pub language: String,
    /// Its name.
    pub name: PromptName,
    /// The words it should say.
    pub text: String,
}

/// What a survey says to callers and has no prompt for, by language and in the order it is said; nothing where callers
/// are asked nothing. Whether that is a fault is for [`SurveyGraph::voice`] to say.
pub fn missing_prompts(graph: &SurveyGraph, prompts: &PromptIndex) -> Vec<MissingPrompt> {
    if !graph.askable_on(Channel::Voice) {
        return Vec::new();
    }
    let of_language = |language: &String| {
        let said = graph.spoken(language).into_iter();
        let missing = said.filter(|spoken| prompts.get(&spoken.name, language).is_none());
        let missing = missing.map(|Spoken { name, text }| {
            let language = language.clone();
            MissingPrompt { language, name, text }
        });
        missing.collect::<Vec<_>>()
    };
    graph.languages().iter().flat_map(of_language).collect()
}

impl SurveyGraph {
    /// Whether callers would hear nothing at some place if this prompt were removed: the survey speaks by prompts, and
    /// no parent of the language has another that says it.
    pub fn needs_prompt(&self, prompts: &PromptIndex, name: &PromptName, language: &str) -> bool {
        if self.voice() != VoiceMode::Prompts {
            return false;
        }
        let rest = prompts.without(name, language);
        let lost = |of: &String| prompts.get(name, of).is_some() && rest.get(name, of).is_none();
        let says = |of: &String| self.spoken(of).iter().any(|spoken| spoken.name == *name);
        self.languages().iter().any(|of| lost(of) && says(of))
    }
}

impl Question {
    /// The choices that are read to a caller after the text; none where the text names them itself.
    pub fn read_choices(&self) -> &[super::Choice] {
        match &self.kind {
            QuestionKind::Choice { choices, read: true, .. } => choices,
            _ => &[],
        }
    }
}
