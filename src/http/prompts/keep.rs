//! One prompt as it is kept: stored from a file, and removed, for whoever may do it.

use std::sync::Arc;

use actix_web::web::Bytes;
use serde_json::json;

use crate::actors::prompt_folder::{PromptPlace, fingerprint, prepare_prompt};
use crate::audit::{Actor, Deed, audit_row};
use crate::domain::account::AuditAction;
use crate::domain::prompt::PromptName;
use crate::domain::survey::SurveyGraph;
use crate::http::error::ApiError;
use crate::http::state::Api;
use crate::storage::{PromptRow, PutPrompt};

/// Where a prompt is kept.
pub(in crate::http) struct Place {
    pub(in crate::http) name: PromptName,
    /// In small letters.
    pub(in crate::http) language: String,
}

impl Place {
    pub(super) fn nothing_there(&self) -> ApiError {
        ApiError::no_such_prompt(format!("there is no prompt `{}` in `{}`", self.name, self.language))
    }

    pub(super) async fn stored(&self, api: &Api) -> Result<Option<PromptRow>, ApiError> {
        let rows = api.prompt_store.prompts().await?;
        Ok(rows.into_iter().find(|row| row.name == self.name && row.language == self.language))
    }

    /// Converts and stores a file; what is stored now, and what became of it.
    pub(in crate::http) async fn store(
        &self,
        api: &Api,
        file: Bytes,
        source: String,
        actor: &Actor,
    ) -> Result<(PromptRow, &'static str), ApiError> {
        let sha256 = fingerprint(&file);
        let before = self.stored(api).await?;
        let stored = if before.is_some() { "replaced" } else { "new" };
        if let Some(same) = before.filter(|row| row.source_sha256 == sha256) {
            return Ok((same, "unchanged"));
        }
        let place = PromptPlace { name: self.name.clone(), language: self.language.clone(), source };
        let (now, chance, limits) = (api.clock.now(), Arc::clone(&api.chance), api.settings.prompt_limits);
        let prepared = {
            let _turn = api.prompts.converting.acquire().await;
            actix_web::web::block(move || prepare_prompt(&file, place, limits, now, &*chance)).await
        };
        let prepared = prepared.map_err(|_| ApiError::internal("the conversion of a prompt panicked"))?;
        let (row, audio) = prepared.map_err(|error| ApiError::audio(&error))?;
        let after = json!({"language": row.language, "source": row.source});
        let deed = Deed::new(AuditAction::PromptStored, row.name.as_str(), after);
        let told = audit_row(actor, deed, now, &*api.chance);
        let put = api.prompt_store.put_prompt(row.clone(), audio, Some(told)).await?;
        self.show_change(api).await;
        match put {
            PutPrompt::Stored => Ok((row, stored)),
            // Somebody else sent the same file meanwhile.
            PutPrompt::Unchanged => {
                let there = self.stored(api).await?;
                there.map(|row| (row, "unchanged")).ok_or_else(|| self.nothing_there())
            }
        }
    }

    /// Removes it; without `force` only while no active survey needs it.
    pub(in crate::http) async fn remove(
        &self,
        api: &Api,
        force: bool,
        actor: &Actor,
    ) -> Result<(), ApiError> {
        if !force {
            self.check_unused(api).await?;
        }
        let now = api.clock.now();
        let after = json!({"language": self.language});
        let deed = Deed::new(AuditAction::PromptRemoved, self.name.as_str(), after);
        let audit = audit_row(actor, deed, now, &*api.chance);
        let (name, language) = (self.name.clone(), self.language.clone());
        if !api.prompt_store.remove_prompt(name, language, now, Some(audit)).await? {
            return Err(self.nothing_there());
        }
        self.show_change(api).await;
        Ok(())
    }

    /// Shows a change on this node at once; the other looks every moment by itself, as this one does where it fails here.
    async fn show_change(&self, api: &Api) {
        if let Err(error) = api.prompts.read_changed(&*api.prompt_store).await {
            tracing::warn!(error = %error, "a prompt was changed and is shown as soon as the database can be read");
        }
    }

    /// Refuses while an active survey, paused or not, needs the prompt.
    async fn check_unused(&self, api: &Api) -> Result<(), ApiError> {
        let prompts = api.prompts.current();
        for row in api.catalog.catalog().await? {
            let Some(version) = row.active else { continue };
            let Ok(graph) = SurveyGraph::from_json(&version.document) else { continue };
            if graph.needs_prompt(&prompts, &self.name, &self.language) {
                return Err(ApiError::prompt_in_use(format!(
                    "the survey `{}`, which is active on {}, needs the prompt `{}` in `{}`: store another in its place, or \
                     remove it all the same with force=true",
                    graph.key(),
                    row.service.name,
                    self.name,
                    self.language
                )));
            }
        }
        Ok(())
    }
}
