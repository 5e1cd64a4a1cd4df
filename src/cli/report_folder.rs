//! The folder of reports: from its settings to what writes it and shows it, and whether files can be written there.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::check::Finding;
use super::node::World;
use crate::actors::lease_keeper::Leases;
use crate::actors::report_writer::{ReportWriterParts, ReportWriterSettings};
use crate::config::{Config, ReportEvery, ReportFormat};
use crate::domain::lease::LeaseRole;
use crate::domain::report_mail::Rhythm;
use crate::foundation::{Chance, SystemChance};
use crate::reports::folder::ReportFolder;
use crate::reports::sheet::Form;

/// A period is written at the latest so long after its end, however long responses may stay open: who fetches files does
/// not wait for the last of them.
const SETTLED_MOST: Duration = Duration::from_hours(24);

/// The folder, where there is one.
pub(super) fn folder(config: &Config) -> Option<ReportFolder> {
    config.reports.folder.clone().map(ReportFolder::at)
}

/// What the writer works with, where there is a folder.
pub(super) fn writer(world: &World, config: &Config, leases: Arc<Leases>) -> Option<ReportWriterParts> {
    let settings = ReportWriterSettings {
        folder: folder(config)?,
        every: config.janitor.every,
        forms: config.reports.formats.iter().copied().map(form).collect(),
        periods: config.reports.periods.iter().copied().map(period).collect(),
        keep_days: config.reports.keep_days,
        settled: settled(config),
        min_answers: config.portal.min_answers,
        zone: config.site.time_zone,
    };
    Some(ReportWriterParts {
        catalog: world.storage.clone(),
        counts: world.storage.clone(),
        rollups: world.storage.clone(),
        nodes: world.storage.clone(),
        lease: Arc::new(move || leases.fence(LeaseRole::Janitor)),
        clock: Arc::clone(&world.clock),
        chance: Arc::clone(&world.chance),
        settings,
    })
}

/// How long after its end a period is written: when a response that began in its last moment has ended, and takes no late
/// answers any more.
fn settled(config: &Config) -> TimeDelta {
    let longest = (config.survey.idle + config.survey.late).min(SETTLED_MOST);
    TimeDelta::from_std(longest).unwrap_or(TimeDelta::days(1))
}

fn form(format: ReportFormat) -> Form {
    match format {
        ReportFormat::Csv => Form::Csv,
        ReportFormat::Xlsx => Form::Xlsx,
        ReportFormat::Json => Form::Json,
    }
}

fn period(every: ReportEvery) -> Rhythm {
    match every {
        ReportEvery::Day => Rhythm::Day,
        ReportEvery::Week => Rhythm::Week,
        ReportEvery::Month => Rhythm::Month,
    }
}

/// Whether files can be written in the folder, found out by writing one; nothing without a folder.
pub(super) fn check(config: &Config) -> Option<Finding> {
    const WHAT: &str = "report folder";
    let folder = folder(config)?;
    Some(match folder.probe(SystemChance.bits()) {
        Ok(()) => Finding::ok(WHAT, folder.path().display()),
        Err(error) => Finding::fail(WHAT, error),
    })
}
