//! Services, surveys, versions and activations in SQL Server. Every change raises the stamp first: the row it holds from
//! then on lets changes happen one after the other, on whichever node.

use chrono::{DateTime, Utc};

use super::accounts::audited;
use super::change::{Change, Made, first};
use super::fault::Failure;
use super::responses::{all, count};
use super::value::values;
use super::{MssqlStorage, Statement, statements as sql};
use crate::domain::contact::Service;
use crate::foundation::{ServiceId, SurveyId, VersionId};
use crate::storage::columns::Columns;
use crate::storage::{
    AuditRow, CatalogRow, CatalogStore, DraftBase, DraftRow, DraftSaved, StoreFuture, SurveyRow, VersionRow,
};

impl CatalogStore for MssqlStorage {
    fn catalog_stamp(&self) -> StoreFuture<'_, u64> {
        self.read("cannot see whether the surveys changed", sql::CATALOG_STAMP, Vec::new(), count)
    }

    fn catalog(&self) -> StoreFuture<'_, Vec<CatalogRow>> {
        self.read("cannot read the active surveys", sql::CATALOG, Vec::new(), |answers| {
            all(answers, Columns::catalog_row)
        })
    }

    fn version(&self, id: VersionId) -> StoreFuture<'_, Option<VersionRow>> {
        self.read("cannot read the survey's version", sql::VERSION_GET, values![id.as_bytes()], |answers| {
            Ok(first(answers).map(|mut row| row.version()).transpose()?)
        })
    }

    fn add_service(&self, service: Service, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        let values = values![
            service.id.as_bytes(),
            service.name.as_str(),
            service.name.to_lowercase(),
            service.channel.as_str(),
            service.dn.unwrap_or_default(),
        ];
        let change = told(raised().then(sql::SERVICE_INSERT, values), audit.as_ref())
            .made_if(sql::SERVICE_EXISTS, values![service.id.as_bytes()]);
        self.change("cannot add the service", change, done)
    }

    fn services(&self) -> StoreFuture<'_, Vec<Service>> {
        self.read("cannot list the services", sql::SERVICES, Vec::new(), |answers| {
            all(answers, Columns::service)
        })
    }

    fn save_draft(
        &self,
        draft: DraftRow,
        base: DraftBase,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, DraftSaved> {
        let DraftRow { survey, key, name, document, saved_at, saved_by, .. } = draft;
        let saved_at = saved_at.timestamp_millis();
        let update = |revision: u32| {
            values![key.as_str(), name.as_str(), document.as_str(), saved_at, saved_by.as_str(), revision]
        };
        let insert = values![
            survey.as_bytes(),
            key.as_str(),
            name.as_str(),
            document.as_str(),
            saved_at,
            saved_by.as_str(),
        ];
        let change = match base {
            DraftBase::Any => raised().then(sql::DRAFT_UPDATE, update(0)).instead(sql::DRAFT_INSERT, insert),
            DraftBase::New => {
                raised().unless(sql::DRAFT_REVISION, values![key.as_str()]).then(sql::DRAFT_INSERT, insert)
            }
            DraftBase::Revision(revision) => raised().or_undo(sql::DRAFT_UPDATE, update(revision)),
        };
        let change = told(change, audit.as_ref())
            .result(sql::DRAFT_REVISION, values![key.as_str()])
            .made_if(sql::DRAFT_MADE, values![key, saved_at, saved_by]);
        self.change("cannot save the draft", change, |made| match made {
            Made::Done(Some(mut row)) => Ok(DraftSaved::Saved(row.get()?)),
            Made::Done(None) | Made::Undone => Ok(DraftSaved::Changed),
        })
    }

    fn draft(&self, survey_key: String) -> StoreFuture<'_, Option<DraftRow>> {
        self.read("cannot read the draft", sql::DRAFT_GET, values![survey_key], |answers| {
            Ok(first(answers).map(|mut row| row.draft()).transpose()?)
        })
    }

    fn surveys(&self) -> StoreFuture<'_, Vec<SurveyRow>> {
        const DOING: &str = "cannot list the surveys";
        self.run(DOING, |engine| async move {
            let surveys = engine.ask(Statement::Once(sql::SURVEYS), &[], None).await?;
            let activations = engine.ask(Statement::Once(sql::ACTIVATIONS), &[], None).await?;
            let listed = all(surveys, Columns::survey).and_then(|mut surveys| {
                SurveyRow::place(&mut surveys, all(activations, Columns::activation)?);
                Ok(surveys)
            });
            listed.map_err(|failure| engine.fault(failure))
        })
    }

    fn versions(&self, survey_key: String) -> StoreFuture<'_, Vec<VersionRow>> {
        self.read("cannot list the survey's versions", sql::VERSIONS, values![survey_key], |answers| {
            all(answers, Columns::version)
        })
    }

    fn publish(&self, version: VersionRow, audit: Option<AuditRow>) -> StoreFuture<'_, u32> {
        let VersionRow { id, survey, document, published_at, .. } = version;
        let values = values![id.as_bytes(), survey.as_bytes(), document, published_at.timestamp_millis()];
        let change = told(raised().then(sql::VERSION_INSERT, values), audit.as_ref())
            .result(sql::VERSION_NUMBER, values![id.as_bytes()])
            .made_if(sql::VERSION_NUMBER, values![id.as_bytes()]);
        self.change("cannot publish the version", change, |made| match made {
            Made::Done(Some(mut row)) => Ok(row.get()?),
            Made::Done(None) | Made::Undone => Ok(0),
        })
    }

    fn activate(
        &self,
        service: ServiceId,
        survey: SurveyId,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, ()> {
        let values = || values![service.as_bytes(), survey.as_bytes(), now.timestamp_millis()];
        let change =
            raised().then(sql::ACTIVATION_UPDATE, values()).instead(sql::ACTIVATION_INSERT, values());
        self.change("cannot activate the survey", told(change, audit.as_ref()), done)
    }

    fn set_paused(
        &self,
        service: ServiceId,
        paused: bool,
        now: DateTime<Utc>,
        audit: Option<AuditRow>,
    ) -> StoreFuture<'_, bool> {
        let values = values![service.as_bytes(), paused, now.timestamp_millis()];
        let change = told(raised().or_undo(sql::ACTIVATION_PAUSE, values), audit.as_ref());
        self.change("cannot pause or resume the survey", change, |made| Ok(made.is_done()))
    }
}

/// A change that tells every node, in the same transaction, that it has to read anew.
pub(super) fn raised() -> Change {
    Change::of(sql::CATALOG_STAMP_BUMP, Vec::new())
}

/// A change with the line of the audit log that tells who made it, where there is one; by that line it is known, after a break,
/// that the change was made, unless it is told a better way.
pub(super) fn told(change: Change, audit: Option<&AuditRow>) -> Change {
    match audit {
        Some(audit) => audited(change, audit),
        None => change,
    }
}

/// Of a change that is always done.
#[expect(clippy::unnecessary_wraps, reason = "the form of all that read the outcome of a change")]
pub(super) fn done(_made: Made) -> Result<(), Failure> {
    Ok(())
}
