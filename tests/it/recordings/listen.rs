//! Listening to recordings.

use super::*;

#[test]
fn a_recording_is_played_whole_or_in_parts_to_those_who_may_read() {
    let site = site();
    with_listener(&site);
    let server = site.serve(&[]);
    let response = due(&server);
    send(&server, &response, "say", wav(&hum(1_000, 20)));
    let path = format!("/api/v1/recordings/{}.wav", stored_id(&site, &response));
    let http = server.http().fresh().with_key(&listener(&site));
    let ask = |method: Method, path: &str, head: &[(&str, &str)]| {
        let http = http.fresh();
        let request = head
            .iter()
            .fold(http.request(method, path), |request, (name, value)| request.header(*name, *value));
        block_on(async {
            let reply = request.send().await.unwrap();
            let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
            (status, headers, reply.bytes().await.unwrap().to_vec())
        })
    };
    let (status, head, whole) = ask(Method::GET, &path, &[]);
    assert_eq!(
        (status, &head["content-type"], &head["cache-control"]),
        (200, &"audio/x-wav".parse().unwrap(), &"private, no-store".parse().unwrap())
    );
    assert!(whole.starts_with(b"RIFF"));
    let (status, head, part) = ask(Method::GET, &path, &[("range", "bytes=4-9")]);
    assert_eq!((status, part.as_slice()), (206, &whole[4..10]));
    assert_eq!(head["content-range"], format!("bytes 4-9/{}", whole.len()));
    assert_eq!(ask(Method::GET, &path, &[("range", "bytes=999999-")]).0, 416);
    let (status, head, body) = ask(Method::HEAD, &path, &[]);
    assert_eq!(
        (status, head["content-length"].to_str().unwrap(), body.len()),
        (200, &*whole.len().to_string(), 0)
    );

    let code = |path: &str| {
        serde_json::from_slice::<serde_json::Value>(&ask(Method::GET, path, &[]).2).unwrap()["code"].clone()
    };
    for unknown in
        ["/api/v1/recordings/x.wav".to_owned(), format!("/api/v1/recordings/{}.wav", uuid::Uuid::nil())]
    {
        assert_eq!((ask(Method::GET, &unknown, &[]).0, code(&unknown)), (404, json!("unknown_recording")));
    }
    assert_eq!(server.get(&path).word("code"), "wrong_scope", "the script's key may not listen");
    let bare = block_on(read(server.http().fresh().bare(Method::GET, &path))).unwrap();
    assert_eq!((bare.status, bare.word("code").as_str()), (401, "no_key"));
    assert_eq!(ask(Method::DELETE, &path, &[]).0, 405);
}

#[test]
fn a_recording_past_its_retention_is_known_to_be_gone() {
    let site = site();
    with_listener(&site);
    let server = site.serve(&["janitor.every_s=1"]);
    let response = due(&server);
    send(&server, &response, "say", wav(&hum(1_000, 20)));
    let id = stored_id(&site, &response);
    // As if it had been received two days ago, by a survey that keeps recordings for one.
    let conn = rusqlite::Connection::open(site.database()).unwrap();
    conn.busy_timeout(crate::support::SOON).unwrap();
    conn.execute("UPDATE recording SET at = at - 172800000", []).unwrap();
    let document = site.run(&["survey", "export", "talk"]);
    let mut document: serde_json::Value = serde_json::from_str(&document).unwrap();
    document["recording_retention_days"] = json!(1);
    site.publish(&document);
    let http = server.http().fresh().with_key(&listener(&site));
    let mut reply = None;
    crate::support::until("the recording is gone", || {
        let path = format!("/api/v1/recordings/{id}.wav");
        let request = http.fresh().request(Method::GET, &path);
        let (status, body) = block_on(async {
            let reply = request.send().await.unwrap();
            (reply.status().as_u16(), reply.bytes().await.unwrap())
        });
        reply = Some((status, String::from_utf8_lossy(&body).into_owned()));
        status == 410
    });
    let (_, body) = reply.unwrap();
    assert!(body.contains("recording_deleted") && body.contains("retention"), "{body}");
    assert_eq!(recordings(&site), 0);
    assert_eq!(stored_id(&site, &response), id, "that there was one stays known");
}
