//! The bodies of POST requests in the OpenAPI document: a script may put the parameters of a call into a form, a JSON
//! object or a flat XML document instead of the query, so all three have the same schema.

use utoipa::Modify;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::xml::XmlBuilder;
use utoipa::openapi::{Content, OpenApi, RefOr, Required, Schema};

/// What stays in the query, because it may be needed to read the rest.
const STAYS: &str = "format";

/// Moves the parameters of each POST below `/ivr/` into its body.
pub(super) struct PostBodies;

impl Modify for PostBodies {
    fn modify(&self, document: &mut OpenApi) {
        let calls = document.paths.paths.iter_mut().filter(|(path, _)| path.starts_with("/ivr/"));
        // One that says itself what its body is, keeps it.
        let without_body = |operation: &&mut Operation| operation.request_body.is_none();
        for operation in calls.filter_map(|(_, item)| item.post.as_mut()).filter(without_body) {
            into_body(operation);
        }
    }
}

fn into_body(operation: &mut Operation) {
    // One operation of two methods was written; in the document each has a name of its own.
    operation.operation_id = operation.operation_id.take().map(|id| format!("{id}_post"));
    let all = operation.parameters.take().unwrap_or_default();
    let (stay, move_on): (Vec<_>, Vec<_>) = all.into_iter().partition(|p| name(p) == Some(STAYS));
    operation.parameters = Some(stay);
    let object = move_on.into_iter().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let object = object.fold(ObjectBuilder::new(), member).build();
    let mut xml = object.clone();
    xml.xml = Some(XmlBuilder::new().name(Some("request")).build());
    let body = RequestBodyBuilder::new()
        .description(Some("The parameters, here or in the query."))
        .content("application/x-www-form-urlencoded", Content::new(Some(Schema::Object(object.clone()))))
        .content("application/json", Content::new(Some(Schema::Object(object))))
        .content("application/xml", Content::new(Some(Schema::Object(xml))))
        .required(Some(Required::True));
    operation.request_body = Some(RefOr::T(body.build()));
}

fn name(parameter: &RefOr<Parameter>) -> Option<&str> {
    match parameter {
        RefOr::T(parameter) => Some(&parameter.name),
        RefOr::Ref(_) => None,
    }
}

fn member(object: ObjectBuilder, parameter: Parameter) -> ObjectBuilder {
    // The builder keeps the example to itself; written out it is there.
    let example = serde_json::to_value(&parameter).ok().and_then(|written| written.get("example").cloned());
    let Some(mut schema) = parameter.schema else { return object };
    if let RefOr::T(Schema::Object(schema)) = &mut schema {
        schema.description = parameter.description;
        schema.example = example;
    }
    let object = object.property(parameter.name.clone(), schema);
    if parameter.required == Required::True { object.required(parameter.name) } else { object }
}
