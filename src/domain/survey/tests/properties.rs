//! What holds for every survey and all answers.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::generate::{accepted, channel, document, graph};
use crate::domain::contact::Channel;
use crate::domain::response::{AnswerValue, ResponseState};
use crate::domain::survey::{Progress, Step, StepKind, SurveyDocument, SurveyGraph, advance, advance_all};

/// Answers that need not fit any question.
fn stored() -> impl Strategy<Value = Vec<(u16, AnswerValue)>> {
    let value = prop_oneof![
        (-1i32..12).prop_map(AnswerValue::Number),
        "c[0-9]".prop_map(AnswerValue::Choice),
        "[a-z]{0,3}".prop_map(AnswerValue::Text),
        Just(AnswerValue::Skipped),
    ];
    vec((0u16..10, value), 0..8)
}

/// Answers each question that comes with one of the answers it takes, `picks` deciding which, at most one per pick.
/// Gives the steps with what was entered.
fn drive(graph: &SurveyGraph, start: &Progress, picks: &[usize]) -> Vec<(String, Step)> {
    let mut progress = start.clone();
    let mut steps = Vec::new();
    for pick in picks {
        let Some(question) = progress.current(graph) else { break };
        let raw = accepted(question, start.channel(), *pick);
        let step = advance(graph, &progress, &question.key, &raw).unwrap();
        assert_eq!((step.kind, step.question_no), (StepKind::New, question.no));
        progress = step.progress.clone();
        steps.push((raw, step));
    }
    steps
}

/// The pointers to everything in a JSON value.
fn leaves_of(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => fields.iter().for_each(|(k, v)| leaves_of(v, &format!("{at}/{k}"), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| leaves_of(v, &format!("{at}/{i}"), found));
        }
        _ => {}
    }
}

