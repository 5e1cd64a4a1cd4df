//! Answers: branching, repeats, corrections, lists, and how a call ends.

use super::*;
use rusqlite::Connection;

/// Gives answers one by one; each expects a status and a word: the next question, the result, or the code of an error.
fn check(server: &Server, response: &str, answers: &[(&str, &str, u16, &str)]) {
    for (question, value, status, word) in answers {
        let reply = server.answer(response, question, value);
        let words = [reply.word("question_id"), reply.word("result"), reply.word("code")];
        assert_eq!(reply.status, *status, "{question}={value}: {reply:?}");
        assert!(words.iter().any(|w| w == word), "{question}={value}: {word} in {reply:?}");
    }
}

fn kept(stored: &Stored, response: &str) -> Vec<(String, String)> {
    stored.answers(response).into_iter().collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(question, value)| ((*question).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_answer_decides_which_question_comes_next() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    for (csat, next) in
        [("1", "reason"), ("2", "reason"), ("3", "solved"), ("5", "solved"), ("-1", "solved"), ("", "solved")]
    {
        check(&server, &server.offer(&format!("branch{csat}")), &[("csat", csat, 200, next)]);
    }
    let response = server.offer("whole");
    check(
        &server,
        &response,
        &[
            ("csat", "5", 200, "solved"),
            ("reason", "1", 422, "not_on_path"),
            ("recommend", "9", 422, "not_yet"),
            ("no-such", "9", 422, "unknown_question"),
            ("solved", "3", 422, "invalid_value"),
            ("solved", "2#", 200, "recommend"),
            ("recommend", "11", 422, "invalid_value"),
            ("recommend", "10#", 200, "DONE"),
            ("recommend", "10", 200, "DONE"),
        ],
    );
    assert_eq!(kept(&stored, &response), pairs(&[("csat", "5"), ("recommend", "10"), ("solved", "0")]));
    assert_eq!(stored.state(&response).unwrap(), "complete");
}

#[test]
fn a_repeat_is_stored_once_and_a_correction_is_taken_until_the_next_question_was_answered() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    let response = server.offer("repeats");
    for expected in ["new", "repeat", "repeat"] {
        let reply = server.answer(&response, "csat", "5");
        assert_eq!([reply.word("stored"), reply.word("question_id")], [expected, "solved"], "{reply:?}");
    }
    let corrected = server.answer(&response, "csat", "1");
    assert_eq!([corrected.word("stored"), corrected.word("question_id")], ["correction", "reason"]);
    assert_eq!(kept(&stored, &response), pairs(&[("csat", "1")]));
    check(
        &server,
        &response,
        &[("reason", "-1", 200, "solved"), ("csat", "5", 422, "too_late"), ("csat", "1", 200, "solved")],
    );
    check(&server, &response, &[("solved", "1", 200, "recommend"), ("recommend", "9", 200, "DONE")]);
    let last = server.answer(&response, "recommend", "8");
    assert_eq!([last.word("stored"), last.word("answers")], ["correction", "1:-1:1:8"]);
    let all = pairs(&[("csat", "1"), ("reason", "skipped"), ("recommend", "8"), ("solved", "1")]);
    assert_eq!(kept(&stored, &response), all);
}

#[test]
fn the_same_answer_sent_twenty_times_at_once_is_stored_once() {
    let site = Site::new();
    let server = site.serve(&[]);
    let response = server.offer("at once");
    let replies = block_on(async {
        let http = server.http().fresh();
        let fields = [("response_id", response.as_str()), ("question_id", "csat"), ("value", "5")];
        futures_util::future::join_all((0..20).map(|_| http.form("/ivr/v1/answer", &fields))).await
    });
    let replies: Vec<_> = replies.into_iter().map(Result::unwrap).collect();
    assert!(
        replies.iter().all(|reply| reply.status == 200 && reply.word("question_id") == "solved"),
        "{replies:?}"
    );
    assert_eq!(replies.iter().filter(|reply| reply.word("stored") == "new").count(), 1, "{replies:?}");
    assert_eq!(kept(&Stored::open(&site.database()), &response), pairs(&[("csat", "5")]));
}

#[test]
fn a_list_gives_all_answers_at_once_or_none() {
    let site = Site::new();
    site.publish(&three_numbers("numbers"));
    site.run(&["service", "add", "Numbers", "--dn", "5002"]);
    site.run(&["survey", "activate", "numbers", "Numbers"]);
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    for (dn, list, status, word, state, results) in [
        ("5002", "4:5:9", 200, "DONE", "complete", "4:5:9"),
        ("5002", "4;5;10", 200, "DONE", "complete", "4:5:10"),
        ("5002", "4,-1,0", 200, "DONE", "partial", "4:-1:0"),
        ("5002", "-1:-1:-1", 200, "DONE", "declined", "-1:-1:-1"),
        ("5002", "4:5", 200, "third", "in_progress", ""),
        ("5002", "4::", 200, "second", "in_progress", ""),
        ("5002", "4:8:9", 422, "invalid_value", "offered", ""),
        ("5002", "4:5:9:1", 422, "too_many_answers", "offered", ""),
        (DN, "4:-1:2:10", 200, "DONE", "complete", "4:-1:0:10"),
        (DN, "1:2:1:0", 200, "DONE", "complete", "1:2:1:0"),
        (DN, "4:1:1:0", 422, "not_on_path", "offered", ""),
    ] {
        let response = server.post("/ivr/v1/survey", &[("dn", dn)]).word("response_id");
        let reply = server.post("/ivr/v1/answers", &[("responseId", &response), ("a", list)]);
        let words = [reply.word("result"), reply.word("question_id"), reply.word("code")];
        assert!(reply.status == status && words.iter().any(|w| w == word), "{list}: {reply:?}");
        assert_eq!(
            (reply.word("answers").as_str(), stored.state(&response).as_deref()),
            (results, Some(state)),
            "{list}"
        );
        if status != 200 {
            assert_eq!(kept(&stored, &response), pairs(&[]), "{list} is refused as a whole");
            continue;
        }
        let again = server.post("/ivr/v1/answers", &[("response_id", &response), ("answers", list)]);
        assert_eq!(
            [again.word("result"), again.word("answers")],
            [reply.word("result"), reply.word("answers")]
        );
    }
    stored.sound();
}

