//! Which prompts there are, looked up anew when the database's stamp has risen, and the addresses they are played from.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::HttpRequest;

use crate::domain::prompt::PromptIndex;
use crate::domain::survey::{Slot, SurveyGraph};
use crate::http::state::Api;
use crate::storage::{PromptForm, PromptRow, PromptStore, StorageError};

/// The newest index of prompts.
#[derive(Debug)]
pub struct PromptShelf {
    index: RwLock<Arc<PromptIndex>>,
    stamp: AtomicI64,
}

impl Default for PromptShelf {
    fn default() -> Self {
        Self { index: RwLock::default(), stamp: AtomicI64::new(-1) }
    }
}

impl PromptShelf {
    /// Reads the prompts anew if the stamp rose.
    pub async fn refresh(&self, prompts: &dyn PromptStore, stamp: u64) -> Result<(), StorageError> {
        let stamp = i64::try_from(stamp).unwrap_or(i64::MAX);
        if self.stamp.load(Ordering::Acquire) != stamp {
            let rows = prompts.prompts().await?;
            let index = PromptIndex::new(rows.into_iter().map(PromptRow::into_entry));
            *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
            self.stamp.store(stamp, Ordering::Release);
        }
        Ok(())
    }

    /// The index as it is now.
    pub fn current(&self) -> Arc<PromptIndex> {
        Arc::clone(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The addresses of prompts as one client reaches them.
#[derive(Debug, Clone)]
pub struct PromptLinks {
    index: Arc<PromptIndex>,
    /// Scheme, host and port, without a slash at the end.
    base: String,
    form: PromptForm,
}

impl PromptLinks {
    /// The addresses for the client of a request: below `ivr_api.public_url`, else where the request went.
    pub(in crate::http) fn of(api: &Api, request: &HttpRequest) -> Self {
        let base = api.settings.public_url.clone().unwrap_or_else(|| {
            let connection = request.connection_info();
            format!("{}://{}", connection.scheme(), connection.host())
        });
        Self::new(api.prompts.current(), base, api.settings.prompt_form)
    }

    /// Addresses below `base`, which has no slash at its end.
    pub fn new(index: Arc<PromptIndex>, base: String, form: PromptForm) -> Self {
        Self { index, base, form }
    }

    /// The address of what is said at a place; `None` when there is no prompt for it.
    pub fn url(&self, graph: &SurveyGraph, slot: Slot<'_>, language: &str) -> Option<String> {
        let entry = self.index.get(&graph.prompt_name(slot), language)?;
        Some(format!("{}/prompts/{}.{}.wav", self.base, entry.id, self.form.as_str()))
    }
}
