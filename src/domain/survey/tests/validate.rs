//! Everything the validator refuses, each with its place and a word of its message.

use serde_json::{Value, json};

use super::{graph, sample};
use crate::domain::survey::{Problem, SurveyGraph, json_schema};

/// The sample with one value of the document changed (`null` removes it); pointers as in RFC 6901.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut document = sample();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap();
        match (parent, value) {
            (Value::Object(fields), Value::Null) => drop(fields.shift_remove(name).unwrap()),
            (Value::Object(fields), value) => drop(fields.insert(name.to_owned(), value.clone())),
            (Value::Array(items), value) if name == "-" => items.push(value.clone()),
            (parent, value) => parent[name.parse::<usize>().unwrap()] = value.clone(),
        }
    }
    document
}

fn problems(document: &Value) -> Vec<Problem> {
    SurveyGraph::from_json(&document.to_string()).err().unwrap_or_default()
}

/// Each change alone must give exactly one problem, at this place, with these words.
fn each_refused(cases: &[(&str, Value, &str, &str)]) {
    for (pointer, value, path, words) in cases {
        let found = problems(&with(&[(pointer, value.clone())]));
        let [problem] = &found[..] else {
            panic!("{pointer} = {value}: one problem expected, got {found:#?}")
        };
        assert_eq!(problem.path, *path, "{pointer} = {value}: {problem}");
        assert!(problem.message.contains(words), "{pointer} = {value}: {problem}");
    }
}

fn branch(question: &str, is: &str, value: &Value, goto: &str) -> Value {
    let mut condition = json!({ "question": question, "is": is });
    if !value.is_null() {
        condition["value"] = value.clone();
    }
    json!({ "when": [condition], "goto": goto })
}

#[test]
fn the_head_is_checked() {
    each_refused(&[
        ("/key", json!("After Call"), "key", "small letters"),
        ("/key", json!(""), "key", "1 to 40"),
        ("/name", json!(" "), "name", "is empty"),
        ("/intro", json!({ "en": "Hi" }), "intro", "no text in `ar`"),
        ("/intro/de", json!("Hallo"), "intro", "`de`, which is not in `languages`"),
        ("/intro/en", json!("a\u{7}b"), "intro.en", "U+0007"),
        ("/intro/en", json!("x".repeat(1001)), "intro.en", "shorten it to 1000"),
        ("/retention_days", json!(0), "retention_days", "from 1 to 3650"),
        ("/questions", json!([]), "questions", "give 1 to 50"),
    ]);
    for (languages, path, words) in [
        (json!([]), "languages", "give 1 to 20"),
        (json!(["en", "ar", "x"]), "languages[2]", "BCP 47"),
        (json!(["en", "ar", "EN"]), "languages[2]", "already"),
    ] {
        let found = problems(&with(&[("/languages", languages.clone())]));
        assert!(found.iter().any(|p| p.path == path && p.message.contains(words)), "{languages}: {found:#?}");
    }
}

