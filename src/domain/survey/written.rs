//! A question as it is written in a text message, where nothing shows what can be answered but the words.

use std::fmt::Write as _;

use super::graph::{Question, QuestionKind};

impl Question {
    /// What a text message says that asks it: its text, and what can be answered where the text does not say so itself.
    pub fn written(&self, language: &str) -> String {
        let mut text = self.text(language).to_owned();
        match &self.kind {
            QuestionKind::Choice { choices, .. } => {
                for (place, choice) in (1..).zip(choices) {
                    // Writing into a String cannot fail.
                    let _ = write!(text, "\n{place} {}", choice.label(language));
                }
            }
            QuestionKind::Rating { .. } | QuestionKind::Nps => {
                let (min, max) = self.kind.range().unwrap_or_default();
                // Texts that were written for the keypad say it.
                if !text.contains(&max.to_string()) {
                    text.push_str(&self.scale_in_words(min, max, language));
                }
            }
            QuestionKind::YesNo | QuestionKind::FreeText { .. } | QuestionKind::VoiceComment { .. } => {}
        }
        text
    }

    fn scale_in_words(&self, min: i32, max: i32, language: &str) -> String {
        let end = |value: i32, label: Option<&str>| match label {
            Some(label) => format!("{value} = {label}"),
            None => value.to_string(),
        };
        let [low, high] = self.ends(language);
        let between = if low.is_some() || high.is_some() { ", " } else { "-" };
        format!(" ({}{between}{})", end(min, low), end(max, high))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::SurveyGraph;

    #[expect(clippy::needless_pass_by_value, reason = "a literal at each call")]
    fn written(question: serde_json::Value) -> String {
        let document = json!({ "format": "aftercall.survey/1", "key": "s", "name": "S", "languages": ["en"], "questions": [question] });
        SurveyGraph::from_json(&document.to_string()).unwrap().questions()[0].written("en")
    }

    #[test]
    fn what_can_be_answered_is_said_where_the_text_does_not() {
        let text = |en: &str| json!({ "en": en });
        assert_eq!(
            written(json!({ "key": "q", "type": "nps", "text": text("Would you?") })),
            "Would you? (0-10)"
        );
        assert_eq!(written(json!({ "key": "q", "type": "nps", "text": text("0 to 10?") })), "0 to 10?");
        let labelled = json!({ "key": "q", "type": "rating", "scale": "1-5", "text": text("Well?"), "low_label": text("bad"), "high_label": text("good") });
        assert_eq!(written(labelled), "Well? (1 = bad, 5 = good)");
        let choices = json!([{ "key": "a", "label": text("Bill") }, { "key": "b", "label": text("Line") }]);
        assert_eq!(
            written(json!({ "key": "q", "type": "choice", "text": text("What?"), "choices": choices })),
            "What?\n1 Bill\n2 Line"
        );
    }
}
