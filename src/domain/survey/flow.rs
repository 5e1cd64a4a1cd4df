//! The flow: which question comes next. `advance` is the one place where it is decided, for every channel.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::graph::{Question, QuestionKind, SurveyGraph};
use super::input::is_blank;
use super::refusal::{Refusal, shown};
use crate::domain::contact::Channel;
use crate::domain::response::{AnswerValue, ResponseState};

/// What was answered so far. Where the customer stands is always found by walking from the first question, so it
/// cannot disagree with the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    channel: Channel,
    answers: BTreeMap<u16, AnswerValue>,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// The first answer to the question.
    New,
    /// The same answer again; nothing changes.
    Repeat,
    /// Another answer, in place of the stored one.
    Correction,
}

/// An answer that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What became of it.
    pub kind: StepKind,
    /// The question answered.
    pub question_no: u16,
    /// The answer as it is stored.
    pub value: AnswerValue,
    /// The question to ask next; `None` at the end.
    pub next: Option<u16>,
    /// What was answered so far, this answer included.
    pub progress: Progress,
}

/// A walk through the survey by the answers so far.
struct Walk<'a> {
    /// The questions with a stored answer, in the order in which they were asked.
    passed: Vec<&'a Question>,
    /// The question that is due; `None` at the end.
    current: Option<&'a Question>,
}

impl Progress {
    /// The beginning of a survey on a channel.
    pub fn new(channel: Channel) -> Self {
        Self { channel, answers: BTreeMap::new() }
    }

    /// The state that stored answers amount to, in whatever order they come. Numbers the survey does not have are
    /// left out; of two answers to one question the last counts.
    pub fn replay(
        graph: &SurveyGraph,
        channel: Channel,
        answers: impl IntoIterator<Item = (u16, AnswerValue)>,
    ) -> Self {
        let answers = answers.into_iter().filter(|(no, _)| graph.at(*no).is_some()).collect();
        Self { channel, answers }
    }

    /// The channel of the answers.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The stored answer to a question.
    pub fn answer(&self, no: u16) -> Option<&AnswerValue> {
        self.answers.get(&no)
    }

