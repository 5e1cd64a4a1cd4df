//! Random surveys: valid documents of every shape the format allows, and random answers to them.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::domain::contact::Channel;
use crate::domain::survey::{Question, QuestionKind, SurveyGraph};

/// A condition before it is known what it may be: how far back, which comparison, which value.
type ConditionPlan = (usize, usize, usize);

#[derive(Debug, Clone)]
struct QuestionPlan {
    kind: usize,
    required: bool,
    /// Conditions and how far ahead they lead.
    branches: Vec<(Vec<ConditionPlan>, usize)>,
    /// Whether `otherwise` leads past the next question, which then only a branch leads to.
    jumps: bool,
}

fn question() -> impl Strategy<Value = QuestionPlan> {
    let condition = (0usize..6, 0usize..5, 0usize..30);
    let branch = (vec(condition, 1..=3), 1usize..6);
    (0usize..11, any::<bool>(), vec(branch, 0..=3), any::<bool>())
        .prop_map(|(kind, required, branches, jumps)| QuestionPlan { kind, required, branches, jumps })
}

/// Valid documents. The ways lead along a hidden order; in half of them the questions stand in the document in
/// another order.
pub(super) fn document() -> impl Strategy<Value = Value> {
    vec(question(), 1..=8).prop_flat_map(|plans| {
        let order: Vec<usize> = (1..plans.len()).collect();
        (Just(plans), Just(order.clone()).prop_shuffle(), any::<bool>()).prop_map(
            move |(plans, shuffled, mix)| {
                let rest = if mix { shuffled } else { order.clone() };
                repaired(&plans, &std::iter::once(0).chain(rest).collect::<Vec<_>>())
            },
        )
    })
}

/// The graphs of those documents.
pub(super) fn graph() -> impl Strategy<Value = SurveyGraph> {
    document().prop_map(|document| super::graph(&document))
}

/// The document of `plans` whose questions stand in `order`. Branches that the validator rightly refuses are dropped;
/// anything it says of questions without branches is a fault of the one or the other and fails the test.
fn repaired(plans: &[QuestionPlan], order: &[usize]) -> Value {
    let mut plans = plans.to_vec();
    loop {
        let document = written(&plans, order);
        let Err(problems) = SurveyGraph::from_json(&document.to_string()) else { return document };
        for problem in &problems {
            let place = problem.path.trim_start_matches("questions[").split(']').next().unwrap();
            let n = order[place.parse::<usize>().unwrap()];
            // To a question that is not reached the branches of the one before it do not lead.
            let message = &problem.message;
            let at_fault = if message.contains("never reached") { n.checked_sub(1) } else { Some(n) };
            let expected = ["never reached", "never taken", "never used", "cannot have been answered"];
            let known = expected.iter().any(|words| message.contains(words));
            let plan = at_fault.filter(|n| known && !plans[*n].branches.is_empty()).map(|n| &mut plans[n]);
            let Some(plan) = plan else { continue };
            if message.contains("never taken") {
                plan.branches.pop();
            } else {
                plan.branches.clear();
            }
        }
        assert_ne!(written(&plans, order), document, "{problems:#?}\n{document:#}");
    }
}

fn written(plans: &[QuestionPlan], order: &[usize]) -> Value {
    let questions: Vec<Value> = (0..).zip(order).map(|(place, n)| one(plans, order, place, *n)).collect();
    json!({
        "format": "aftercall.survey/1", "key": "random", "name": "Random",
        "languages": ["en", "ar"], "questions": questions,
    })
}

