//! Who is asked, who is not and why, and one response for each call.

use super::*;

/// Why the newest ask was refused, as the operator is told: the gate that said no.
fn gate_of_newest(site: &Site) -> (String, String) {
    let offers: Value =
        serde_json::from_str(&site.run(&["offers", "--limit", "1", "--format", "json"])).unwrap();
    let steps = offers[0]["steps"].as_array().unwrap();
    let no = steps.iter().find(|step| step["passed"] == false).unwrap();
    (offers[0]["id"].as_str().unwrap().to_owned(), no["gate"].as_str().unwrap().to_owned())
}

#[test]
fn a_caller_who_is_not_asked_is_told_none_and_the_operator_is_told_which_gate_said_no() {
    let site = Site::new();
    let with = |key: &str, more: &Value| {
        let mut document = three_numbers(key);
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        site.publish(&document);
    };
    with("over", &json!({"schedule": {"until": "2020-01-31"}}));
    with("rare", &json!({"sampling": {"one_in": 10_000}}));
    with("capped", &json!({"sampling": {"daily_cap": 1}}));
    with("cooled", &json!({"sampling": {"cool_down_hours": 1}}));
    for (no, key) in [(1, "over"), (2, "rare"), (3, "capped"), (4, "cooled"), (5, "support")] {
        site.run(&["service", "add", &format!("S{no}"), "--dn", &format!("600{no}")]);
        site.run(&["survey", "activate", key, &format!("S{no}")]);
    }
    site.run(&["survey", "pause", "S5"]);
    site.run(&["service", "add", "Bare", "--dn", "6006"]);
    let server = site.serve(&[]);
    for (dn, first, code, gate) in [
        ("9999", "NONE", "unknown_service", "service"),
        ("6001", "NONE", "outside_schedule", "schedule"),
        ("6003", "QUESTION", "daily_cap_reached", "daily_cap"),
        ("6004", "QUESTION", "cooled_down", "cool_down"),
        ("6005", "NONE", "paused", "paused"),
        ("6006", "NONE", "no_active_survey", "survey"),
    ] {
        let ask = || server.post("/ivr/v1/survey", &[("dn", dn), ("ani", &format!("600123{dn}"))]);
        assert_eq!(ask().word("result"), first, "{dn}");
        let reply = ask();
        assert_eq!(
            (reply.status, reply.word("result").as_str(), reply.word("code").as_str()),
            (200, "NONE", code),
            "{reply:?}"
        );
        assert!(!reply.word("message").is_empty() && reply.word("response_id").is_empty(), "{reply:?}");
        assert_eq!(gate_of_newest(&site), (reply.word("offer_id"), gate.to_owned()));
    }
    // One in ten thousand: one of three is enough to see that chance says no.
    let drawn = (0..3).map(|_| server.post("/ivr/v1/survey", &[("dn", "6002")]).word("code"));
    assert!(drawn.collect::<Vec<_>>().contains(&"sampled_out".to_owned()));
    assert!(!site.run(&["offers", "--limit", "100"]).contains("600123"), "no customer's number is printed");
}

#[test]
fn an_unknown_number_falls_back_to_the_survey_of_all_once_there_is_one() {
    let site = Site::new();
    let server = site.serve(&[]);
    let ask = || server.post("/ivr/v1/survey", &[("dn", "9999")]);
    assert_eq!(ask().word("code"), "unknown_service");
    site.publish(&three_numbers("for-all"));
    site.run(&["survey", "activate", "for-all", "All"]);
    until_within(ONE_SECOND, "all callers are asked", || ask().word("survey") == "for-all");
    assert_eq!(
        server.post("/ivr/v1/survey", &[("service", "support")]).word("survey"),
        "support",
        "by its name"
    );
    assert_eq!(server.post("/ivr/v1/survey", &[("dn", DN)]).word("survey"), "support");
}

#[test]
fn asking_again_for_the_same_call_gives_the_same_response_and_goes_on_where_it_stands() {
    let site = Site::new();
    site.run(&["service", "add", "Other", "--dn", "5002"]);
    site.run(&["survey", "activate", "support", "Other"]);
    let server = site.serve(&[]);
    let response = server.offer("call-1");
    server.answer(&response, "csat", "1");
    let again = server.post("/ivr/v1/survey", &[("dn", DN), ("call_id", "call-1")]);
    assert_eq!(
        [again.word("response_id"), again.word("question_id")],
        [response.clone(), "reason".to_owned()]
    );
    assert_ne!(server.offer("call-2"), response);
    let elsewhere = server.post("/ivr/v1/survey", &[("dn", "5002"), ("call_id", "call-1")]);
    assert_ne!(
        elsewhere.word("response_id"),
        response,
        "a call that goes on to another service is asked there"
    );
    let stored = Stored::open(&site.database());
    assert_eq!(stored.responses_of("call-1"), 2);
    assert_eq!(stored.answers(&response).len(), 1);
}

#[test]
fn twenty_asks_at_once_for_each_of_ten_calls_make_one_response_for_each_call() {
    let site = Site::new();
    let server = site.serve(&[]);
    let calls: Vec<String> = (0..10).map(|number| format!("call-{number}")).collect();
    let replies = block_on(async {
        let http = server.http().fresh();
        let asks = (0..20).flat_map(|_| &calls).map(|call| {
            let http = &http;
            async move { (call, http.form("/ivr/v1/survey", &[("dn", DN), ("call_id", call)]).await.unwrap()) }
        });
        futures_util::future::join_all(asks).await
    });
    let stored = Stored::open(&site.database());
    for (call, reply) in &replies {
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(Some(reply.word("response_id")), stored.response_of(call), "{call}");
    }
    for call in &calls {
        assert_eq!(stored.responses_of(call), 1, "{call}");
    }
    assert_eq!(stored.count("SELECT count(*) FROM offer"), 10);
}
