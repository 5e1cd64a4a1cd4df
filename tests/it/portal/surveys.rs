//! Surveys as their owners write them: begun, saved by two, published, compared, tried, and asked.

use reqwest::Method;
use serde_json::{Value, json};

use super::{joined, opened};
use crate::support::person::Person;
use crate::support::{Site, until};

fn begin(person: &mut Person, key: &str, template: &str) -> Value {
    let body = json!({"key": key, "name": "My survey", "template": template, "languages": ["en"]});
    let made = person.calls(Method::POST, "/api/v1/surveys", &body);
    assert_eq!(made.status, 201, "{made:?}");
    person.get(&format!("/api/v1/surveys/{key}")).json()
}

fn save(person: &mut Person, survey: &Value, document: &Value) -> crate::support::http::Reply {
    let body = json!({"revision": survey["revision"], "document": document});
    person.calls(Method::PUT, &format!("/api/v1/surveys/{}/draft", survey["key"].as_str().unwrap()), &body)
}

fn publish(person: &mut Person, key: &str, revision: &Value) -> crate::support::http::Reply {
    person.calls(Method::POST, &format!("/api/v1/surveys/{key}/publish"), &json!({"revision": revision}))
}

#[test]
fn a_survey_begun_from_a_template_is_published_chosen_and_asked() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let survey = begin(&mut admin, "mine", "three");
    assert_eq!((&survey["problems"], &survey["versions"]), (&json!([]), &json!([])), "{survey}");
    let service = json!({"name": "Support", "channel": "voice", "dn": "5001"});
    assert_eq!(admin.calls(Method::POST, "/api/v1/services", &service).status, 201);
    let choose = json!({"survey": "mine"});
    let early = admin.calls(Method::PUT, "/api/v1/services/Support/survey", &choose);
    assert_eq!((early.status, early.word("code").as_str()), (409, "never_published"));
    let published = publish(&mut admin, "mine", &survey["revision"]);
    assert_eq!((published.status, &published.json()["version"]), (200, &json!(1)), "{published:?}");
    assert_eq!(admin.calls(Method::PUT, "/api/v1/services/Support/survey", &choose).status, 204);
    let key = admin.calls(Method::POST, "/api/v1/keys", &json!({"name": "script", "scopes": ["ivr"]})).json();
    let caller = server.http().with_key(key["secret"].as_str().unwrap());
    let ask = |call: &str| {
        let request =
            caller.request(Method::POST, "/ivr/v1/survey").form(&[("dn", "5001"), ("call_id", call)]);
        crate::support::block_on(crate::support::http::read(request)).unwrap()
    };
    until("the survey is asked", || ask("a").word("result") == "QUESTION");
    assert_eq!(admin.calls(Method::POST, "/api/v1/services/Support/pause", &json!({})).status, 204);
    let mut no = 0;
    until("nobody is asked", || {
        no += 1;
        ask(&format!("b{no}")).word("code") == "paused"
    });
    assert_eq!(admin.calls(Method::POST, "/api/v1/services/Support/resume", &json!({})).status, 204);
    until("callers are asked again", || {
        no += 1;
        ask(&format!("b{no}")).word("result") == "QUESTION"
    });
    assert_eq!(admin.calls(Method::DELETE, "/api/v1/keys/script", &json!({})).status, 204);
    until("the key is not good any more", || ask("c").status == 401);
    let told = admin.get("/api/v1/audit").json();
    let told: Vec<&str> =
        told["entries"].as_array().unwrap().iter().filter_map(|e| e["action"].as_str()).collect();
    let expected = [
        "key_revoked",
        "survey_resumed",
        "survey_paused",
        "key_added",
        "survey_activated",
        "survey_published",
        "service_added",
        "survey_added",
    ];
    assert_eq!(told[..expected.len()], expected);
}

#[test]
fn of_two_who_edit_a_survey_the_second_is_told_and_loses_nothing() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let mut other = joined(&site, &server, "manager");
    let seen = begin(&mut admin, "mine", "csat");
    let by = |name: &str| {
        let mut document = seen["document"].clone();
        document["name"] = json!(name);
        document
    };
    assert_eq!(save(&mut admin, &seen, &by("By the first")).status, 200);
    let refused = save(&mut other, &seen, &by("By the second"));
    assert_eq!((refused.status, refused.word("code").as_str()), (409, "draft_changed"), "{refused:?}");
    let told = refused.json();
    assert_eq!((&told["saved_by"], &told["document"]["name"]), (&json!("admin"), &json!("By the first")));
    let change = json!({"path": ["name"], "before": "By the second", "after": "By the first"});
    assert_eq!(told["changes"], json!([change]));
    let publishes = publish(&mut other, "mine", &seen["revision"]);
    assert_eq!(publishes.word("code"), "draft_changed", "nobody publishes what they have not seen");
    assert_eq!(
        save(&mut other, &json!({"key": "mine", "revision": told["revision"]}), &by("By the second")).status,
        200
    );
    let now = other.get("/api/v1/surveys/mine").json();
    assert_eq!((&now["name"], &now["saved_by"]), (&json!("By the second"), &json!("a-manager")));
}