    /// The question that is due; `None` at the end. Questions not asked on the channel are passed over.
    pub fn current<'a>(&self, graph: &'a SurveyGraph) -> Option<&'a Question> {
        self.walk(graph).current
    }

    /// The numbers of the questions asked so far, in order; the last one is the current question unless the survey
    /// has ended.
    pub fn path(&self, graph: &SurveyGraph) -> Vec<u16> {
        let walk = self.walk(graph);
        walk.passed.into_iter().chain(walk.current).map(|q| q.no).collect()
    }

    /// How many questions have an answer, those passed over not counted.
    pub fn answered(&self) -> usize {
        self.answers.values().filter(|value| **value != AnswerValue::Skipped).count()
    }

    /// The state of the response if it ended here, by reaching the end or by hanging up.
    pub fn end_state(&self, graph: &SurveyGraph) -> ResponseState {
        let walk = self.walk(graph);
        let skipped = |q: &&Question| self.answer(q.no) == Some(&AnswerValue::Skipped);
        if self.answered() == 0 {
            ResponseState::Declined
        } else if walk.current.is_none() && !walk.passed.iter().any(|q| q.required && skipped(q)) {
            ResponseState::Complete
        } else {
            ResponseState::Partial
        }
    }

    /// The state of the response while it goes on; its last state once the end is reached.
    pub fn state_after(&self, graph: &SurveyGraph) -> ResponseState {
        let walk = self.walk(graph);
        match (walk.current, walk.passed.is_empty()) {
            (None, _) => self.end_state(graph),
            (Some(_), true) => ResponseState::Offered,
            (Some(_), false) => ResponseState::InProgress,
        }
    }

    /// All answers as one text such as `4:5:-1`: a position for each question asked on the channel, in the order of the
    /// survey; `-1` is not answered, words are not repeated but stand as `1`.
    pub fn results(&self, graph: &SurveyGraph) -> String {
        let position = |question: &Question| match self.answer(question.no) {
            None | Some(AnswerValue::Skipped) => -1,
            Some(AnswerValue::Number(number)) => i64::from(*number),
            Some(AnswerValue::Choice(key)) => {
                question.choice_digit(key).and_then(|digit| i64::try_from(digit).ok()).unwrap_or(0)
            }
            Some(AnswerValue::Text(_) | AnswerValue::Recording(_)) => 1,
        };
        let mut list = String::with_capacity(graph.questions().len() * 3);
        for question in graph.questions().iter().filter(|q| q.asked_on(self.channel)) {
            if !list.is_empty() {
                list.push(':');
            }
            // Writing into a String cannot fail.
            let _ = write!(list, "{}", position(question));
        }
        list
    }

    fn walk<'a>(&self, graph: &'a SurveyGraph) -> Walk<'a> {
        let mut passed: Vec<&Question> = Vec::with_capacity(self.answers.len());
        let mut at = graph.at(0);
        // The validator refuses loops, so this ends after at most every question once.
        while let Some(question) = at {
            if question.asked_on(self.channel) {
                if !self.answers.contains_key(&question.no) {
                    return Walk { passed, current: Some(question) };
                }
                passed.push(question);
            }
            at = self.follow(question, &passed).and_then(|no| graph.at(no));
        }
        Walk { passed, current: None }
    }

    /// Where the way leads from a question. Only answers on the way count: one that was stored before a correction
    /// led elsewhere has no say.
    fn follow(&self, question: &Question, passed: &[&Question]) -> Option<u16> {
        let answer = |no: u16| passed.iter().find(|q| q.no == no).and_then(|q| self.answer(q.no));
        let routes = &question.routes;
        let taken = routes.branches.iter().find(|b| b.when.iter().all(|c| c.test.holds(answer(c.question))));
        taken.map_or(routes.otherwise, |branch| branch.target)
    }

    fn with(&self, no: u16, value: AnswerValue) -> Self {
        let mut answers = self.answers.clone();
        answers.insert(no, value);
        Self { channel: self.channel, answers }
    }
}

/// Takes one answer, or says why not. `raw` is what the customer entered: empty or `-1` means not answered.
pub fn advance(
    graph: &SurveyGraph,
    progress: &Progress,
    question_key: &str,
    raw: &str,
) -> Result<Step, Refusal> {
    let Some(question) = graph.question(question_key) else {
        return Err(Refusal::UnknownQuestion { question: shown(question_key) });
    };
    let channel = progress.channel;
    if !question.asked_on(channel) {
        return Err(Refusal::NotAskedHere { question: question.key.clone(), channel });
    }
    let walk = progress.walk(graph);
    let place = walk.passed.iter().position(|q| q.no == question.no);
    if place.is_none() && walk.current.is_none_or(|current| current.no != question.no) {
        return Err(not_due(graph, question, walk.current));
    }
    let value = question.read(channel, raw)?;
    let kind = match place {
        None => StepKind::New,
        Some(_) if progress.answer(question.no) == Some(&value) => StepKind::Repeat,
        Some(place) if place + 1 == walk.passed.len() => StepKind::Correction,
        Some(_) => return Err(Refusal::TooLate { question: question.key.clone() }),
    };
    let progress =
        if kind == StepKind::Repeat { progress.clone() } else { progress.with(question.no, value.clone()) };
    let next = progress.current(graph).map(|q| q.no);
    Ok(Step { kind, question_no: question.no, value, next, progress })
}

/// How much longer than its question allows a recording may be: gateways record the beep before it, and the silence in
/// which they notice its end.
const RECORDING_SLACK: Duration = Duration::from_secs(2);

