//! A file as it is sent: the body itself, or the first file of a form.

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::TryStreamExt;

use crate::foundation::BoundedText;
use crate::http::error::ApiError;
use crate::http::json_call::read_body;

/// What a form may hold besides the file, in bytes.
const REST_OF_FORM_MAX: usize = 64 * 1024;
/// Most characters of a file's name.
const NAME_MAX: usize = 200;
/// Names under which a form may send the file without saying that it is one.
const FILE_FIELDS: [&str; 4] = ["file", "audio", "prompt", "data"];

/// A file.
pub(in crate::http) struct Upload {
    pub(in crate::http) bytes: Bytes,
    /// Its name, where the client gave one.
    pub(in crate::http) name: Option<String>,
}

/// Reads a file of at most `max` bytes.
pub(in crate::http) async fn read(
    request: &HttpRequest,
    payload: Payload,
    max: usize,
) -> Result<Upload, ApiError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if kind.trim_start().to_ascii_lowercase().starts_with("multipart/") {
        let form = Multipart::new(request.headers(), payload);
        return of_form(form, max).await;
    }
    let bytes = read_body(request, payload, max).await?;
    Ok(Upload { bytes, name: None })
}

async fn of_form(mut form: Multipart, max: usize) -> Result<Upload, ApiError> {
    let mut rest = REST_OF_FORM_MAX;
    loop {
        let field = form.try_next().await.map_err(|error| unreadable(&error))?;
        let Some(mut field) = field else {
            return Err(ApiError::malformed(
                "the form has no file: send it as a part with a file name, or named `file`",
            ));
        };
        if let Some(name) = file_name(&field) {
            let bytes = collect(&mut field, max, max).await?;
            return Ok(Upload {
                bytes,
                name: BoundedText::<NAME_MAX>::parse(&name).ok().flatten().map(|name| name.to_string()),
            });
        }
        rest -= collect(&mut field, rest, max).await?.len();
    }
}

/// The name of a part that is the file; empty where it has none.
fn file_name(field: &Field) -> Option<String> {
    let disposition = field.content_disposition();
    let given = disposition.and_then(|disposition| disposition.get_filename()).map(str::to_owned);
    given.or_else(|| field.name().filter(|name| FILE_FIELDS.contains(name)).map(|_| String::new()))
}

/// A part, unless it is larger than `room`; the client is told the limit `max`.
async fn collect(field: &mut Field, room: usize, max: usize) -> Result<Bytes, ApiError> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = field.try_next().await.map_err(|error| unreadable(&error))? {
        if bytes.len() + chunk.len() > room {
            return Err(ApiError::too_large(max));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn unreadable(error: &actix_multipart::MultipartError) -> ApiError {
    ApiError::malformed(format!("the form could not be read: {error}"))
}
