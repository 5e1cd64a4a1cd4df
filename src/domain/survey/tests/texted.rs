//! What people write back to a question in a text message.

use serde_json::{Value, json};

use super::graph;
use crate::domain::contact::Channel;
use crate::domain::response::AnswerValue;
use crate::domain::survey::{Progress, SurveyGraph, advance};

/// A survey of one question in English and Arabic.
fn asks(fields: &Value) -> SurveyGraph {
    let mut question = json!({ "key": "q", "text": { "en": "?", "ar": "؟" } });
    for (name, value) in fields.as_object().unwrap() {
        question[name] = value.clone();
    }
    graph(&json!({
        "format": "aftercall.survey/1", "key": "k", "name": "N", "languages": ["en", "ar"], "questions": [question],
    }))
}

fn read_by(channel: Channel, graph: &SurveyGraph, raw: &str) -> Result<AnswerValue, &'static str> {
    advance(graph, &Progress::new(channel), "q", raw).map(|step| step.value).map_err(|e| e.code())
}

fn read(graph: &SurveyGraph, raw: &str) -> Result<AnswerValue, &'static str> {
    read_by(Channel::Sms, graph, raw)
}

#[test]
fn a_grade_is_found_among_words() {
    let graph = asks(
        &json!({ "type": "rating", "scale": "1-5", "low_label": { "en": "Awful", "ar": "سيئ" }, "high_label": { "en": "Great", "ar": "ممتاز" } }),
    );
    for five in [
        "5",
        " 5. ",
        "5 thanks",
        "Thanks! 5",
        "hi, 5 please",
        "5 great service",
        "5! The agent was kind",
        "5/5",
        "5 out of 5",
        "5 stars",
        "#5",
        "(5)",
        "5️⃣",
        "٥",
        "۵ شكرا",
        "٥ من ٥",
        "five",
        "Cinco, gracias",
        "خمسة",
        "پانچ",
        "Great",
        "ممتاز!",
    ] {
        assert_eq!(read(&graph, five), Ok(AnswerValue::Number(5)), "{five}");
    }
    assert_eq!(read(&graph, "4/5"), Ok(AnswerValue::Number(4)));
    assert_eq!(read(&graph, "awful"), Ok(AnswerValue::Number(1)));
}

#[test]
fn a_grade_that_nobody_gave_is_not_made_up() {
    let graph = asks(&json!({ "type": "rating", "scale": "1-5" }));
    for unclear in [
        "3 or 4",
        "3-4",
        "4.5",
        "4,5",
        "4½",
        "4 5",
        "4/10",
        "3 times I called",
        "2 hours on hold",
        "3 مرات",
        "I called 3 times",
        "not sure",
        "6",
        "0",
        "55",
        "one thing I would like to say",
        "2 five",
        "thanks",
        "👍",
        "1000000000000000",
    ] {
        assert_eq!(read(&graph, unclear), Err("invalid_value"), "{unclear}");
    }
}

#[test]
fn yes_and_no_are_heard_alike() {
    let graph = asks(&json!({ "type": "yes_no" }));
    for yes in
        ["Yes!", "yes, thank you", "Sí", "oui merci", "نعم", "أيوة", "جی ہاں", "1 yes", "yeah. It was", "1."]
    {
        assert_eq!(read(&graph, yes), Ok(AnswerValue::Number(1)), "{yes}");
    }
    for no in ["No.", "no, thank you", "no thanks", "لا", "لا شكرا", "نہیں", "nope. It was not", "2 - no", "0"]
    {
        assert_eq!(read(&graph, no), Ok(AnswerValue::Number(0)), "{no}");
    }
    for unclear in ["yes it was", "no it was not", "no problem", "no sé", "yes and no", "2 yes", "ok", "3"] {
        assert_eq!(read(&graph, unclear), Err("invalid_value"), "{unclear}");
    }
}

#[test]
fn a_choice_is_named_by_what_it_says_in_any_language() {
    let choices = json!([
        { "key": "bill", "label": { "en": "My bill", "ar": "الفاتورة" } },
        { "key": "days", "label": { "en": "1 to 2 days", "ar": "يوم" } },
        { "key": "other", "label": { "en": "Price, quality", "ar": "أخرى" } },
    ]);
    let graph = asks(&json!({ "type": "choice", "choices": choices }));
    for (raw, key) in [
        ("my bill", "bill"),
        ("My bill!", "bill"),
        ("bill", "bill"),
        ("1 My bill", "bill"),
        ("1, the bill was wrong", "bill"),
        ("الفاتوره", "bill"),
        ("1 to 2 days", "days"),
        ("Two", "days"),
        ("2 thanks", "days"),
        ("price quality", "other"),
        ("Price, quality", "other"),
        ("اخري", "other"),
        ("٣", "other"),
    ] {
        assert_eq!(read(&graph, raw), Ok(AnswerValue::Choice(key.into())), "{raw}");
    }
    for unclear in ["2 My bill", "the bill", "1 2", "4", "price"] {
        assert_eq!(read(&graph, unclear), Err("invalid_value"), "{unclear}");
    }
}

#[test]
fn choices_that_look_alike_are_told_apart_by_number_only() {
    let choices = json!([
        { "key": "a", "label": { "en": "Sales", "ar": "مبيعات" } },
        { "key": "b", "label": { "en": "sales!", "ar": "دعم" } },
    ]);
    let graph = asks(&json!({ "type": "choice", "choices": choices }));
    assert_eq!(read(&graph, "sales"), Err("invalid_value"));
    assert_eq!(read(&graph, "2"), Ok(AnswerValue::Choice("b".into())));
}

#[test]
fn a_word_passes_over_what_need_not_be_answered() {
    let optional = asks(&json!({ "type": "free_text", "required": false }));
    for skip in ["skip", "SKIP please", "تخطى", "omitir"] {
        assert_eq!(read(&optional, skip), Ok(AnswerValue::Skipped), "{skip}");
    }
    assert_eq!(read(&optional, "skip the queue"), Ok(AnswerValue::Text("skip the queue".into())));
    assert_eq!(read_by(Channel::Chat, &optional, "skip"), Ok(AnswerValue::Skipped));
    assert_eq!(
        read_by(Channel::Web, &optional, "skip"),
        Ok(AnswerValue::Text("skip".into())),
        "a page has a button"
    );
    assert_eq!(read(&asks(&json!({ "type": "nps" })), "skip"), Err("answer_required"));
}

#[test]
fn only_who_writes_is_read_so() {
    let graph = asks(&json!({ "type": "nps" }));
    for channel in [Channel::Voice, Channel::Web] {
        assert_eq!(read_by(channel, &graph, "5 thanks"), Err("invalid_value"), "{channel:?}");
    }
    assert_eq!(read_by(Channel::Chat, &graph, "5 thanks"), Ok(AnswerValue::Number(5)));
    assert_eq!(read(&graph, "10/10"), Ok(AnswerValue::Number(10)));
}
