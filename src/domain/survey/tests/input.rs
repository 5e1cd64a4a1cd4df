//! What a keypad may enter, how it is read, and in which language and order things are shown.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{graph, sample};
use crate::domain::contact::Channel;
use crate::domain::response::AnswerValue;
use crate::domain::survey::{InputRules, Progress, SurveyGraph, advance};

/// A survey of one question in English.
fn single(fields: &Value) -> SurveyGraph {
    let mut question = json!({ "key": "q", "text": { "en": "?" } });
    for (name, value) in fields.as_object().unwrap() {
        question[name] = value.clone();
    }
    let questions = json!([question]);
    graph(
        &json!({ "format": "aftercall.survey/1", "key": "k", "name": "N", "languages": ["en"], "questions": questions }),
    )
}

fn choices(count: usize, shuffle: bool) -> SurveyGraph {
    let list: Vec<Value> =
        (1..=count).map(|n| json!({ "key": format!("c{n}"), "label": { "en": "?" } })).collect();
    single(&json!({ "type": "choice", "choices": list, "shuffle": shuffle }))
}

fn rules(graph: &SurveyGraph) -> InputRules {
    graph.question("q").unwrap().input()
}

fn read(graph: &SurveyGraph, raw: &str) -> Result<AnswerValue, &'static str> {
    let step = advance(graph, &Progress::new(Channel::Chat), "q", raw);
    step.map(|step| step.value).map_err(|e| e.code())
}

#[test]
fn the_keypad_rules_fit_the_question() {
    let rating = rules(&single(&json!({ "type": "rating", "scale": "1-5" })));
    assert_eq!((rating.min, rating.max, rating.keys.as_str()), (Some(1), Some(5), "12345"));
    assert_eq!((rating.max_digits, rating.terminator), (1, None));
    let zero = rules(&single(&json!({ "type": "rating", "scale": "0-9" })));
    assert_eq!((zero.keys.as_str(), zero.max_digits), ("0123456789", 1));
    for two in [json!({ "type": "nps" }), json!({ "type": "rating", "scale": "1-10" })] {
        let two = rules(&single(&two));
        assert_eq!((two.keys.as_str(), two.max_digits, two.terminator), ("", 2, Some('#')));
        assert_eq!(two.values.last().unwrap(), "10");
    }
    let yes_no = rules(&single(&json!({ "type": "yes_no" })));
    assert_eq!((yes_no.keys.as_str(), yes_no.values), ("12", vec!["1".to_owned(), "2".to_owned()]));
    assert_eq!(rules(&choices(9, false)).keys, "123456789");
    assert_eq!(rules(&choices(20, false)).max_digits, 2);
    assert_eq!(rules(&single(&json!({ "type": "free_text" }))).max_digits, 0);
}

#[test]
fn yes_and_no_are_stored_as_one_and_zero_however_they_are_said() {
    let graph = single(&json!({ "type": "yes_no" }));
    for yes in ["1", "yes", "Y", "TRUE", "01", "1#", "١"] {
        assert_eq!(read(&graph, yes), Ok(AnswerValue::Number(1)), "{yes}");
    }
    for no in ["2", "0", "no", "N", "false", " 2 "] {
        assert_eq!(read(&graph, no), Ok(AnswerValue::Number(0)), "{no}");
    }
    assert_eq!(read(&graph, "3"), Err("invalid_value"));
}

#[test]
fn a_choice_is_named_by_position_or_key_and_stored_by_key() {
    let graph = choices(12, false);
    for (raw, key) in [("1", "c1"), ("12", "c12"), ("C3", "c3"), ("12#", "c12"), ("۲", "c2")] {
        assert_eq!(read(&graph, raw), Ok(AnswerValue::Choice(key.into())), "{raw}");
    }
    for wrong in ["0", "13", "c13", "c", "1.0"] {
        assert_eq!(read(&graph, wrong), Err("invalid_value"), "{wrong}");
    }
}

#[test]
fn a_comment_is_kept_word_for_word_within_its_limit() {
    let graph = single(&json!({ "type": "free_text", "max_chars": 5 }));
    assert_eq!(read(&graph, " a\nb# "), Ok(AnswerValue::Text("a\nb#".into())));
    assert_eq!(
        read(&graph, "سلامة"),
        Ok(AnswerValue::Text("سلامة".into())),
        "characters are counted, not bytes"
    );
    assert_eq!(read(&graph, "sixsix"), Err("text_too_long"));
    assert_eq!(read(&graph, "a\u{0}b"), Err("control_character"));
}

