//! What a turn of the engine looks like to a script.

use crate::actors::survey_engine::{StepNote, Turn};
use crate::domain::offer::Outcome;
use crate::domain::survey::{Question, QuestionKind, Slot};
use crate::foundation::ResponseId;
use crate::http::prompts::PromptLinks;
use crate::http::reply::{ChoiceView, QuestionView, Questions, Reply, ResultWord};

/// The reply to an answer or an end. Most replies are this one: what the survey does not have costs nothing here.
pub(in crate::http) fn turn(turn: &Turn, links: &PromptLinks) -> Reply {
    let graph = &turn.version.graph;
    let question = turn.next.and_then(|no| graph.questions().get(usize::from(no)));
    let mut reply = Reply::new(if question.is_some() { ResultWord::Question } else { ResultWord::Done });
    reply.response_id = Some(turn.response.to_string());
    reply.state = Some(turn.state.as_str());
    reply.stored = match turn.note {
        StepNote::New => Some("new"),
        StepNote::Repeat => Some("repeat"),
        StepNote::Correction => Some("correction"),
        StepNote::None => None,
    };
    let speech = Speech { turn, links };
    if let Some(question) = question {
        reply.question = Some(speech.question(question));
        (reply.no_input, reply.no_input_prompt_url) =
            speech.said(graph.no_input(&turn.language), Slot::NoInput);
        (reply.no_match, reply.no_match_prompt_url) =
            speech.said(graph.no_match(&turn.language), Slot::NoMatch);
    } else {
        (reply.thanks, reply.thanks_prompt_url) = speech.said(graph.thanks(&turn.language), Slot::Thanks);
        reply.answers = Some(turn.results.clone());
    }
    reply
}

/// The reply to an offer: the first question and, for scripts that go their own way, all of them.
pub fn begun(begun: &Turn, links: &PromptLinks) -> Reply {
    let graph = &begun.version.graph;
    let mut reply = turn(begun, links);
    let speech = Speech { turn: begun, links };
    reply.survey = Some(graph.key().to_owned());
    reply.version = Some(begun.version.number);
    reply.language = Some(begun.language.to_string());
    (reply.intro, reply.intro_prompt_url) = speech.said(graph.intro(&begun.language), Slot::Intro);
    (reply.thanks, reply.thanks_prompt_url) = speech.said(graph.thanks(&begun.language), Slot::Thanks);
    let asked = graph.questions().iter().filter(|q| q.asked_on(begun.channel));
    reply.questions = Questions(asked.map(|q| speech.question(q)).collect());
    reply.question_count = Some(reply.questions.0.len());
    reply
}

/// The reply to a contact that is not surveyed.
pub fn not_asked(offer: ResponseId, outcome: Outcome) -> Reply {
    let mut reply = Reply::new(ResultWord::None);
    reply.code = Some(outcome.as_str().to_owned());
    reply.message = Some(outcome.message().to_owned());
    reply.offer_id = Some(offer.to_string());
    reply
}

/// What is said in a turn, and where its audio is.
struct Speech<'a> {
    turn: &'a Turn,
    links: &'a PromptLinks,
}

