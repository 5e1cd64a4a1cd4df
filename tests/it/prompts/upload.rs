//! Storing prompts over the network, and what is refused.

use super::super::support::http::{Reply, read};
use super::*;

const CSAT: &str = "/api/v1/prompts/en/support.csat";

/// A second of a tone as a WAV file, 16 bit, 16 kHz, mono.
#[expect(clippy::cast_possible_truncation, reason = "a sample is 9000 at most")]
fn tone(hertz: f64) -> Vec<u8> {
    let sample =
        |at: u32| ((f64::from(at) / 16_000.0 * hertz * std::f64::consts::TAU).sin() * 9_000.0) as i16;
    let samples: Vec<u8> = (0..16_000).flat_map(|at| sample(at).to_le_bytes()).collect();
    let length = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes();
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend(length(36 + samples.len()));
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(16_000_u32.to_le_bytes());
    file.extend(32_000_u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length(samples.len()));
    file.extend(samples);
    file
}

fn put(server: &Server, path: &str, kind: &str, body: Vec<u8>) -> Reply {
    let request = server.http().fresh().request(Method::PUT, path).header("content-type", kind).body(body);
    block_on(read(request)).unwrap()
}

fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.word("code").as_str()), (status, code), "{reply:?}");
}

#[test]
fn a_file_is_stored_and_played_at_once_and_the_same_file_stored_once() {
    let site = Site::new();
    let server = site.serve(&[]);
    let first = put(&server, CSAT, "audio/wav", tone(440.0));
    assert_eq!((first.status, first.word("stored").as_str()), (201, "new"), "{first:?}");
    assert_eq!(first.word("duration_ms"), "1000");
    let played = get(&server, "/prompts/en/support.csat.wav");
    assert!(played.status == 200 && played.body.starts_with(b"RIFF"), "{}", played.status);
    assert_eq!(played.header("etag"), format!("\"{}.ulaw\"", first.word("id")));
    let again = put(&server, CSAT, "application/octet-stream", tone(440.0));
    assert_eq!((again.status, again.word("stored").as_str()), (200, "unchanged"), "{again:?}");
    assert_eq!(again.word("id"), first.word("id"));
    let other = put(&server, CSAT, "audio/wav", tone(550.0));
    assert_eq!((other.status, other.word("stored").as_str()), (200, "replaced"), "{other:?}");
    assert_ne!(other.word("id"), first.word("id"));
    let played = get(&server, "/prompts/en/support.csat.wav");
    assert_eq!(played.header("etag"), format!("\"{}.ulaw\"", other.word("id")));
    assert_eq!(get(&server, &format!("/prompts/{}.pcm.wav", first.word("id"))).status, 200);
}

#[test]
fn a_form_may_carry_the_file_and_its_name() {
    let site = Site::new();
    let server = site.serve(&[]);
    let form = |disposition: &str| {
        let head = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nfrom the studio\r\n\
             --cut\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: audio/wav\r\n\r\n"
        );
        let mut body = head.into_bytes();
        body.extend(tone(440.0));
        body.extend(b"\r\n--cut--\r\n");
        body
    };
    let kind = "multipart/form-data; boundary=cut";
    let named = put(&server, CSAT, kind, form("name=\"upload\"; filename=\"Kunden zufriedenheit.wav\""));
    assert_eq!((named.status, named.word("source").as_str()), (201, "Kunden zufriedenheit.wav"), "{named:?}");
    let plain = put(&server, "/api/v1/prompts/en/other", kind, form("name=\"file\""));
    assert_eq!((plain.status, plain.word("source").as_str()), (201, "upload"), "{plain:?}");
    let none = put(&server, CSAT, kind, form("name=\"something\""));
    refused(&none, 400, "malformed");
    let cut = form("name=\"file\"").drain(..200).collect();
    refused(&put(&server, CSAT, kind, cut), 400, "malformed");
}

#[test]
fn what_is_no_audio_or_too_large_is_refused_with_the_reason_and_nothing_stored() {
    let site = Site::new();
    let server = site.serve(&["prompts.max_bytes=100000"]);
    for file in [Vec::new(), b"%PDF-1.7 and so on".to_vec(), vec![0; 5_000]] {
        let reply = put(&server, CSAT, "audio/wav", file);
        assert_eq!((reply.status, reply.word("result").as_str()), (422, "ERROR"), "{reply:?}");
        assert!(reply.word("message").starts_with("the audio "), "{reply:?}");
    }
    refused(&put(&server, CSAT, "audio/wav", vec![1; 100_001]), 413, "too_large");
    let mut form = b"--cut\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".to_vec();
    form.extend(vec![1; 100_001]);
    form.extend(b"\r\n--cut--\r\n");
    refused(&put(&server, CSAT, "multipart/form-data; boundary=cut", form), 413, "too_large");
    assert_eq!(server.get(CSAT).status, 404);
}
