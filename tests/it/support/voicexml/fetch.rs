//! How a gateway fetches: HTTP/1.0, a connection for each request, forms.

use std::io::{Read, Write};
use std::net::TcpStream;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Separates the parts of a body of several.
const BOUNDARY: &str = "gateway-part";

/// A value that is sent.
#[derive(Debug, Clone)]
pub enum Part {
    Text(String),
    Audio(Vec<u8>),
}

/// What is fetched.
#[derive(Debug, Clone)]
pub struct Request {
    pub url: String,
    pub post: bool,
    pub multipart: bool,
    pub fields: Vec<(String, Part)>,
}

impl Request {
    pub fn get(url: &str) -> Self {
        Self { url: url.to_owned(), post: false, multipart: false, fields: Vec::new() }
    }
}

/// A reply as it came.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Fetches from `host:port`, with a key by Basic authentication if there is one.
pub fn fetch(host: &str, key: Option<&str>, request: &Request) -> std::io::Result<Fetched> {
    let path = request.url.strip_prefix("http://").map_or(request.url.as_str(), |rest| &rest[host.len()..]);
    let (path, head, body) = written(path, request);
    let method = if request.post { "POST" } else { "GET" };
    let key = key.map(|key| BASE64_STANDARD.encode(format!("gateway:{key}")));
    let key = key.map(|key| format!("Authorization: Basic {key}\r\n")).unwrap_or_default();
    let head =
        format!("{method} {path} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: gateway/1.0\r\n{key}{head}\r\n");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(super::super::SOON))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)?;
    let mut reply = Vec::new();
    // To the end of the connection: it is not kept.
    stream.read_to_end(&mut reply)?;
    let reply = String::from_utf8(reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(!head.to_ascii_lowercase().contains("chunked"), "HTTP/1.0 knows no chunks: {head}");
    Ok(Fetched { status, head: head.to_ascii_lowercase(), body: body.to_owned() })
}

/// Path, headers and body.
fn written(path: &str, request: &Request) -> (String, String, Vec<u8>) {
    let typed =
        |kind: &str, body: &[u8]| format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
    if request.multipart {
        let body = multipart(&request.fields);
        return (path.to_owned(), typed(&format!("multipart/form-data; boundary={BOUNDARY}"), &body), body);
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, part) in &request.fields {
        let Part::Text(text) = part else { panic!("audio has to be sent as multipart/form-data") };
        form.append_pair(name, text);
    }
    let form = form.finish();
    if request.post {
        let head = typed("application/x-www-form-urlencoded", form.as_bytes());
        return (path.to_owned(), head, form.into_bytes());
    }
    let path = match (form.is_empty(), path.contains('?')) {
        (true, _) => path.to_owned(),
        (false, true) => format!("{path}&{form}"),
        (false, false) => format!("{path}?{form}"),
    };
    (path, String::new(), Vec::new())
}

fn multipart(fields: &[(String, Part)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, part) in fields {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"");
        body.extend(head.as_bytes());
        match part {
            Part::Text(text) => body.extend(format!("\r\n\r\n{text}").as_bytes()),
            Part::Audio(audio) => {
                body.extend(b"; filename=\"recording.wav\"\r\nContent-Type: audio/x-wav\r\n\r\n");
                body.extend(audio);
            }
        }
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}