#[test]
fn keys_are_no_recording() {
    let graph = single(&json!({ "type": "voice_comment" }));
    let read = |raw| {
        let step = advance(&graph, &Progress::new(Channel::Voice), "q", raw);
        step.map(|step| step.value).map_err(|e| e.code())
    };
    for keys in ["4", "10#", "*", "٥"] {
        assert_eq!(read(keys), Err("invalid_value"), "{keys}");
    }
    assert_eq!(read("2026-11-22/0815.wav"), Ok(AnswerValue::Recording("2026-11-22/0815.wav".into())));
    assert_eq!(read("-1"), Ok(AnswerValue::Skipped));
}

#[test]
fn a_question_is_asked_only_where_it_can_be_answered() {
    let asked = |graph: &SurveyGraph, channel| graph.question("q").unwrap().asked_on(channel);
    let comment = single(&json!({ "type": "free_text" }));
    assert!(!asked(&comment, Channel::Voice) && asked(&comment, Channel::Sms));
    assert!(!comment.askable_on(Channel::Voice) && comment.askable_on(Channel::Chat));
    let recording = single(&json!({ "type": "voice_comment" }));
    assert!(asked(&recording, Channel::Voice) && !asked(&recording, Channel::Web));
    assert!(asked(&choices(9, false), Channel::Voice));
    assert!(!asked(&choices(10, false), Channel::Voice) && asked(&choices(10, false), Channel::Web));
}

#[test]
fn a_language_is_found_by_itself_by_its_parent_by_a_sibling_or_falls_back() {
    let mut document = sample();
    document["languages"] = json!(["en", "ar", "es-ES", "zh-Hant"]);
    let four = |en: &str| json!({ "en": en, "ar": en, "es-ES": "¿Qué?", "zh-Hant": en });
    let questions = json!([{ "key": "q", "type": "nps", "text": four("?") }]);
    document["questions"] = questions;
    document["intro"] = four("A few questions.");
    let graph = graph(&document);
    for (wanted, language) in [
        (Some("ar"), "ar"),
        (Some("AR_sa"), "ar"),
        (Some("es-es"), "es-ES"),
        (Some("es"), "es-ES"),
        (Some("es_MX"), "es-ES"),
        (Some("zh-Hant-TW"), "zh-Hant"),
        (Some("de"), "en"),
        (Some(""), "en"),
        (Some("-"), "en"),
        (None, "en"),
    ] {
        assert_eq!(graph.language_for(wanted), language, "{wanted:?}");
    }
    let question = graph.question("q").unwrap();
    assert_eq!((question.text("es-ES"), question.text("fr")), ("¿Qué?", "?"));
    assert_eq!((graph.intro("en"), graph.thanks("en")), (Some("A few questions."), None));
}

proptest! {
    #[test]
    fn choices_are_shuffled_by_the_seed_alone_and_never_where_digits_name_them(seed: i64, count in 2usize..=20) {
        let graph = choices(count, true);
        let question = graph.question("q").unwrap();
        let plain: Vec<usize> = (0..count).collect();
        prop_assert_eq!(question.choice_order(Channel::Voice, seed), plain.clone());
        prop_assert_eq!(question.choice_order(Channel::Sms, seed), plain.clone());
        let order = question.choice_order(Channel::Web, seed);
        prop_assert_eq!(&order, &question.choice_order(Channel::Web, seed));
        let mut sorted = order;
        sorted.sort_unstable();
        prop_assert_eq!(sorted, plain);
    }
}

#[test]
fn every_choice_comes_first_about_equally_often() {
    let graph = choices(5, true);
    let question = graph.question("q").unwrap();
    let mut first = [0u32; 5];
    for seed in 0..10_000 {
        first[question.choice_order(Channel::Web, seed)[0]] += 1;
    }
    assert!(first.iter().all(|n| (1_800..=2_200).contains(n)), "{first:?}");
    let unshuffled = choices(5, false);
    assert_eq!(unshuffled.question("q").unwrap().choice_order(Channel::Web, 7), [0, 1, 2, 3, 4]);
}

#[test]
fn two_questions_of_one_response_are_not_shuffled_alike() {
    let mut document = sample();
    let mut first = document["questions"][2].clone();
    first["shuffle"] = json!(true);
    let mut second = first.clone();
    second["key"] = json!("again");
    document["questions"] = json!([first, second]);
    let graph = graph(&document);
    let order = |key: &str, seed| graph.question(key).unwrap().choice_order(Channel::Web, seed);
    assert!((0..20).any(|seed| order("topic", seed) != order("again", seed)));
}
