//! Services, surveys, versions and activations in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::accounts::insert_audit;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::statements as sql;
use crate::domain::contact::Service;
use crate::foundation::{ServiceId, SurveyId, VersionId};
use crate::storage::columns::Columns;
use crate::storage::{
    AuditRow, CatalogRow, CatalogStore, DraftBase, DraftRow, DraftSaved, StoreFuture, SurveyRow, VersionRow,
};

impl CatalogStore for SqliteStorage {
    fn catalog_stamp(&self) -> StoreFuture<'_, u64> {
        self.read("cannot see whether the surveys changed", |conn| {
            Ok(first(conn, sql::CATALOG_STAMP, &[], Columns::count)?.unwrap_or(0))
        })
    }

    fn catalog(&self) -> StoreFuture<'_, Vec<CatalogRow>> {
        self.read("cannot read the active surveys", |conn| all(conn, sql::CATALOG, &[], Columns::catalog_row))
    }

    fn version(&self, id: VersionId) -> StoreFuture<'_, Option<VersionRow>> {
        self.read("cannot read the survey's version", move |conn| {
            first(conn, sql::VERSION_GET, &[id.as_bytes()], Columns::version)
        })
    }

    fn add_service(&self, service: Service, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        self.write("cannot add the service", move |conn| {
            let values: [&dyn ToSql; 5] = [
                service.id.as_bytes(),
                &service.name,
                &service.name.to_lowercase(),
                &service.channel.as_str(),
                &service.dn,
            ];
            run(conn, sql::SERVICE_INSERT, &values)?;
            changed(conn, audit.as_ref())
        })
    }

    fn services(&self) -> StoreFuture<'_, Vec<Service>> {
        self.read("cannot list the services", |conn| all(conn, sql::SERVICES, &[], Columns::service))
    }

    fn save_draft(
        &self,
        draft: DraftRow,
        base: DraftBase,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, DraftSaved> {
        self.write("cannot save the draft", move |conn| {
            let saved = save_draft(conn, &draft, base)?;
            if saved != DraftSaved::Changed {
                changed(conn, audit.as_ref())?;
            }
            Ok(saved)
        })
    }

    fn draft(&self, survey_key: String) -> StoreFuture<'_, Option<DraftRow>> {
        self.read("cannot read the draft", move |conn| {
            first(conn, sql::DRAFT_GET, &[&survey_key], Columns::draft)
        })
    }

    fn surveys(&self) -> StoreFuture<'_, Vec<SurveyRow>> {
        self.read("cannot list the surveys", surveys)
    }

    fn versions(&self, survey_key: String) -> StoreFuture<'_, Vec<VersionRow>> {
        self.read("cannot list the survey's versions", move |conn| {
            all(conn, sql::VERSIONS, &[&survey_key], Columns::version)
        })
    }

    fn publish(&self, version: VersionRow, audit: Option<AuditRow>) -> StoreFuture<'_, u32> {
        self.write("cannot publish the version", move |conn| {
            let published_at = version.published_at.timestamp_millis();
            let id = version.id.as_bytes();
            let values: [&dyn ToSql; 4] = [id, version.survey.as_bytes(), &version.document, &published_at];
            run(conn, sql::VERSION_INSERT, &values)?;
            changed(conn, audit.as_ref())?;
            Ok(first(conn, sql::VERSION_NUMBER, &[id], Columns::get)?.unwrap_or(0))
        })
    }

    fn activate(
        &self,
        service: ServiceId,
        survey: SurveyId,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, ()> {
        self.write("cannot activate the survey", move |conn| {
            let values: [&dyn ToSql; 3] = [service.as_bytes(), survey.as_bytes(), &now.timestamp_millis()];
            if run(conn, sql::ACTIVATION_UPDATE, &values)? == 0 {
                run(conn, sql::ACTIVATION_INSERT, &values)?;
            }
            changed(conn, audit.as_ref())
        })
    }

    fn set_paused(
        &self,
        service: ServiceId,
        paused: bool,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, bool> {
        self.write("cannot pause or resume the survey", move |conn| {
            let values: [&dyn ToSql; 3] = [service.as_bytes(), &paused, &now.timestamp_millis()];
            let found = run(conn, sql::ACTIVATION_PAUSE, &values)? > 0;
            if found {
                changed(conn, audit.as_ref())?;
            }
            Ok(found)
        })
    }
}

/// Tells every node, in the same transaction as the change, that it has to read anew.
pub(super) fn bump(conn: &Connection) -> Result<(), Failure> {
    run(conn, sql::CATALOG_STAMP_BUMP, &[]).map(|_| ())
}

/// The same, with the line of the audit log that tells who made the change.
pub(super) fn changed(conn: &Connection, audit: Option<&AuditRow>) -> Result<(), Failure> {
    bump(conn)?;
    audit.map_or(Ok(()), |audit| insert_audit(conn, audit))
}

fn save_draft(conn: &Connection, draft: &DraftRow, base: DraftBase) -> Result<DraftSaved, Failure> {
    let DraftRow { survey, key, name, document, saved_at, saved_by, .. } = draft;
    let saved_at = saved_at.timestamp_millis();
    let revision = match base {
        DraftBase::Revision(revision) => revision,
        DraftBase::Any | DraftBase::New => 0,
    };
    let values: [&dyn ToSql; 6] = [key, name, document, &saved_at, saved_by, &revision];
    if base != DraftBase::New && run(conn, sql::DRAFT_UPDATE, &values)? > 0 {
        return revision_of(conn, key);
    }
    let is_there = first(conn, sql::DRAFT_REVISION, &[key], Columns::get::<u32>)?.is_some();
    if is_there || matches!(base, DraftBase::Revision(_)) {
        return Ok(DraftSaved::Changed);
    }
    run(conn, sql::DRAFT_INSERT, &[survey.as_bytes(), key, name, document, &saved_at, saved_by])?;
    revision_of(conn, key)
}

fn revision_of(conn: &Connection, key: &str) -> Result<DraftSaved, Failure> {
    let revision = first(conn, sql::DRAFT_REVISION, &[&key], Columns::get)?;
    Ok(revision.map_or(DraftSaved::Changed, DraftSaved::Saved))
}

fn surveys(conn: &Connection) -> Result<Vec<SurveyRow>, Failure> {
    let mut surveys = all(conn, sql::SURVEYS, &[], Columns::survey)?;
    let activations = all(conn, sql::ACTIVATIONS, &[], Columns::activation)?;
    SurveyRow::place(&mut surveys, activations);
    Ok(surveys)
}
