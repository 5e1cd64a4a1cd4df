//! Audio as a reply of HTTP: whole or a part of it, or only the word that the client has it already.

use std::time::SystemTime;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header::{
    self, ByteRangeSpec, ContentRange, ContentRangeSpec, EntityTag, Header, HeaderValue, HttpDate,
    IfModifiedSince, IfNoneMatch, IfRange, Range, TryIntoHeaderValue,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;

use crate::http::error::ApiError;
use crate::http::format::Format;
use crate::http::reply::Reply;

/// A date far off that every client can read: the last year before 32 bits of seconds run out.
const FAR_OFF: &str = "Thu, 31 Dec 2037 23:55:55 GMT";

/// The reply to a GET or HEAD of `body`. `etag` names exactly these bytes and has no quotes around it: letters, digits
/// and `-._`. A client that has it already (`If-None-Match`) gets 304; one range gets 206, or 416 when it begins behind
/// the end; several ranges at once get the whole, as does a range of other bytes (`If-Range`). A reply to HEAD has the
/// same head and no body, which the server leaves out.
pub(in crate::http) fn audio_response(
    request: &HttpRequest,
    body: Bytes,
    content_type: &'static str,
    etag: &str,
    cache_control: &'static str,
) -> HttpResponse {
    let tag = format!("\"{etag}\"");
    if has_it(request, etag) {
        let mut response = HttpResponse::NotModified();
        return response
            .insert_header((header::ETAG, tag))
            .insert_header((header::CACHE_CONTROL, cache_control))
            .finish();
    }
    let length = body.len() as u64;
    let (status, part) = match wanted(request, etag) {
        None => (StatusCode::OK, None),
        Some(range) => match range.to_satisfiable_range(length) {
            None => return beyond_the_end(request, length),
            part => (StatusCode::PARTIAL_CONTENT, part),
        },
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, cache_control))
        .insert_header((header::ACCEPT_RANGES, "bytes"));
    match part {
        None => response.body(body),
        Some((first, last)) => response.insert_header(of_whole(length, part)).body(cut(&body, first, last)),
    }
}

/// What clients need that know of no more than HTTP/1.0: when the bytes came into being, and a date until which they may be
/// kept. One that asks by date whether they changed since has them. Only for what never changes at its address.
pub(super) fn dated(request: &HttpRequest, response: HttpResponse, made_at: SystemTime) -> HttpResponse {
    let mut response = if asks_by_date(request, made_at) && response.status().is_success() {
        let mut told = HttpResponse::NotModified().finish();
        for name in [header::ETAG, header::CACHE_CONTROL] {
            if let Some(value) = response.headers().get(&name) {
                told.headers_mut().insert(name, value.clone());
            }
        }
        told
    } else {
        response
    };
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        if let Ok(value) = HttpDate::from(made_at).try_into_value() {
            response.headers_mut().insert(header::LAST_MODIFIED, value);
        }
        response.headers_mut().insert(header::EXPIRES, HeaderValue::from_static(FAR_OFF));
    }
    response
}

/// Whether the client has bytes of that time or later. Its tags, if it sent some, were looked at before and count alone.
fn asks_by_date(request: &HttpRequest, made_at: SystemTime) -> bool {
    if request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    // A date has no fractions of a second.
    let second = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).map(|since| since.as_secs()).ok();
    IfModifiedSince::parse(request).is_ok_and(|since| second(since.0.into()) >= second(made_at))
}

/// Whether the client keeps these bytes.
fn has_it(request: &HttpRequest, etag: &str) -> bool {
    if !request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        // A cache on the way may have made the tag weak; the bytes are the same.
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag: &EntityTag| tag.tag() == etag),
        Err(_) => false,
    }
}

/// The part that is asked for. What cannot be read is no part, nor are several, nor anything but GET.
fn wanted(request: &HttpRequest, etag: &str) -> Option<ByteRangeSpec> {
    if request.method() != Method::GET || !request.headers().contains_key(header::RANGE) {
        return None;
    }
    let Ok(Range::Bytes(parts)) = Range::parse(request) else { return None };
    let [part] = parts.try_into().ok()?;
    if !request.headers().contains_key(header::IF_RANGE) {
        return Some(part);
    }
    match IfRange::parse(request) {
        Ok(IfRange::EntityTag(tag)) => (!tag.weak && tag.tag() == etag).then_some(part),
        // Audio has no date by which two versions of it could be told apart.
        Ok(IfRange::Date(_)) | Err(_) => None,
    }
}

