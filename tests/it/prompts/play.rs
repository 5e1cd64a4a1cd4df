//! Playing prompts: by id for good, by name the newest; whole, in part, or not at all.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::super::support::until;
use super::*;

#[test]
fn audio_is_played_by_its_id_in_each_form_without_a_key_and_may_be_kept_for_good() {
    let site = Site::new();
    let id = store(&site, "en", "support.csat", 1);
    let server = site.serve(&[]);
    for (form, content_type) in [("ulaw", "audio/x-wav"), ("alaw", "audio/x-wav"), ("pcm", "audio/wav")] {
        let got = get(&server, &format!("/prompts/{id}.{form}.wav"));
        assert_eq!((got.status, got.header("content-type")), (200, content_type), "{got:?}");
        assert_eq!(got.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(got.header("etag"), format!("\"{id}.{form}\""));
        assert_eq!(got.header("accept-ranges"), "bytes");
        assert_eq!(got.header("content-length"), "8000");
        assert_eq!(got.body, audio(form, 1, 8_000));
    }
}

#[test]
fn a_name_plays_what_is_stored_for_the_language_or_its_parent_in_the_codec_of_the_site() {
    let site = Site::new();
    store(&site, "es", "support.csat", 1);
    store(&site, "en", "support.csat", 2);
    store(&site, "en-gb", "support.csat", 3);
    let server = site.serve(&["prompts.codec=alaw"]);
    let plays = |path: &str, form: &str, seed: u8| {
        let got = get(&server, path);
        assert_eq!((got.status, &got.body), (200, &audio(form, seed, 8_000)), "{path}");
        assert_eq!(got.header("cache-control"), "no-cache", "{path}");
    };
    plays("/prompts/es/support.csat.wav", "alaw", 1);
    plays("/prompts/es-MX/support.csat.wav", "alaw", 1);
    plays("/prompts/es_mx/support.csat.wav", "alaw", 1);
    plays("/prompts/EN/Support.CSAT.wav", "alaw", 2);
    plays("/prompts/en-GB-oxendict/support.csat.wav", "alaw", 3);
    plays("/prompts/en/support.csat.wav?codec=ulaw", "ulaw", 2);
    plays("/prompts/en/support.csat.wav?codec=pcm", "pcm", 2);
    let pcm = get(&server, "/prompts/en/support.csat.wav?codec=pcm");
    assert_eq!(pcm.header("content-type"), "audio/wav");
    assert_eq!(get(&server, "/prompts/en/support.csat.wav?codec=gsm").status, 400);
}

#[test]
fn a_gateway_that_has_a_prompt_is_told_so_until_it_is_another() {
    let site = Site::new();
    store(&site, "en", "support.csat", 1);
    let server = site.serve(&[]);
    let path = "/prompts/en/support.csat.wav";
    let etag = get(&server, path).header("etag").to_owned();
    let ask = || fetch(&server, Method::GET, path, &[("if-none-match", &etag)]);
    let told = ask();
    assert_eq!((told.status, told.body.len(), told.header("etag")), (304, 0, etag.as_str()), "{told:?}");
    assert_eq!(fetch(&server, Method::HEAD, path, &[("if-none-match", &etag)]).status, 304);
    store(&site, "en", "support.csat", 2);
    until("the new audio is played", || ask().status == 200);
    assert_eq!(ask().body, audio("ulaw", 2, 8_000));
}

#[test]
fn a_head_is_that_of_the_get_without_its_body() {
    let site = Site::new();
    let id = store(&site, "en", "support.csat", 1);
    let server = site.serve(&[]);
    for path in [format!("/prompts/{id}.ulaw.wav"), "/prompts/en/support.csat.wav".to_owned()] {
        let (whole, mut head) = (get(&server, &path), fetch(&server, Method::HEAD, &path, &[]));
        assert_eq!((head.status, head.body.len()), (200, 0), "{head:?}");
        head.headers.insert("date", whole.headers["date"].clone());
        assert_eq!(head.headers, whole.headers);
    }
}

#[test]
fn a_part_is_served_and_one_behind_the_end_refused() {
    let site = Site::new();
    let id = store(&site, "en", "support.csat", 1);
    let server = site.serve(&[]);
    let whole = audio("ulaw", 1, 8_000);
    let part =
        |range: &str| fetch(&server, Method::GET, &format!("/prompts/{id}.ulaw.wav"), &[("range", range)]);
    for (range, places, content_range) in [
        ("bytes=0-0", 0..1, "bytes 0-0/8000"),
        ("bytes=100-4095", 100..4096, "bytes 100-4095/8000"),
        ("bytes=7990-", 7990..8000, "bytes 7990-7999/8000"),
        ("bytes=-44", 7956..8000, "bytes 7956-7999/8000"),
        ("bytes=7000-99999", 7000..8000, "bytes 7000-7999/8000"),
    ] {
        let got = part(range);
        assert_eq!((got.status, got.header("content-range")), (206, content_range), "{got:?}");
        assert_eq!(got.header("content-length"), places.len().to_string());
        assert_eq!(got.body, whole[places], "{range}");
    }
    let beyond = part("bytes=8000-");
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */8000"), "{beyond:?}");
    let several = part("bytes=0-1,4-5");
    assert_eq!((several.status, several.body), (200, whole));
}

#[test]
fn a_client_of_http_1_0_is_served_whole_and_the_connection_closed() {
    let site = Site::new();
    let id = store_sized(&site, "en", "support.csat", 1, 200_000);
    let server = site.serve(&[]);
    let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    write!(stream, "GET /prompts/{id}.ulaw.wav HTTP/1.0\r\n\r\n").unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let end = reply.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&reply[..end]).unwrap().to_ascii_lowercase();
    assert!(head.starts_with("http/1.0 200 ") && head.contains("\r\ncontent-length: 200000"), "{head}");
    assert!(!head.contains("chunked"), "{head}");
    assert_eq!(reply[end + 4..], audio("ulaw", 1, 200_000));
}

