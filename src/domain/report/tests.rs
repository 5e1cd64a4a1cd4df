//! Folding by example.

use serde_json::{Value, json};

use super::{Book, Group, SurveyScores};
use crate::domain::response::{AnswerValue, ResponseState};
use crate::domain::survey::SurveyGraph;

fn version(questions: &Value) -> SurveyGraph {
    let mut questions = questions.clone();
    for question in questions.as_array_mut().unwrap() {
        question["text"] = json!({"en": "Well?"});
    }
    let document = json!({
        "format": "aftercall.survey/1", "key": "s", "name": "S", "languages": ["en"], "questions": questions,
    });
    SurveyGraph::from_json(&document.to_string()).unwrap()
}

fn group(key: &str) -> Group {
    Group { key: Some(key.to_owned()).filter(|key| !key.is_empty()), name: None }
}

fn number(n: i32) -> AnswerValue {
    AnswerValue::Number(n)
}

/// Question, whether changed, versions, and for each group its n and figure.
type Line = (String, bool, Vec<u32>, Vec<Option<(u64, Option<f64>)>>);

fn lines(scores: &SurveyScores) -> Vec<Line> {
    let line = |(no, m): (usize, &super::Measure)| {
        let score = |g: &super::GroupScores| g.scores[no].as_ref().map(|s| (s.n, s.value));
        let groups = scores.groups.iter().map(score).collect();
        (m.question.clone(), m.changed, m.versions.clone(), groups)
    };
    scores.measures.iter().enumerate().map(line).collect()
}

#[test]
fn versions_with_the_same_question_are_one_score_and_a_changed_type_is_another() {
    let rating = |scale: &str| json!({"key": "csat", "type": "rating", "scale": scale});
    let nps = json!({"key": "recommend", "type": "nps"});
    let versions = [
        version(&json!([nps, rating("1-5")])),
        version(&json!([rating("1-5")])),
        version(&json!([rating("1-7"), nps])),
    ];
    let mut book = Book::default();
    // In any order: the newest version says what comes first.
    for no in [2, 3, 1] {
        book.add_version("s", no, versions[usize::try_from(no).unwrap() - 1].questions());
    }
    for (no, question, value, n) in [
        (1, "csat", 4, 2),
        (2, "csat", 1, 1),
        (3, "csat", 7, 5),
        (1, "recommend", 10, 1),
        (3, "recommend", 0, 3),
    ] {
        book.add_answers("s", group("a"), (no, question), number(value), n).unwrap();
    }
    let scores = book.close();
    let expected = [
        ("csat".to_owned(), true, vec![3], vec![Some((5, Some(7.0)))]),
        ("recommend".to_owned(), false, vec![1, 3], vec![Some((4, Some(-50.0)))]),
        ("csat".to_owned(), true, vec![1, 2], vec![Some((3, Some(3.0)))]),
    ];
    assert_eq!(lines(&scores[0]), expected);
    assert_eq!(scores[0].measures[0].versions_text(), "version 3");
    assert_eq!(scores[0].measures[2].versions_text(), "versions 1, 2");
}

#[test]
fn groups_stand_by_key_with_those_not_given_last_and_a_question_nobody_reached_is_no_score() {
    let graph = version(&json!([
        {"key": "solved", "type": "yes_no"},
        {"key": "recommend", "type": "nps", "required": false},
        {"key": "comment", "type": "free_text", "required": false},
    ]));
    let mut book = Book::default();
    book.add_version("s", 1, graph.questions());
    for (key, value) in [("", 1), ("b", 0), ("a", 1), ("b", 1)] {
        book.add_answers("s", group(key), (1, "solved"), number(value), 1).unwrap();
    }
    book.add_answers("s", group("b"), (1, "recommend"), AnswerValue::Skipped, 2).unwrap();
    book.add_responses("s", group("c"), ResponseState::Declined, 4);
    let scores = &book.close()[0];
    let keys: Vec<_> = scores.groups.iter().map(|g| g.group.key.as_deref()).collect();
    assert_eq!(keys, [Some("a"), Some("b"), Some("c"), None]);
    let hundred = Some((1, Some(100.0)));
    let expected = [
        ("solved".to_owned(), false, vec![1], vec![hundred, Some((2, Some(50.0))), None, hundred]),
        ("recommend".to_owned(), false, vec![1], vec![None, Some((0, None)), None, None]),
    ];
    assert_eq!(lines(scores), expected, "the comment was answered by nobody");
    assert_eq!(scores.groups[2].lifecycle.declined, 4);
}

#[test]
fn a_choice_that_was_taken_away_keeps_its_count() {
    let choice = |keys: [&str; 2]| {
        let choices = keys.map(|key| json!({"key": key, "label": {"en": key}}));
        version(&json!([{"key": "why", "type": "choice", "choices": choices}]))
    };
    let mut book = Book::default();
    book.add_version("s", 2, choice(["price", "other"]).questions());
    book.add_version("s", 1, choice(["price", "wait"]).questions());
    for (no, key) in [(1, "wait"), (1, "price"), (2, "price")] {
        let taken = AnswerValue::Choice(key.to_owned());
        book.add_answers("s", Group::default(), (no, "why"), taken, 3).unwrap();
    }
    let scores = &book.close()[0];
    let score = scores.groups[0].scores[0].as_ref().unwrap();
    let expected = [("price", 6), ("other", 0), ("wait", 3)].map(|(key, n)| (key.to_owned(), n));
    assert_eq!((score.distribution.as_slice(), score.n), (&expected[..], 9));
}

#[test]
fn an_answer_to_a_question_the_version_does_not_have_is_told() {
    let mut book = Book::default();
    book.add_version("s", 1, version(&json!([{"key": "solved", "type": "yes_no"}])).questions());
    let told = book.add_answers("s", Group::default(), (1, "gone"), number(1), 1).unwrap_err();
    assert_eq!(told.to_string(), "version 1 of survey s has no question gone");
    assert!(book.close().is_empty(), "a survey without counts is not in the report");
}
