//! What a customer may enter for a question: the rules a keypad needs, and the reading of what was entered.

use super::graph::{Question, QuestionKind};
use super::refusal::{Refusal, shown};
use super::texted::is_passed_over;
use crate::domain::contact::Channel;
use crate::domain::response::AnswerValue;
use crate::domain::sms::digit;

/// Longest reference of a recording, in characters.
const MAX_RECORDING_CHARS: usize = 200;

/// What a keypad may enter for a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRules {
    /// Lowest number, where numbers are entered.
    pub min: Option<i32>,
    /// Highest number.
    pub max: Option<i32>,
    /// The single keys allowed, such as `12345`; empty when an answer may need more than one digit, or none.
    pub keys: String,
    /// All digit strings that are prompted for.
    pub values: Vec<String>,
    /// Most digits of an answer; 0 when the answer is not made of digits.
    pub max_digits: u8,
    /// The key that ends an answer which may have more than one digit.
    pub terminator: Option<char>,
}

impl InputRules {
    fn digits(min: i32, max: i32) -> Self {
        let values: Vec<String> = (min..=max).map(|n| n.to_string()).collect();
        let single = max <= 9;
        Self {
            min: Some(min),
            max: Some(max),
            keys: if single { values.concat() } else { String::new() },
            values,
            max_digits: if single { 1 } else { 2 },
            terminator: if single { None } else { Some('#') },
        }
    }

    fn none() -> Self {
        let (keys, values) = (String::new(), Vec::new());
        Self { min: None, max: None, keys, values, max_digits: 0, terminator: None }
    }
}

impl Question {
    /// What a keypad may enter: for yes and no 1 and 2, for a choice its position from 1.
    pub fn input(&self) -> InputRules {
        match &self.kind {
            QuestionKind::Rating { min, max, .. } => InputRules::digits(*min, *max),
            QuestionKind::Nps => InputRules::digits(0, 10),
            QuestionKind::YesNo => InputRules::digits(1, 2),
            QuestionKind::Choice { choices, .. } => {
                InputRules::digits(1, i32::try_from(choices.len()).unwrap_or(i32::MAX))
            }
            QuestionKind::FreeText { .. } | QuestionKind::VoiceComment { .. } => InputRules::none(),
        }
    }

    /// What may be entered, in words, for error messages.
    pub fn allowed(&self) -> String {
        match &self.kind {
            QuestionKind::Rating { min, max, .. } => format!("a whole number from {min} to {max}"),
            QuestionKind::Nps => "a whole number from 0 to 10".to_owned(),
            QuestionKind::YesNo => "1 or yes, 2 or no".to_owned(),
            QuestionKind::Choice { choices, .. } => {
                let keys: Vec<&str> = choices.iter().map(|c| c.key.as_str()).collect();
                format!("1 to {} or one of {}", choices.len(), keys.join(", "))
            }
            QuestionKind::FreeText { max_chars } => format!("a text of at most {max_chars} characters"),
            QuestionKind::VoiceComment { .. } => {
                format!(
                    "a recording, sent to `recording`; or the reference of one kept elsewhere, with a letter in it and at \
                     most {MAX_RECORDING_CHARS} characters"
                )
            }
        }
    }

    /// Reads what was entered. Nothing or `-1` means not answered, which a caller may always do: after the last
    /// retry the call has to go on. Elsewhere a required question must be answered. Who writes, in a chat or a text message, can
    /// send nothing by a word only, and what stands for an answer may have words around it.
    pub(super) fn read(&self, channel: Channel, raw: &str) -> Result<AnswerValue, Refusal> {
        let entered = self.trim(raw);
        let is_texted = matches!(channel, Channel::Sms | Channel::Chat);
        if is_blank(entered) || is_texted && is_passed_over(entered) {
            return if self.required && channel != Channel::Voice {
                Err(Refusal::Required { question: self.key.clone(), allowed: self.allowed() })
            } else {
                Ok(AnswerValue::Skipped)
            };
        }
        match &self.kind {
            QuestionKind::FreeText { max_chars } => {
                let max = usize::try_from(*max_chars).unwrap_or(usize::MAX);
                self.read_text(entered, max).map(AnswerValue::Text)
            }
            // Keys pressed are no recording: a script that collects digits for every question would have them counted as one.
            QuestionKind::VoiceComment { .. } if !entered.chars().any(char::is_alphabetic) => {
                Err(self.invalid(entered))
            }
            QuestionKind::VoiceComment { .. } => {
                self.read_text(entered, MAX_RECORDING_CHARS).map(AnswerValue::Recording)
            }
            _ => {
                let texted = || if is_texted { self.read_texted(entered) } else { None };
                self.value_of(entered).or_else(texted).ok_or_else(|| self.invalid(entered))
            }
        }
    }

    fn trim<'a>(&self, raw: &'a str) -> &'a str {
        let raw = raw.trim();
        match &self.kind {
            QuestionKind::FreeText { .. } | QuestionKind::VoiceComment { .. } => raw,
            _ => raw.strip_suffix('#').unwrap_or(raw).trim_end(),
        }
    }

    /// The value of a word or number, `None` when it is not allowed.
    pub(super) fn value_of(&self, entered: &str) -> Option<AnswerValue> {
        match &self.kind {
            QuestionKind::YesNo => match entered.to_ascii_lowercase().as_str() {
                "yes" | "y" | "true" => Some(AnswerValue::Number(1)),
                "no" | "n" | "false" => Some(AnswerValue::Number(0)),
                _ => match number(entered)? {
                    1 => Some(AnswerValue::Number(1)),
                    0 | 2 => Some(AnswerValue::Number(0)),
                    _ => None,
                },
            },
            QuestionKind::Choice { choices, .. } => {
                let by_key = choices.iter().find(|c| c.key.eq_ignore_ascii_case(entered));
                let by_position = || choices.get(usize::try_from(number(entered)?.checked_sub(1)?).ok()?);
                by_key.or_else(by_position).map(|c| AnswerValue::Choice(c.key.clone()))
            }
            kind => {
                let (min, max) = kind.range()?;
                number(entered).filter(|n| (min..=max).contains(n)).map(AnswerValue::Number)
            }
        }
    }

    fn read_text(&self, entered: &str, max: usize) -> Result<String, Refusal> {
        let got = entered.chars().count();
        if got > max {
            return Err(Refusal::TextTooLong { question: self.key.clone(), got, max });
        }
        // A control character breaks XML replies and CSV exports; line breaks and tabs are part of what people write.
        if entered.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Refusal::ControlCharacter { question: self.key.clone() });
        }
        Ok(entered.to_owned())
    }

    fn invalid(&self, entered: &str) -> Refusal {
        Refusal::InvalidValue { question: self.key.clone(), value: shown(entered), allowed: self.allowed() }
    }
}

/// Whether nothing was entered.
pub(super) fn is_blank(raw: &str) -> bool {
    matches!(raw.trim(), "" | "-1")
}

/// A number made of digits only, of any script that [`digit`] knows: Arabic phones type `٥`.
fn number(text: &str) -> Option<i32> {
    let mut digits = text.chars().map(|c| i32::try_from(digit(c)?.to_digit(10)?).ok());
    digits.try_fold(0i32, |sum, value| sum.checked_mul(10)?.checked_add(value?))
}
