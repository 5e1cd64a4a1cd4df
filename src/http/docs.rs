//! The API's own documentation: `/openapi.json` from the code, and `/docs`, a page that shows it and can try it.

use std::collections::BTreeMap;

use actix_web::http::header::{self, ContentType};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;
use serde_json::json;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::xml::XmlBuilder;
use utoipa::openapi::{RefOr, Schema, Server};
use utoipa::{Modify, OpenApi};

use super::bodies::PostBodies;
use super::reply::Reply;
use super::state::Api;
use super::{drill, health, ivr, prometheus};

/// What the page loads, from `static/docs`; scripts and styles of others are in `static/vendor`.
#[derive(RustEmbed)]
#[folder = "static/docs"]
struct Page;

#[derive(RustEmbed)]
#[folder = "static/vendor/swagger-ui"]
struct Viewer;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "aftercall",
        description = "Asks customers after a contact how it went. A script is one loop: call `survey`, ask what the reply says, \
                       send the digits to `answer`, until `result` is not `QUESTION`. Every call may be repeated: an answer is \
                       stored once. Replies come as JSON or XML, the same envelope for success and error.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    paths(
        ivr::survey, ivr::answer, ivr::answers, ivr::complete,
        health::health, health::live, health::ready, prometheus::metrics, drill::crash, openapi_json,
    ),
    components(schemas(Reply)),
    tags(
        (name = "IVR", description = "Surveys at the end of a call"),
        (name = "Operation", description = "Health, figures, drills"),
    ),
    modifiers(&Keys, &FlatReply, &PostBodies, &ErrorExamples),
)]
struct Document;

struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let Some(components) = document.components.as_mut() else { return };
        let header = ApiKeyValue::with_description("X-API-Key", "The usual way.");
        let header = SecurityScheme::ApiKey(ApiKey::Header(header));
        let query = "For scripts that can set no header; a server may be set up to refuse it.";
        let query = SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::with_description("api_key", query)));
        let mut basic = Http::new(HttpAuthScheme::Basic);
        basic.description = Some("The key is the password; the name is not looked at.".to_owned());
        components.add_security_scheme("header", header);
        components.add_security_scheme("basic", SecurityScheme::Http(basic));
        components.add_security_scheme("query", query);
    }
}

struct FlatReply;

impl Modify for FlatReply {
    /// A reply has the question's members beside its own, and those only when there is a question. Derived, the
    /// document would want all of them or a reply that is null: it becomes one flat object, as it is on the wire.
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let Some(components) = document.components.as_mut() else { return };
        let members = |name| match components.schemas.get(name) {
            Some(RefOr::T(Schema::Object(object))) => object.properties.clone(),
            _ => BTreeMap::new(),
        };
        let (question, list) = (members("QuestionView"), members("QuestionList"));
        components.schemas.remove("QuestionList");
        let Some(RefOr::T(reply)) = components.schemas.get_mut("Reply") else { return };
        let Schema::AllOf(parts) = reply else { return };
        let own = parts.items.iter().find_map(|part| match part {
            RefOr::T(Schema::Object(own)) if own.properties.contains_key("result") => Some(own.clone()),
            _ => None,
        });
        let Some(mut flat) = own else { return };
        flat.properties.extend(question.into_iter().chain(list));
        flat.description.clone_from(&parts.description);
        flat.example = Some(json!({
            "result": "QUESTION", "response_id": "01890a5d-ac96-774b-bcce-b302099a8057", "state": "in_progress",
            "stored": "new", "question_id": "csat", "question_no": 1, "type": "rating", "text": "How satisfied are you?",
            "required": true, "min": 1, "max": 5, "keys": "12345", "max_digits": 1, "terminator": "",
            "no_input_ms": 5000, "retries": 2,
        }));
        flat.xml = Some(XmlBuilder::new().name(Some("aftercall")).build());
        flat.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(true)));
        *reply = Schema::Object(flat);
    }
}

struct ErrorExamples;

impl Modify for ErrorExamples {
    /// The example of a reply is a question; where the reply is an error, an error is shown.
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let message = "too many requests are waiting; try again";
        let as_json =
            json!({"result": "ERROR", "code": "overloaded", "message": message, "retry_after_s": 1});
        let as_xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><aftercall><result>ERROR</result><code>overloaded</code>\
             <message>{message}</message><retry_after_s>1</retry_after_s></aftercall>"
        );
        let items = document.paths.paths.values_mut();
        let operations = items.flat_map(|item| [item.get.as_mut(), item.post.as_mut()]).flatten();
        for (status, response) in operations.flat_map(|operation| &mut operation.responses.responses) {
            let RefOr::T(response) = response else { continue };
            // Only the envelope comes as XML too.
            if status == "200" || !response.content.contains_key("application/xml") {
                continue;
            }
            for (media, content) in &mut response.content {
                let RefOr::T(content) = content else { continue };
                content.example =
                    Some(if media == "application/xml" { json!(as_xml) } else { as_json.clone() });
            }
        }
    }
}

/// The OpenAPI document of all endpoints.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// This document
#[utoipa::path(
    get, path = "/openapi.json", tag = "Operation", operation_id = "openapi",
    responses((status = 200, description = "The OpenAPI document", body = Object)),
)]
pub(super) async fn openapi_json(api: Data<Api>) -> HttpResponse {
    let mut document = openapi();
    if let Some(url) = &api.settings.public_url {
        document.servers = Some(vec![Server::new(url.as_str())]);
    }
    HttpResponse::Ok().json(document)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_one_flat_object_of_which_only_the_result_is_always_there() {
        let document = serde_json::to_value(openapi()).unwrap();
        let reply = &document["components"]["schemas"]["Reply"];
        assert_eq!(reply["type"], "object");
        assert_eq!(reply["required"], json!(["result"]));
        for member in ["result", "response_id", "question_id", "keys", "questions"] {
            assert!(reply["properties"][member].is_object(), "{member}");
        }
        let answer = &document["paths"]["/ivr/v1/answer"]["post"]["responses"];
        assert_eq!(answer["503"]["content"]["application/json"]["example"]["result"], "ERROR");
        assert!(
            answer["200"]["content"]["application/json"]["example"].is_null(),
            "that of the reply itself"
        );
    }
}
