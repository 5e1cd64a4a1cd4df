//! What the surveys of a site say, drafts included: a prompt is recorded before its survey can be published.

use crate::domain::prompt_library::{Wanted, wanted};
use crate::domain::survey::SurveyGraph;
use crate::storage::{CatalogStore, StorageError};

/// A survey with everything callers may hear of it.
#[derive(Debug, Clone)]
pub struct SaidBySurvey {
    /// Its key.
    pub key: String,
    /// The draft.
    pub draft: Option<SurveyGraph>,
    /// The newest published version.
    pub newest: Option<SurveyGraph>,
    /// Whether callers are asked it somewhere.
    pub active: bool,
}

impl SaidBySurvey {
    /// What its draft and its newest version say, each once.
    pub fn wanted(&self) -> Vec<Wanted> {
        let mut all: Vec<Wanted> = self.draft.iter().flat_map(wanted).collect();
        for want in self.newest.iter().flat_map(wanted) {
            if !all.iter().any(|there| there.name == want.name && there.language == want.language) {
                all.push(want);
            }
        }
        all
    }
}

/// All surveys by key. A document that this program cannot read says nothing.
pub async fn surveys_said(catalog: &dyn CatalogStore) -> Result<Vec<SaidBySurvey>, StorageError> {
    let graph = |document: &str| SurveyGraph::from_json(document).ok();
    let mut all = Vec::new();
    for survey in catalog.surveys().await? {
        let draft = catalog.draft(survey.key.clone()).await?.and_then(|row| graph(&row.document));
        let newest = match survey.newest {
            Some(newest) => catalog.version(newest.id).await?.and_then(|row| graph(&row.document)),
            None => None,
        };
        all.push(SaidBySurvey { key: survey.key, draft, newest, active: !survey.active_on.is_empty() });
    }
    Ok(all)
}