#[test]
fn what_is_not_there_is_an_error_like_any_other() {
    let site = Site::new();
    let id = store(&site, "en", "support.csat", 1);
    let server = site.serve(&[]);
    for (path, code) in [
        (format!("/prompts/{id}.gsm.wav"), "no_such_prompt"),
        ("/prompts/01890a5d-ac96-774b-bcce-b302099a8057.ulaw.wav".to_owned(), "no_such_prompt"),
        ("/prompts/12.ulaw.wav".to_owned(), "no_such_prompt"),
        ("/prompts/en/support.nps.wav".to_owned(), "no_such_prompt"),
        ("/prompts/es/support.csat.wav".to_owned(), "no_such_prompt"),
        ("/prompts/e%20n/support.csat.wav".to_owned(), "no_such_prompt"),
        ("/prompts/en/..%2f..%2fetc%2fpasswd.wav".to_owned(), "no_such_prompt"),
        ("/prompts/en/support.csat".to_owned(), "no_such_path"),
        (format!("/prompts/{id}"), "no_such_path"),
    ] {
        let reply = server.get(&path);
        assert_eq!((reply.status, reply.word("code").as_str()), (404, code), "{path}: {reply:?}");
    }
    let xml = fetch(&server, Method::GET, "/prompts/en/x.wav", &[("accept", "text/xml")]);
    assert!(xml.body.starts_with(b"<?xml") && xml.status == 404, "{xml:?}");
    let wrong = fetch(&server, Method::POST, "/prompts/en/support.csat.wav", &[]);
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, HEAD"), "{wrong:?}");
}

#[test]
fn replaced_audio_is_played_by_its_id_and_the_new_one_by_its_name_on_every_node() {
    let site = Site::new();
    let old = store(&site, "en", "support.csat", 1);
    let nodes = [site.serve(&[]), site.serve(&[])];
    let by_name = "/prompts/en/support.csat.wav";
    assert!(nodes.iter().all(|node| get(node, by_name).body == audio("ulaw", 1, 8_000)));
    let new = store(&site, "en", "support.csat", 2);
    for node in &nodes {
        until("the name plays the new audio", || get(node, by_name).body == audio("ulaw", 2, 8_000));
        assert_eq!(get(node, &format!("/prompts/{old}.alaw.wav")).body, audio("alaw", 1, 8_000));
        assert_eq!(get(node, &format!("/prompts/{new}.alaw.wav")).body, audio("alaw", 2, 8_000));
    }
    let etags = nodes.each_ref().map(|node| get(node, by_name).header("etag").to_owned());
    assert_eq!(etags[0], etags[1], "a gateway may ask one node for what it has from the other");
}

#[test]
fn what_was_played_is_played_on_while_the_database_has_none() {
    let site = Site::new();
    let heard = store(&site, "en", "support.csat", 1);
    let unheard = store(&site, "en", "support.nps", 2);
    let server = site.serve(&[]);
    get(&server, "/prompts/en/support.csat.wav");
    let database = rusqlite::Connection::open(site.database()).unwrap();
    database.execute_batch("ALTER TABLE prompt_audio RENAME TO away").unwrap();
    assert_eq!(get(&server, &format!("/prompts/{heard}.ulaw.wav")).body, audio("ulaw", 1, 8_000));
    assert_eq!(get(&server, "/prompts/en/support.csat.wav").body, audio("ulaw", 1, 8_000));
    let failed = server.get(&format!("/prompts/{unheard}.ulaw.wav"));
    assert_eq!((failed.status, failed.word("result").as_str()), (500, "ERROR"), "{failed:?}");
    database.execute_batch("ALTER TABLE away RENAME TO prompt_audio").unwrap();
    assert_eq!(get(&server, &format!("/prompts/{unheard}.ulaw.wav")).body, audio("ulaw", 2, 8_000));
}

#[test]
fn memory_for_prompts_stays_within_its_bound_and_what_is_in_it_is_read_once() {
    let site = Site::new();
    let ids: Vec<_> =
        (0..30).map(|seed| store_sized(&site, "en", &format!("long.{seed}"), seed, 100_000)).collect();
    let server = site.serve(&["prompts.cache_mb=1"]);
    let figure = |name: &str| -> f64 {
        let text = get(&server, "/metrics").body;
        let text = String::from_utf8(text).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.map_or(0.0, |figure| figure.parse().unwrap())
    };
    for id in &ids {
        assert_eq!(get(&server, &format!("/prompts/{id}.pcm.wav")).body.len(), 100_000);
    }
    until("the memory is within its bound", || {
        let held = figure("aftercall_prompt_cache_bytes");
        held > 500_000.0 && held <= 1_000_000.0
    });
    assert!((figure("aftercall_prompt_reads_total") - 30.0).abs() < 0.1);
    let newest = ids.last().unwrap();
    for _ in 0..10 {
        get(&server, &format!("/prompts/{newest}.pcm.wav"));
    }
    assert!((figure("aftercall_prompt_reads_total") - 30.0).abs() < 0.1, "the newest is in memory");
}
