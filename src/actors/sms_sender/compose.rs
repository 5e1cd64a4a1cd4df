//! What a message says: made when it is sent, for the link in it is kept nowhere.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::SenderParts;
use super::desk::Desk;
use crate::domain::outbox::{MessageState, Purpose};
use crate::domain::sms::{
    PARTS_MOST, PhoneNumber, Place, SendingHours, Template, Values, Writing, as_sent, encode, next_allowed,
};
use crate::domain::survey::SurveyGraph;
use crate::foundation::{ResponseId, ServiceId, VersionId};
use crate::outbound::sms::Submission;
use crate::storage::{ClaimedMessage, ResponseRow, StorageError, StoreFuture};

/// Versions kept in memory at most.
const VERSIONS: usize = 200;
/// Characters of a name in a message at most, as the check of invitations takes them to be.
const NAME_LONGEST: usize = 33;

/// Makes a link to the customer's page of a response, good until a moment; the whole address.
pub type MakeLink = Arc<dyn Fn(ResponseId, DateTime<Utc>) -> StoreFuture<'static, String> + Send + Sync>;

/// How messages are written.
#[derive(Clone)]
pub struct MessageSettings {
    /// The hours of the recipient's day in which invitations go out.
    pub hours: SendingHours,
    /// The site's zone, for numbers whose zone is not known.
    pub zone: Tz,
    /// Makes links.
    pub link: MakeLink,
}

/// What became of writing a message.
pub(super) enum Composed {
    /// It can be handed over.
    Ready(Box<Submission>),
    /// Not before; why.
    Later(DateTime<Utc>, String),
    /// Not at all; where it stands from now on, and why.
    Never(MessageState, String),
}

/// Writes messages; keeps what it read of surveys and services.
#[derive(Default)]
pub(super) struct Composer {
    versions: RefCell<HashMap<VersionId, Rc<SurveyGraph>>>,
    services: RefCell<HashMap<ServiceId, String>>,
}

impl Composer {
    /// Writes a message for a route.
    pub(super) async fn compose(
        &self,
        parts: &SenderParts,
        message: &ClaimedMessage,
        desk: &Desk,
        now: DateTime<Utc>,
    ) -> Result<Composed, StorageError> {
        let row = &message.row;
        let Some(from) = desk.sender(&row.number) else {
            let why = format!("the route `{}` has no sender for this number", desk.route.name);
            return Ok(Composed::Never(MessageState::Refused, why));
        };
        let about = match row.response {
            Some(response) => self.about(parts, response).await?,
            None => None,
        };
        if let Some(later) = wait(parts, message, about.as_ref(), now) {
            return Ok(later);
        }
        let invitation = about.as_ref().and_then(|about| about.survey.invitation());
        let any = Writing { transliterate: false, parts_most: PARTS_MOST };
        let writing = invitation.map_or(any, |invitation| invitation.writing);
        let text = match (&row.text, &about) {
            (Some(text), _) => text.clone(),
            (None, Some(about)) => {
                let Some(text) = self.text(parts, message, about).await? else {
                    let why = "the survey says nothing in such a message any more".to_owned();
                    return Ok(Composed::Never(MessageState::Skipped, why));
                };
                text
            }
            (None, None) => {
                let why = "its response is gone".to_owned();
                return Ok(Composed::Never(MessageState::Skipped, why));
            }
        };
        let encoded = match encode(&text, writing) {
            Ok(encoded) => encoded,
            Err(fault) => return Ok(Composed::Never(MessageState::Refused, fault.to_string())),
        };
        let [.., high, low] = *row.id.as_bytes();
        Ok(Composed::Ready(Box::new(Submission {
            key: row.id.key(),
            to: row.number.clone(),
            from: from.to_owned(),
            text: as_sent(&text, writing),
            encoded,
            // Of this message alone, as good as: the last bytes of an id are chance.
            reference: u16::from_be_bytes([high, low]),
            expires_at: row.expires_at,
        })))
    }