fn one(plans: &[QuestionPlan], order: &[usize], place: usize, n: usize) -> Value {
    let text = json!({ "en": format!("Question {n}?"), "ar": "سؤال" });
    let plan = &plans[n];
    let mut question = json!({ "key": format!("q{n}"), "text": text, "required": plan.required });
    for (field, value) in kind(plan.kind).as_object().unwrap() {
        question[field] = value.clone();
    }
    let goto =
        |ahead: usize| if n + ahead < plans.len() { format!("q{}", n + ahead) } else { "end".to_owned() };
    let jumps = plan.jumps && !plan.branches.is_empty();
    let branches: Vec<Value> = plan
        .branches
        .iter()
        .enumerate()
        .map(|(b, (when, ahead))| {
            let when: Vec<Value> = when.iter().map(|plan| condition(plans, n, *plan)).collect();
            json!({ "when": when, "goto": goto(if jumps && b == 0 { 1 } else { *ahead }) })
        })
        .collect();
    if !branches.is_empty() {
        question["branches"] = json!(branches);
    }
    let otherwise = goto(if jumps { 2 } else { 1 });
    let implied = order.get(place + 1).map_or("end".to_owned(), |next| format!("q{next}"));
    if otherwise != implied {
        question["otherwise"] = json!(otherwise);
    }
    question
}

fn kind(plan: usize) -> Value {
    let choices = |count: usize| -> Vec<Value> {
        let label = json!({ "en": "One", "ar": "واحد" });
        (0..count).map(|c| json!({ "key": format!("c{c}"), "label": label })).collect()
    };
    match plan {
        0 => json!({ "type": "rating", "scale": "1-5", "metric": "csat" }),
        1 => json!({ "type": "rating", "scale": "0-9" }),
        2 => json!({ "type": "rating", "scale": "1-7", "metric": "ces" }),
        3 => json!({ "type": "rating", "scale": "1-10" }),
        4 | 5 => json!({ "type": "nps" }),
        6 => json!({ "type": "yes_no" }),
        7 => json!({ "type": "choice", "choices": choices(3), "shuffle": true }),
        8 => json!({ "type": "choice", "choices": choices(20) }),
        9 => json!({ "type": "free_text" }),
        _ => json!({ "type": "voice_comment" }),
    }
}

fn condition(plans: &[QuestionPlan], n: usize, (back, is, value): ConditionPlan) -> Value {
    let asked = n - back % (n + 1);
    let kind = kind(plans[asked].kind);
    let (words, value) = match (kind["type"].as_str().unwrap(), kind["scale"].as_str()) {
        ("nps", _) => (&["at_least", "at_most", "equals"][..], json!(value % 11)),
        (_, Some("1-5")) => (&["at_least", "at_most", "equals"][..], json!(value % 5 + 1)),
        (_, Some("0-9")) => (&["at_least", "at_most", "equals"][..], json!(value % 10)),
        (_, Some("1-7")) => (&["at_least", "at_most", "equals"][..], json!(value % 7 + 1)),
        (_, Some(_)) => (&["at_least", "at_most", "equals"][..], json!(value % 10 + 1)),
        ("yes_no", _) => (&["equals"][..], [json!("yes"), json!("no"), json!(true)][value % 3].clone()),
        ("choice", _) => (&["equals"][..], json!(format!("c{}", value % 3))),
        _ => (&[][..], Value::Null),
    };
    match words.get(is) {
        Some(word) => json!({ "question": format!("q{asked}"), "is": word, "value": value }),
        None => {
            json!({ "question": format!("q{asked}"), "is": if is % 2 == 0 { "skipped" } else { "answered" } })
        }
    }
}

/// Channels.
pub(super) fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![Just(Channel::Voice), Just(Channel::Sms), Just(Channel::Chat), Just(Channel::Web)]
}

/// The `pick`th of the answers a question takes on a channel; one in eight is none where that is allowed.
pub(super) fn accepted(question: &Question, channel: Channel, pick: usize) -> String {
    if pick.is_multiple_of(8) && (channel == Channel::Voice || !question.required) {
        return "-1".to_owned();
    }
    let values = question.input().values;
    match &question.kind {
        QuestionKind::FreeText { .. } | QuestionKind::VoiceComment { .. } => format!("words {pick}"),
        _ => values[pick % values.len()].clone(),
    }
}
