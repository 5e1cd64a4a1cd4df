//! Questions, and where a response stands, as a chat engine is told.

use actix_web::HttpRequest;
use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::survey_engine::{StepNote, Turn};
use crate::domain::response::AnswerValue;
use crate::domain::survey::{Direction, Question, QuestionKind};
use crate::http::portal::words::Words;

/// A question with everything that is needed to ask it in a chat.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct AskedQuestion {
    /// Send it back as `question_id`.
    #[schema(example = "csat")]
    question_id: String,
    /// Its place in the survey, from 1.
    question_no: u16,
    /// `rating`, `nps`, `yes_no`, `choice` or `free_text`.
    #[serde(rename = "type")]
    #[schema(example = "rating")]
    kind: &'static str,
    /// What to ask, in the response's language.
    text: String,
    /// Whether it has to be answered. Others may be passed over: send an empty value.
    required: bool,
    /// The lowest number of a rating or NPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<i32>,
    /// The highest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<i32>,
    /// What the lowest number means.
    #[serde(skip_serializing_if = "Option::is_none")]
    low_label: Option<String>,
    /// What the highest number means.
    #[serde(skip_serializing_if = "Option::is_none")]
    high_label: Option<String>,
    /// In which direction the numbers run on a page: `ltr` or `rtl`.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale_direction: Option<&'static str>,
    /// Most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_chars: Option<u32>,
    /// What there is to choose from, in the order to show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<AskedChoice>,
}

/// Something to choose.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::http) struct AskedChoice {
    /// Send it as the value.
    #[schema(example = "billing")]
    value: String,
    /// What to show.
    #[schema(example = "My bill")]
    label: String,
}

/// Where a response stands after a request.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ChatTurn {
    /// The response.
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    response_id: String,
    /// `offered`, `in_progress`, `complete`, `partial`, `declined` or `expired`.
    #[schema(example = "in_progress")]
    state: &'static str,
    /// Whether nothing is left to ask: thank the customer.
    done: bool,
    /// What became of the answer: `new`, `repeat` (stored before) or `correction`.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<&'static str>,
    /// The question to ask now.
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<AskedQuestion>,
    /// What to say at the end, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    thanks: Option<String>,
}

impl ChatTurn {
    pub(super) fn of(turn: &Turn, seed: i64, request: &HttpRequest) -> Self {
        let graph = &turn.version.graph;
        let next = turn.next.and_then(|no| graph.at(no));
        Self {
            response_id: turn.response.to_string(),
            state: turn.state.as_str(),
            done: next.is_none(),
            stored: match turn.note {
                StepNote::New => Some("new"),
                StepNote::Repeat => Some("repeat"),
                StepNote::Correction => Some("correction"),
                StepNote::None => None,
            },
            question: next.map(|question| asked_question(turn, question, &turn.language, seed, request)),
            thanks: graph.thanks(&turn.language).filter(|_| next.is_none()).map(str::to_owned),
        }
    }
}

/// A question as it is asked of this response in a language of its survey.
pub(in crate::http) fn asked_question(
    turn: &Turn,
    question: &Question,
    language: &str,
    seed: i64,
    request: &HttpRequest,
) -> AskedQuestion {
    let range = question.kind.range().filter(|_| !matches!(question.kind, QuestionKind::YesNo));
    let [low, high] = question.ends(language).map(|end| end.map(str::to_owned));
    let choice = |value: &str, label: &str| AskedChoice { value: value.to_owned(), label: label.to_owned() };
    AskedQuestion {
        question_id: question.key.clone(),
        question_no: question.no + 1,
        kind: question.kind.as_str(),
        text: question.text(language).to_owned(),
        required: question.required,
        min: range.map(|(min, _)| min),
        max: range.map(|(_, max)| max),
        low_label: low,
        high_label: high,
        scale_direction: range.map(|_| turn.version.graph.scale_direction(language).as_str()),
        max_chars: match question.kind {
            QuestionKind::FreeText { max_chars } => Some(max_chars),
            _ => None,
        },
        choices: match &question.kind {
            QuestionKind::YesNo => {
                let words = Words::of(request, Some(language));
                vec![choice("1", &words.say("page-yes")), choice("0", &words.say("page-no"))]
            }
            QuestionKind::Choice { choices, .. } => {
                let order = question.choice_order(turn.channel, seed);
                let choices = order.into_iter().filter_map(|place| choices.get(place));
                choices.map(|known| choice(&known.key, known.label(language))).collect()
            }
            _ => Vec::new(),
        },
    }
}

/// An answer in words, as its customer saw it; `None` where nothing was answered.
pub(in crate::http) fn labelled(
    question: &Question,
    value: &AnswerValue,
    language: &str,
    request: &HttpRequest,
) -> Option<String> {
    Some(match value {
        AnswerValue::Skipped | AnswerValue::Recording(_) => return None,
        AnswerValue::Number(number) if question.kind == QuestionKind::YesNo => {
            Words::of(request, Some(language)).say(if *number == 1 { "page-yes" } else { "page-no" })
        }
        AnswerValue::Number(number) => number.to_string(),
        AnswerValue::Choice(key) => {
            let QuestionKind::Choice { choices, .. } = &question.kind else { return Some(key.clone()) };
            let choice = choices.iter().find(|choice| choice.key == *key);
            choice.map_or_else(|| key.clone(), |choice| choice.label(language).to_owned())
        }
        AnswerValue::Text(text) => text.clone(),
    })
}

/// `ltr` or `rtl`.
pub(super) fn direction(language: &str) -> &'static str {
    Direction::of(language).as_str()
}
