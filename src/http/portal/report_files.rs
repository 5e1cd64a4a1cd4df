//! `/api/v1/report-files`: the files in the folder of reports of this node. They hold the figures of all teams, so that they are
//! for those only who may see all.

use std::collections::BTreeMap;
use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path, Query, block};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::error::PortalError;
use super::export::attached;
use super::session::SignedIn;
use super::state::Portal;
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::lease::LeaseRole;
use crate::domain::report_mail::Rhythm;
use crate::reports::folder::{FolderError, FoundFile, ReportFileName, ReportFolder, ReportPeriod};
use crate::reports::sheet::Form;

/// Periods of a page.
const PAGE: usize = 60;

/// Which files.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    period: Option<String>,
    before: Option<NaiveDate>,
}

/// The files of one kind of period, the newest first, and by what the next page begins. Where the folder cannot be read, that
/// is told, for the page says what to do.
pub(super) async fn list(
    portal: Data<Portal>,
    person: SignedIn,
    asked: Query<Asked>,
) -> Result<Json<Value>, PortalError> {
    person.must(Right::SeeAllTeams)?;
    let kind = match asked.period.as_deref() {
        None | Some("") => Rhythm::Day,
        Some(word) => Rhythm::parse(word)
            .ok_or_else(|| PortalError::bad("bad_parameter", "period: day, week or month"))?,
    };
    let Some(folder) = portal.report_folder.clone() else {
        return Ok(Json(json!({"on": false, "node": portal.settings.node, "periods": []})));
    };
    let writer = writer(&portal).await?;
    let now = SystemTime::from(portal.clock.now());
    let found = at_work(&portal, folder, move |folder| folder.list(now)).await?;
    let (files, problem) = match found {
        Ok(listed) => (listed.files, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let (periods, next) = page(files, kind, asked.before);
    let may_mend = person.account.role.may(Right::SeeSystem);
    Ok(Json(json!({
        "on": true,
        "node": portal.settings.node,
        "writer": writer,
        "is_unreadable": problem.is_some(),
        "problem": problem.filter(|_| may_mend),
        "periods": periods,
        "next": next,
    })))
}

/// One file.
pub(super) async fn file(
    portal: Data<Portal>,
    person: SignedIn,
    name: Path<String>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::SeeAllTeams)?;
    let none = || PortalError::nothing("there is no such report file");
    // What is no name of ours is never looked for on the disk.
    let name = ReportFileName::parse(&name).ok_or_else(none)?;
    let folder = portal.report_folder.clone().ok_or_else(none)?;
    let bytes = at_work(&portal, folder, move |folder| folder.read(name)).await?;
    let bytes = bytes.map_err(|error| PortalError::internal(&error.to_string()))?.ok_or_else(none)?;
    let text = name.to_string();
    let deed = Deed::new(AuditAction::ReportFileTaken, &text, json!({"bytes": bytes.len()}));
    portal.accounts.note_audit(portal.told(&person, deed)).await?;
    Ok(attached(name.form, &text).body(bytes))
}

/// The node that writes files now.
async fn writer(portal: &Portal) -> Result<Option<String>, PortalError> {
    let leases = timeout(portal.settings.patience, portal.leases.leases()).await;
    let leases = leases.map_err(|_| PortalError::late())??;
    let of_janitor = leases.into_iter().find(|lease| lease.role == LeaseRole::Janitor);
    let holder = of_janitor.filter(|lease| !lease.left.is_zero()).and_then(|lease| lease.view.holder);
    Ok(holder.map(|holder| holder.name))
}

/// Does something in the folder on a thread for such work. A share that hangs keeps nobody waiting for longer than the database may.
async fn at_work<T: Send + 'static>(
    portal: &Portal,
    folder: ReportFolder,
    work: impl FnOnce(&ReportFolder) -> Result<T, FolderError> + Send + 'static,
) -> Result<Result<T, FolderError>, PortalError> {
    let done = timeout(portal.settings.patience, block(move || work(&folder))).await;
    let done = done.map_err(|_| PortalError::internal("the folder of reports does not answer in time"))?;
    done.map_err(|error| PortalError::internal(&error.to_string()))
}

/// A page of periods with their files, and the day before whose period the next one begins.
fn page(files: Vec<FoundFile>, kind: Rhythm, before: Option<NaiveDate>) -> (Vec<Value>, Option<NaiveDate>) {
    let mut periods: BTreeMap<ReportPeriod, Vec<FoundFile>> = BTreeMap::new();
    for file in files {
        let period = file.name.period;
        let is_asked = period.kind() == kind && before.is_none_or(|before| period.first() < before);
        if is_asked && file.size.is_some() {
            periods.entry(period).or_default().push(file);
        }
    }
    let has_more = periods.len() > PAGE;
    let page: Vec<_> = periods.into_iter().rev().take(PAGE).collect();
    let next = page.last().filter(|_| has_more).map(|(period, _)| period.first());
    (page.into_iter().map(|(period, files)| show(period, files)).collect(), next)
}

/// A period and its files, in the order people are shown breakdowns and forms in.
fn show(period: ReportPeriod, mut files: Vec<FoundFile>) -> Value {
    let breakdowns = period.kind().breakdowns();
    let place = |file: &FoundFile| {
        let by = breakdowns.iter().position(|by| *by == file.name.by);
        (by, Form::ALL.iter().position(|form| *form == file.name.form))
    };
    files.sort_by_key(place);
    let files: Vec<Value> = files
        .iter()
        .map(|FoundFile { name, size }| {
            json!({"name": name.to_string(), "by": name.by.as_str(), "form": name.form.as_str(), "bytes": size})
        })
        .collect();
    json!({"from": period.first(), "until": period.last(), "files": files})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> FoundFile {
        FoundFile { name: ReportFileName::parse(name).unwrap(), size: Some(9) }
    }

    #[test]
    fn pages_follow_each_other_without_a_gap_and_the_newest_is_first() {
        let days = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().iter_days().take(2 * PAGE + 5);
        let files: Vec<FoundFile> = days.map(|day| found(&format!("{day}_day_agent.csv"))).collect();
        let (mut before, mut seen) = (None, Vec::new());
        loop {
            let (page, next) = page(files.clone(), Rhythm::Day, before);
            seen.extend(page.into_iter().map(|period| period["files"][0]["name"].to_string()));
            before = next;
            if next.is_none() {
                break;
            }
        }
        let all: Vec<String> =
            files.iter().rev().map(|file| json!(file.name.to_string()).to_string()).collect();
        assert_eq!(seen, all);
    }

    #[test]
    fn a_page_is_of_one_kind_and_what_is_no_file_is_not_shown() {
        let link = FoundFile { size: None, ..found("2026-11-25_day_agent.csv") };
        let files = vec![
            found("2026-11-23_week_agent.csv"),
            found("2026-11-26_day_hour.csv"),
            found("2026-11-26_day_agent.json"),
            found("2026-11-26_day_agent.csv"),
            link,
        ];
        let (page, next) = page(files, Rhythm::Day, None);
        let names: Vec<&str> =
            page[0]["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
        assert_eq!((page.len(), next), (1, None));
        assert_eq!(
            names,
            ["2026-11-26_day_agent.csv", "2026-11-26_day_agent.json", "2026-11-26_day_hour.csv"]
        );
    }
}
