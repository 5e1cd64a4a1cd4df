//! The columns of a file with responses, and a response as a row of it.

use chrono_tz::Tz;

use crate::domain::contact::CallFacts;
use crate::domain::response::AnswerValue;
use crate::domain::survey::SurveyGraph;
use crate::http::portal::error::PortalError;
use crate::http::portal::filter::Wanted;
use crate::http::portal::responses::number_for;
use crate::http::portal::session::SignedIn;
use crate::http::portal::state::Portal;
use crate::reports::sheet::{Cell, Row};
use crate::storage::FoundResponse;

/// What is known of every response, in the order of its columns.
const KNOWN: [&str; 18] = [
    "response_id",
    "offered_at",
    "started_at",
    "ended_at",
    "state",
    "channel",
    "language",
    "survey",
    "survey_name",
    "version",
    "service",
    "agent_id",
    "agent_name",
    "team",
    "queue",
    "customer",
    "call_id",
    "dialled_number",
];

/// The columns of a file with responses: what is known of each, then the questions of all versions of its surveys.
pub(super) struct Columns {
    names: Vec<String>,
    /// Survey and question of each column after the known ones.
    questions: Vec<(String, String)>,
}

impl Columns {
    /// Those that what is wanted can have.
    pub(super) async fn of(portal: &Portal, wanted: &Wanted) -> Result<Self, PortalError> {
        let mut surveys = portal.catalog.surveys().await?;
        surveys.retain(|survey| wanted.filter.survey.is_none_or(|id| survey.survey == id));
        let is_one = surveys.len() == 1;
        let mut questions: Vec<(String, String)> = Vec::new();
        for survey in surveys {
            for version in portal.catalog.versions(survey.key.clone()).await? {
                let Ok(graph) = SurveyGraph::from_json(&version.document) else { continue };
                for question in graph.questions() {
                    let column = (survey.key.clone(), question.key.clone());
                    if !questions.contains(&column) {
                        questions.push(column);
                    }
                }
            }
        }
        let known = KNOWN.map(str::to_owned).into_iter();
        let asked = questions
            .iter()
            .map(|(survey, question)| if is_one { question.clone() } else { format!("{survey}.{question}") });
        Ok(Self { names: known.chain(asked).collect(), questions })
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// A response as a row, for a person.
    pub(super) fn row(&self, found: &FoundResponse, zone: Tz, person: &SignedIn) -> Row {
        let text = |text: &str| Cell::Text(text.to_owned());
        let time = |at: chrono::DateTime<chrono::Utc>| Cell::Time(at.with_timezone(&zone));
        let CallFacts { dn, customer, call_id, agent_id, agent_name, team, queue } = &found.call;
        let mut row = vec![
            Cell::Text(found.id.to_string()),
            time(found.offered_at),
            found.started_at.map_or(Cell::Nothing, time),
            found.ended_at.map_or(Cell::Nothing, time),
            text(found.state.as_str()),
            text(found.channel.as_str()),
            text(&found.language),
            text(&found.survey),
            text(&found.survey_name),
            Cell::Whole(found.version.into()),
            text(&found.service),
            agent_id.as_ref().map_or(Cell::Nothing, |it| text(it.as_str())),
            agent_name.as_ref().map_or(Cell::Nothing, |it| text(it.as_str())),
            team.as_ref().map_or(Cell::Nothing, |it| text(it.as_str())),
            queue.as_ref().map_or(Cell::Nothing, |it| text(it.as_str())),
            customer.as_ref().map_or(Cell::Nothing, |it| Cell::Text(number_for(it.as_str(), person))),
            call_id.as_ref().map_or(Cell::Nothing, |it| text(it.as_str())),
            dn.as_ref().map_or(Cell::Nothing, |it| text(it.as_str())),
        ];
        row.extend(self.questions.iter().map(|(survey, question)| {
            let is_of = *survey == found.survey;
            let answer = found.answers.iter().find(|answer| is_of && answer.question_key == *question);
            answer.map_or(Cell::Nothing, |answer| said(&answer.value))
        }));
        row
    }
}

fn said(value: &AnswerValue) -> Cell {
    match value {
        AnswerValue::Number(number) => Cell::Number(f64::from(*number)),
        AnswerValue::Choice(key) => Cell::Text(key.clone()),
        AnswerValue::Text(words) => Cell::Text(words.clone()),
        AnswerValue::Recording(reference) => Cell::Text(format!("recording {reference}")),
        AnswerValue::Skipped => Cell::Nothing,
    }
}