#[test]
fn json_of_another_form_is_refused_with_its_place() {
    for (json, words) in [
        ("{".to_owned(), "line 1 column 1"),
        (with(&[("/format", json!("aftercall.survey/2"))]).to_string(), "expected `aftercall.survey/1`"),
        (with(&[("/nmae", json!("typo"))]).to_string(), "unknown field `nmae`"),
        (with(&[("/questions/0/scale", json!("1-6"))]).to_string(), "unknown variant `1-6`"),
        (
            with(&[("/questions/1/branches/0/when/0/value", json!(8.5))]).to_string(),
            "expected a whole number",
        ),
        (sample().to_string().replacen(r#""en":"#, r#""ar":"x","en":"#, 1), "`ar` is given twice"),
    ] {
        let found = SurveyGraph::from_json(&json).unwrap_err();
        assert!(found.len() == 1 && found[0].message.contains(words), "{words}: {found:?}");
    }
}

#[test]
fn questions_are_checked() {
    each_refused(&[
        ("/questions/5/key", json!("why"), "questions[5].key", "already the key of questions[4]"),
        ("/questions/5/key", json!("Say"), "questions[5].key", "small letters"),
        ("/questions/5/key", json!("end"), "questions[5].key", "choose another key"),
        ("/questions/4/text/ar", Value::Null, "questions[4].text", "no text in `ar`"),
        ("/questions/0/scale", Value::Null, "questions[0].scale", "is missing"),
        ("/questions/0/scale", json!("1-7"), "questions[0].metric", "scale 1-5"),
        ("/questions/1/scale", json!("1-5"), "questions[1].scale", "belongs to questions of type `rating`"),
        ("/questions/0/max_chars", json!(9), "questions[0].max_chars", "type `free_text`"),
        ("/questions/0/shuffle", json!(true), "questions[0].shuffle", "type `choice`"),
        ("/questions/0/retries", json!(6), "questions[0].retries", "from 0 to 5"),
        ("/questions/0/no_input_ms", json!(999), "questions[0].no_input_ms", "from 1000 to 30000"),
        ("/questions/4/max_chars", json!(4001), "questions[4].max_chars", "from 1 to 4000"),
        ("/questions/5/max_seconds", json!(-1), "questions[5].max_seconds", "from 1 to 600"),
        ("/questions/2/choices", Value::Null, "questions[2].choices", "is missing"),
        ("/questions/2/choices", json!([]), "questions[2].choices", "give 2 to 20"),
        ("/questions/2/choices/1/key", json!("bill"), "questions[2].choices[1].key", "another choice"),
        ("/questions/2/choices/1/key", json!("-1"), "questions[2].choices[1].key", "a letter"),
        ("/questions/2/choices/1/label/en", json!(""), "questions[2].choices[1].label.en", "is empty"),
    ]);
    let ces =
        |scale: &str| with(&[("/questions/0/metric", json!("ces")), ("/questions/0/scale", json!(scale))]);
    assert!(problems(&ces("1-5")).is_empty() && problems(&ces("1-7")).is_empty());
    assert_eq!(problems(&ces("0-9"))[0].path, "questions[0].metric");
}

#[test]
fn branches_are_checked() {
    let first = |branch: Value| json!([branch]);
    let csat = |is: &str, value: Value| first(branch("csat", is, &value, "solved"));
    let when = "questions[1].branches[0].when[0]";
    let (question, value) = (format!("{when}.question"), format!("{when}.value"));
    let pointer = "/questions/1/branches";
    each_refused(&[
        (
            pointer,
            first(branch("nps", "at_least", &json!(9), "sovled")),
            "questions[1].branches[0].goto",
            "no question",
        ),
        (
            pointer,
            first(branch("nps", "at_least", &json!(9), "nps")),
            "questions[1].branches[0].goto",
            "itself",
        ),
        ("/questions/1/otherwise", json!("nps"), "questions[1].otherwise", "itself"),
        ("/questions/1/otherwise", json!("nowhere"), "questions[1].otherwise", "no question"),
        (pointer, first(branch("nsp", "at_least", &json!(9), "solved")), &question, "no question"),
        (
            pointer,
            first(branch("solved", "answered", &Value::Null, "solved")),
            &question,
            "cannot have been answered",
        ),
        (pointer, csat("at_least", json!(6)), &value, "from 1 to 5"),
        (pointer, csat("equals", json!("5")), &value, "from 1 to 5"),
        (pointer, csat("at_most", Value::Null), &value, "from 1 to 5"),
        (pointer, csat("answered", json!(1)), &value, "remove it"),
        (pointer, json!([{ "when": [], "goto": "solved" }]), "questions[1].branches[0].when", "is empty"),
        (
            "/questions/3/branches",
            first(branch("solved", "at_least", &json!(1), "end")),
            "questions[3].branches[0].when[0].is",
            "`equals`",
        ),
        (
            "/questions/3/branches",
            first(branch("solved", "equals", &json!("maybe"), "end")),
            "questions[3].branches[0].when[0].value",
            "`yes` or `no`",
        ),
        (
            "/questions/3/branches",
            first(branch("topic", "equals", &json!("blil"), "end")),
            "questions[3].branches[0].when[0].value",
            "bill, line, other",
        ),
        (
            "/questions/4/branches",
            first(branch("why", "equals", &json!("x"), "end")),
            "questions[4].branches[0].when[0].is",
            "`answered`",
        ),
    ]);
}

#[test]
fn ways_that_never_end_or_are_never_taken_are_refused() {
    let two = |a: Value, b: Value| json!([a, b]);
    let nps = |is: &str, value: i32, goto: &str| branch("nps", is, &json!(value), goto);
    let solved = |value: &str, goto: &str| branch("solved", "equals", &json!(value), goto);
    each_refused(&[
        ("/questions/3/otherwise", json!("csat"), "questions[3].otherwise", "csat > nps > solved > csat"),
        ("/questions/2/otherwise", json!("nps"), "questions[2].otherwise", "in a loop (nps > topic > nps)"),
        ("/questions/0/otherwise", json!("topic"), "questions[1]", "`nps` is never reached"),
        ("/questions/4/otherwise", json!("end"), "questions[5]", "`say` is never reached"),
        (
            "/questions/1/branches",
            two(nps("at_least", 9, "solved"), nps("equals", 10, "end")),
            "questions[1].branches[1]",
            "the branches before it",
        ),
        (
            "/questions/1/branches",
            json!([{ "when": [
            { "question": "nps", "is": "at_least", "value": 9 },
            { "question": "nps", "is": "skipped" } ], "goto": "end" }]),
            "questions[1].branches[0]",
            "exclude each other",
        ),
        (
            "/questions/3/branches",
            json!([
                solved("yes", "why"),
                solved("no", "why"),
                branch("solved", "answered", &Value::Null, "say")
            ]),
            "questions[3].branches[2]",
            "the branches before it",
        ),
        (
            "/questions/4/branches",
            two(
                branch("why", "answered", &Value::Null, "end"),
                branch("why", "skipped", &Value::Null, "end"),
            ),
            "questions[5]",
            "`say` is never reached",
        ),
    ]);
    let both = |nps: i32, csat: i32| {
        json!({ "when": [
        { "question": "nps", "is": "at_least", "value": nps },
        { "question": "csat", "is": "at_least", "value": csat } ], "goto": "solved" })
    };
    let wider_first = problems(&with(&[("/questions/1/branches", two(both(8, 4), both(9, 5)))]));
    assert_eq!(wider_first[0].path, "questions[1].branches[1]", "{wider_first:?}");
    assert!(problems(&with(&[("/questions/1/branches", two(both(9, 4), both(8, 5)))])).is_empty());
    let exhausted = with(&[
        (
            "/questions/4/branches",
            two(
                branch("why", "answered", &Value::Null, "say"),
                branch("why", "skipped", &Value::Null, "end"),
            ),
        ),
        ("/questions/4/otherwise", json!("end")),
    ]);
    assert!(problems(&exhausted)[0].message.contains("never used"), "{:?}", problems(&exhausted));
}

#[test]
fn questions_may_stand_in_any_order_as_long_as_the_ways_lead_on() {
    let reordered = with(&[
        ("/questions/0/otherwise", json!("solved")),
        ("/questions/3/branches", Value::Null),
        ("/questions/3/otherwise", json!("nps")),
        ("/questions/1/branches", json!([branch("solved", "equals", &json!(false), "topic")])),
        ("/questions/1/otherwise", json!("why")),
        ("/questions/2/otherwise", json!("why")),
    ]);
    graph(&reordered);
}

#[test]
fn sampling_and_schedule_are_checked() {
    let schedule = |field: &str, value: Value| json!({ field: value });
    let hours = |days: Value, from: &str, to: &str| {
        schedule("hours", json!([{ "days": days, "from": from, "to": to }]))
    };
    each_refused(&[
        ("/sampling", json!({ "one_in": 0 }), "sampling.one_in", "from 1 to 10000"),
        ("/sampling", json!({ "daily_cap": -5 }), "sampling.daily_cap", "from 1 to 1000000"),
        ("/sampling", json!({ "cool_down_hours": 9000 }), "sampling.cool_down_hours", "from 1 to 8760"),
        ("/schedule", schedule("time_zone", json!("Mars/Base")), "schedule.time_zone", "no time zone"),
        ("/schedule", schedule("from", json!("2026-02-30")), "schedule.from", "no day of the calendar"),
        ("/schedule", schedule("until", json!("2026-2-3")), "schedule.until", "2026-01-31"),
        (
            "/schedule",
            json!({ "from": "2026-02-02", "until": "2026-02-01" }),
            "schedule.until",
            "before the first day",
        ),
        (
            "/schedule",
            schedule("holidays", json!(["2026-01-01", "Christmas"])),
            "schedule.holidays[1]",
            "no day",
        ),
        ("/schedule", schedule("hours", json!([])), "schedule.hours", "is empty"),
        ("/schedule", hours(json!([]), "09:00", "18:00"), "schedule.hours[0].days", "is empty"),
        ("/schedule", hours(json!(["mon", "mon"]), "09:00", "18:00"), "schedule.hours[0].days", "twice"),
        ("/schedule", hours(json!(["mon"]), "9:00", "18:00"), "schedule.hours[0].from", "write it as 09:00"),
        ("/schedule", hours(json!(["mon"]), "09:00", "24:00"), "schedule.hours[0].to", "midnight as 00:00"),
    ]);
}

#[test]
fn all_problems_are_told_at_once() {
    let found = problems(&with(&[
        ("/key", json!("No")),
        ("/intro/ar", Value::Null),
        ("/questions/0/scale", Value::Null),
        ("/questions/1/branches/0/goto", json!("nowhere")),
        ("/questions/3/otherwise", json!("csat")),
        ("/sampling", json!({ "one_in": 0 })),
    ]));
    let paths: Vec<&str> = found.iter().map(|p| p.path.as_str()).collect();
    let expected = [
        "key",
        "intro",
        "sampling.one_in",
        "questions[0].scale",
        "questions[1].branches[0].goto",
        "questions[3].otherwise",
    ];
    assert_eq!(paths, expected, "{found:#?}");
    assert_eq!(found[1].to_string(), "intro: has no text in `ar`: add it");
}

#[test]
fn more_questions_than_allowed_are_refused_without_a_panic() {
    let many: Vec<Value> = (0..70)
        .map(|n| json!({ "key": format!("q{n}"), "type": "nps", "text": { "en": "?", "ar": "?" } }))
        .collect();
    assert_eq!(problems(&with(&[("/questions", json!(many))]))[0].path, "questions");
    assert!(problems(&with(&[("/questions", json!(many[..50]))])).is_empty());
}

#[test]
fn the_schema_names_every_field_and_refuses_others() {
    let schema = json_schema();
    let fields: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let expected = [
        "format",
        "key",
        "name",
        "languages",
        "intro",
        "thanks",
        "voice",
        "no_input",
        "no_match",
        "prompts",
        "questions",
        "sampling",
        "schedule",
        "invitation",
        "rtl_scales",
        "retention_days",
        "recording_retention_days",
    ];
    assert_eq!(fields, expected);
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], json!(["format", "key", "name", "languages", "questions"]));
    let question = &schema["$defs"]["QuestionDocument"];
    assert_eq!(question["additionalProperties"], false);
    assert_eq!(question["required"], json!(["key", "type", "text"]));
    assert_eq!(question["properties"]["retries"]["maximum"], 5);
}

#[test]
fn names_of_prompts_stand_for_what_the_survey_says_and_nothing_else() {
    each_refused(&[
        ("/prompts", json!({ "outro": "x" }), "prompts", "does not say"),
        ("/prompts", json!({ "csat": "../x" }), "prompts.csat", "no name of a prompt"),
        ("/questions/0/read_choices", json!(true), "questions[0].read_choices", "belongs to"),
    ]);
    let found = problems(&with(&[("/questions/0/key", json!("intro"))]));
    assert!(found.iter().any(|p| p.message.contains("names a prompt of every survey")), "{found:#?}");
    assert!(
        problems(&with(&[("/prompts", json!({ "intro": "welcome", "csat": "cx_kpi_csat" }))])).is_empty()
    );
}