#[test]
fn what_messages_cost_is_told_while_they_are_written() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let mut document = begin(&mut admin, "mine", "csat")["document"].clone();
    let messages = |admin: &mut Person, document: &Value| {
        let reply = admin.calls(Method::POST, "/api/v1/survey-messages", &json!({"document": document}));
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["messages"].clone()
    };
    assert_eq!(messages(&mut admin, &document), json!([]));
    document["invitation"] = json!({
        "text": {"en": "How was {service}? {link} “Really”", "es": "no language of the survey"},
        "reminder": {"after_hours": 24, "text": {"en": "ő{link}"}},
    });
    // Whatever else is wrong.
    document["questions"] = json!([]);
    let told = messages(&mut admin, &document);
    let text =
        "How was Maria Jose Garcia Fernandez Lopez? https://survey.example.com/s/0123456789abcd \"Really\"";
    let expected = json!({
        "path": "invitation.text.en", "text": text, "coding": "gsm", "parts": 1, "units_in_part": 160,
        "units": text.len(), "left": 160 - text.len(), "forced": [],
    });
    assert_eq!(told[0], expected);
    assert_eq!(
        (&told[1]["path"], &told[1]["coding"]),
        (&json!("invitation.reminder.text.en"), &json!("ucs2"))
    );
    assert_eq!((&told[1]["forced"], &told[1]["units_in_part"]), (&json!(["ő"]), &json!(70)));
    document["invitation"]["text"]["en"] = json!("{nothing}");
    assert_eq!(
        messages(&mut admin, &document).as_array().map(Vec::len),
        Some(1),
        "what cannot be read is not measured"
    );
}

#[test]
fn a_dialogue_is_tried_as_it_is_written_and_read() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let document = begin(&mut admin, "mine", "csat")["document"].clone();
    let key = document["questions"][0]["key"].clone();
    let play = |admin: &mut Person, value: &str| {
        let body = json!({"document": document, "channel": "sms", "language": "en", "answers": [{"question": key, "value": value}]});
        admin.calls(Method::POST, "/api/v1/survey-preview", &body).json()
    };
    let clear = play(&mut admin, "5, thank you!");
    assert_eq!(
        (&clear["refused"], clear["turns"].as_array().map(Vec::len)),
        (&Value::Null, Some(1)),
        "{clear}"
    );
    let unclear = play(&mut admin, "3 or 4");
    assert_eq!(unclear["said"][0]["text"], json!("Sorry, we did not understand that."), "{unclear}");
}

#[test]
fn what_is_wrong_is_saved_and_told_and_never_published() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let survey = begin(&mut admin, "mine", "blank");
    let mut document = survey["document"].clone();
    document["languages"] = json!(["en", "fr"]);
    let saved = save(&mut admin, &survey, &document);
    assert_eq!(saved.status, 200, "work is kept, finished or not");
    let paths: Vec<String> = saved.json()["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["path"].as_str().unwrap().to_owned())
        .collect();
    assert!(paths.contains(&"questions[0].text".to_owned()), "{paths:?}");
    let refused = publish(&mut admin, "mine", &saved.json()["revision"]);
    assert_eq!((refused.status, refused.word("code").as_str()), (409, "draft_invalid"));
    document["languages"] = json!(["en"]);
    document["voice"] = json!("prompts");
    let saved =
        save(&mut admin, &json!({"key": "mine", "revision": saved.json()["revision"]}), &document).json();
    let refused = publish(&mut admin, "mine", &saved["revision"]);
    assert_eq!((refused.status, refused.word("code").as_str()), (409, "prompts_missing"));
    assert_eq!(refused.json()["missing_prompts"][0]["name"], "mine.intro", "{refused:?}");
    document["questions"] = json!("none");
    let refused = save(&mut admin, &json!({"key": "mine", "revision": saved["revision"]}), &document);
    assert_eq!((refused.status, refused.word("code").as_str()), (400, "bad_document"));
}

