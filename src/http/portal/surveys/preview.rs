//! A draft as a customer goes through it: decided by the same rules as a real response, stored nowhere.

use actix_web::web::{Data, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{draft, show_problem};
use crate::domain::account::Right;
use crate::domain::contact::Channel;
use crate::domain::sms::{Confirmed, confirmation};
use crate::domain::survey::{Direction, Progress, Question, QuestionKind, Slot, SurveyGraph, advance};
use crate::http::portal::error::PortalError;
use crate::http::portal::session::SignedIn;
use crate::http::portal::state::Portal;

/// A draft, and how far somebody went.
#[derive(Deserialize)]
pub(in crate::http::portal) struct PreviewBody {
    document: Value,
    language: Option<String>,
    channel: String,
    /// What was entered to each question that was asked, in order; an empty text passes it over.
    #[serde(default)]
    answers: Vec<Given>,
}

#[derive(Deserialize)]
struct Given {
    question: String,
    value: String,
}

/// What the customer hears or sees next.
pub(in crate::http::portal) async fn preview(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<PreviewBody>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let body = body.into_inner();
    let channel = Channel::parse(&body.channel);
    let channel =
        channel.ok_or_else(|| PortalError::bad("bad_parameter", "channel: voice, chat, sms or web"))?;
    let graph = match SurveyGraph::validate(draft::parse(body.document)?) {
        Ok(graph) => graph,
        Err(problems) => {
            let problems: Vec<Value> = problems.iter().map(show_problem).collect();
            return Ok(Json(json!({"problems": problems})));
        }
    };
    let language = graph.language_for(body.language.as_deref()).to_owned();
    let scene = Scene { portal: &portal, graph: &graph, language: &language, channel };
    Ok(Json(scene.play(&body.answers)))
}

/// A survey that is played.
struct Scene<'a> {
    portal: &'a Portal,
    graph: &'a SurveyGraph,
    language: &'a str,
    channel: Channel,
}

impl Scene<'_> {
    fn play(&self, answers: &[Given]) -> Value {
        if !self.graph.askable_on(self.channel) {
            return json!({"problems": [], "not_asked": true});
        }
        let mut progress = Progress::new(self.channel);
        let mut said: Vec<Value> =
            self.says(self.graph.intro(self.language), Slot::Intro).into_iter().collect();
        let mut refused = None;
        let mut turns = Vec::new();
        for given in answers {
            let Some(question) = progress.current(self.graph) else { break };
            if question.key != given.question {
                // The draft was changed under who plays it: from here on it is another survey.
                break;
            }
            match advance(self.graph, &progress, &given.question, &given.value) {
                Ok(step) => {
                    turns
                        .push(json!({"said": said, "question": self.asks(question), "entered": given.value}));
                    said = Vec::new();
                    progress = step.progress;
                }
                Err(refusal) => {
                    refused = Some(refusal.to_string());
                    said = self.again().into_iter().collect();
                    break;
                }
            }
        }
        let question = progress.current(self.graph);
        if question.is_none() {
            said.extend(self.says(self.graph.thanks(self.language), Slot::Thanks));
        }
        json!({
            "problems": [],
            "language": self.language,
            "direction": Direction::of(self.language).as_str(),
            "scale_direction": self.graph.scale_direction(self.language).as_str(),
            "turns": turns,
            "said": said,
            "question": question.map(|question| self.asks(question)),
            "refused": refused,
            "state": progress.state_after(self.graph),
        })
    }

    /// A text, and where it is to be heard.
    fn says(&self, text: Option<&str>, slot: Slot<'_>) -> Option<Value> {
        text.map(|text| json!({"text": text, "audio": self.audio(slot)}))
    }

    /// What is said to an answer that is none.
    fn again(&self) -> Option<Value> {
        match self.channel {
            Channel::Sms => {
                let sorry = confirmation(Confirmed::NotUnderstood, self.language);
                Some(json!({"text": sorry, "audio": null}))
            }
            _ => self.says(self.graph.no_match(self.language), Slot::NoMatch),
        }
    }

    fn audio(&self, slot: Slot<'_>) -> Option<String> {
        let name = self.graph.prompt_name(slot);
        let entry = self.portal.api.prompts.current().get(&name, self.language)?;
        Some(format!("/api/v1/audio/prompts/{}", entry.id))
    }

    /// What asks a question; in a text message with all that can be answered.
    fn words_of(&self, question: &Question) -> String {
        match self.channel {
            Channel::Sms => question.written(self.language),
            _ => question.text(self.language).to_owned(),
        }
    }

    fn asks(&self, question: &Question) -> Value {
        let input = question.input();
        let choices: Vec<Value> = match &question.kind {
            QuestionKind::Choice { choices, .. } => (1..)
                .zip(choices)
                .map(|(digit, choice): (usize, _)| {
                    json!({"key": choice.key, "label": choice.label(self.language), "digit": digit,
                           "audio": self.audio(Slot::Choice(&question.key, &choice.key)),
                           "digit_audio": self.audio(Slot::Digit(digit))})
                })
                .collect(),
            _ => Vec::new(),
        };
        json!({
            "key": question.key,
            "type": question.kind.as_str(),
            "text": self.words_of(question),
            "audio": self.audio(Slot::Question(&question.key)),
            "required": question.required,
            "values": input.values,
            "terminator": input.terminator.map(String::from),
            "range": question.kind.range(),
            "ends": question.ends(self.language),
            "choices": choices,
            "reads_choices": !question.read_choices().is_empty(),
        })
    }
}
