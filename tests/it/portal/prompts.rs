//! Prompts in the portal: what is missing, uploaded, listened to, and removed.

use reqwest::Method;
use serde_json::json;

use super::opened;
use crate::support::{Site, sounds};

#[test]
fn a_prompt_is_uploaded_listened_to_and_not_removed_under_the_feet_of_callers() {
    let site = Site::empty();
    let (_server, mut admin) = opened(&site, &[]);
    let survey = json!({"key": "mine", "name": "Mine", "template": "blank", "languages": ["en"]});
    assert_eq!(admin.calls(Method::POST, "/api/v1/surveys", &survey).status, 201);
    let listed = admin.get("/api/v1/prompts").json();
    let prompts = listed["prompts"].as_array().unwrap();
    let question = prompts.iter().find(|prompt| prompt["name"] == "mine.q1").unwrap();
    assert_eq!((&question["stored"], &question["required"]), (&json!(null), &json!(false)), "{listed}");
    let path = "/api/v1/prompts/en/mine.q1";
    let refused = admin.uploads(path, "x.wav", b"not a sound");
    assert_eq!(refused.status / 100, 4, "{refused:?}");
    let stored = admin.uploads(path, "question.wav", &sounds::tone(440.0, 800));
    assert_eq!((stored.status, stored.word("became").as_str()), (200, "new"), "{stored:?}");
    let audio = stored.json()["stored"]["audio"].as_str().unwrap().to_owned();
    let played = admin.get(&audio);
    assert_eq!((played.status, played.header("content-type")), (200, "audio/wav"));
    assert!(played.bytes.starts_with(b"RIFF"));
    let listed = admin.get("/api/v1/prompts").json();
    let question = listed["prompts"].as_array().unwrap().iter().find(|p| p["name"] == "mine.q1").unwrap();
    assert_eq!(question["stored"]["source"], "question.wav");
    assert_eq!(admin.calls(Method::DELETE, path, &json!({})).status, 204);
    assert_eq!(admin.calls(Method::DELETE, path, &json!({})).status, 404);
}
