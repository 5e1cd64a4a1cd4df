//! `/api/v1/overview`: every survey, where it is active, and how the last seven days were beside the seven before.

use actix_web::web::{Data, Json};
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::domain::account::Right;
use crate::domain::report::{GroupScores, SurveyScores};
use crate::domain::survey::scoring::Metric;
use crate::reports::{self, Breakdown, Figures, Query, ReportError};
use crate::storage::SurveyRow;

/// Days of a period, today among them.
const DAYS: u64 = 7;

/// The figures of all surveys.
pub(super) async fn overview(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeResults)?;
    let (now, zone) = (portal.clock.now(), portal.settings.zone);
    let until = now.with_timezone(&zone).date_naive();
    let from = before(until, DAYS - 1);
    let surveys = portal.catalog.surveys().await?;
    let present = figures(&portal, person.teams(), from, until).await?;
    let earlier = figures(&portal, person.teams(), before(from, DAYS), before(from, 1)).await?;
    let min = portal.settings.min_answers;
    let shown: Vec<Value> = surveys.iter().map(|survey| show(survey, &present, &earlier, min)).collect();
    Ok(Json(json!({
        "as_of": now,
        "time_zone": zone.name(),
        "from": from,
        "until": until,
        "min_n": min,
        "surveys": shown,
    })))
}

fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

async fn figures(
    portal: &Portal,
    teams: Option<Vec<String>>,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Figures, PortalError> {
    let zone = portal.settings.zone;
    let query = Query { from: Some(from), until: Some(until), teams, ..Query::of(Breakdown::Survey, zone) };
    reports::gather(&*portal.catalog, &*portal.reports, &query).await.map_err(|error| match error {
        ReportError::Storage(error) => error.into(),
        other => PortalError::internal(&other.to_string()),
    })
}

fn show(survey: &SurveyRow, present: &Figures, earlier: &Figures, min: u64) -> Value {
    let services: Vec<Value> =
        survey.active_on.iter().map(|(name, paused)| json!({"name": name, "paused": paused})).collect();
    let mut shown = period(present, &survey.key, min);
    if let Value::Object(shown) = &mut shown {
        shown.insert("key".to_owned(), json!(survey.key));
        shown.insert("name".to_owned(), json!(survey.name));
        shown.insert("services".to_owned(), json!(services));
        shown.insert("has_changes".to_owned(), json!(survey.has_changes));
        shown.insert("draft_saved_at".to_owned(), json!(survey.draft_saved_at));
        shown.insert("draft_saved_by".to_owned(), json!(survey.draft_saved_by));
        shown.insert("published".to_owned(), json!(survey.newest.as_ref().map(|newest| newest.number)));
        shown.insert("previous".to_owned(), period(earlier, &survey.key, min));
    }
    shown
}

/// How far a survey's responses came in a period, and its score.
fn period(figures: &Figures, key: &str, min: u64) -> Value {
    let scores = figures.surveys.iter().find(|scores| scores.survey == key);
    let whole = scores.and_then(|scores| scores.groups.first());
    let lifecycle = whole.map(|group| group.lifecycle).unwrap_or_default();
    json!({
        "offered": lifecycle.offered(),
        "started": lifecycle.started(),
        "completed": lifecycle.completed,
        "score": scores.zip(whole).and_then(|(scores, whole)| headline(scores, whole, min)),
    })
}

/// The score of the first question that has one. Without a value where there are too few answers.
fn headline(scores: &SurveyScores, whole: &GroupScores, min: u64) -> Option<Value> {
    let mut asked =
        scores.measures.iter().zip(&whole.scores).filter_map(|(m, score)| Some((m, score.as_ref()?)));
    let (measure, score) =
        asked.find(|(_, score)| !matches!(score.metric, Metric::Choices | Metric::None))?;
    let value = score.value.filter(|_| score.n >= min);
    Some(json!({"question": measure.question, "measure": score.metric, "value": value, "n": score.n}))
}
