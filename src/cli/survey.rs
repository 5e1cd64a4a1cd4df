//! `aftercall survey`: documents in and out, publishing, and what is active where.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::args::ConfigArgs;
use super::args_survey::SurveyCommand;
use super::engine::{ValidSurvey, block_on, open_storage, survey_schema, validate_survey};
use super::failure::{Failure, Outcome};
use super::needed_prompts;
use super::output::say;
use super::table::{moment, print, table};
use serde_json::json;

use crate::audit::{Actor, Deed, audit_row};
use crate::domain::account::AuditAction;
use crate::domain::contact::Service;
use crate::domain::survey::SurveyGraph;
use crate::foundation::{Clock, SurveyId, SystemChance, SystemClock, VersionId};
use crate::storage::{AuditRow, DraftBase, DraftRow, Storage, SurveyRow, VersionRow};

/// Runs one of the survey commands; those that only look at a document need no database.
pub(super) fn run(command: SurveyCommand, settings: &ConfigArgs) -> Outcome {
    let open = || -> Result<Arc<dyn Storage>, Failure> { open_storage(&settings.load()?) };
    match command {
        SurveyCommand::Validate { file } => {
            let survey = valid(&file)?;
            say!("{} ({}) is valid", survey.key, survey.name);
            if let Some(note) = needed_prompts::note(&survey.graph) {
                say!("{note}");
            }
        }
        SurveyCommand::Schema => say!("{}", survey_schema()?),
        SurveyCommand::Import { file, publish: at_once } => {
            let survey = valid(&file)?;
            let storage = open()?;
            import(&*storage, &survey)?;
            say!("draft of {} stored", survey.key);
            if at_once {
                publish(&*storage, &survey.key)?;
            }
        }
        SurveyCommand::Export { key } => say!("{}", draft(&*open()?, &key)?.document),
        SurveyCommand::Publish { key } => publish(&*open()?, &key)?,
        SurveyCommand::Activate { key, service } => activate(&*open()?, &key, &service)?,
        SurveyCommand::Pause { service } => set_paused(&*open()?, &service, true)?,
        SurveyCommand::Resume { service } => set_paused(&*open()?, &service, false)?,
        SurveyCommand::List => list(&*open()?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The document in a file, or all that is wrong with it.
fn valid(file: &Path) -> Result<ValidSurvey, Failure> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|error| Failure::because(format!("cannot read {}", file.display()), &error))?;
    validate_survey(&text).map_err(|problems| invalid(&file.display().to_string(), &problems))
}

fn invalid(what: &str, problems: &[String]) -> Failure {
    Failure::new(format!("{what} is not a valid survey:\n  {}", problems.join("\n  ")))
}

fn import(storage: &dyn Storage, survey: &ValidSurvey) -> Result<(), Failure> {
    let now = SystemClock::new().now();
    let row = DraftRow {
        survey: SurveyId::new(now, &SystemChance),
        key: survey.key.clone(),
        name: survey.name.clone(),
        document: survey.document.clone(),
        saved_at: now,
        saved_by: Actor::at_command_line().who,
        revision: 0,
    };
    let audit = told(Deed::plain(AuditAction::DraftChanged, &survey.key));
    block_on(storage.save_draft(row, DraftBase::Any, Some(audit)))??;
    Ok(())
}

fn draft(storage: &dyn Storage, key: &str) -> Result<DraftRow, Failure> {
    block_on(storage.draft(key.to_owned()))??.ok_or_else(|| no_survey(key))
}

fn no_survey(key: &str) -> Failure {
    Failure::new(format!("there is no survey {key}; `aftercall survey list` shows all"))
}

fn publish(storage: &dyn Storage, key: &str) -> Result<(), Failure> {
    let draft = draft(storage, key)?;
    // Stored drafts are checked again: a newer version of this program may refuse more than the one that stored it.
    let survey = validate_survey(&draft.document)
        .map_err(|problems| invalid(&format!("the draft of {key}"), &problems))?;
    needed_prompts::check(&survey.graph, &block_on(needed_prompts::prompt_index(storage))??)?;
    let now = SystemClock::new().now();
    let row = VersionRow {
        id: VersionId::new(now, &SystemChance),
        survey: draft.survey,
        number: 0,
        document: survey.document,
        published_at: now,
    };
    let audit = told(Deed::plain(AuditAction::SurveyPublished, key));
    let number = block_on(storage.publish(row, Some(audit)))??;
    let active = find_survey(storage, key)?.active_on;
    let places: Vec<&str> = active.iter().map(|(service, _)| service.as_str()).collect();
    if places.is_empty() {
        say!("version {number} of {key} published; ask callers with: aftercall survey activate {key} All");
    } else {
        say!("version {number} of {key} published; active on {}", places.join(", "));
    }
    Ok(())
}

fn find_survey(storage: &dyn Storage, key: &str) -> Result<SurveyRow, Failure> {
    let surveys = block_on(storage.surveys())??;
    surveys.into_iter().find(|survey| survey.key == key).ok_or_else(|| no_survey(key))
}

fn find_service(storage: &dyn Storage, name: &str) -> Result<Service, Failure> {
    let services = block_on(storage.services())??;
    let wanted = name.trim().to_lowercase();
    services.into_iter().find(|service| service.name.to_lowercase() == wanted).ok_or_else(|| {
        Failure::new(format!("there is no service {name}; `aftercall service list` shows all"))
    })
}

fn activate(storage: &dyn Storage, key: &str, service: &str) -> Result<(), Failure> {
    let survey = find_survey(storage, key)?;
    let Some(newest) = survey.newest else {
        return Err(Failure::new(format!(
            "survey {key} was never published, so callers cannot be asked: run `aftercall survey publish {key}` first"
        )));
    };
    let service = find_service(storage, service)?;
    let audit = told(Deed::new(AuditAction::SurveyActivated, key, json!({"service": service.name})));
    block_on(storage.activate(service.id, survey.survey, SystemClock::new().now(), Some(audit)))??;
    say!("{key} version {} is active on {}", newest.number, service.name);
    let graph = block_on(storage.version(newest.id))??.map(|row| SurveyGraph::from_json(&row.document));
    let graph = graph.and_then(Result::ok);
    if let Some(warning) = graph.and_then(|graph| needed_prompts::silent_on(&graph, service.channel)) {
        say!("{warning}");
    }
    Ok(())
}

fn set_paused(storage: &dyn Storage, service: &str, paused: bool) -> Result<(), Failure> {
    let service = find_service(storage, service)?;
    let action = if paused { AuditAction::SurveyPaused } else { AuditAction::SurveyResumed };
    let audit = told(Deed::plain(action, &service.name));
    if block_on(storage.set_paused(service.id, paused, SystemClock::new().now(), Some(audit)))?? {
        say!(
            "{} is {}",
            service.name,
            if paused { "paused: new callers are not asked" } else { "active again" }
        );
        return Ok(());
    }
    Err(Failure::new(format!(
        "nothing is active on {}; `aftercall survey activate SURVEY {:?}` makes a survey active",
        service.name, service.name
    )))
}

/// The line of the audit log for what is done here.
fn told(deed: Deed<'_>) -> AuditRow {
    audit_row(&Actor::at_command_line(), deed, SystemClock::new().now(), &SystemChance)
}

fn list(storage: &dyn Storage) -> Result<(), Failure> {
    let mut out = table(&["survey", "name", "version", "published", "draft saved", "active on"]);
    for survey in block_on(storage.surveys())?? {
        let active: Vec<String> = survey
            .active_on
            .iter()
            .map(|(service, paused)| if *paused { format!("{service} (paused)") } else { service.clone() })
            .collect();
        out.add_row([
            survey.key,
            survey.name,
            survey.newest.map_or_else(|| "-".to_owned(), |newest| newest.number.to_string()),
            moment(survey.newest.map(|newest| newest.published_at)),
            moment(Some(survey.draft_saved_at)),
            if active.is_empty() { "-".to_owned() } else { active.join(", ") },
        ]);
    }
    print(&out);
    Ok(())
}
