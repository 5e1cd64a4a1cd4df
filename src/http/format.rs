//! JSON or XML: by suffix, then by `format=`, then by what the client accepts, then as it sent; never a 406.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT;

use super::fields::{Fields, in_query};

/// The two forms of every reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// `application/json`.
    #[default]
    Json,
    /// `application/xml`.
    Xml,
}

impl Format {
    /// What can be told from the request's head alone, for errors that come before the body was read.
    pub fn of_head(request: &HttpRequest) -> Self {
        let by_parameter = || Self::word(&in_query(request.query_string(), "format")?);
        Self::choose(request, by_parameter, b"")
    }

    /// The form of the reply to a request.
    pub fn of(request: &HttpRequest, fields: &Fields, body: &[u8]) -> Self {
        Self::choose(request, || fields.get(&["format"]).and_then(Self::word), body)
    }

    fn choose(request: &HttpRequest, by_parameter: impl FnOnce() -> Option<Self>, body: &[u8]) -> Self {
        let by_suffix = Self::word(request.path().rsplit_once('.').map_or("", |(_, suffix)| suffix));
        let by_accept = || {
            let accept = request.headers().get(ACCEPT)?.to_str().ok()?.to_ascii_lowercase();
            // Scripts misspell media types (`applcation/json` is in a vendor's sample): look for the word only.
            if accept.contains("json") {
                Some(Self::Json)
            } else {
                accept.contains("xml").then_some(Self::Xml)
            }
        };
        let as_sent = || {
            let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
            body.trim_ascii_start().starts_with(b"<").then_some(Self::Xml)
        };
        by_suffix.or_else(by_parameter).or_else(by_accept).or_else(as_sent).unwrap_or_default()
    }

    fn word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn suffix_then_parameter_then_accept_then_the_body_decide_and_nothing_is_refused() {
        let check = |uri: &str, accept: &str, body: &[u8]| {
            let request = TestRequest::with_uri(uri).insert_header((ACCEPT, accept)).to_http_request();
            Format::of(&request, &Fields::parse(request.query_string(), b"").unwrap(), body)
        };
        assert_eq!(check("/survey.xml?format=json", "application/json", b"{}"), Format::Xml);
        assert_eq!(check("/survey?format=XML", "application/json", b"{}"), Format::Xml);
        assert_eq!(check("/survey", "applcation/json, text/xml", b"<a/>"), Format::Json);
        assert_eq!(check("/survey", "text/xml", b"{}"), Format::Xml);
        assert_eq!(check("/survey", "image/png", b" <a/>"), Format::Xml);
        assert_eq!(check("/survey", "image/png", "\u{feff}\r\n<a/>".as_bytes()), Format::Xml);
        assert_eq!(check("/survey?format=xml%0D%0A", "image/png", b""), Format::Xml);
        assert_eq!(check("/survey?format=pdf", "image/png", b""), Format::Json);
    }
}
