//! What a turn of the engine looks like to a script.

use crate::actors::survey_engine::{StepNote, Turn};
use crate::domain::survey::{Question, QuestionKind};
use crate::http::reply::{ChoiceView, QuestionView, Questions, Reply, ResultWord};

/// The reply to an answer or an end.
pub(super) fn turn(turn: &Turn) -> Reply {
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
    reply.question = question.map(|q| question_view(q, turn));
    if question.is_none() {
        reply.thanks = graph.thanks(&turn.language).map(str::to_owned);
        reply.answers.clone_from(&turn.results);
    }
    reply
}

/// The reply to an offer: the first question and, for scripts that go their own way, all of them.
pub(super) fn begun(begun: &Turn) -> Reply {
    let graph = &begun.version.graph;
    let mut reply = turn(begun);
    reply.survey = Some(graph.key().to_owned());
    reply.version = Some(begun.version.number);
    reply.language = Some(begun.language.to_string());
    reply.intro = graph.intro(&begun.language).map(str::to_owned);
    reply.thanks = graph.thanks(&begun.language).map(str::to_owned);
    let asked = graph.questions().iter().filter(|q| q.asked_on(begun.channel));
    reply.questions = Questions(asked.map(|q| question_view(q, begun)).collect());
    reply.question_count = Some(reply.questions.0.len());
    reply
}

fn question_view(question: &Question, turn: &Turn) -> QuestionView {
    let input = question.input();
    QuestionView {
        question_id: question.key.clone(),
        question_no: question.no + 1,
        kind: question.kind.as_str(),
        text: question.text(&turn.language).to_owned(),
        required: question.required,
        min: input.min,
        max: input.max,
        keys: input.keys,
        max_digits: input.max_digits,
        terminator: input.terminator.map(String::from).unwrap_or_default(),
        no_input_ms: question.no_input_ms,
        retries: question.retries,
        choices: choices(question, turn),
    }
}

fn choices(question: &Question, turn: &Turn) -> Vec<ChoiceView> {
    let QuestionKind::Choice { choices, .. } = &question.kind else { return Vec::new() };
    let view = |(no, choice): (usize, &crate::domain::survey::Choice)| ChoiceView {
        digit: (no + 1).to_string(),
        choice_id: choice.key.clone(),
        label: choice.label(&turn.language).to_owned(),
    };
    choices.iter().enumerate().map(view).collect()
}