fn beyond_the_end(request: &HttpRequest, length: u64) -> HttpResponse {
    let error = ApiError::range(length);
    let mut response = Reply::error(&error, None).render(error.status(), Format::of_head(request));
    if let Ok(value) = of_whole(length, None).try_into_value() {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

fn of_whole(length: u64, range: Option<(u64, u64)>) -> ContentRange {
    ContentRange(ContentRangeSpec::Bytes { range, instance_length: Some(length) })
}

/// Shares the bytes; `last` is within them.
fn cut(body: &Bytes, first: u64, last: u64) -> Bytes {
    let place = |at: u64| usize::try_from(at).unwrap_or(body.len());
    body.slice(place(first)..place(last + 1).min(body.len()))
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use actix_web::test::TestRequest;

    use super::*;

    /// Status, `Content-Range` and body of the reply to a request with these headers.
    fn check(method: Method, headers: &[(&'static str, &str)]) -> (u16, String, String) {
        let request = TestRequest::default().method(method);
        let request = headers.iter().fold(request, |request, header| request.insert_header(*header));
        let body = Bytes::from_static(b"0123456789");
        let response = audio_response(&request.to_http_request(), body, "audio/x-wav", "tag-1", "no-cache");
        let range = response.headers().get(header::CONTENT_RANGE);
        let range = range.map_or_else(String::new, |value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        if status != 416 {
            assert_eq!(response.headers().get(header::ETAG).unwrap(), "\"tag-1\"");
            assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), "no-cache");
        }
        let body = response.into_body().try_into_bytes().unwrap();
        (status, range, String::from_utf8(body.to_vec()).unwrap())
    }

    fn get(headers: &[(&'static str, &str)]) -> (u16, String, String) {
        check(Method::GET, headers)
    }

    const WHOLE: &str = "0123456789";

    #[test]
    fn who_has_bytes_of_that_date_or_a_later_one_is_told_so() {
        let made_at = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_795_351_320_700);
        let ask = |headers: &[(&'static str, &str)]| {
            let request = headers.iter().fold(TestRequest::default(), |r, header| r.insert_header(*header));
            let request = request.to_http_request();
            let whole = Bytes::from_static(b"0123456789");
            let whole = audio_response(&request, whole, "audio/x-wav", "tag-1", "immutable");
            dated(&request, whole, made_at)
        };
        for (date, status) in [
            ("Sun, 22 Nov 2026 12:42:00 GMT", 304),
            ("Sunday, 22-Nov-26 12:42:00 GMT", 304),
            ("Mon, 23 Nov 2026 00:00:00 GMT", 304),
            ("Sun, 22 Nov 2026 12:41:59 GMT", 200),
            ("yesterday", 200),
        ] {
            let response = ask(&[("if-modified-since", date)]);
            assert_eq!(response.status().as_u16(), status, "{date}");
            for (name, value) in [
                (header::LAST_MODIFIED, "Sun, 22 Nov 2026 12:42:00 GMT"),
                (header::EXPIRES, FAR_OFF),
                (header::ETAG, "\"tag-1\""),
                (header::CACHE_CONTROL, "immutable"),
            ] {
                assert_eq!(response.headers().get(name).unwrap(), value, "{date}");
            }
        }
        let date = ("if-modified-since", "Mon, 23 Nov 2026 00:00:00 GMT");
        assert_eq!(ask(&[date, ("if-none-match", "\"tag-2\"")]).status().as_u16(), 200, "tags count alone");
        assert_eq!(ask(&[date, ("if-none-match", "\"tag-1\"")]).status().as_u16(), 304);
        assert_eq!(ask(&[date, ("range", "bytes=0-3")]).status().as_u16(), 304);
        assert_eq!(ask(&[("range", "bytes=10-")]).headers().get(header::LAST_MODIFIED), None);
    }

    #[test]
    fn one_range_is_served_and_any_other_wish_gets_the_whole() {
        for (range, content_range, part) in [
            ("bytes=0-3", "bytes 0-3/10", "0123"),
            ("bytes=7-", "bytes 7-9/10", "789"),
            ("bytes=-2", "bytes 8-9/10", "89"),
            ("bytes=-99", "bytes 0-9/10", WHOLE),
            ("bytes=5-99", "bytes 5-9/10", "56789"),
            ("bytes=9-9", "bytes 9-9/10", "9"),
        ] {
            assert_eq!(get(&[("range", range)]), (206, content_range.into(), part.into()), "{range}");
        }
        for range in ["bytes=0-1,3-4", "bytes=4-2", "bytes=x", "bytes=", "seconds=0-1", "0-1"] {
            assert_eq!(get(&[("range", range)]), (200, String::new(), WHOLE.into()), "{range}");
        }
        assert_eq!(check(Method::HEAD, &[("range", "bytes=0-3")]).0, 200, "a range is a matter of GET");
    }

    #[test]
    fn a_range_behind_the_end_is_refused_with_the_length() {
        for range in ["bytes=10-", "bytes=10-11", "bytes=-0", "bytes=99-100"] {
            let (status, content_range, body) = get(&[("range", range)]);
            assert_eq!((status, content_range.as_str()), (416, "bytes */10"), "{range}");
            assert!(body.contains("\"code\":\"bad_range\""), "{body}");
        }
    }

    #[test]
    fn a_range_of_other_bytes_gets_the_whole() {
        let range_if = |tag: &str| get(&[("range", "bytes=0-3"), ("if-range", tag)]).0;
        assert_eq!(range_if("\"tag-1\""), 206);
        assert_eq!(range_if("\"tag-2\""), 200);
        assert_eq!(range_if("W/\"tag-1\""), 200);
        assert_eq!(range_if("Sun, 22 Nov 2026 12:00:00 GMT"), 200);
    }

    #[test]
    fn who_has_the_bytes_is_told_so_and_sent_nothing() {
        for tag in ["\"tag-1\"", "W/\"tag-1\"", "\"a\", \"tag-1\"", "*"] {
            let headers = [("if-none-match", tag), ("range", "bytes=0-3")];
            assert_eq!(get(&headers), (304, String::new(), String::new()), "{tag}");
            assert_eq!(check(Method::HEAD, &headers).0, 304, "{tag}");
        }
        assert_eq!(get(&[("if-none-match", "\"tag-2\"")]).0, 200);
        assert_eq!(get(&[("if-none-match", "tag-1")]).0, 200, "a tag without quotes is none");
    }
}
