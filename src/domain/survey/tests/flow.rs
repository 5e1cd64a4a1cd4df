//! The flow by example.

use std::time::Duration;

use super::{graph, sample};
use crate::domain::contact::Channel;
use crate::domain::response::{AnswerValue, ResponseState};
use crate::domain::survey::{
    Progress, Refusal, StepKind, SurveyGraph, advance, advance_all, advance_recording,
};

/// Answers `pairs` one after another; all of them must be taken.
fn answered(graph: &SurveyGraph, channel: Channel, pairs: &[(&str, &str)]) -> Progress {
    pairs.iter().fold(Progress::new(channel), |progress, (key, raw)| {
        let step = advance(graph, &progress, key, raw).unwrap_or_else(|e| panic!("{key}={raw}: {e}"));
        assert_eq!(step.next, step.progress.current(graph).map(|q| q.no));
        step.progress
    })
}

fn current<'a>(graph: &'a SurveyGraph, progress: &Progress) -> Option<&'a str> {
    progress.current(graph).map(|q| q.key.as_str())
}

fn refused(graph: &SurveyGraph, progress: &Progress, key: &str, raw: &str) -> &'static str {
    advance(graph, progress, key, raw).unwrap_err().code()
}

#[test]
fn the_answers_decide_what_comes_next_and_questions_of_other_channels_are_passed_over() {
    let graph = graph(&sample());
    for (channel, pairs, next) in [
        (Channel::Voice, &[("csat", "4")][..], Some("nps")),
        (Channel::Voice, &[("csat", "4"), ("nps", "10")], Some("solved")),
        (Channel::Voice, &[("csat", "4"), ("nps", "8")], Some("topic")),
        (Channel::Voice, &[("csat", "4"), ("nps", "9"), ("solved", "1")], None),
        (Channel::Voice, &[("csat", "4"), ("nps", "9"), ("solved", "2")], Some("say")),
        (Channel::Sms, &[("csat", "4"), ("nps", "9"), ("solved", "2")], Some("why")),
        (Channel::Sms, &[("csat", "4"), ("nps", "9"), ("solved", "no"), ("why", "slow")], None),
    ] {
        assert_eq!(current(&graph, &answered(&graph, channel, pairs)), next, "{channel:?} {pairs:?}");
    }
}

#[test]
fn nps_ten_is_two_digits_and_never_rescaled() {
    let graph = graph(&sample());
    let start = answered(&graph, Channel::Voice, &[("csat", "5")]);
    let value = |raw: &str| advance(&graph, &start, "nps", raw).map(|step| step.value);
    assert_eq!(value("10"), Ok(AnswerValue::Number(10)));
    assert_eq!(value("1"), Ok(AnswerValue::Number(1)));
    assert_eq!(value("0"), Ok(AnswerValue::Number(0)));
    assert_eq!(value("05"), Ok(AnswerValue::Number(5)));
    assert_eq!(value(" 5# "), Ok(AnswerValue::Number(5)));
    for wrong in ["11", "100", "5.0", "+5", "1 0", "ten", "٥x", "*", "-2", "99999999999999999999"] {
        assert_eq!(value(wrong).unwrap_err().code(), "invalid_value", "{wrong}");
    }
}

#[test]
fn a_repeat_is_taken_whatever_came_later_and_a_change_only_while_nothing_did() {
    let graph = graph(&sample());
    let progress = answered(&graph, Channel::Voice, &[("csat", "4"), ("nps", "3")]);
    let repeat = advance(&graph, &progress, "csat", "04#").unwrap();
    assert_eq!((repeat.kind, repeat.next, &repeat.progress), (StepKind::Repeat, Some(2), &progress));
    assert_eq!(refused(&graph, &progress, "csat", "5"), "too_late");
    let correction = advance(&graph, &progress, "nps", "9").unwrap();
    assert_eq!(
        (correction.kind, correction.next),
        (StepKind::Correction, Some(3)),
        "the way on changes with it"
    );
    assert_eq!(correction.progress.answer(1), Some(&AnswerValue::Number(9)));
}

#[test]
fn an_answer_to_the_wrong_question_is_refused_with_the_question_that_is_due() {
    let graph = graph(&sample());
    let progress = answered(&graph, Channel::Voice, &[("csat", "4")]);
    let refusal = advance(&graph, &progress, "solved", "1").unwrap_err();
    assert_eq!(refusal, Refusal::NotYet { question: "solved".into(), expected: "nps".into() });
    assert_eq!(refusal.to_string(), "question `solved` is not due yet: answer `nps` first");
    assert_eq!(refused(&graph, &progress, "nonsense", "1"), "unknown_question");
    assert_eq!(refused(&graph, &progress, "why", "slow"), "not_asked_here");
    let progress = answered(&graph, Channel::Voice, &[("csat", "4"), ("nps", "9")]);
    assert_eq!(refused(&graph, &progress, "topic", "1"), "not_on_path");
    let ended = answered(&graph, Channel::Voice, &[("csat", "4"), ("nps", "9"), ("solved", "1")]);
    assert_eq!(refused(&graph, &ended, "topic", "1"), "survey_ended");
    assert_eq!(advance(&graph, &ended, "solved", "yes").unwrap().kind, StepKind::Repeat);
}

