//! Every way in which a recording can be sent stores the same bytes.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::*;

/// Sends a recording in some way to a response that is due, and fails unless exactly it is stored.
fn check(what: &str, send: impl Fn(&Server, &str, &[u8]) -> Reply) {
    let site = site();
    with_listener(&site);
    let server = site.serve(&[]);
    let audio = hum(1_000, 20);
    for time in ["first", "second"] {
        let response = due(&server);
        let reply = send(&server, &response, &audio);
        assert_eq!((reply.status, reply.word("result").as_str()), (200, "QUESTION"), "{what}: {reply:?}");
        assert_eq!(
            (reply.word("stored").as_str(), reply.word("question_id").as_str()),
            ("new", "last"),
            "{what}"
        );
        assert!(
            samples(&played(&site, &server, &response)) == audio,
            "{what}, the {time} time: other samples"
        );
        let again = send(&server, &response, &audio);
        assert_eq!((again.status, again.word("stored").as_str()), (200, "repeat"), "{what}: {again:?}");
    }
    assert_eq!(recordings(&site), 2, "{what}: a repeat is stored once");
    Stored::open(&site.database()).sound();
}

fn query(response: &str) -> String {
    format!("/ivr/v1/recording?response_id={response}&question_id=say")
}

#[test]
fn a_file_of_a_form_is_stored_byte_for_byte() {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    check("a VoiceXML gateway", |server, response, audio| {
        let head = "; filename=\"comment.wav\"\r\nContent-Type: audio/x-wav";
        let parts: [(&str, &str, &[u8]); 3] = [
            ("response_id", "", response.as_bytes()),
            ("question_id", "", b"say"),
            ("message", head, &wav(audio)),
        ];
        post(server, "/ivr/v1/recording", &kind, multipart(&parts))
    });
    let kind = format!("Multipart/Form-Data; charset=utf-8; boundary=\"{BOUNDARY}\"");
    check("a form without a file's name", |server, response, audio| {
        let parts: [(&str, &str, &[u8]); 1] = [("audio", "", &wav(audio))];
        post(server, &query(response), &kind, multipart(&parts))
    });
    check("a form whose part is base64", |server, response, audio| {
        let head = "; filename=\"a\"\r\nContent-Transfer-Encoding: base64";
        let text = BASE64_STANDARD.encode(wav(audio));
        let parts: [(&str, &str, &[u8]); 1] = [("x", head, text.as_bytes())];
        post(server, &query(response), &kind, multipart(&parts))
    });
}

#[test]
fn the_body_itself_is_stored_whatever_it_says_of_its_type() {
    for kind in [
        "audio/x-wav",
        "audio/basic; rate=8000",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "",
    ] {
        check(kind, |server, response, audio| post(server, &query(response), kind, wav(audio)));
    }
}

#[test]
fn bare_samples_are_stored_once_their_codec_is_told() {
    check("bare µ-law", |server, response, audio| {
        post(server, &format!("{}&codec=ulaw", query(response)), "audio/basic", audio.to_vec())
    });
    check("bare µ-law as hex", |server, response, audio| {
        let body = format!("response_id={response}&question_id=say&codec=PCMU&data={}", hex(audio));
        post(server, "/ivr/v1/recording", "application/x-www-form-urlencoded", body.into_bytes())
    });
}

#[test]
fn text_in_a_form_json_or_xml_is_stored_as_the_bytes_it_stands_for() {
    let form = "application/x-www-form-urlencoded";
    check("hex in a form", |server, response, audio| {
        let body = format!("response_id={response}&question_id=say&data={}", hex(&wav(audio)).to_uppercase());
        post(server, "/ivr/v1/recording", form, body.into_bytes())
    });
    check("base64 in a form, its plus signs bare", |server, response, audio| {
        let body =
            format!("response_id={response}&question_id=say&audio={}", BASE64_STANDARD.encode(wav(audio)));
        post(server, "/ivr/v1/recording", form, body.into_bytes())
    });
    check("base64 for URLs in JSON", |server, response, audio| {
        let data = BASE64_URL_SAFE_NO_PAD.encode(wav(audio));
        let body = json!({"response_id": response, "question_id": "say", "recording": data});
        post(server, "/ivr/v1/recording.json", "application/json", body.to_string().into_bytes())
    });
    check("a data URL in XML, in lines", |server, response, audio| {
        let text = BASE64_STANDARD.encode(wav(audio));
        let lines: Vec<&str> =
            text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let data = lines.join("\r\n  ");
        let body = format!(
            "<r><responseId>{response}</responseId><questionId>say</questionId><data>data:audio/x-wav;base64,{data}\r\n</data></r>"
        );
        let reply = post(server, "/ivr/v1/recording", "text/xml", body.into_bytes());
        assert!(reply.body.starts_with("<?xml"), "answered as it was asked: {reply:?}");
        reply
    });
}
