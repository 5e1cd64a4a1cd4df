//! Requests sent before the replies to earlier ones were read, and connections that end too early.

use super::{CALLERS, LIVE, Wire, among_callers};
use crate::support::store::Stored;
use crate::support::{DN, Server, Site, until_then};

fn get(server: &Server, path: &str) -> Vec<u8> {
    let key = server.http().key();
    format!("GET {path} HTTP/1.1\r\nHost: a\r\nX-API-Key: {key}\r\n\r\n").into_bytes()
}

fn answer(server: &Server, response: &str, question: &str, value: &str) -> Vec<u8> {
    let path = format!("/ivr/v1/answer?response_id={response}&question_id={question}&value={value}");
    get(server, &path)
}

/// The response to a new call.
async fn offer(server: &Server, call: &str) -> String {
    let fields = [("dn", DN), ("call_id", call)];
    server.http().fresh().form("/ivr/v1/survey", &fields).await.unwrap().word("response_id")
}

fn word(body: &str, name: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {body}"));
    json[name].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_thousand_requests_in_one_write_are_answered_in_order_and_stored_once() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    among_callers(&site, &server, async || {
        let mut wire = Wire::open(&server).await;
        let asks = |n: usize| get(&server, &format!("/ivr/v1/survey?dn={DN}&call_id=piped-{n}"));
        assert!(wire.send(&(0..250).flat_map(asks).collect::<Vec<u8>>()).await);
        let mut responses = Vec::new();
        for n in 0..250 {
            let response = word(&wire.reply().await.unwrap().body, "response_id");
            assert_eq!(stored.response_of(&format!("piped-{n}")), Some(response.clone()));
            responses.push(response);
        }
        let answers = responses.iter().flat_map(|response| {
            let given = [("csat", "4"), ("csat", "4"), ("solved", "1"), ("recommend", "9")];
            given.into_iter().flat_map(|(question, value)| answer(&server, response, question, value))
        });
        assert!(wire.send(&answers.collect::<Vec<u8>>()).await);
        for response in &responses {
            for next in ["solved", "solved", "recommend", ""] {
                let reply = wire.reply().await.unwrap();
                assert_eq!(
                    (reply.status, word(&reply.body, "question_id").as_str()),
                    (200, next),
                    "{reply:?}"
                );
            }
            let given = [("csat", "4"), ("recommend", "9"), ("solved", "1")];
            assert!(stored.answers(response).iter().map(|(k, v)| (k.as_str(), v.as_str())).eq(given));
        }
    });
    stored.sound();
}

#[test]
fn rubbish_after_a_good_request_ends_the_connection_and_not_the_request() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    among_callers(&site, &server, async || {
        for (n, rubbish) in
            ["\0\u{1}\u{2}rubbish\r\n\r\n", "GET\r\n\r\n", "\u{16}\u{3}\u{1}"].iter().enumerate()
        {
            let response = offer(&server, &format!("rubbish-{n}")).await;
            let mut wire = Wire::open(&server).await;
            let good = answer(&server, &response, "csat", "5");
            wire.send(&[&good, rubbish.as_bytes(), LIVE].concat()).await;
            assert_eq!(wire.reply().await.unwrap().status, 200);
            let refused = wire.reply().await.unwrap();
            assert_eq!(refused.status, 400, "{refused:?}");
            assert!(wire.reply().await.is_none(), "nothing after it is read");
            assert_eq!(stored.answers(&response)["csat"], "5");
        }
    });
}

#[test]
fn who_says_that_nothing_more_comes_is_still_answered() {
    let site = Site::new();
    let server = site.serve(&[]);
    among_callers(&site, &server, async || {
        for n in 0..50 {
            let response = offer(&server, &format!("half-{n}")).await;
            let mut wire = Wire::open(&server).await;
            wire.send(&answer(&server, &response, "csat", "5")).await;
            wire.end().await;
            let reply = wire.reply().await.expect("a reply after the client's end");
            assert_eq!(word(&reply.body, "question_id"), "solved");
            assert!(wire.is_closed().await);
        }
    });
}

#[test]
fn the_answers_of_callers_who_were_cut_off_are_stored() {
    let site = Site::new();
    // A hung engine is replaced after half a second: so long the answers are on their way.
    let server = site.serve(&["supervision.heartbeat_ms=500"]);
    let stored = Stored::open(&site.database());
    among_callers(&site, &server, async || {
        for round in ["end", "reset"] {
            let mut cut = Vec::new();
            for n in 0..20 {
                let response = offer(&server, &format!("{round}-{n}")).await;
                cut.push((response, Wire::open(&server).await));
            }
            let http = server.http().fresh();
            until_then("the engine hangs", async || http.crash("survey_engine", "hang").await).await;
            for (response, wire) in &mut cut {
                wire.send(&answer(&server, response, "csat", "5")).await;
            }
            let all_stored = || cut.iter().all(|(response, _)| stored.answers(response).contains_key("csat"));
            // The ordinary callers wait for the engine too, one request each. What still stands in a socket when its
            // client resets it never arrived; an engine that is back sooner has stored them all.
            until_then("they are on their way", async || {
                http.in_flight().await >= 20 + CALLERS || all_stored()
            })
            .await;
            let mut responses = Vec::new();
            for (response, wire) in cut {
                responses.push(response);
                match round {
                    "end" => drop(wire),
                    _ => wire.reset(),
                }
            }
            until_then("every answer is stored", async || {
                responses.iter().all(|response| stored.answers(response).contains_key("csat"))
            })
            .await;
        }
    });
}