#[test]
fn versions_are_compared_with_each_other_and_the_draft() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let survey = begin(&mut admin, "mine", "nps");
    assert_eq!(publish(&mut admin, "mine", &survey["revision"]).status, 200);
    let mut document = survey["document"].clone();
    document["questions"][0]["text"]["en"] = json!("How likely?");
    let revision = save(&mut admin, &survey, &document).json()["revision"].clone();
    let open = admin.get("/api/v1/surveys/mine").json();
    assert_eq!(open["changes"][0]["path"], json!(["questions", "nps", "text", "en"]), "{open}");
    assert_eq!(publish(&mut admin, "mine", &revision).json()["version"], 2);
    let changes = admin.get("/api/v1/surveys/mine/changes?from=1&to=2").json();
    assert_eq!(changes["changes"][0]["after"], "How likely?");
    assert_eq!(admin.get("/api/v1/surveys/mine/changes?from=2&to=draft").json()["changes"], json!([]));
    let first = admin.get("/api/v1/surveys/mine/versions/1").json();
    assert_eq!(first["document"], survey["document"], "a version never changes");
    assert_eq!(admin.get("/api/v1/surveys/mine/versions/3").status, 404);
}

#[test]
fn a_survey_is_copied_imported_and_never_takes_anothers_key() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let survey = begin(&mut admin, "mine", "ces");
    let add = |admin: &mut Person, body: Value| admin.calls(Method::POST, "/api/v1/surveys", &body);
    assert_eq!(add(&mut admin, json!({"key": "copy", "name": "Copy", "copy_of": "mine"})).status, 201);
    let copy = admin.get("/api/v1/surveys/copy").json();
    assert_eq!(copy["document"]["questions"], survey["document"]["questions"]);
    let imported = json!({"key": "moved", "name": "Moved", "document": survey["document"]});
    assert_eq!(add(&mut admin, imported).status, 201);
    for (body, code) in [
        (json!({"key": "mine", "name": "Again", "template": "nps"}), "key_taken"),
        (json!({"key": "No Key", "name": "X", "template": "nps"}), "bad_key"),
        (json!({"key": "x", "name": " ", "template": "nps"}), "bad_name"),
        (json!({"key": "x", "name": "X"}), "bad_parameter"),
        (json!({"key": "x", "name": "X", "document": {"a": 1}}), "bad_document"),
    ] {
        assert_eq!(add(&mut admin, body.clone()).word("code"), code, "{body}");
    }
}

#[test]
fn a_draft_is_tried_by_the_rules_that_callers_meet() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let survey = begin(&mut admin, "mine", "csat");
    let mut play = |channel: &str, answers: Value| {
        let body = json!({"document": survey["document"], "channel": channel, "answers": answers});
        admin.calls(Method::POST, "/api/v1/survey-preview", &body).json()
    };
    let first = play("voice", json!([]));
    assert_eq!(
        (first["question"]["key"].as_str(), first["said"].as_array().unwrap().len()),
        (Some("csat"), 1)
    );
    let low = play("voice", json!([{"question": "csat", "value": "1"}]));
    assert_eq!(low["question"]["key"], "comment", "who is not satisfied is asked why: {low}");
    let high = play("voice", json!([{"question": "csat", "value": "5"}]));
    assert_eq!((&high["question"], &high["state"]), (&json!(null), &json!("complete")));
    let wrong = play("voice", json!([{"question": "csat", "value": "9"}]));
    assert!(wrong["refused"].as_str().unwrap().contains("is not an answer"), "{wrong}");
    assert_eq!(
        play("web", json!([{"question": "csat", "value": "1"}]))["question"]["key"],
        "why",
        "in writing"
    );
}

#[test]
fn the_screen_is_told_which_way_a_scale_runs_and_what_its_ends_mean() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let document = json!({
        "format": "aftercall.survey/1", "key": "k", "name": "K", "languages": ["en", "ar"],
        "questions": [{"key": "r", "type": "rating", "scale": "1-5", "text": {"en": "How?", "ar": "كيف؟"},
                       "low_label": {"en": "badly", "ar": "سيئ"}, "high_label": {"en": "well", "ar": "جيد"}}],
    });
    let mut play = |language: &str, rtl_scales: Option<&str>| {
        let mut document = document.clone();
        if let Some(way) = rtl_scales {
            document["rtl_scales"] = json!(way);
        }
        let body = json!({"document": document, "channel": "web", "language": language});
        let scene = admin.calls(Method::POST, "/api/v1/survey-preview", &body).json();
        let word = |name: &str| scene[name].as_str().unwrap().to_owned();
        (word("direction"), word("scale_direction"), scene["question"]["ends"].clone())
    };
    let told = |direction: &str, scale: &str, ends| (direction.to_owned(), scale.to_owned(), ends);
    assert_eq!(play("en", None), told("ltr", "ltr", json!(["badly", "well"])));
    assert_eq!(play("ar", None), told("rtl", "rtl", json!(["سيئ", "جيد"])));
    assert_eq!(play("ar", Some("left_to_right")), told("rtl", "ltr", json!(["سيئ", "جيد"])));
}
