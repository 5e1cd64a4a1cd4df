//! Invitations and the ends of scales, each rule by example.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{graph, sample};
use crate::domain::sms::Place;
use crate::domain::survey::{Consent, InvitationWay, RtlScales, SurveyGraph};

fn with(invitation: &Value) -> Value {
    let mut document = sample();
    document["invitation"] = invitation.clone();
    document
}

fn problems(document: &Value) -> Vec<String> {
    let problems = SurveyGraph::from_json(&document.to_string()).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

fn texts(en: &str) -> Value {
    json!({ "en": en, "ar": "رأيك يهمنا {link}" })
}

#[test]
fn what_is_left_out_is_the_cautious_choice() {
    let graph = graph(&with(&json!({ "text": texts("How was it? {link}") })));
    let invitation = graph.invitation().unwrap();
    assert_eq!((invitation.way, invitation.consent), (InvitationWay::Link, Consent::Required));
    assert!(!invitation.after_hang_up && !invitation.after_contact);
    assert_eq!((invitation.expires, &invitation.reminder), (TimeDelta::hours(72), &None));
    assert_eq!(invitation.writing.parts_most, 3);
    assert!(invitation.text("ar").unwrap().has(Place::Link));
    assert!(super::graph(&sample()).invitation().is_none());
}

#[test]
fn what_is_wrong_is_told_at_its_place() {
    let long = "a".repeat(170);
    for (invitation, expected) in [
        (
            json!({ "text": texts("How was it?") }),
            "invitation.text.en: has no {link}: put it where the link is to stand",
        ),
        (
            json!({ "text": texts("How was it, {name}? {link}") }),
            "invitation.text.en: there is no {name}: use {link}, {question}, {service}, {agent}, {survey}, or write {{ for a bracket",
        ),
        (
            json!({ "text": texts("{link} {question}") }),
            "invitation.text.en: has {question}, which there is none of in this way of answering: remove it",
        ),
        (json!({ "text": { "en": "{link}" } }), "invitation.text: has no text in `ar`: add it"),
        (
            json!({ "text": texts("{link}"), "expires_hours": 721 }),
            "invitation.expires_hours: is 721: give a number from 1 to 720",
        ),
        (
            json!({ "text": texts(&format!("{long} {{link}}")), "max_parts": 1 }),
            "invitation.text.en: takes up to 2 parts, at most 1 are allowed: shorten it, or allow more",
        ),
        (
            json!({ "text": texts(&format!("ő{} {{link}}", &long[..40])), "max_parts": 1 }),
            "invitation.text.en: takes up to 2 parts, at most 1 are allowed: shorten it, or allow more; with `ő` in it a part holds \
             70 characters instead of 160",
        ),
        (
            json!({ "text": texts("{link}"), "expires_hours": 24, "reminder": { "after_hours": 24, "text": texts("{link}") } }),
            "invitation.reminder.after_hours: is 24, when the invitation is over after 24: give fewer hours",
        ),
        (
            json!({ "text": texts("{link}"), "hours": { "from": "21:00", "until": "08:00" } }),
            "invitation.hours.until: is 08:00, which is not after 21:00: give a later time",
        ),
    ] {
        let found = problems(&with(&invitation));
        assert!(found.iter().any(|problem| problem == expected), "{expected}\n{found:#?}");
    }
}

#[test]
fn a_short_arabic_invitation_fits_one_part() {
    let texts = json!({ "en": "How was it? {link}", "ar": "رأيك يهمنا {link}" });
    assert_eq!(problems(&with(&json!({ "text": texts, "max_parts": 1 }))), [] as [&str; 0]);
}

#[test]
fn a_dialogue_has_its_first_question_in_the_message() {
    let texts = json!({ "en": "{question}", "ar": "{question}" });
    let graph = graph(&with(&json!({ "text": texts, "way": "dialogue", "consent": "assumed" })));
    assert_eq!(graph.invitation().unwrap().way, InvitationWay::Dialogue);
}

#[test]
fn what_is_asked_in_a_dialogue_can_be_sent_and_answered() {
    let texts = json!({ "en": "{question}", "ar": "{question}" });
    let dialogue = json!({ "text": texts, "way": "dialogue", "max_parts": 2 });
    let mut document = with(&dialogue);
    let fits = problems(&document);
    assert_eq!(fits, [] as [&str; 0]);
    document["questions"][1]["text"]["en"] = json!("a".repeat(280));
    document["questions"][2]["choices"][1]["label"]["en"] = json!("Cancel");
    document["thanks"] = json!({ "en": "Thanks", "ar": "ن".repeat(140) });
    // Not asked there, so of no matter.
    document["questions"][5]["text"]["en"] = json!("b".repeat(900));
    assert_eq!(
        problems(&document),
        [
            "questions[1].text.en: in a dialogue takes up to 3 parts, at most 2 are allowed: shorten it, or allow more",
            "questions[2].choices[1].label: is `Cancel`, by which people say that they want no more messages: call it otherwise",
            "thanks.ar: in a dialogue takes up to 3 parts, at most 2 are allowed: shorten it, or allow more; with `ن` in it a part \
             holds 70 characters instead of 160",
        ]
    );
    document["invitation"]["way"] = json!("link");
    document["invitation"]["text"] = self::texts("{link}");
    assert_eq!(problems(&document), [] as [&str; 0]);
    document["questions"] = json!([document["questions"][5]]);
    assert_eq!(
        problems(&document),
        ["invitation: invites to questions none of which can be asked so: add one of another type"]
    );
}

#[test]
fn ends_of_scales_have_names_and_a_direction() {
    let mut document = sample();
    assert_eq!(graph(&document).rtl_scales(), RtlScales::Mirrored);
    document["rtl_scales"] = json!("left_to_right");
    document["questions"][0]["low_label"] = json!({ "en": "not at all", "ar": "أبدا" });
    let built = graph(&document);
    assert_eq!(built.rtl_scales(), RtlScales::LeftToRight);
    assert_eq!(built.questions()[0].ends("ar"), [Some("أبدا"), None]);
    document["questions"][2]["high_label"] = json!({ "en": "yes", "ar": "نعم" });
    assert_eq!(
        problems(&document),
        [
            "questions[2].high_label: belongs to questions of type `rating` or `nps`: remove it, or change the type"
        ]
    );
    document["questions"][2]["high_label"].take();
    document["questions"][0]["low_label"] = json!({ "en": "a".repeat(61) });
    assert_eq!(problems(&document).len(), 2);
}
