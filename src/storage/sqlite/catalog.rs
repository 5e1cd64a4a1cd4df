//! Services, surveys, versions and activations in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::statements as sql;
use crate::domain::contact::Service;
use crate::foundation::{ServiceId, SurveyId, VersionId};
use crate::storage::columns::Columns;
use crate::storage::{CatalogRow, CatalogStore, DraftRow, StoreFuture, SurveyRow, VersionRow};

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

    fn add_service(&self, service: Service) -> StoreFuture<'_, ()> {
        self.write("cannot add the service", move |conn| {
            let values: [&dyn ToSql; 5] = [
                service.id.as_bytes(),
                &service.name,
                &service.name.to_lowercase(),
                &service.channel.as_str(),
                &service.dn,
            ];
            run(conn, sql::SERVICE_INSERT, &values)?;
            bump(conn)
        })
    }

    fn services(&self) -> StoreFuture<'_, Vec<Service>> {
        self.read("cannot list the services", |conn| all(conn, sql::SERVICES, &[], Columns::service))
    }

    fn save_draft(&self, draft: DraftRow) -> StoreFuture<'_, ()> {
        self.write("cannot save the draft", move |conn| {
            let saved_at = draft.saved_at.timestamp_millis();
            let values: [&dyn ToSql; 4] = [&draft.key, &draft.name, &draft.document, &saved_at];
            if run(conn, sql::DRAFT_UPDATE, &values)? == 0 {
                let values: [&dyn ToSql; 5] =
                    [draft.survey.as_bytes(), &draft.key, &draft.name, &draft.document, &saved_at];
                run(conn, sql::DRAFT_INSERT, &values)?;
            }
            bump(conn)
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

    fn publish(&self, version: VersionRow) -> StoreFuture<'_, u32> {
        self.write("cannot publish the version", move |conn| {
            let published_at = version.published_at.timestamp_millis();
            let id = version.id.as_bytes();
            let values: [&dyn ToSql; 4] = [id, version.survey.as_bytes(), &version.document, &published_at];
            run(conn, sql::VERSION_INSERT, &values)?;
            bump(conn)?;
            Ok(first(conn, sql::VERSION_NUMBER, &[id], Columns::get)?.unwrap_or(0))
        })
    }

    fn activate(&self, service: ServiceId, survey: SurveyId, now: DateTime<Utc>) -> StoreFuture<'_, ()> {
        self.write("cannot activate the survey", move |conn| {
            let values: [&dyn ToSql; 3] = [service.as_bytes(), survey.as_bytes(), &now.timestamp_millis()];
            if run(conn, sql::ACTIVATION_UPDATE, &values)? == 0 {
                run(conn, sql::ACTIVATION_INSERT, &values)?;
            }
            bump(conn)
        })
    }

    fn set_paused(&self, service: ServiceId, paused: bool, now: DateTime<Utc>) -> StoreFuture<'_, bool> {
        self.write("cannot pause or resume the survey", move |conn| {
            let values: [&dyn ToSql; 3] = [service.as_bytes(), &paused, &now.timestamp_millis()];
            let found = run(conn, sql::ACTIVATION_PAUSE, &values)? > 0;
            if found {
                bump(conn)?;
            }
            Ok(found)
        })
    }
}

/// Tells every node, in the same transaction as the change, that it has to read anew.
pub(super) fn bump(conn: &Connection) -> Result<(), Failure> {
    run(conn, sql::CATALOG_STAMP_BUMP, &[]).map(|_| ())
}

fn surveys(conn: &Connection) -> Result<Vec<SurveyRow>, Failure> {
    let mut surveys = all(conn, sql::SURVEYS, &[], Columns::survey)?;
    let activations = all(conn, sql::ACTIVATIONS, &[], Columns::activation)?;
    SurveyRow::place(&mut surveys, activations);
    Ok(surveys)
}
