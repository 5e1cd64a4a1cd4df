//! Recordings that come slowly, while the server crashes, and from a gateway's own document.

use std::io::{Read, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::*;
use crate::support::{SOON, until_then};

#[test]
fn a_recording_may_come_more_slowly_than_any_other_call() {
    let site = site();
    let server = site.serve(&[
        "ivr_api.deadline_ms=1000",
        "database.statement_timeout_ms=1000",
        "database.busy_timeout_ms=500",
    ]);
    let response = due(&server);
    let body = wav(&hum(2_000, 20));
    let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let head = format!(
        "POST /ivr/v1/recording?response_id={response}&question_id=say HTTP/1.0\r\nx-api-key: {}\r\n\
         content-type: audio/x-wav\r\ncontent-length: {}\r\n\r\n",
        server.http().key(),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let begun = Instant::now();
    for part in body.chunks(body.len() / 10) {
        stream.write_all(part).unwrap();
        let next = Instant::now() + Duration::from_millis(150);
        // The line of the gateway is slow: that is what is tested, and nothing is waited for.
        while Instant::now() < next {
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }
    assert!(begun.elapsed() > Duration::from_secs(1));
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.contains(" 200 ") && reply.contains("\"stored\":\"new\""), "{reply}");
    assert_eq!(recordings(&site), 1);
}

#[test]
fn a_recording_that_was_acknowledged_is_stored_whatever_crashes() {
    const CALLERS: usize = 12;
    let site = site();
    let server = site.serve(&[
        "ivr_api.deadline_ms=30000",
        "supervision.restarts_max=1000",
        "supervision.backoff_max_ms=60",
    ]);
    let callers: Vec<_> = (0..CALLERS).map(|n| (due(&server), hum(500, 20 + n))).collect();
    let http = server.http().fresh();
    block_on(async {
        let sent = callers.iter().map(|(response, audio)| {
            let path = format!("/ivr/v1/recording?response_id={response}&question_id=say");
            read(http.request(Method::POST, &path).header("content-type", "audio/x-wav").body(wav(audio)))
        });
        let crashes = async {
            for way in ["panic", "panic_in_future", "kill_thread"] {
                until_then("the engine can be crashed", async || http.crash("survey_engine", way).await)
                    .await;
            }
        };
        let (replies, ()) = futures_util::join!(futures_util::future::join_all(sent), crashes);
        for reply in replies.into_iter().map(Result::unwrap) {
            assert_eq!((reply.status, reply.word("question_id").as_str()), (200, "last"), "{reply:?}");
        }
    });
    server.kill();
    let stored = Stored::open(&site.database());
    stored.sound();
    let conn = rusqlite::Connection::open(site.database()).unwrap();
    for (response, audio) in &callers {
        let id = uuid::Uuid::parse_str(&stored.answers(response)["say"]).unwrap();
        let sql = "SELECT audio FROM recording_audio WHERE recording_id = ?1";
        let file: Vec<u8> = conn.query_row(sql, [id.as_bytes().as_slice()], |row| row.get(0)).unwrap();
        assert!(samples(&file) == audio, "{response}: other samples");
    }
    assert_eq!(recordings(&site), i64::try_from(CALLERS).unwrap());
}

#[test]
fn a_gateway_that_runs_the_surveys_document_sends_its_recording_as_a_form() {
    let site = site();
    let server = site.serve(&[]);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let send = |response: &str, end: &str, audio: &[u8]| {
        let head = "; filename=\"rec.wav\"\r\nContent-Type: audio/x-wav";
        let parts: [(&str, &str, &[u8]); 4] = [
            ("response_id", "", response.as_bytes()),
            ("question_id", "", b"say"),
            ("end", "", end.as_bytes()),
            ("recording", head, audio),
        ];
        let reply = post(&server, "/ivr/v1/recording.vxml", &kind, multipart(&parts));
        Reply { body: reply.body.replace("&apos;", "'"), ..reply }
    };
    let response = due(&server);
    let silent = send(&response, "", &wav(&[0xff; 8_000]));
    assert_eq!(silent.status, 200);
    assert!(silent.body.contains("'audio_silent'"), "{silent:?}");
    let taken = send(&response, "", &wav(&hum(1_000, 20)));
    assert!(
        taken.status == 200 && taken.body.contains("'QUESTION'") && taken.body.contains("'last'"),
        "{taken:?}"
    );
    let gone = send(&due(&server), "hangup", &wav(&hum(1_000, 20)));
    assert!(gone.status == 200 && !gone.body.contains("'QUESTION'"), "{gone:?}");
    assert_eq!(recordings(&site), 2);
}
