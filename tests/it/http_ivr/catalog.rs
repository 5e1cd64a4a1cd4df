//! Publish, pause and resume beside a running server.

use super::*;

/// The survey with one question less.
fn shorter(key: &str) -> Value {
    let mut document = three_numbers(key);
    document["questions"].as_array_mut().unwrap().pop();
    document
}

#[test]
fn publish_pause_and_resume_take_effect_within_a_second() {
    let site = Site::new();
    site.publish(&three_numbers("numbers"));
    site.run(&["survey", "activate", "numbers", "All"]);
    let server = site.serve(&[]);
    let ask = || server.post("/ivr/v1/survey", &[("dn", "9999")]);
    assert_eq!([ask().word("version"), ask().word("question_count")], ["1", "3"]);
    site.publish(&shorter("numbers"));
    until_within(ONE_SECOND, "the new version is asked", || ask().word("version") == "2");
    assert_eq!(ask().word("question_count"), "2");
    site.run(&["survey", "pause", "All"]);
    until_within(ONE_SECOND, "nobody is asked", || ask().word("code") == "paused");
    site.run(&["survey", "resume", "All"]);
    until_within(ONE_SECOND, "callers are asked again", || ask().word("result") == "QUESTION");
}

#[test]
fn a_call_in_progress_finishes_on_the_version_it_began_even_after_a_restart() {
    let site = Site::new();
    site.publish(&three_numbers("numbers"));
    site.run(&["survey", "activate", "numbers", "All"]);
    let server = site.serve(&[]);
    let begin =
        |call: &str| server.post("/ivr/v1/survey", &[("dn", "9999"), ("call_id", call)]).word("response_id");
    let (one, other) = (begin("one"), begin("other"));
    assert_eq!(server.answer(&one, "first", "5").word("question_id"), "second");
    site.publish(&shorter("numbers"));
    until_within(ONE_SECOND, "new callers get the new version", || {
        server.post("/ivr/v1/survey", &[("dn", "9999")]).word("version") == "2"
    });
    site.run(&["survey", "pause", "All"]);
    assert_eq!(server.answer(&one, "second", "7").word("question_id"), "third");
    drop(server);
    let server = site.serve(&[]);
    assert_eq!(server.answer(&one, "third", "10").word("answers"), "5:7:10");
    let whole = server.post("/ivr/v1/answers", &[("response_id", &other), ("a", "1:2:3")]);
    assert_eq!([whole.word("result"), whole.word("answers")], ["DONE", "1:2:3"]);
}
