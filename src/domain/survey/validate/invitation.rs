//! Checks of the invitation.

use chrono::{NaiveTime, TimeDelta};

use super::rules::time;
use super::{Report, texts};
use crate::domain::contact::Channel;
use crate::domain::sms::{
    Coding, Confirmed, Measured, Place, SendingHours, Template, Wish, Writing, confirmation, measure, wish_of,
};
use crate::domain::survey::document::{LocalText, SurveyDocument};
use crate::domain::survey::graph::{Question, QuestionKind};
use crate::domain::survey::invitation::{
    Invitation, InvitationHours, InvitationWay, Reminder, ReminderDocument, Templates, longest,
};

/// Most characters of a message.
const MAX_MESSAGE: usize = 1000;
/// Reads the invitation to `questions`; what is wrong is reported.
pub(super) fn read(
    document: &SurveyDocument,
    questions: &[Question],
    report: &mut Report,
) -> Option<Invitation> {
    let given = document.invitation.as_ref()?;
    let way = given.way.unwrap_or_default();
    let parts_most = report.number("invitation.max_parts", given.max_parts, (1, 10), 3u8);
    let writing = Writing { transliterate: given.transliterate.unwrap_or(false), parts_most };
    let expires = report.number("invitation.expires_hours", given.expires_hours, (1, 720), 72i64);
    let check = Check { document, questions, way, writing };
    check.questions(report);
    let text = check.templates("invitation.text", &given.text, report);
    let reminder = given.reminder.as_ref().and_then(|reminder| check.reminder(reminder, expires, report));
    let hours = given.hours.as_ref().and_then(|hours| self::hours(hours, report));
    Some(Invitation {
        text: text?,
        way,
        after_hang_up: given.after_hang_up.unwrap_or(false),
        after_contact: given.after_contact.unwrap_or(false),
        consent: given.consent.unwrap_or_default(),
        expires: TimeDelta::try_hours(expires)?,
        reminder,
        writing,
        hours,
    })
}

struct Check<'a> {
    document: &'a SurveyDocument,
    questions: &'a [Question],
    way: InvitationWay,
    writing: Writing,
}

impl Check<'_> {
    fn reminder(&self, given: &ReminderDocument, expires: i64, report: &mut Report) -> Option<Reminder> {
        let path = "invitation.reminder.after_hours";
        let after = report.number(path, Some(given.after_hours), (1, 719), 1i64);
        if after >= expires {
            report.add(
                path,
                format_args!("is {after}, when the invitation is over after {expires}: give fewer hours"),
            );
        }
        let text = self.templates("invitation.reminder.text", &given.text, report);
        Some(Reminder { after: TimeDelta::try_hours(after)?, text: text? })
    }

    /// The texts of all languages; `None` where one of them is wrong.
    fn templates(&self, path: &str, text: &LocalText, report: &mut Report) -> Option<Templates> {
        texts::local(path, text, &self.document.languages, MAX_MESSAGE, report);
        let each = self.document.languages.iter().map(|language| {
            let template =
                self.template(&format!("{path}.{language}"), text.0.get(language)?, language, report)?;
            Some((language.clone(), template))
        });
        // All of them, so that everything that is wrong is told at once.
        let each: Vec<Option<(String, Template)>> = each.collect();
        each.into_iter().collect::<Option<Vec<_>>>().map(Templates)
    }

    fn template(&self, path: &str, text: &str, language: &str, report: &mut Report) -> Option<Template> {
        let template = match Template::parse(text) {
            Ok(template) => template,
            Err(fault) => {
                report.add(path, fault);
                return None;
            }
        };
        let (needs, foreign) = match self.way {
            InvitationWay::Link => (Place::Link, Place::Question),
            InvitationWay::Dialogue => (Place::Question, Place::Link),
        };
        if !template.has(needs) {
            let word = needs.as_str();
            report.add(path, format_args!("has no {{{word}}}: put it where the {word} is to stand"));
        }
        if template.has(foreign) {
            let word = foreign.as_str();
            report.add(
                path,
                format_args!("has {{{word}}}, which there is none of in this way of answering: remove it"),
            );
        }
        self.length(path, &template, language, report);
        Some(template)
    }

    fn length(&self, path: &str, template: &Template, language: &str, report: &mut Report) {
        let question = self.asked().next().map(|question| question.written(language)).unwrap_or_default();
        self.fits(path, "", &longest(template, &question, &self.document.name), report);
    }

    /// The questions that this way of answering comes to.
    fn asked(&self) -> impl Iterator<Item = &Question> {
        let channel = match self.way {
            InvitationWay::Link => Channel::Web,
            InvitationWay::Dialogue => Channel::Sms,
        };
        self.questions.iter().filter(move |question| question.asked_on(channel))
    }

    /// Whether there is something to ask, and what is asked in a dialogue can be sent and answered.
    fn questions(&self, report: &mut Report) {
        if self.asked().next().is_none() && self.questions.len() == self.document.questions.len() {
            let message = "invites to questions none of which can be asked so: add one of another type";
            report.add("invitation", message);
        }
        if self.way == InvitationWay::Link {
            return;
        }
        for question in self.asked() {
            stops(question, report);
            for language in &self.document.languages {
                // The longest that is sent: after an answer that was not understood.
                let sorry = confirmation(Confirmed::NotUnderstood, language);
                let text = format!("{sorry} {}", question.written(language));
                let path = format!("questions[{}].text.{language}", question.no);
                self.fits(&path, "in a dialogue ", &text, report);
            }
        }
        for (language, thanks) in self.document.thanks.iter().flat_map(|thanks| &thanks.0) {
            self.fits(&format!("thanks.{language}"), "in a dialogue ", thanks, report);
        }
    }

    fn fits(&self, path: &str, when: &str, text: &str, report: &mut Report) {
        let Measured { parts, coding, forced, .. } = measure(text, self.writing);
        let most = usize::from(self.writing.parts_most);
        if parts <= most {
            return;
        }
        let shown: Vec<String> = forced.iter().take(3).map(|c| format!("`{c}`")).collect();
        let because = if coding == Coding::Ucs2 && !shown.is_empty() {
            format!("; with {} in it a part holds 70 characters instead of 160", shown.join(", "))
        } else {
            String::new()
        };
        report.add(
            path,
            format_args!(
                "{when}takes up to {parts} parts, at most {most} are allowed: shorten it, or allow more{because}"
            ),
        );
    }
}

/// Choices whose name, written back, would end all messages.
fn stops(question: &Question, report: &mut Report) {
    let QuestionKind::Choice { choices, .. } = &question.kind else { return };
    for (place, choice) in choices.iter().enumerate() {
        if let Some(label) = choice.labels().find(|label| wish_of(label, &[]) == Wish::Stop) {
            let path = format_args!("questions[{}].choices[{place}].label", question.no).to_string();
            report.add(
                path,
                format_args!(
                    "is `{label}`, by which people say that they want no more messages: call it otherwise"
                ),
            );
        }
    }
}

fn hours(given: &InvitationHours, report: &mut Report) -> Option<SendingHours> {
    let from = time("invitation.hours.from", &given.from, report)?;
    let until = time("invitation.hours.until", &given.until, report)?;
    // Midnight ends a day here, as nothing else could.
    let until = if until == NaiveTime::MIN { NaiveTime::from_hms_opt(23, 59, 59)? } else { until };
    let hours = SendingHours::new(from, until);
    if hours.is_none() {
        report.add(
            "invitation.hours.until",
            format_args!("is {}, which is not after {}: give a later time", given.until, given.from),
        );
    }
    hours
}
