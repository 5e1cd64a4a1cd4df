//! How a recording arrives: as a part of a form, as bare bytes, or as text in a parameter. What it is, is told by what it
//! looks like where the content type leaves it open, which scripts get wrong.

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;

use crate::http::error::ApiError;
use crate::http::fields::Fields;

use super::text;

/// The parameters that audio comes in as text, and the parts that are audio whatever they say of themselves.
const NAMES: [&str; 4] = ["recording", "audio", "data", "file"];
/// Parts of a form at most, and the bytes of one that is a parameter.
const PARTS_MAX: usize = 100;
const PARAMETER_MAX: usize = 64 * 1024;

/// What came, before it is looked at closely.
pub(in crate::http::ivr) enum Received {
    /// Audio and the parameters beside it, other than those of the query.
    Parts { parameters: Vec<(String, String)>, sent: Sent },
    /// A body that is audio by its type or that is no text.
    Bare(Bytes),
    /// A form, JSON or XML with the audio as text.
    Text(Bytes),
}

/// Audio as it was sent.
pub(in crate::http::ivr) enum Sent {
    Bytes(Bytes),
    Text(Bytes),
}

/// A recording and the parameters beside it.
pub(in crate::http::ivr) struct Upload {
    pub(in crate::http::ivr) fields: Fields,
    pub(super) audio: Bytes,
    /// How it came, for the figures.
    pub(super) form: &'static str,
}

impl Received {
    /// Whether it is an XML document.
    pub(super) fn is_xml(&self) -> bool {
        matches!(self, Self::Text(body) if body.trim_ascii_start().starts_with(b"<"))
    }
}

/// Reads a body that holds a recording of at most `max` bytes.
pub(super) async fn receive(
    request: &HttpRequest,
    payload: Payload,
    max: usize,
) -> Result<Received, ApiError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    if kind.starts_with("multipart/") {
        return receive_parts(request, payload, max).await;
    }
    let bare = ["audio/", "video/", "application/octet-stream"].iter().any(|begin| kind.starts_with(begin));
    let limit = if bare { max } else { text_max(max) };
    let body = payload.to_bytes_limited(limit).await.map_err(|_| ApiError::recording_too_large(max))?;
    let body = body.map_err(|e| ApiError::malformed(format!("the body could not be read: {e}")))?;
    let bare = (bare && !body.is_empty()) || body.contains(&0) || std::str::from_utf8(&body).is_err();
    Ok(if bare { Received::Bare(body) } else { Received::Text(body) })
}

/// The longest text that may stand for so many bytes: base64 with every third character percent-encoded and a line break
/// now and then, and parameters beside it.
fn text_max(max: usize) -> usize {
    max.saturating_mul(3).saturating_add(PARAMETER_MAX)
}

async fn receive_parts(request: &HttpRequest, payload: Payload, max: usize) -> Result<Received, ApiError> {
    let mut multipart = Multipart::new(&clean_head(request)?, payload);
    let (mut parameters, mut sent) = (Vec::new(), None);
    let mut parts = 0;
    while let Some(part) = multipart.next().await {
        let mut part = part.map_err(|error| broken(&error))?;
        parts += 1;
        if parts > PARTS_MAX {
            return Err(ApiError::malformed(format!("more than {PARTS_MAX} parts")));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let named = NAMES.iter().any(|known| name.eq_ignore_ascii_case(known));
        let file = is_file(&part);
        if !file && !named {
            let body = part.bytes(PARAMETER_MAX).await;
            let body = body.map_err(|_| ApiError::malformed(format!("the part `{name}` is too long")))?;
            let value = String::from_utf8(body.map_err(|error| broken(&error))?.to_vec())
                .map_err(|_| ApiError::malformed(format!("the part `{name}` is not UTF-8 text")))?;
            parameters.push((name, value));
            continue;
        }
        let encoded = is_encoded(&part);
        let limit = if file && !encoded { max } else { text_max(max) };
        let body = part.bytes(limit).await.map_err(|_| ApiError::recording_too_large(max))?;
        let body = body.map_err(|error| broken(&error))?;
        let text = encoded || (!file && !body.contains(&0) && std::str::from_utf8(&body).is_ok());
        let audio = if text { Sent::Text(body) } else { Sent::Bytes(body) };
        if sent.replace(audio).is_some() {
            return Err(ApiError::malformed("the form has two parts that are audio; send one"));
        }
    }
    let sent = sent.ok_or_else(|| ApiError::missing("recording"))?;
    Ok(Received::Parts { parameters, sent })
}

/// The head of a form with its boundary in quotation marks: some gateways send one that only a quoted one may be.
fn clean_head(request: &HttpRequest) -> Result<HeaderMap, ApiError> {
    let boundary = || {
        let kind = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
        let at = kind.to_ascii_lowercase().find("boundary=")?;
        let rest = kind.get(at + "boundary=".len()..)?.trim();
        let boundary = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next()?,
            None => rest.split(';').next()?.trim_end(),
        };
        HeaderValue::from_str(&format!("multipart/form-data; boundary=\"{boundary}\"")).ok()
    };
    let value = boundary().ok_or_else(|| ApiError::malformed("the multipart body names no boundary"))?;
    Ok(std::iter::once((CONTENT_TYPE, value)).collect())
}

fn is_file(part: &Field) -> bool {
    let names_file = part.content_disposition().is_some_and(|about| about.get_filename().is_some());
    let kind = part.content_type().map(|kind| (kind.type_().as_str(), kind.subtype().as_str()));
    names_file || matches!(kind, Some(("audio" | "video", _) | ("application", "octet-stream")))
}

fn is_encoded(part: &Field) -> bool {
    let encoding = part.headers().get(HeaderName::from_static("content-transfer-encoding"));
    encoding.is_some_and(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"base64"))
}

fn broken(error: &actix_multipart::MultipartError) -> ApiError {
    ApiError::malformed(format!("the multipart body is not as it should be: {error}"))
}

/// Takes apart what came. Text can be long: for a thread that may be busy for a while.
pub(super) fn unpack(query: &str, received: Received, max: usize) -> Result<Upload, ApiError> {
    let upload = match received {
        Received::Parts { parameters, sent } => {
            let mut fields = Fields::parse(query, b"")?;
            for (name, value) in parameters {
                fields.add(&name, value)?;
            }
            let audio = match sent {
                Sent::Bytes(bytes) => bytes,
                Sent::Text(text) => from_text("recording", &String::from_utf8_lossy(&text))?,
            };
            Upload { fields, audio, form: "multipart" }
        }
        Received::Bare(audio) => Upload { fields: Fields::parse(query, b"")?, audio, form: "bare" },
        Received::Text(body) => {
            let mut fields = Fields::parse_long(query, &body, text_max(max))?;
            let audio = fields.take(&NAMES).ok_or_else(|| ApiError::missing("data"))?;
            Upload { fields, audio: from_text("data", &audio)?, form: "text" }
        }
    };
    if upload.audio.len() > max { Err(ApiError::recording_too_large(max)) } else { Ok(upload) }
}

fn from_text(name: &str, text: &str) -> Result<Bytes, ApiError> {
    text::decode(text).map(Bytes::from).map_err(|error| ApiError::parameter(name, error))
}