#[test]
fn a_caller_may_leave_a_required_question_out_but_nobody_else() {
    let graph = graph(&sample());
    for blank in ["", "  ", "-1", "#", "-1#"] {
        let step = advance(&graph, &Progress::new(Channel::Voice), "csat", blank).unwrap();
        assert_eq!((step.value, step.next), (AnswerValue::Skipped, Some(1)), "{blank:?}");
        for channel in [Channel::Sms, Channel::Chat, Channel::Web] {
            assert_eq!(refused(&graph, &Progress::new(channel), "csat", blank), "answer_required");
        }
    }
}

#[test]
fn the_state_follows_from_the_answers() {
    let graph = graph(&sample());
    let voice = |pairs: &[(&str, &str)]| answered(&graph, Channel::Voice, pairs);
    for (pairs, after, hung_up) in [
        (&[][..], ResponseState::Offered, ResponseState::Declined),
        (&[("csat", "")], ResponseState::InProgress, ResponseState::Declined),
        (&[("csat", "4")], ResponseState::InProgress, ResponseState::Partial),
        (&[("csat", "4"), ("nps", "9"), ("solved", "1")], ResponseState::Complete, ResponseState::Complete),
        (&[("csat", "-1"), ("nps", "9"), ("solved", "1")], ResponseState::Partial, ResponseState::Partial),
        (
            &[("csat", "4"), ("nps", "5"), ("topic", ""), ("solved", "1")],
            ResponseState::Complete,
            ResponseState::Complete,
        ),
        (
            &[("csat", ""), ("nps", ""), ("topic", ""), ("solved", ""), ("say", "")],
            ResponseState::Declined,
            ResponseState::Declined,
        ),
    ] {
        let progress = voice(pairs);
        assert_eq!((progress.state_after(&graph), progress.end_state(&graph)), (after, hung_up), "{pairs:?}");
    }
    let progress = voice(&[("csat", "4"), ("nps", ""), ("topic", "1")]);
    assert_eq!(progress.answered(), 2);
    assert_eq!(progress.path(&graph), [0, 1, 2, 3]);
}

#[test]
fn a_list_answers_all_questions_at_once_or_none() {
    let graph = graph(&sample());
    let start = Progress::new(Channel::Voice);
    let bulk = |list: &str| advance_all(&graph, &start, list);
    let last = |list: &str| bulk(list).unwrap().last().map(|step| step.progress.clone());
    let voice = |pairs: &[(&str, &str)]| Some(answered(&graph, Channel::Voice, pairs));
    let whole = voice(&[("csat", "4"), ("nps", "9"), ("solved", "1")]);
    for list in ["4:9::1", "4:9:-1:1", "4;9;;1", "4,9,,1", " 4 : 9 : : 1 ", "4:9::1:::::", "4:9::1:-1"] {
        assert_eq!(last(list), whole, "{list}");
    }
    assert_eq!(last("4:9"), voice(&[("csat", "4"), ("nps", "9")]), "the rest is left for later");
    assert_eq!(last(":9"), voice(&[("csat", ""), ("nps", "9")]));
    assert_eq!(bulk(""), Ok(Vec::new()));
    for (list, code) in [
        ("4:9:2:1", "not_on_path"),
        ("4:99", "invalid_value"),
        ("4:9::1:ref", "not_on_path"),
        ("4:9::1::1", "too_many_answers"),
    ] {
        assert_eq!(bulk(list).unwrap_err().code(), code, "{list}");
    }
}

#[test]
fn the_results_of_a_voice_survey_have_no_place_for_questions_it_cannot_ask() {
    let graph = graph(&sample());
    let progress = answered(&graph, Channel::Voice, &[("csat", "4"), ("nps", "10"), ("solved", "2")]);
    assert_eq!(progress.results(&graph), "4:10:-1:0:-1");
    assert_eq!(Progress::new(Channel::Voice).results(&graph), "-1:-1:-1:-1:-1");
}

