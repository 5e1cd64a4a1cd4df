//! Keys: presented in four ways, held to their scope and rate, revoked at once.

use super::*;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

#[test]
fn a_key_comes_by_header_bearer_basic_or_query() {
    let site = Site::new();
    let server = site.serve(&[]);
    let ask = |header: Option<(&str, String)>, query: &str| {
        let path = format!("/ivr/v1/survey.json?dn={DN}{query}");
        let mut request = server.http().fresh().bare(Method::GET, &path);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        block_on(read(request)).unwrap()
    };
    let (key, basic) = (site.key.as_str(), |pair: String| format!("Basic {}", BASE64_STANDARD.encode(pair)));
    for (header, query) in [
        (Some(("X-API-Key", key.to_owned())), String::new()),
        (Some(("Authorization", format!("Bearer {key}"))), String::new()),
        (Some(("Authorization", basic(format!("ivr:{key}")))), String::new()),
        (Some(("Authorization", basic(format!("{key}:")))), String::new()),
        (None, format!("&api_key={key}")),
        (None, format!("&apiKey={key}")),
    ] {
        let reply = ask(header, &query);
        assert_eq!((reply.status, reply.word("result").as_str()), (200, "QUESTION"), "{reply:?}");
    }
    assert_error(&ask(None, ""), 401, "no_key");
    let wrong = ask(Some(("X-API-Key", "ack_wrong".to_owned())), "");
    assert_error(&wrong, 401, "unknown_key");
    assert!(wrong.header("www-authenticate").starts_with("Basic "), "{wrong:?}");
    assert!(!server.log().contains(key), "no key is logged");
}

#[test]
fn a_key_in_the_query_is_refused_where_that_is_switched_off() {
    let site = Site::new();
    let server = site.serve(&["ivr_api.key_in_query=false"]);
    let http = server.http().fresh();
    let reply =
        block_on(read(http.bare(Method::GET, &format!("/ivr/v1/survey?dn={DN}&api_key={}", site.key))));
    assert_error(&reply.unwrap(), 401, "no_key");
    assert_eq!(server.post("/ivr/v1/survey", &[("dn", DN)]).status, 200);
}

#[test]
fn a_key_does_what_its_scope_says_is_known_within_a_second_and_unknown_within_a_second_of_its_end() {
    let site = Site::new();
    let server = site.serve(&[]);
    let make =
        |name: &str, scope: &str| site.run(&["apikey", "create", name, "--scope", scope]).trim().to_owned();
    let ask =
        |key: &str| block_on(server.http().fresh().with_key(key).get(&format!("/ivr/v1/survey?dn={DN}")));
    let (ivr, no_script) = (make("second", "ivr"), make("operator", "admin"));
    until_within(ONE_SECOND, "the new key works", || ask(&ivr).status == 200);
    until_within(ONE_SECOND, "the other new key is known", || ask(&no_script).status != 401);
    assert_error(&ask(&no_script), 403, "wrong_scope");
    let crash = server
        .http()
        .fresh()
        .with_key(&ivr)
        .request(Method::POST, "/drill/v1/crash?child=janitor&kind=panic");
    assert_error(&block_on(read(crash)).unwrap(), 403, "wrong_scope");
    site.run(&["apikey", "revoke", "second"]);
    until_within(ONE_SECOND, "the key is refused", || ask(&ivr).status == 401);
    assert_error(&ask(&ivr), 401, "unknown_key");
    assert_eq!(ask(&site.key).status, 200, "others go on");
    assert!(!site.run(&["apikey", "list"]).contains(&ivr));
}

#[test]
fn a_key_that_asks_too_fast_is_told_when_to_come_back_and_others_are_not_held_up() {
    let site = Site::new();
    let other = site.run(&["apikey", "create", "other", "--scope", "ivr"]).trim().to_owned();
    let server = site.serve(&["ivr_api.rate_per_key_per_s=1", "ivr_api.rate_burst=3"]);
    // Five asks take less than the two seconds after which all of them would have been let in.
    let replies = block_on(async {
        let http = server.http().fresh();
        let mut replies = Vec::new();
        for key in [&site.key, &other] {
            for _ in 0..5 {
                replies.push(http.with_key(key).get(&format!("/ivr/v1/survey.xml?dn={DN}")).await);
            }
        }
        replies
    });
    for own in replies.chunks(5) {
        assert!(own[..3].iter().all(|reply| reply.status == 200), "{own:?}");
        assert_error(&own[4], 429, "too_many_requests");
        assert_eq!((own[4].header("retry-after"), own[4].word("retry_after_s").as_str()), ("1", "1"));
    }
}
