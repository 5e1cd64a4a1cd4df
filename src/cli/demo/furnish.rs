//! What the demo's contact centre has: services, surveys, and what is asked where.

use std::path::Path;

use super::key;
use crate::cli::engine::validate_survey;
use crate::cli::failure::Failure;
use crate::domain::contact::{Service, ServiceChannel};
use crate::foundation::{Chance, Clock, ServiceId, SurveyId, VersionId};
use crate::storage::{DraftBase, DraftRow, Storage, VersionRow};

/// A service of the demo and who calls it.
pub(super) struct DemoLine {
    pub(super) name: &'static str,
    pub(super) dn: &'static str,
    pub(super) survey: &'static str,
    pub(super) queue: &'static str,
    /// Its share of all calls, in parts.
    pub(super) weight: f64,
}

/// The services.
pub(super) const LINES: [DemoLine; 3] = [
    DemoLine { name: "Support", dn: "5001", survey: "support", queue: "Technical support", weight: 5.0 },
    DemoLine { name: "Billing", dn: "5002", survey: "support", queue: "Invoices", weight: 3.0 },
    DemoLine { name: "Sales", dn: "5003", survey: "sales", queue: "New orders", weight: 2.0 },
];

/// The service whose customers answer on a page, and its survey.
pub(super) const PAGE: (&str, &str) = ("Website", "website");

/// The surveys, as anybody could import them.
const SURVEYS: [&str; 3] = [
    include_str!("../../../static/demo/support.json"),
    include_str!("../../../static/demo/sales.json"),
    include_str!("../../../static/demo/website.json"),
];

/// The surveys in words.
pub(super) const SURVEYS_TEXT: &str = "support, sales and website, in English, Spanish and Arabic";

/// The services in words.
pub(super) fn services_text() -> String {
    format!("{}, {}", LINES.map(|line| format!("{} {}", line.name, line.dn)).join(", "), PAGE.0)
}

/// Refuses a folder that somebody works in: the demo's services, surveys and callers are not for them.
pub(super) async fn check_folder(storage: &dyn Storage, folder: &Path) -> Result<(), Failure> {
    let own = storage.keys().await?.iter().any(|row| row.name == key::NAME);
    if own || storage.surveys().await?.is_empty() {
        return Ok(());
    }
    let folder = folder.display();
    Err(Failure::new(format!(
        "{folder} holds surveys that are not the demo's: name an empty folder with --data-dir, or none for ./{}",
        super::FOLDER
    )))
}

/// Adds what is missing; leaves what is there as it is.
pub(super) async fn furnish(
    storage: &dyn Storage,
    clock: &dyn Clock,
    chance: &dyn Chance,
) -> Result<(), Failure> {
    for text in SURVEYS {
        add_survey(storage, text, clock, chance).await?;
    }
    let lines = LINES.map(|line| (line.name, Some(line.dn), line.survey));
    for (name, dn, survey) in lines.into_iter().chain([(PAGE.0, None, PAGE.1)]) {
        let service = service(storage, name, dn, (clock, chance)).await?;
        let catalog = storage.catalog().await?;
        let asks = catalog.iter().any(|row| row.service.id == service && row.active.is_some());
        let surveys = storage.surveys().await?;
        if let Some(survey) = surveys.iter().find(|known| known.key == survey && !asks) {
            storage.activate(service, survey.survey, clock.now(), None).await?;
        }
    }
    Ok(())
}

async fn add_survey(
    storage: &dyn Storage,
    text: &str,
    clock: &dyn Clock,
    chance: &dyn Chance,
) -> Result<(), Failure> {
    let survey = validate_survey(text).map_err(|problems| {
        Failure::new(format!("the demo's survey is not valid: {}", problems.join("; ")))
    })?;
    let now = clock.now();
    let known = storage.surveys().await?.into_iter().find(|row| row.key == survey.key);
    if known.as_ref().is_some_and(|row| row.newest.is_some()) {
        return Ok(());
    }
    let id = known.map_or_else(|| SurveyId::new(now, chance), |row| row.survey);
    let document = survey.document;
    let draft = DraftRow {
        survey: id,
        key: survey.key,
        name: survey.name,
        document: document.clone(),
        saved_at: now,
        saved_by: "aftercall".to_owned(),
        revision: 0,
    };
    storage.save_draft(draft, DraftBase::Any, None).await?;
    let version =
        VersionRow { id: VersionId::new(now, chance), survey: id, number: 0, document, published_at: now };
    storage.publish(version, None).await?;
    Ok(())
}

/// A service, added where it is missing: one of calls by its number, one of chats by its name.
async fn service(
    storage: &dyn Storage,
    name: &str,
    dn: Option<&str>,
    (clock, chance): (&dyn Clock, &dyn Chance),
) -> Result<ServiceId, Failure> {
    let is_it = |service: &Service| match dn {
        Some(dn) => service.dn.as_deref() == Some(dn),
        None => service.name == name,
    };
    if let Some(known) = storage.services().await?.into_iter().find(is_it) {
        return Ok(known.id);
    }
    let id = ServiceId::new(clock.now(), chance);
    let channel = if dn.is_some() { ServiceChannel::Voice } else { ServiceChannel::Chat };
    let service = Service { id, name: name.to_owned(), channel, dn: dn.map(str::to_owned) };
    storage.add_service(service, None).await?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surveys_are_valid_and_every_line_asks_one_of_them() {
        let keys = SURVEYS.map(|text| validate_survey(text).unwrap().key);
        assert!(LINES.iter().all(|line| keys.iter().any(|key| key == line.survey)));
        assert!(keys.iter().any(|key| key == PAGE.1));
    }
}