fn picks() -> impl Strategy<Value = Vec<usize>> {
    vec(0usize..1000, 0..=8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_global_rejects: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_survey_ends_from_every_state(
        graph in graph(), channel in channel(), stored in stored(), picks in vec(0usize..1000, 8),
    ) {
        let start = Progress::replay(&graph, channel, stored);
        let steps = drive(&graph, &start, &picks);
        let last = steps.last().map_or(&start, |(_, step)| &step.progress);
        prop_assert!(last.current(&graph).is_none(), "not ended after as many answers as questions");
        let path = last.path(&graph);
        prop_assert!(path.len() <= graph.questions().len());
        prop_assert!(!last.state_after(&graph).is_open());
    }

    #[test]
    fn nothing_that_is_sent_makes_it_panic(
        graph in graph(), channel in channel(), stored in stored(), place in 0usize..10,
        key in ".{0,12}", raw in prop_oneof!["\\PC{0,12}", "[0-9#*:;, -]{0,40}", any::<String>()],
    ) {
        let progress = Progress::replay(&graph, channel, stored);
        let known = graph.questions().get(place).map_or(key.as_str(), |q| q.key.as_str());
        for key in [known, key.as_str()] {
            if let Err(refusal) = advance(&graph, &progress, key, &raw) {
                let text = refusal.to_string();
                prop_assert!(!text.chars().any(char::is_control), "{:?}", text);
            }
        }
        for step in advance_all(&graph, &progress, &raw).into_iter().flatten() {
            prop_assert!(graph.at(step.question_no).is_some());
        }
        let _ = progress.state_after(&graph);
    }

    #[test]
    fn stored_answers_in_any_order_give_the_same_state(
        (graph, channel, picks, order) in (graph(), channel(), picks(), Just((0u16..8).collect::<Vec<_>>()).prop_shuffle()),
    ) {
        let steps = drive(&graph, &Progress::new(channel), &picks);
        let lived = steps.last().map_or(Progress::new(channel), |(_, step)| step.progress.clone());
        let mut answers: Vec<_> = steps.iter().map(|(_, step)| (step.question_no, step.value.clone())).collect();
        answers.sort_by_key(|(no, _)| order[usize::from(*no)]);
        let replayed = Progress::replay(&graph, channel, answers);
        prop_assert_eq!(&replayed, &lived);
        prop_assert_eq!(replayed.current(&graph), lived.current(&graph));
        let numbers: Vec<u16> = steps.iter().map(|(_, step)| step.question_no).collect();
        prop_assert!(lived.path(&graph).starts_with(&numbers), "the path is the order of the answers");
    }

    #[test]
    fn a_repeat_changes_nothing_and_only_the_last_answer_can_be_corrected(
        graph in graph(), channel in channel(), picks in picks(), other in 0usize..1000,
    ) {
        let steps = drive(&graph, &Progress::new(channel), &picks);
        let Some((_, last)) = steps.last() else { return Ok(()) };
        for (raw, step) in &steps {
            let question = graph.at(step.question_no).unwrap();
            let again = advance(&graph, &last.progress, &question.key, raw).unwrap();
            prop_assert_eq!(again.kind, StepKind::Repeat);
            prop_assert_eq!((&again.value, again.next, &again.progress), (&step.value, last.next, &last.progress));
            let changed = advance(&graph, &last.progress, &question.key, &accepted(question, channel, other));
            match changed {
                Ok(changed) if changed.value == step.value => prop_assert_eq!(changed.kind, StepKind::Repeat),
                Ok(changed) => {
                    prop_assert_eq!(changed.kind, StepKind::Correction);
                    prop_assert_eq!(changed.question_no, last.question_no);
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal.code(), "too_late");
                    prop_assert_ne!(step.question_no, last.question_no);
                }
            }
        }
    }

    #[test]
    fn a_list_is_the_same_as_its_answers_one_by_one(
        graph in graph(), channel in channel(), picks in picks(), before in 0usize..4,
    ) {
        let start = Progress::new(channel);
        let steps = drive(&graph, &start, &picks);
        let asked: Vec<u16> = graph.questions().iter().filter(|q| q.asked_on(channel)).map(|q| q.no).collect();
        let mut positions = vec![String::new(); asked.len()];
        for (raw, step) in &steps {
            let place = asked.iter().position(|no| *no == step.question_no).unwrap();
            positions[place].clone_from(raw);
        }
        // A list says of a question inside it that it was left out; only in the order of the document is a
        // position after the last answer no position at all.
        let numbers: Vec<u16> = steps.iter().map(|(_, step)| step.question_no).collect();
        let next_is_inside = steps.last().and_then(|(_, step)| step.next).is_some_and(|next| numbers.iter().any(|n| *n > next));
        prop_assume!(!next_is_inside);
        let list = positions.join(":");
        let one_by_one = steps.last().map_or(start.clone(), |(_, step)| step.progress.clone());
        let bulk = advance_all(&graph, &start, &list).unwrap();
        prop_assert_eq!(&bulk.last().map_or(start.clone(), |step| step.progress.clone()), &one_by_one);
        prop_assert_eq!(bulk.len(), steps.len());
        // The same list after some of its answers, and once more after all of them.
        for from in [steps.get(before).map_or(start, |(_, step)| step.progress.clone()), one_by_one.clone()] {
            let again = advance_all(&graph, &from, &list).unwrap();
            prop_assert_eq!(&again.last().map_or(from, |step| step.progress.clone()), &one_by_one);
        }
    }

    #[test]
    fn the_state_tells_complete_only_when_every_required_question_was_answered(
        graph in graph(), channel in channel(), picks in picks(),
    ) {
        let steps = drive(&graph, &Progress::new(channel), &picks);
        let Some((_, last)) = steps.last() else { return Ok(()) };
        let skipped = |s: &&(String, Step)| s.1.value == AnswerValue::Skipped;
        let answered = steps.iter().filter(|s| !skipped(s)).count();
        let owed = steps.iter().filter(skipped).any(|(_, s)| graph.at(s.question_no).unwrap().required);
        let expected = match (last.next, answered, owed) {
            (Some(_), ..) => ResponseState::InProgress,
            (None, 0, _) => ResponseState::Declined,
            (None, _, true) => ResponseState::Partial,
            (None, _, false) => ResponseState::Complete,
        };
        prop_assert_eq!(last.progress.state_after(&graph), expected);
        prop_assert_eq!(last.progress.answered(), answered);
    }

    #[test]
    fn a_document_comes_out_as_it_went_in(document in document()) {
        let read: SurveyDocument = serde_json::from_value(document.clone()).unwrap();
        let graph = super::graph(&document);
        prop_assert_eq!(graph.document(), &read);
        let written = serde_json::to_string(graph.document()).unwrap();
        prop_assert_eq!(&SurveyGraph::from_json(&written).unwrap(), &graph);
        prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), document, "nothing is added or lost");
    }

    #[test]
    fn a_document_changed_at_random_is_refused_or_still_ends(
        document in document(), place in any::<prop::sample::Index>(), value in 0usize..12, picks in vec(0usize..1000, 8),
    ) {
        let mut document = document;
        let values = json!([null, "", "end", "q1", "q3", -1, 0, 9, 1e300, true, [], {}]);
        let mut leaves = Vec::new();
        leaves_of(&document, "", &mut leaves);
        *document.pointer_mut(&leaves[place.index(leaves.len())]).unwrap() = values[value].clone();
        match SurveyGraph::from_json(&document.to_string()) {
            Err(problems) => prop_assert!(!problems.is_empty()),
            Ok(graph) => {
                let start = Progress::new(Channel::Chat);
                let last = drive(&graph, &start, &picks).pop().map_or(start, |(_, step)| step.progress);
                prop_assert!(last.current(&graph).is_none());
            }
        }
    }

    #[test]
    fn a_loop_put_into_a_valid_survey_is_refused_and_another_way_is_not_called_one(
        document in document(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(),
    ) {
        let mut document = document;
        let graph = super::graph(&document);
        let count = graph.questions().len();
        let (from, to) = (from.index(count), to.index(count));
        prop_assume!(from != to);
        // A way back closes a loop exactly where there was a way there: branches may lead past a question for good.
        let numbers = (u16::try_from(from).unwrap(), u16::try_from(to).unwrap());
        let closes = graph.may_follow(numbers.1, numbers.0);
        let key = document["questions"][to]["key"].clone();
        document["questions"][from].as_object_mut().unwrap().shift_remove("branches");
        document["questions"][from]["otherwise"] = key;
        let problems = SurveyGraph::from_json(&document.to_string()).err().unwrap_or_default();
        prop_assert_eq!(problems.iter().any(|p| p.message.contains("in a loop")), closes, "{:?}", problems);
    }

    #[test]
    fn a_way_back_to_the_first_question_is_always_a_loop(document in document(), from in any::<prop::sample::Index>()) {
        let mut document = document;
        let from = from.index(document["questions"].as_array().unwrap().len());
        prop_assume!(from > 0);
        document["questions"][from].as_object_mut().unwrap().shift_remove("branches");
        document["questions"][from]["otherwise"] = json!("q0");
        let problems = SurveyGraph::from_json(&document.to_string()).unwrap_err();
        prop_assert!(problems.iter().any(|p| p.message.contains("in a loop")), "{problems:?}");
    }

    #[test]
    fn a_question_that_nothing_leads_to_is_refused(document in document()) {
        let mut document = document;
        let questions = document["questions"].as_array_mut().unwrap();
        let last = questions.last_mut().unwrap();
        if last.get("otherwise").is_none() {
            last["otherwise"] = json!("end");
        }
        let island = json!({ "key": "island", "type": "nps", "text": { "en": "?", "ar": "?" } });
        questions.push(island);
        let problems = SurveyGraph::from_json(&document.to_string()).unwrap_err();
        prop_assert!(problems.iter().any(|p| p.message.contains("`island` is never reached")), "{problems:?}");
    }
}

#[test]
fn the_random_surveys_branch_jump_and_change_order() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let documents: Vec<String> =
        (0..200).map(|_| document().new_tree(&mut runner).unwrap().current().to_string()).collect();
    for (word, least) in
        [("\"branches\"", 100), ("\"otherwise\"", 100), ("\"skipped\"", 50), ("free_text", 30)]
    {
        let n = documents.iter().filter(|d| d.contains(word)).count();
        assert!(n >= least, "{word} in {n} of 200");
    }
}
