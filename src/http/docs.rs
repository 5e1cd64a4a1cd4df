//! `/docs`: a page that shows the OpenAPI document and can try it.

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;

/// What the page loads, from `static/docs`; scripts and styles of others are in `static/vendor`.
#[derive(RustEmbed)]
#[folder = "static/docs"]
struct Page;

#[derive(RustEmbed)]
#[folder = "static/vendor/swagger-ui"]
struct Viewer;

/// The reference page and what it loads.
pub(super) async fn page(request: HttpRequest) -> HttpResponse {
    let name = match request.match_info().get("file") {
        None | Some("") => "index.html",
        Some(file) => file,
    };
    let Some(file) = Page::get(name).or_else(|| Viewer::get(name)) else {
        return HttpResponse::NotFound().finish();
    };
    // The viewer writes style attributes; scripts come from this server only.
    let policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                  connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "max-age=300"))
        .insert_header(ContentType(
            file.metadata.mimetype().parse().unwrap_or(mime::APPLICATION_OCTET_STREAM),
        ))
        .body(file.data.into_owned())
}