impl Speech<'_> {
    fn url(&self, slot: Slot<'_>) -> Option<String> {
        self.links.url(&self.turn.version.graph, slot, &self.turn.language)
    }

    /// A text and the address of its audio; neither where the survey does not say it.
    fn said(&self, text: Option<&str>, slot: Slot<'_>) -> (Option<String>, Option<String>) {
        (text.map(str::to_owned), text.and_then(|_| self.url(slot)))
    }

    fn question(&self, question: &Question) -> QuestionView {
        let input = question.input();
        let max_seconds = match question.kind {
            QuestionKind::VoiceComment { max_seconds } => Some(max_seconds),
            _ => None,
        };
        QuestionView {
            question_id: question.key.clone(),
            question_no: question.no + 1,
            kind: question.kind.as_str(),
            text: question.text(&self.turn.language).to_owned(),
            prompt_url: self.url(Slot::Question(&question.key)),
            required: question.required,
            min: input.min,
            max: input.max,
            keys: input.keys,
            max_digits: input.max_digits,
            terminator: input.terminator.map(String::from).unwrap_or_default(),
            no_input_ms: question.no_input_ms,
            retries: question.retries,
            max_seconds,
            read_choices: !question.read_choices().is_empty(),
            choices: self.choices(question),
        }
    }

    fn choices(&self, question: &Question) -> Vec<ChoiceView> {
        let QuestionKind::Choice { choices, read, .. } = &question.kind else { return Vec::new() };
        // Audio of what is not to be read would only be played by mistake.
        let url = |slot: Slot<'_>| if *read { self.url(slot) } else { None };
        let view = |(digit, choice): (usize, &crate::domain::survey::Choice)| ChoiceView {
            digit: digit.to_string(),
            choice_id: choice.key.clone(),
            label: choice.label(&self.turn.language).to_owned(),
            prompt_url: url(Slot::Choice(&question.key, &choice.key)),
            digit_prompt_url: url(Slot::Digit(digit)),
        };
        (1..).zip(choices).map(view).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use chrono::DateTime;
    use serde_json::{Value, json};

    use super::*;
    use crate::actors::survey_engine::PublishedVersion;
    use crate::domain::contact::Channel;
    use crate::domain::prompt::{PromptEntry, PromptIndex};
    use crate::domain::response::ResponseState;
    use crate::domain::survey::SurveyGraph;
    use crate::foundation::{PromptId, SurveyId, SystemChance, VersionId};
    use crate::storage::PromptForm;

    fn graph() -> SurveyGraph {
        let text = |en: &str| json!({ "en": en });
        let choice = |key: &str| json!({"key": key, "label": text(key)});
        let document = json!({"format": "aftercall.survey/1", "key": "s", "name": "S", "languages": ["en"],
        "intro": text("Hello"), "thanks": text("Bye"), "no_input": text("Nothing came"),
        "questions": [
            {"key": "why", "type": "choice", "read_choices": true, "text": text("Why?"),
             "choices": [choice("price"), choice("wait")]},
            {"key": "who", "type": "choice", "text": text("Who? 1 me, 2 you"), "choices": [choice("me"), choice("you")]},
            {"key": "say", "type": "voice_comment", "max_seconds": 20, "text": text("Speak")},
        ]});
        SurveyGraph::from_json(&document.to_string()).unwrap()
    }

    fn turn_at(next: Option<u16>) -> Turn {
        let at = DateTime::UNIX_EPOCH;
        let (id, survey) = (VersionId::new(at, &SystemChance), SurveyId::new(at, &SystemChance));
        Turn {
            response: ResponseId::new(at, &SystemChance),
            version: Arc::new(PublishedVersion { id, survey, number: 1, graph: graph() }),
            channel: Channel::Voice,
            language: "en".into(),
            state: ResponseState::InProgress,
            next,
            note: StepNote::New,
            results: "1:1:-1".to_owned(),
        }
    }

    /// Links to a prompt for everything the survey says but what is named.
    fn links(but: &[&str]) -> PromptLinks {
        let said = graph().spoken("en").into_iter().filter(|spoken| !but.contains(&spoken.name.as_str()));
        let prompts = said.map(|spoken| {
            let id = PromptId::new(DateTime::UNIX_EPOCH, &SystemChance);
            (spoken.name, "en".to_owned(), PromptEntry { id, duration: Duration::from_secs(1) })
        });
        PromptLinks::new(
            Arc::new(PromptIndex::new(prompts)),
            "http://calls.example".to_owned(),
            PromptForm::Alaw,
        )
    }

    fn json_of(reply: &Reply) -> Value {
        serde_json::from_slice(&reply.to_json().unwrap()).unwrap()
    }

    fn is_link(value: &Value) -> bool {
        let url = value.as_str().and_then(|url| url.strip_prefix("http://calls.example/prompts/"));
        url.and_then(|file| file.strip_suffix(".alaw.wav")).is_some_and(|id| id.parse::<PromptId>().is_ok())
    }

    #[test]
    fn a_question_carries_the_audio_of_all_its_loop_plays_and_of_nothing_else() {
        let reply = json_of(&turn(&turn_at(Some(0)), &links(&["number.2"])));
        for member in ["prompt_url", "no_input_prompt_url"] {
            assert!(is_link(&reply[member]), "{member}: {reply}");
        }
        assert_eq!([&reply["read_choices"], &reply["no_input"]], [&json!(true), &json!("Nothing came")]);
        assert!(
            is_link(&reply["choices"][0]["prompt_url"]) && is_link(&reply["choices"][0]["digit_prompt_url"])
        );
        assert!(is_link(&reply["choices"][1]["prompt_url"]));
        for absent in ["no_match", "no_match_prompt_url", "intro", "thanks", "max_seconds", "questions"] {
            assert!(reply.get(absent).is_none(), "{absent}: {reply}");
        }
        assert!(reply["choices"][1].get("digit_prompt_url").is_none(), "there is no prompt for it");
        let unread = json_of(&turn(&turn_at(Some(1)), &links(&[])));
        assert!(unread.get("read_choices").is_none() && unread["choices"][0].get("prompt_url").is_none());
        assert_eq!(json_of(&turn(&turn_at(Some(2)), &links(&[])))["max_seconds"], 20);
    }

    #[test]
    fn the_first_reply_has_the_audio_of_everything_and_the_last_one_that_of_the_end() {
        let reply = json_of(&begun(&turn_at(Some(0)), &links(&[])));
        for member in
            ["intro_prompt_url", "thanks_prompt_url", "no_input_prompt_url", "prompt_url", "q1_prompt_url"]
        {
            assert!(is_link(&reply[member]), "{member}: {reply}");
        }
        assert_eq!(reply["questions"][2]["prompt_url"], reply["q3_prompt_url"]);
        assert_eq!([&reply["q3_max_seconds"], &reply["q1_read_choices"]], [&json!(20), &json!(true)]);
        let end = json_of(&turn(&turn_at(None), &links(&[])));
        assert!(is_link(&end["thanks_prompt_url"]) && end.get("no_input").is_none(), "{end}");
        let silent = json_of(&begun(
            &turn_at(Some(0)),
            &PromptLinks::new(Arc::default(), String::new(), PromptForm::Ulaw),
        ));
        assert!(!silent.to_string().contains("prompt_url"), "{silent}");
    }
}
