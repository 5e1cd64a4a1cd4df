//! From what is missing in the folder to files of figures.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Work, blocking};
use crate::reports::folder::{FolderError, Listed, ReportFileName, ReportPeriod};
use crate::reports::sheet::{Form, Report, SheetError, figures};
use crate::reports::{Breakdown, Query, ReportError, gather};
use crate::storage::StorageError;
use crate::telemetry::Chain;

/// Files that are not there, of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) period: ReportPeriod,
    pub(super) by: Breakdown,
    pub(super) forms: Vec<Form>,
}

/// What of these periods is not there. Whatever has a file's name counts as there: it is never written over.
pub(super) fn missing(periods: &[ReportPeriod], forms: &[Form], listed: &Listed) -> Vec<Missing> {
    let there: HashSet<String> = listed.files.iter().map(|file| file.name.to_string()).collect();
    let mut all = Vec::new();
    for period in periods {
        for by in period.kind().breakdowns() {
            let is_missing = |form: &Form| {
                !there.contains(&ReportFileName { period: *period, by, form: *form }.to_string())
            };
            let forms: Vec<Form> = forms.iter().copied().filter(is_missing).collect();
            if !forms.is_empty() {
                all.push(Missing { period: *period, by, forms });
            }
        }
    }
    all
}

/// Why files were not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database.
    #[error("cannot read what is to be reported: {0}")]
    Storage(#[from] StorageError),
    /// Figures that cannot be made.
    #[error("cannot make {name}: {why}")]
    Figures {
        /// The file.
        name: ReportFileName,
        /// Why not.
        why: String,
    },
    /// Work on another thread that did not come to its end.
    #[error("writing was broken off: {0}")]
    BrokenOff(String),
}

impl Fault {
    /// Whether it is about one table only.
    pub(super) fn is_of_one(&self) -> bool {
        matches!(self, Self::Figures { .. })
    }
}

impl Work {
    /// Writes files of one table.
    pub(super) async fn write(&self, missing: &Missing) -> Result<(), Fault> {
        let (settings, period, by) = (&self.parts.settings, missing.period, missing.by);
        let days = (period.first(), period.last());
        let query = Query { from: Some(days.0), until: Some(days.1), ..Query::of(by, settings.zone) };
        let name = |form| ReportFileName { period, by, form };
        let not_made =
            |why| Fault::Figures { name: name(missing.forms.first().copied().unwrap_or(Form::Csv)), why };
        let gathered = gather(&*self.parts.catalog, &*self.parts.counts, &query).await;
        let gathered = gathered.map_err(|error| match error {
            ReportError::Storage(error) => error.into(),
            other => not_made(Chain(&other).to_string()),
        })?;
        let sheet = Arc::new(figures(&Report { by, days, figures: &gathered }, settings.min_answers));
        for form in &missing.forms {
            if self.fence().is_none() {
                break;
            }
            let (folder, sheet, form) = (settings.folder.clone(), Arc::clone(&sheet), *form);
            let (name, token) = (name(form), self.parts.chance.bits());
            blocking(move || {
                let bytes = sheet
                    .to_file(form)
                    .map_err(|error: SheetError| Fault::Figures { name, why: Chain(&error).to_string() })?;
                Ok::<_, Fault>(folder.put(name, &bytes, token)?)
            })
            .await??;
            self.written.set(self.written.get() + 1);
            self.missing.set(self.missing.get().saturating_sub(1));
            *self.last_written.borrow_mut() = Some(name.to_string());
            tracing::info!(file = %name, "report file written");
        }
        Ok(())
    }
}
