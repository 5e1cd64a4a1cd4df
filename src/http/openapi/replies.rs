//! Replies in the OpenAPI document: one flat object as on the wire, and examples of both kinds.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::Modify;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::xml::XmlBuilder;
use utoipa::openapi::{OpenApi, RefOr, Schema};

/// Makes the envelope and its question one object.
pub(super) struct FlatReply;

impl Modify for FlatReply {
    /// A reply has the question's members beside its own, and those only when there is a question. Derived, the
    /// document would want all of them or a reply that is null: it becomes one flat object, as it is on the wire.
    fn modify(&self, document: &mut OpenApi) {
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

/// Shows errors where replies are errors.
pub(super) struct ErrorExamples;

impl Modify for ErrorExamples {
    /// The example of a reply is a question; where the reply is an error, an error is shown.
    fn modify(&self, document: &mut OpenApi) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_one_flat_object_of_which_only_the_result_is_always_there() {
        let document = serde_json::to_value(crate::http::openapi()).unwrap();
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
