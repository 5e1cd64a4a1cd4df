//! What the fuzz targets in `tests/fuzz` reach of the parsers in here. Built for them only.
#![expect(clippy::panic, reason = "a finding is a panic")]

use actix_web::FromRequest;
use actix_web::http::{Uri, header::HeaderValue};
use actix_web::test::TestRequest;
use actix_web::web::Payload;

use super::auth::PresentedKey;
use super::fields::Fields;
use super::format::Format;

/// Bytes of a recording at most.
const MAX: usize = 64 * 1024;

/// A request as `tests/fuzz/targets/fields.rs` describes it. Whatever was taken is taken again, as it was understood,
/// when it is sent with every byte escaped.
pub fn fields(data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (target, credentials, accept, body) = (part(), part(), part(), part());
    let Some(uri) = std::str::from_utf8(target).ok().and_then(|target| target.parse::<Uri>().ok()) else {
        return;
    };
    let mut request = TestRequest::with_uri(&uri.to_string());
    for (name, value) in [("authorization", credentials), ("accept", accept)] {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request = request.insert_header((name, value));
        }
    }
    let request = request.to_http_request();
    let _ = Format::of_head(&request);
    let Ok(fields) = Fields::parse(request.query_string(), body) else { return };
    let _ = Format::of(&request, &fields, body);
    let _ = PresentedKey::of(&request, &fields, true);
    let pairs = fields.all().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    match Fields::parse(&query, b"") {
        Ok(again) if again == fields => {}
        other => panic!("{fields:?} came again as {other:?}"),
    }
}

/// A recording as `tests/fuzz/targets/recording_body.rs` describes it.
pub fn recording_body(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (kind, query, body) = (part(), part(), part());
    let Ok(kind) = HeaderValue::from_bytes(kind) else { return };
    let Some(uri) =
        std::str::from_utf8(query).ok().and_then(|query| format!("/?{query}").parse::<Uri>().ok())
    else {
        return;
    };
    let request = TestRequest::with_uri(&uri.to_string()).insert_header(("content-type", kind));
    let (request, mut payload) = request.set_payload(body.to_vec()).to_http_parts();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
    runtime.block_on(async {
        if let Ok(payload) = Payload::from_request(&request, &mut payload).await {
            super::ivr::fuzzed(&request, payload, MAX).await;
        }
    });
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
