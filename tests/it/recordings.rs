//! Recordings over HTTP: every way in which a script can send one, what is refused, and how they are listened to.

mod forms;
mod listen;
mod odd;
mod refusals;

use reqwest::Method;
use serde_json::json;

use super::support::http::{Reply, read};
use super::support::store::Stored;
use super::support::{Server, Site, block_on};

/// The dialled number of the survey with a recording in its midst.
const DN: &str = "5009";
const BOUNDARY: &str = "----=_Part_1.2";

/// A site whose survey `talk` asks for a number, a recording of at most 5 s, and another number.
fn site() -> Site {
    let site = Site::new();
    let rating = |key: &str| json!({"key": key, "type": "rating", "scale": "1-5", "text": {"en": key}, "required": false});
    site.publish(&json!({
        "format": "aftercall.survey/1", "key": "talk", "name": "talk", "languages": ["en"], "voice": "tts",
        "no_input": {"en": "Sorry?"}, "no_match": {"en": "Sorry?"}, "thanks": {"en": "Bye"},
        "questions": [
            rating("first"),
            {"key": "say", "type": "voice_comment", "max_seconds": 5, "text": {"en": "Say it"}},
            rating("last"),
        ],
    }));
    site.run(&["service", "add", "Talk", "--dn", DN]);
    site.run(&["survey", "activate", "talk", "Talk"]);
    site
}

/// A response that is due for the recording.
fn due(server: &Server) -> String {
    let reply = server.post("/ivr/v1/survey", &[("dn", DN)]);
    let response = reply.word("response_id");
    assert_eq!(server.answer(&response, "first", "4").word("question_id"), "say", "{reply:?}");
    response
}

/// A hum in G.711 µ-law of so many milliseconds; its period in samples tells one from another.
pub fn hum(millis: usize, period: usize) -> Vec<u8> {
    (0..millis * 8).map(|n| if n % period < period / 2 { 0x90 } else { 0x10 }).collect()
}

/// A WAV file of G.711 µ-law samples, as a gateway writes it.
pub fn wav(samples: &[u8]) -> Vec<u8> {
    let size = u32::try_from(samples.len()).unwrap();
    let mut file = b"RIFF".to_vec();
    file.extend((size + 50).to_le_bytes());
    file.extend(b"WAVEfmt \x12\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0\0\0fact\x04\0\0\0");
    file.extend(size.to_le_bytes());
    file.extend(b"data");
    file.extend(size.to_le_bytes());
    file.extend(samples);
    file
}

/// The samples of a WAV file.
pub fn samples(file: &[u8]) -> &[u8] {
    let at = file.windows(4).position(|four| four == b"data").expect("a WAV file");
    &file[at + 8..]
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A form of parts: name, the rest of the part's head, and its bytes.
fn multipart(parts: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, head, bytes) in parts {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{head}\r\n\r\n")
                .as_bytes(),
        );
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// One recording as it is sent; the type may be empty.
fn post(server: &Server, path: &str, kind: &str, body: Vec<u8>) -> Reply {
    let mut request = server.http().fresh().request(Method::POST, path).body(body);
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    block_on(read(request)).unwrap()
}

/// A recording as the body itself, the parameters in the query.
fn send(server: &Server, response: &str, question: &str, body: Vec<u8>) -> Reply {
    let path = format!("/ivr/v1/recording?response_id={response}&question_id={question}");
    post(server, &path, "audio/x-wav", body)
}

/// The id of the recording that is stored as the answer.
fn stored_id(site: &Site, response: &str) -> String {
    Stored::open(&site.database()).answers(response)["say"].clone()
}

/// What is stored as the answer, as it is played.
fn played(site: &Site, server: &Server, response: &str) -> Vec<u8> {
    let path = format!("/api/v1/recordings/{}.wav", stored_id(site, response));
    let request = server.http().fresh().with_key(&listener(site)).request(Method::GET, &path);
    block_on(async {
        let reply = request.send().await.unwrap();
        assert_eq!(reply.status(), 200);
        reply.bytes().await.unwrap().to_vec()
    })
}

/// A key that may listen, valid as soon as the server looks.
fn listener(site: &Site) -> String {
    site.scratch("listener").to_str().map(std::fs::read_to_string).unwrap().unwrap_or_default()
}

/// Makes the key; before the server starts, so that it is known from its first request on.
fn with_listener(site: &Site) {
    let secret = site.run(&["apikey", "create", "listener", "--scope", "read"]);
    std::fs::write(site.scratch("listener"), secret.trim()).unwrap();
}

fn recordings(site: &Site) -> i64 {
    Stored::open(&site.database()).count("SELECT count(*) FROM recording_audio")
}
