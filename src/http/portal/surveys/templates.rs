//! Surveys to begin from.

use actix_web::web::Json;
use serde_json::{Value, json};

use crate::domain::survey::SurveyDocument;
use crate::http::portal::error::PortalError;
use crate::http::portal::session::SignedIn;

/// Their keys, and their documents in all languages they are written in. What each is for stands in the words of the portal.
const TEMPLATES: [(&str, &str); 5] = [
    ("csat", include_str!("../../../../static/surveys/csat.json")),
    ("nps", include_str!("../../../../static/surveys/nps.json")),
    ("ces", include_str!("../../../../static/surveys/ces.json")),
    ("three", include_str!("../../../../static/surveys/three.json")),
    ("blank", include_str!("../../../../static/surveys/blank.json")),
];

/// What there is to begin from.
pub(in crate::http::portal) async fn list(_person: SignedIn) -> Result<Json<Value>, PortalError> {
    let mut listed = Vec::new();
    for (key, _) in TEMPLATES {
        let document = whole(key)?;
        listed.push(
            json!({"key": key, "languages": document.languages, "questions": document.questions.len()}),
        );
    }
    Ok(Json(json!({"templates": listed})))
}

/// The document of a template in these languages, the first of which is the default; texts of a language that the template
/// is not written in are missing, and the validator says where.
pub(super) fn document(key: &str, languages: &[String]) -> Result<SurveyDocument, PortalError> {
    let mut document = whole(key)?;
    if languages.is_empty() {
        return Ok(document);
    }
    document.languages = languages.to_vec();
    for text in document.texts_mut() {
        text.0.retain(|language, _| languages.contains(language));
    }
    Ok(document)
}

fn whole(key: &str) -> Result<SurveyDocument, PortalError> {
    let found = TEMPLATES.iter().find(|(known, _)| *known == key);
    let (_, text) = found.ok_or_else(|| PortalError::nothing(format!("there is no template {key}")))?;
    serde_json::from_str(text).map_err(|error| PortalError::internal(&format!("template {key}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::survey::SurveyGraph;

    #[test]
    fn every_template_is_valid_in_every_language_it_is_written_in() {
        for (key, text) in TEMPLATES {
            let graph = SurveyGraph::from_json(text).unwrap_or_else(|problems| panic!("{key}: {problems:?}"));
            assert_eq!(graph.languages(), ["en", "es", "ar"], "{key}");
            for language in ["en", "es", "ar"] {
                let alone = document(key, &[language.to_owned()]).unwrap();
                assert!(SurveyGraph::validate(alone).is_ok(), "{key} in {language}");
            }
        }
    }

    #[test]
    fn what_a_template_does_not_say_in_a_language_is_missing_and_told() {
        let document = document("csat", &["en".to_owned(), "fr".to_owned()]).unwrap();
        let problems = SurveyGraph::validate(document).unwrap_err();
        assert!(problems.iter().all(|problem| problem.message.contains("fr")), "{problems:?}");
    }
}
