//! A report as a letter: its words in plain text and HTML, and the file that comes with it.

mod figures;
mod words;

use std::ops::Deref;

use askama::Template;
use chrono::NaiveDate;
use chrono_tz::Tz;

use super::sheet::{Form, Report, SheetError, figures as sheet};
use super::{Beside, Breakdown};
use crate::domain::report_mail::Rhythm;
use figures::{SurveyPart, survey_part};
use words::Words;

/// What a letter tells besides the figures.
#[derive(Debug, Clone)]
pub struct LetterFacts<'a> {
    /// What figures are broken down by.
    pub by: Breakdown,
    /// The survey's key; `None`: all surveys.
    pub survey: Option<&'a str>,
    /// The first day and the last.
    pub days: (NaiveDate, NaiveDate),
    /// Those of the period before.
    pub before: (NaiveDate, NaiveDate),
    /// The site's zone.
    pub zone: Tz,
    /// The teams whose contacts it is of; `None`: all.
    pub teams: Option<&'a [String]>,
    /// No score is shown for fewer answers.
    pub min: u64,
    /// The kind of the file.
    pub form: Form,
    /// How often it is sent.
    pub rhythm: Rhythm,
    /// At which hour.
    pub hour: u32,
    /// Who has it sent, as people know that person.
    pub owner: &'a str,
    /// The language of that person.
    pub language: Option<&'a str>,
    /// Where the portal is.
    pub portal: &'a str,
    /// What the report by mail is told apart by, for the link by which it is stopped.
    pub id: &'a str,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLetter {
    /// The subject.
    pub subject: String,
    /// The words as plain text.
    pub text: String,
    /// The words as HTML.
    pub html: String,
    /// The name of the file.
    pub file_name: String,
    /// The file.
    pub file: Vec<u8>,
}

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A page was not written.
    #[error("cannot write the letter")]
    Template(#[from] askama::Error),
    /// The file was not made.
    #[error(transparent)]
    Sheet(#[from] SheetError),
}

/// What both forms of the words are made of.
struct Told {
    words: &'static Words,
    subject: String,
    what: String,
    /// Whether it is of all surveys: then each is named.
    of_all: bool,
    days: String,
    beside: String,
    of_teams: Option<String>,
    by: String,
    surveys: Vec<SurveyPart>,
    link: String,
    too_few: Option<String>,
    why: String,
    stop: String,
    stop_text: String,
}

/// The words as HTML.
#[derive(Template)]
#[template(path = "report.html")]
struct Html<'a>(&'a Told);

/// The words as plain text.
#[derive(Template)]
#[template(path = "report.txt")]
struct Plain<'a>(&'a Told);

impl Deref for Html<'_> {
    type Target = Told;

    fn deref(&self) -> &Told {
        self.0
    }
}

impl Deref for Plain<'_> {
    type Target = Told;

    fn deref(&self) -> &Told {
        self.0
    }
}

/// Writes the letter of a report.
pub fn letter(facts: &LetterFacts<'_>, found: &Beside) -> Result<ReportLetter, LetterError> {
    let file = sheet(&Report { by: facts.by, days: facts.days, figures: &found.groups }, facts.min);
    let told = told(facts, found);
    let name = facts.survey.unwrap_or("surveys");
    Ok(ReportLetter {
        subject: told.subject.clone(),
        text: Plain(&told).render()?,
        html: Html(&told).render()?,
        file_name: format!("report-{name}-{}.{}", facts.days.0, facts.form.as_str()),
        file: file.to_file(facts.form)?,
    })
}

fn told(facts: &LetterFacts<'_>, found: &Beside) -> Told {
    let words = Words::of(facts.language);
    let named = |key: &str| found.whole.names.get(key).cloned().unwrap_or_else(|| key.to_owned());
    let what = facts.survey.map_or_else(|| words.say("all-surveys"), named);
    let days = words.days(facts.days);
    let (hour, zone) = (format!("{:02}:00", facts.hour), facts.zone.name());
    let rhythm = format!("rhythm-{}", facts.rhythm.as_str());
    let rhythm = words.fill(&rhythm, &[("hour", &hour), ("zone", zone)]);
    let surveys: Vec<SurveyPart> =
        found.whole.surveys.iter().map(|whole| survey_part(whole, facts, found, words)).collect();
    let by = words.say(&format!("by-{}", facts.by.as_str()));
    let min = facts.min.to_string();
    let has_too_few = surveys.iter().any(|survey| survey.has_too_few);
    Told {
        subject: words.fill("subject", &[("what", &what), ("days", &days)]),
        beside: words.fill("beside", &[("days", &words.days(facts.before)), ("zone", zone)]),
        of_teams: facts.teams.map(|teams| words.fill("of-teams", &[("teams", &teams.join(", "))])),
        by: words.fill("by", &[("by", &by)]),
        too_few: has_too_few.then(|| words.fill("too-few-rule", &[("min", &min)])),
        why: words.fill("why", &[("name", facts.owner), ("rhythm", &rhythm)]),
        stop: format!("{}/reports?mail={}", facts.portal, facts.id),
        stop_text: words.fill("stop-text", &[("name", facts.owner)]),
        link: link(facts),
        of_all: facts.survey.is_none(),
        what,
        days,
        surveys,
        words,
    }
}

/// The same report in the portal.
fn link(facts: &LetterFacts<'_>) -> String {
    let (from, until) = (facts.days.0.to_string(), facts.days.1.to_string());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("by", facts.by.as_str()).append_pair("from", &from).append_pair("until", &until);
    if let Some(survey) = facts.survey {
        query.append_pair("survey", survey);
    }
    format!("{}/reports?{}", facts.portal, query.finish())
}