/// Takes a recording as an answer, or says why not. `reference` names the recording: the same one again is a repeat.
pub fn advance_recording(
    graph: &SurveyGraph,
    progress: &Progress,
    question_key: &str,
    reference: &str,
    duration: Duration,
) -> Result<Step, Refusal> {
    if let Some(question) = graph.question(question_key) {
        let key = || question.key.clone();
        let QuestionKind::VoiceComment { max_seconds: max } = question.kind else {
            return Err(Refusal::NoRecording { question: key(), allowed: question.allowed() });
        };
        if duration > Duration::from_secs(u64::from(max)) + RECORDING_SLACK {
            let got = duration.as_millis().div_ceil(1000);
            let got = u64::try_from(got).unwrap_or(u64::MAX);
            return Err(Refusal::RecordingTooLong { question: key(), got, max });
        }
    }
    advance(graph, progress, question_key, reference)
}

/// Why a question that is neither answered nor due is refused.
fn not_due(graph: &SurveyGraph, question: &Question, current: Option<&Question>) -> Refusal {
    let key = question.key.clone();
    match current {
        None => Refusal::Ended { question: key },
        Some(current) if graph.may_follow(current.no, question.no) => {
            Refusal::NotYet { question: key, expected: current.key.clone() }
        }
        Some(_) => Refusal::NotOnPath { question: key },
    }
}

/// Takes a list of answers such as `4:5:9`, all or none: one position per question asked on the channel, in the order of the survey,
/// separated by `:`, else `;`, else `,`, whichever occurs. Empty or `-1` means not answered, and is what a question
/// off the path must have. Questions after the end of the list, or after its last position that is not empty, are
/// left for later. A repeat of stored answers changes nothing.
pub fn advance_all(graph: &SurveyGraph, progress: &Progress, list: &str) -> Result<Vec<Step>, Refusal> {
    let mut positions = split(list);
    let asked: Vec<&Question> = graph.questions().iter().filter(|q| q.asked_on(progress.channel)).collect();
    if positions.len() > asked.len() {
        return Err(Refusal::TooManyAnswers { got: positions.len(), max: asked.len() });
    }
    let mut progress = progress.clone();
    let mut steps = Vec::new();
    for place in 0.. {
        // Walked anew each time: every answer may change what comes after it.
        let walk = progress.walk(graph);
        let stored = walk.passed.get(place);
        let Some(question) = stored.copied().or(walk.current.filter(|_| place == walk.passed.len())) else {
            break;
        };
        let position = asked.iter().position(|q| q.no == question.no);
        let Some(raw) = position.and_then(|position| positions.get_mut(position)) else {
            if stored.is_none() {
                break;
            }
            continue;
        };
        let raw = std::mem::take(raw);
        // No position for a question answered before says nothing about that answer.
        if raw.is_empty() && stored.is_some() {
            continue;
        }
        let step = advance(graph, &progress, &question.key, raw)?;
        progress = step.progress.clone();
        steps.push(step);
    }
    match asked.iter().zip(&positions).find(|(_, raw)| !is_blank(raw)).map(|(question, _)| *question) {
        Some(unused) => Err(unused_position(graph, unused, &progress)),
        None => Ok(steps),
    }
}

/// The positions of a list, without empty ones at the end.
fn split(list: &str) -> Vec<&str> {
    let separator = [':', ';', ','].into_iter().find(|c| list.contains(*c)).unwrap_or(':');
    let mut positions: Vec<&str> = list.split(separator).map(str::trim).collect();
    while positions.last().is_some_and(|raw| raw.is_empty()) {
        positions.pop();
    }
    positions
}

/// Why the answer at a position which the walk did not come to is refused.
fn unused_position(graph: &SurveyGraph, question: &Question, progress: &Progress) -> Refusal {
    match not_due(graph, question, progress.current(graph)) {
        Refusal::Ended { question } => Refusal::NotOnPath { question },
        refusal => refusal,
    }
}