    /// The words of an invitation or its reminder; `None` where there are none.
    async fn text(
        &self,
        parts: &SenderParts,
        message: &ClaimedMessage,
        about: &About,
    ) -> Result<Option<String>, StorageError> {
        let (row, survey) = (&message.row, &about.survey);
        let language = survey.language_for(Some(&row.language));
        let invitation = survey.invitation();
        let template: Option<&Template> = match row.purpose {
            Purpose::Reminder => invitation.and_then(|i| i.reminder.as_ref()).and_then(|r| r.text(language)),
            _ => invitation.and_then(|invitation| invitation.text(language)),
        };
        let Some(template) = template else { return Ok(None) };
        let link = if template.has(Place::Link) {
            (parts.settings.messages.link)(about.response.id, row.expires_at).await?
        } else {
            String::new()
        };
        let question =
            survey.questions().iter().find(|question| question.asked_on(about.response.facts.channel));
        let question = question.map_or_else(String::new, |question| question.written(language));
        let agent = about.response.call.agent_name.as_ref().map_or("", |name| name.as_str());
        let values = Values {
            link: &link,
            question: &question,
            service: &short(&about.service),
            agent: &short(agent),
            survey: survey.name(),
        };
        Ok(Some(template.render(&values)))
    }

    async fn about(&self, parts: &SenderParts, response: ResponseId) -> Result<Option<About>, StorageError> {
        let Some(response) = parts.responses.response(response).await? else { return Ok(None) };
        let Some(survey) = self.version(parts, response.facts.version).await? else { return Ok(None) };
        let service = self.service(parts, response.service).await?;
        Ok(Some(About { response, survey, service }))
    }

    async fn version(
        &self,
        parts: &SenderParts,
        id: VersionId,
    ) -> Result<Option<Rc<SurveyGraph>>, StorageError> {
        if let Some(known) = self.versions.borrow().get(&id) {
            return Ok(Some(Rc::clone(known)));
        }
        let Some(row) = parts.catalog.version(id).await? else { return Ok(None) };
        let Ok(graph) = SurveyGraph::from_json(&row.document) else { return Ok(None) };
        let graph = Rc::new(graph);
        let mut versions = self.versions.borrow_mut();
        if versions.len() >= VERSIONS {
            versions.clear();
        }
        versions.insert(id, Rc::clone(&graph));
        Ok(Some(graph))
    }

    async fn service(&self, parts: &SenderParts, id: ServiceId) -> Result<String, StorageError> {
        if let Some(known) = self.services.borrow().get(&id) {
            return Ok(known.clone());
        }
        let all = parts.catalog.services().await?;
        let mut services = self.services.borrow_mut();
        services.clear();
        services.extend(all.into_iter().map(|service| (service.id, service.name)));
        Ok(services.get(&id).cloned().unwrap_or_default())
    }
}

/// What a message is about.
struct About {
    response: ResponseRow,
    survey: Rc<SurveyGraph>,
    service: String,
}

/// As much of a name as there is room for.
fn short(name: &str) -> String {
    name.chars().take(NAME_LONGEST).collect()
}

/// Whether it is too early, for people would be woken. Decided when the message was made, and again: an outage may have held it
/// back into the night.
fn wait(
    parts: &SenderParts,
    message: &ClaimedMessage,
    about: Option<&About>,
    now: DateTime<Utc>,
) -> Option<Composed> {
    if !message.row.purpose.heeds_quiet_hours() {
        return None;
    }
    let settings = &parts.settings.messages;
    let zones = PhoneNumber::read(&message.row.number, None).map(|number| number.zones()).unwrap_or_default();
    let zones = if zones.is_empty() { vec![settings.zone] } else { zones };
    let survey = about.map(|about| &about.survey);
    let hours = survey.and_then(|survey| survey.invitation()?.hours).unwrap_or(settings.hours);
    let holidays = survey.map_or(&[][..], |survey| &survey.rules().schedule.holidays);
    match next_allowed(now, &zones, hours, holidays) {
        Some(at) if at == now => None,
        Some(at) if at < message.row.expires_at => {
            Some(Composed::Later(at, "people would be woken by it".to_owned()))
        }
        _ => Some(Composed::Never(
            MessageState::Expired,
            "people would be woken by it until it is over".to_owned(),
        )),
    }
}