#[test]
fn a_list_may_repeat_and_go_on_after_answers_given_one_by_one() {
    let graph = graph(&sample());
    let progress = answered(&graph, Channel::Voice, &[("csat", "4"), ("nps", "5")]);
    let kinds = |list: &str| -> Result<Vec<StepKind>, &'static str> {
        let steps = advance_all(&graph, &progress, list).map_err(|e| e.code())?;
        Ok(steps.into_iter().map(|step| step.kind).collect())
    };
    assert_eq!(kinds("4:5"), Ok(vec![StepKind::Repeat, StepKind::Repeat]));
    assert_eq!(kinds("4:5:2:1"), Ok(vec![StepKind::Repeat, StepKind::Repeat, StepKind::New, StepKind::New]));
    assert_eq!(
        kinds("::2:1"),
        Ok(vec![StepKind::New, StepKind::New]),
        "no position says nothing of stored answers"
    );
    assert_eq!(kinds("4:6:2"), Ok(vec![StepKind::Repeat, StepKind::Correction, StepKind::New]));
    assert_eq!(kinds("3:5"), Err("too_late"));
}

#[test]
fn a_refusal_names_the_question_the_value_and_what_is_allowed() {
    let graph = graph(&sample());
    let start = Progress::new(Channel::Web);
    let said = |progress: &Progress, key: &str, raw: &str| {
        advance(&graph, progress, key, raw).unwrap_err().to_string()
    };
    assert_eq!(
        said(&start, "csat", "6"),
        "`6` is not an answer to question `csat`: send a whole number from 1 to 5"
    );
    assert_eq!(said(&start, "csat", ""), "question `csat` needs an answer: send a whole number from 1 to 5");
    let progress = answered(&graph, Channel::Web, &[("csat", "4"), ("nps", "5")]);
    assert_eq!(
        said(&progress, "topic", "4"),
        "`4` is not an answer to question `topic`: send 1 to 3 or one of bill, line, other"
    );
}

#[test]
fn an_answer_off_the_way_has_no_say() {
    let mut document = sample();
    let when = serde_json::json!([{ "question": "topic", "is": "answered" }]);
    document["questions"][3]["branches"] = serde_json::json!([{ "when": when, "goto": "end" }]);
    let graph = graph(&document);
    let topic = AnswerValue::Choice("bill".into());
    let promoter =
        [(0, AnswerValue::Number(4)), (1, AnswerValue::Number(9)), (3, AnswerValue::Number(0)), (2, topic)];
    let progress = Progress::replay(&graph, Channel::Web, promoter);
    assert_eq!(progress.path(&graph), [0, 1, 3, 4]);
}

#[test]
fn a_recording_answers_a_question_that_asks_for_one_and_keeps_to_its_length() {
    let mut document = sample();
    document["questions"][5]["max_seconds"] = serde_json::json!(10);
    let graph = graph(&document);
    let answers = [("csat", "4"), ("nps", "10"), ("solved", "2")];
    let due = answered(&graph, Channel::Voice, &answers);
    let give = |progress: &Progress, key: &str, reference: &str, ms: u64| {
        advance_recording(&graph, progress, key, reference, Duration::from_millis(ms))
            .map(|step| (step.kind, step.value, step.progress))
            .map_err(|refusal| refusal.code())
    };
    let value = |reference: &str| AnswerValue::Recording(reference.to_owned());
    let (kind, stored, progress) = give(&due, "say", "a", 12_000).unwrap();
    assert_eq!((kind, stored), (StepKind::New, value("a")), "with the slack for beep and silence");
    assert_eq!(give(&progress, "say", "a", 1_000).unwrap().0, StepKind::Repeat);
    assert_eq!(give(&progress, "say", "b", 1_000).unwrap().0, StepKind::Correction);
    assert_eq!(give(&due, "say", "a", 12_001).unwrap_err(), "recording_too_long");
    assert_eq!(give(&due, "solved", "a", 1_000).unwrap_err(), "no_recording");
    assert_eq!(give(&due, "nothing", "a", 1_000).unwrap_err(), "unknown_question");
    assert_eq!(give(&Progress::new(Channel::Voice), "say", "a", 1_000).unwrap_err(), "not_yet");
    assert_eq!(give(&Progress::new(Channel::Web), "say", "a", 1_000).unwrap_err(), "not_asked_here");
}

#[test]
fn how_many_questions_are_left_at_most_is_told_for_each_channel() {
    let graph = graph(&sample());
    let left = |channel| [0, 1, 2, 3, 4, 5].map(|no| graph.at_most_from(no, channel));
    // csat, nps, topic, solved, and why or say: the one that is not asked there is not counted.
    assert_eq!(left(Channel::Web), [5, 4, 3, 2, 1, 0]);
    assert_eq!(left(Channel::Voice), [5, 4, 3, 2, 1, 1]);
    assert_eq!(graph.at_most_from(9, Channel::Web), 0);
}
