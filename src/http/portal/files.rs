//! The portal's own files, embedded in the program, and the headers that keep a page to what comes from here.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::door;
use super::session::signed_in;
use super::words::Words;

/// Scripts, styles and messages.
#[derive(RustEmbed)]
#[folder = "static/portal"]
struct Own;

/// Libraries of others.
#[derive(RustEmbed)]
#[folder = "static/vendor"]
#[include = "*/*.js"]
#[exclude = "swagger-ui/*"]
#[exclude = "echarts/entry.js"]
#[include = "*/*.mjs"]
struct Vendored;

/// Smaller files are no smaller when they are packed.
const PACKED_FROM: usize = 1_000;

/// What a page may load: what comes from this server, nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob:; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A page of the application for who is signed in, else the way to the sign-in page.
pub(super) async fn application(request: HttpRequest) -> HttpResponse {
    match signed_in(&request).await {
        Ok(_) => {}
        Err(error) if error.is_signed_out() => return door::lead(request.path()),
        Err(error) => return door::trouble(&request, &error),
    }
    match Own::get("index.html") {
        Some(page) => html(StatusCode::OK).body(page.data.into_owned()),
        None => HttpResponse::InternalServerError().finish(),
    }
}

/// A file by its path.
pub(super) async fn file(request: HttpRequest) -> HttpResponse {
    let path = request.match_info().get("file").unwrap_or_default();
    let found = match path.split_once('/') {
        Some(("portal", own)) if own != "index.html" => Own::get(own),
        Some(("vendor", vendored)) => Vendored::get(vendored),
        _ => None,
    };
    match found {
        Some(file) => send(&request, path, &file),
        None => no_such_page(request).await,
    }
}

/// A file, or word that the browser has it already; packed where the browser takes it so.
fn send(request: &HttpRequest, path: &str, file: &EmbeddedFile) -> HttpResponse {
    let hash = file.metadata.sha256_hash();
    let tag = hash.iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let tag = format!("\"{tag}\"");
    let known =
        request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut reply = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    // A program that was upgraded serves other files under the same names.
    reply.insert_header((header::CACHE_CONTROL, "no-cache"));
    reply.insert_header((header::ETAG, tag));
    reply.insert_header((header::VARY, "accept-encoding"));
    reply.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if known {
        return reply.finish();
    }
    reply.insert_header(ContentType(kind(file)));
    let takes = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let is_text = file.data.len() > PACKED_FROM && kind(file).type_() != mime::IMAGE;
    if is_text && takes.is_some_and(|takes| takes.split(',').any(|kind| kind.trim().starts_with("gzip"))) {
        reply.insert_header((header::CONTENT_ENCODING, "gzip"));
        return reply.body(packed(path, file));
    }
    reply.body(file.data.to_vec())
}

/// A file as gzip, packed once for each.
fn packed(path: &str, file: &EmbeddedFile) -> Bytes {
    static PACKED: LazyLock<Mutex<HashMap<String, Bytes>>> = LazyLock::new(Mutex::default);
    let mut packed = PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    let pack = || {
        let mut pack = GzEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail.
        let _ = pack.write_all(&file.data);
        Bytes::from(pack.finish().unwrap_or_default())
    };
    packed.entry(path.to_owned()).or_insert_with(pack).clone()
}

fn kind(file: &EmbeddedFile) -> mime::Mime {
    file.metadata.mimetype().parse().unwrap_or(mime::APPLICATION_OCTET_STREAM)
}

/// The page of an address that leads nowhere.
pub(super) async fn no_such_page(request: HttpRequest) -> HttpResponse {
    let words = Words::of(&request, None);
    door::notice(words, StatusCode::NOT_FOUND, &words.say("nothing-here"), &words.say("nothing-here-text"))
}

/// A page with all headers it needs.
pub(super) fn html(status: StatusCode) -> HttpResponseBuilder {
    let mut reply = HttpResponse::build(status);
    reply
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("permissions-policy", "camera=(), geolocation=(), payment=()"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(ContentType::html());
    reply
}

/// The document of a page.
pub(super) fn page(status: StatusCode, document: Result<String, askama::Error>) -> HttpResponse<BoxBody> {
    match document {
        Ok(document) => html(status).body(document),
        Err(error) => {
            tracing::error!(error = %error, "a page could not be made");
            HttpResponse::InternalServerError().finish()
        }
    }
}
