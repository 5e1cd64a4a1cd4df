//! What is refused, in words, and leaves nothing behind.

use super::*;

fn assert_refused(reply: &Reply, status: u16, code: &str) {
    let seen = (reply.status, reply.word("result"), reply.word("code"));
    assert_eq!((seen.0, seen.1.as_str(), seen.2.as_str()), (status, "ERROR", code), "{reply:?}");
    assert!(!reply.word("message").is_empty(), "{reply:?}");
}

#[test]
fn what_cannot_be_a_recording_is_refused_and_the_question_stays_due() {
    let site = site();
    let server = site.serve(&["recordings.max_bytes=60000", "recordings.min_ms=300"]);
    let response = due(&server);
    let good = wav(&hum(1_000, 20));
    let unknown = uuid::Uuid::nil().to_string();
    for (what, reply, status, code) in [
        ("silence", send(&server, &response, "say", wav(&[0xff; 8_000])), 422, "audio_silent"),
        ("too short", send(&server, &response, "say", wav(&hum(200, 20))), 422, "audio_too_short"),
        ("7.1 s of 5 s", send(&server, &response, "say", wav(&hum(7_100, 20))), 422, "recording_too_long"),
        (
            "no audio",
            send(&server, &response, "say", b"%PDF-1.7 \0 not audio".to_vec()),
            422,
            "audio_not_taken",
        ),
        ("nothing", send(&server, &response, "say", Vec::new()), 400, "missing_parameter"),
        ("60 001 bytes", send(&server, &response, "say", vec![0x55; 60_001]), 413, "too_large"),
        ("a number's question", send(&server, &response, "last", good.clone()), 422, "no_recording"),
        ("no question of it", send(&server, &response, "nothing", good.clone()), 422, "unknown_question"),
        ("no response of ours", send(&server, &unknown, "say", good.clone()), 404, "unknown_response"),
        ("no id", send(&server, "17", "say", good.clone()), 400, "bad_parameter"),
        ("another codec", send(&server, &response, "say&codec=gsm", good.clone()), 400, "bad_parameter"),
        ("a GET", server.get("/ivr/v1/recording"), 405, "wrong_method"),
    ] {
        println!("{what}");
        assert_refused(&reply, status, code);
    }
    assert_eq!(recordings(&site), 0);
    assert_eq!(send(&server, &response, "say", good).word("question_id"), "last", "it was due all the time");
    assert_eq!(recordings(&site), 1);
}

#[test]
fn text_that_is_no_audio_is_refused_with_the_place() {
    let site = site();
    let server = site.serve(&["recordings.max_bytes=60000"]);
    let response = due(&server);
    let form = |data: &str| {
        let body = format!("response_id={response}&question_id=say&data={data}");
        post(&server, "/ivr/v1/recording", "application/x-www-form-urlencoded", body.into_bytes())
    };
    assert_refused(&form("UklGR*"), 400, "bad_parameter");
    assert!(form("UklGR*").word("message").contains("character 6"));
    assert_refused(&form("52494"), 400, "bad_parameter");
    assert_refused(&form(""), 422, "audio_empty");
    assert_refused(&form(&"ab".repeat(60_001)), 413, "too_large");
    assert_refused(&form(&"ab".repeat(300_000)), 413, "too_large");
    let two: [(&str, &str, &[u8]); 2] = [("audio", "", b"00"), ("data", "", b"00")];
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    assert_refused(&post(&server, "/ivr/v1/recording", &kind, multipart(&two)), 400, "malformed");
    let none: [(&str, &str, &[u8]); 1] = [("response_id", "", b"x")];
    assert_refused(&post(&server, "/ivr/v1/recording", &kind, multipart(&none)), 400, "missing_parameter");
    let cut = multipart(&two[..1]);
    let cut = cut[..cut.len() - 30].to_vec();
    assert_refused(&post(&server, "/ivr/v1/recording", &kind, cut), 400, "malformed");
    assert_refused(&post(&server, "/ivr/v1/recording", "multipart/form-data", Vec::new()), 400, "malformed");
}

#[test]
fn nothing_is_read_from_those_without_a_key() {
    let site = site();
    let server = site.serve(&[]);
    let path = format!("/ivr/v1/recording?response_id={}&question_id=say", due(&server));
    let request = server.http().fresh().bare(Method::POST, &path).body(wav(&hum(1_000, 20)));
    assert_refused(&block_on(read(request)).unwrap(), 401, "no_key");
    with_listener(&site);
    let key = listener(&site);
    let http = server.http().fresh().with_key(&key);
    crate::support::until("the key is known", || {
        let request = http.fresh().request(Method::POST, &path).body(wav(&hum(1_000, 20)));
        let reply = block_on(read(request)).unwrap();
        assert_ne!(reply.status, 200, "{reply:?}");
        reply.word("code") == "wrong_scope"
    });
}

#[test]
fn a_recording_may_be_replaced_until_the_next_question_is_answered_or_passed_over() {
    let site = site();
    with_listener(&site);
    let server = site.serve(&[]);
    let response = due(&server);
    assert_eq!(send(&server, &response, "say", wav(&hum(1_000, 20))).word("stored"), "new");
    let second = hum(2_000, 32);
    assert_eq!(send(&server, &response, "say", wav(&second)).word("stored"), "correction");
    assert!(samples(&played(&site, &server, &response)) == second);
    assert_eq!(recordings(&site), 1, "the first is gone");
    assert_eq!(server.answer(&response, "say", "-1").word("stored"), "correction");
    assert_eq!(recordings(&site), 0, "the caller took it back");
    assert_eq!(send(&server, &response, "say", wav(&second)).word("stored"), "correction");
    assert_eq!(server.answer(&response, "last", "5").word("result"), "DONE");
    assert_refused(&send(&server, &response, "say", wav(&hum(1_000, 20))), 422, "too_late");
    assert_eq!(send(&server, &response, "say", wav(&second)).word("stored"), "repeat");
    assert_eq!(recordings(&site), 1);
}

#[test]
fn a_recording_that_comes_after_the_hang_up_is_kept() {
    let site = site();
    let server = site.serve(&[]);
    let response = due(&server);
    let ended = server.post("/ivr/v1/complete", &[("response_id", &response), ("status", "hangup")]);
    assert_eq!(ended.word("state"), "partial");
    let late = send(&server, &response, "say", wav(&hum(1_000, 20)));
    assert_eq!((late.status, late.word("stored"), late.word("state")), (200, "new".into(), "partial".into()));
    assert_eq!(recordings(&site), 1);
}
