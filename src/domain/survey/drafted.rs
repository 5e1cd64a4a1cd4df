//! The messages of a survey that is still being written, as long as they can become: for whoever writes them to see what they cost.

use super::SurveyGraph;
use super::document::SurveyDocument;
use super::invitation::{InvitationWay, longest};
use crate::domain::contact::Channel;
use crate::domain::sms::{Measured, Template, Writing, as_sent, measure};

/// Most parts of a message where the document does not say.
const PARTS_UNLESS_SAID: u8 = 3;

/// A message as it would be sent, with a long link and long names in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftedMessage {
    /// Where its text stands in the document, such as `invitation.text.en`.
    pub path: String,
    /// What is sent.
    pub text: String,
    /// How.
    pub measured: Measured,
}

/// The messages of a document's invitation, in the order of its languages. Those whose text cannot be read are left out: the
/// validator tells why.
pub fn drafted_messages(document: &SurveyDocument) -> Vec<DraftedMessage> {
    let Some(invitation) = &document.invitation else { return Vec::new() };
    let parts_most =
        invitation.max_parts.and_then(|most| u8::try_from(most).ok()).unwrap_or(PARTS_UNLESS_SAID);
    let writing = Writing { transliterate: invitation.transliterate.unwrap_or(false), parts_most };
    let graph = match invitation.way.unwrap_or_default() {
        InvitationWay::Dialogue => SurveyGraph::validate(document.clone()).ok(),
        InvitationWay::Link => None,
    };
    let question = |language: &str| {
        if let Some(graph) = &graph {
            let first = graph.questions().iter().find(|question| question.asked_on(Channel::Sms));
            first.map(|question| question.written(language)).unwrap_or_default()
        } else {
            // As near as it comes while something is wrong with the survey.
            let first = document.questions.first().and_then(|question| question.text.0.get(language));
            first.cloned().unwrap_or_default()
        }
    };
    let reminder = invitation.reminder.as_ref().map(|reminder| ("invitation.reminder.text", &reminder.text));
    let texts = [("invitation.text", &invitation.text)].into_iter().chain(reminder);
    let each = texts.flat_map(|(path, text)| {
        document.languages.iter().filter_map(move |language| Some((path, language, text.0.get(language)?)))
    });
    each.filter_map(|(path, language, text)| {
        let template = Template::parse(text).ok()?;
        let text = longest(&template, &question(language), &document.name);
        let measured = measure(&text, writing);
        Some(DraftedMessage { path: format!("{path}.{language}"), text: as_sent(&text, writing), measured })
    })
    .collect()
}