#[test]
fn a_call_ends_as_complete_partial_or_declined_by_what_was_answered() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    let whole = &["csat", "solved", "recommend"][..];
    for (answered, status, state) in [
        (&whole[..0], "declined", "declined"),
        (&whole[..0], "hangup", "declined"),
        (&whole[..1], "hangup", "partial"),
        (&whole[..1], "declined", "partial"),
        (&whole[..2], "abandoned", "partial"),
        (&whole[..2], "complete", "partial"),
        (&whole[..2], "", "partial"),
        (whole, "", "complete"),
        (whole, "partial", "complete"),
    ] {
        let response = server.offer(&format!("{}{status}", answered.len()));
        for question in answered {
            assert_eq!(
                server.answer(&response, question, if *question == "solved" { "1" } else { "5" }).status,
                200
            );
        }
        for _ in 0..2 {
            let reply = server.post("/ivr/v1/complete", &[("response_id", &response), ("status", status)]);
            assert_eq!([reply.word("result"), reply.word("state")], ["DONE", state], "{answered:?} {status}");
        }
        assert_eq!(stored.state(&response).as_deref(), Some(state));
    }
    let reply = server.post("/ivr/v1/complete", &[("response_id", &server.offer("x")), ("status", "gone")]);
    assert_error(&reply, 400, "bad_parameter");
    stored.sound();
}

#[test]
fn answers_under_way_when_the_caller_hung_up_are_taken_for_a_while() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    let response = server.offer("late");
    check(&server, &response, &[("csat", "5", 200, "solved")]);
    server.post("/ivr/v1/complete", &[("response_id", &response), ("status", "hangup")]);
    let reply = server.answer(&response, "solved", "1");
    assert_eq!((reply.status, reply.word("state").as_str()), (200, "partial"), "{reply:?}");
    let reply = server.answer(&response, "recommend", "9");
    assert_eq!(
        (reply.word("result").as_str(), reply.word("state").as_str()),
        ("DONE", "complete"),
        "{reply:?}"
    );
    assert_eq!(kept(&stored, &response), pairs(&[("csat", "5"), ("recommend", "9"), ("solved", "1")]));
    drop(server);

    let server = site.serve(&["survey.late_minutes=0"]);
    let response = server.offer("too late");
    check(&server, &response, &[("csat", "5", 200, "solved")]);
    server.post("/ivr/v1/complete", &[("response_id", &response), ("status", "hangup")]);
    assert_error(&server.answer(&response, "solved", "1"), 409, "response_closed");
    assert_eq!(
        server.answer(&response, "csat", "5").status,
        200,
        "a repeat of what is stored is no late answer"
    );
    assert_eq!(kept(&stored, &response), pairs(&[("csat", "5")]));
}

#[test]
fn a_response_nobody_goes_on_with_is_ended_by_time_and_still_takes_an_answer_that_comes_late() {
    let site = Site::new();
    let server = site.serve(&["janitor.every_s=1", "survey.idle_minutes=30", "survey.late_minutes=30"]);
    let (untouched, begun, fresh) = (server.offer("untouched"), server.offer("begun"), server.offer("fresh"));
    check(&server, &begun, &[("csat", "5", 200, "solved")]);
    // As if it were 31 minutes later.
    let conn = Connection::open(site.database()).unwrap();
    conn.busy_timeout(super::super::support::SOON).unwrap();
    for response in [&untouched, &begun] {
        let id = uuid::Uuid::parse_str(response).unwrap();
        let changed = conn.execute(
            "UPDATE response SET offered_at = offered_at - 1860000, updated_at = updated_at - 1860000 WHERE id = ?1",
            [&id.as_bytes()[..]],
        );
        assert_eq!(changed.unwrap(), 1);
    }
    let stored = Stored::open(&site.database());
    super::super::support::until("both are ended", || {
        [&untouched, &begun].map(|response| stored.state(response).unwrap()) == ["expired", "partial"]
    });
    assert_eq!(stored.state(&fresh).as_deref(), Some("offered"), "others go on");
    check(&server, &begun, &[("solved", "1", 200, "recommend"), ("recommend", "10", 200, "DONE")]);
    assert_eq!(stored.state(&begun).as_deref(), Some("complete"));
    stored.sound();
}
