//! The invitation of a survey: what a message says that offers it after the contact, to whom it goes, and for how long it holds.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::LocalText;
use super::graph::same_tag;
use crate::domain::sms::{SendingHours, Template, Values, Writing};

/// A link as long as one can be without the site having chosen a long name for its page: `https://` and 28 characters with the
/// slashes, then a token of 14.
const LINK: &str = "https://survey.example.com/s/0123456789abcd";
/// A name as long as names are; longer ones are shortened when a message is written.
const NAME: &str = "Maria Jose Garcia Fernandez Lopez";

/// How the survey is offered by text message; nobody is invited when it is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationDocument {
    /// What the message says, by language. Places in it are filled in when it is sent: `{link}`, `{question}`, `{service}`,
    /// `{agent}`, `{survey}`.
    pub text: LocalText,
    /// How it is answered; `link` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<InvitationWay>,
    /// Whether callers get it who hung up before the survey was over; false when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_hang_up: Option<bool>,
    /// Whether customers get it whose call or chat ended without a survey; false when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_contact: Option<bool>,
    /// Whether customers get it of whom nobody says that they agreed; `required` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Hours for which it can be answered; 72 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 720))]
    pub expires_hours: Option<i64>,
    /// Who did not begin is reminded once; nobody when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder: Option<ReminderDocument>,
    /// Parts of a message at most, each of which is paid for; 3 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10))]
    pub max_parts: Option<i64>,
    /// Whether letters lose accents that a phone's alphabet does not have, so that twice as many fit a part; false when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transliterate: Option<bool>,
    /// The hours of the recipient's day in which messages go out; those of the site when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<InvitationHours>,
}

/// One reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderDocument {
    /// Hours after the message; fewer than the invitation holds.
    #[schemars(range(min = 1, max = 719))]
    pub after_hours: i64,
    /// What it says, by language; with the same places.
    pub text: LocalText,
}

/// Hours of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationHours {
    /// When they begin, such as `08:00`.
    pub from: String,
    /// When they end, later on the same day.
    pub until: String,
}

/// How an invitation is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationWay {
    /// On a page, by the link in it.
    #[default]
    Link,
    /// By text messages: each answer is followed by the next question.
    Dialogue,
}

/// Whether a customer has to have agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Whoever asks for the invite has to say that the customer agreed.
    #[default]
    Required,
    /// The site knows that its customers agreed.
    Assumed,
}

/// A validated invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub(super) text: Templates,
    /// How it is answered.
    pub way: InvitationWay,
    /// Whether callers get it who hung up.
    pub after_hang_up: bool,
    /// Whether customers get it after a contact without a survey.
    pub after_contact: bool,
    /// Whether a customer has to have agreed.
    pub consent: Consent,
    /// How long it can be answered.
    pub expires: TimeDelta,
    /// Who did not begin is reminded.
    pub reminder: Option<Reminder>,
    /// How its messages are written.
    pub writing: Writing,
    /// The hours in which messages go out; the site's when `None`.
    pub hours: Option<SendingHours>,
}

/// A validated reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// How long after the message.
    pub after: TimeDelta,
    pub(super) text: Templates,
}

impl Invitation {
    /// What the message says in a language of the survey.
    pub fn text(&self, language: &str) -> Option<&Template> {
        self.text.get(language)
    }
}

impl Reminder {
    /// What it says in a language of the survey.
    pub fn text(&self, language: &str) -> Option<&Template> {
        self.text.get(language)
    }
}

/// A message as long as it can become.
pub(super) fn longest(template: &Template, question: &str, survey: &str) -> String {
    template.render(&Values { link: LINK, question, service: NAME, agent: NAME, survey })
}

/// A template in each of the survey's languages, the default first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Templates(pub(super) Vec<(String, Template)>);

impl Templates {
    fn get(&self, language: &str) -> Option<&Template> {
        let found = self.0.iter().find(|(l, _)| same_tag(l, language)).or_else(|| self.0.first());
        found.map(|(_, template)| template)
    }
}
