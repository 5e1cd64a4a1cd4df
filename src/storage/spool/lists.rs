//! What is kept of the database's lists: services and versions, API keys, prompts. They are written to the file when they are
//! read from the database, and read from it when that is away.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::file::SpoolFile;
use super::{Mode, SpooledStorage, is_away, lock};
use crate::foundation::{PromptId, VersionId};
use crate::storage::{
    ApiKeyRow, CatalogRow, PromptForm, PromptRow, StorageError, StorageErrorKind, StoreFuture, VersionRow,
};

/// Prompts whose audio is fetched in one round: a large library is not read all at once.
const AUDIO_PER_ROUND: usize = 20;

/// The lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Catalog,
    Keys,
    Prompts,
}

impl List {
    const ALL: [Self; 3] = [Self::Catalog, Self::Keys, Self::Prompts];

    fn as_str(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Keys => "keys",
            Self::Prompts => "prompts",
        }
    }
}

/// The stamps at which lists were last read.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    /// What the database said last.
    seen: u64,
    kept: [Option<u64>; 3],
    /// The stamp of the prompts whose audio is all here.
    audio: Option<u64>,
}

impl Stamps {
    pub(super) async fn of_file(file: &SpoolFile) -> Result<Self, StorageError> {
        let mut stamps = Self::default();
        for (place, list) in List::ALL.into_iter().enumerate() {
            stamps.kept[place] = file.list(list.as_str()).await?.map(|(stamp, _)| stamp);
        }
        stamps.seen = stamps.kept.into_iter().flatten().max().unwrap_or(0);
        Ok(stamps)
    }

    pub(super) fn has_catalog(&self) -> bool {
        self.kept[0].is_some() && self.kept[1].is_some()
    }

    fn of(&mut self, list: List) -> &mut Option<u64> {
        &mut self.kept[list as usize]
    }
}

impl SpooledStorage {
    pub(super) async fn stamp(&self) -> Result<u64, StorageError> {
        if self.mode() != Mode::Away {
            let read = self.primary.catalog_stamp();
            let stamp = if self.can_serve_alone() { self.attempt(read).await } else { read.await };
            match stamp {
                Ok(stamp) => {
                    lock(&self.lists).seen = stamp;
                    return Ok(stamp);
                }
                Err(error) if self.may_do_without(&error, self.can_serve_alone()) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(lock(&self.lists).seen)
    }

    pub(super) async fn catalog_rows(&self) -> Result<Vec<CatalogRow>, StorageError> {
        let rows = self.listed(List::Catalog, self.primary.catalog()).await?;
        let versions = rows.iter().filter_map(|row| row.active.as_ref());
        self.keep_versions(versions).await;
        Ok(rows)
    }

    pub(super) async fn key_rows(&self) -> Result<Vec<ApiKeyRow>, StorageError> {
        self.listed(List::Keys, self.primary.keys()).await
    }

    pub(super) async fn prompt_rows(&self) -> Result<Vec<PromptRow>, StorageError> {
        self.listed(List::Prompts, self.primary.prompts()).await
    }

    /// A list from the database, kept for later; the kept one where the database is away.
    async fn listed<T: Serialize + DeserializeOwned>(
        &self,
        list: List,
        read: StoreFuture<'_, Vec<T>>,
    ) -> Result<Vec<T>, StorageError> {
        if self.mode() != Mode::Away {
            // The stamp from before the reading: a change in between is read again.
            let stamp = lock(&self.lists).seen;
            let is_kept = lock(&self.lists).of(list).is_some();
            let rows = if is_kept { self.attempt(read).await } else { read.await };
            match rows {
                Ok(rows) => {
                    self.keep(list, stamp, &rows).await;
                    return Ok(rows);
                }
                Err(error) if self.may_do_without(&error, is_kept) => {}
                Err(error) => return Err(error),
            }
        }
        let doing = "cannot read what was kept of the database";
        let kept = self.file.list(list.as_str()).await?;
        let (_, body) = kept.ok_or_else(|| {
            let what = "the database is away, and nothing was kept of it on this node yet";
            StorageError::new(StorageErrorKind::Unavailable, doing, what)
        })?;
        serde_json::from_str(&body)
            .map_err(|error| StorageError::new(StorageErrorKind::Corrupt, doing, error))
    }

    /// Whether what was kept serves instead. A list that takes its time does not yet mean that the database is away.
    fn may_do_without(&self, error: &StorageError, is_kept: bool) -> bool {
        let may = is_kept && is_away(error);
        if may && error.kind != StorageErrorKind::TimedOut {
            self.leave(error);
        }
        may
    }

    async fn keep<T: Serialize>(&self, list: List, stamp: u64, rows: &[T]) {
        if *lock(&self.lists).of(list) == Some(stamp) {
            return;
        }
        let Ok(body) = serde_json::to_string(rows) else { return };
        match self.file.keep_list(list.as_str(), (stamp, body)).await {
            Ok(()) => *lock(&self.lists).of(list) = Some(stamp),
            Err(error) => {
                tracing::warn!(error = %error, "an outage of the database now would find an older list");
            }
        }
    }

    pub(super) async fn version_row(&self, id: VersionId) -> Result<Option<VersionRow>, StorageError> {
        if self.mode() != Mode::Away {
            match self.primary.version(id).await {
                Ok(row) => {
                    self.keep_versions(row.iter()).await;
                    return Ok(row);
                }
                Err(error) if is_away(&error) => self.leave(&error),
                Err(error) => return Err(error),
            }
        }
        let doing = "cannot read the survey's version";
        let kept = self.file.version(id).await?;
        let body = kept.ok_or_else(|| {
            let what = "the database is away, and this version was not asked for on this node before";
            StorageError::new(StorageErrorKind::Unavailable, doing, what)
        })?;
        serde_json::from_str(&body)
            .map_err(|error| StorageError::new(StorageErrorKind::Corrupt, doing, error))
    }

    async fn keep_versions(&self, versions: impl Iterator<Item = &VersionRow>) {
        let bodies: Vec<_> =
            versions.filter_map(|row| Some((row.id, serde_json::to_string(row).ok()?))).collect();
        if bodies.is_empty() {
            return;
        }
        if let Err(error) = self.file.keep_versions(bodies).await {
            tracing::warn!(error = %error, "an outage of the database now would find versions missing");
        }
    }

    pub(super) async fn audio(
        &self,
        id: PromptId,
        form: PromptForm,
    ) -> Result<Option<Vec<u8>>, StorageError> {
        if self.mode() != Mode::Away {
            match self.primary.prompt_audio(id, form).await {
                Err(error) if is_away(&error) => self.leave(&error),
                answer => return answer,
            }
        }
        if let Some(audio) = self.file.audio(id, form).await? {
            return Ok(Some(audio));
        }
        let what = "the database is away, and this prompt was not kept on this node yet";
        Err(StorageError::new(StorageErrorKind::Unavailable, "cannot read the prompt", what))
    }

    /// Fetches the audio of prompts that are not here yet, and drops what is no longer in use. Trouble is told and not more:
    /// it is tried again in the next round.
    pub(super) async fn keep_audio(&self) {
        let (stamp, done) = {
            let mut lists = lock(&self.lists);
            (*lists.of(List::Prompts), lists.audio)
        };
        if stamp.is_none() || stamp == done {
            return;
        }
        match self.fetch_audio().await {
            Ok(true) => lock(&self.lists).audio = stamp,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(error = %error, "an outage of the database now would find prompts missing");
            }
        }
    }

    /// One round of it; whether everything is here.
    async fn fetch_audio(&self) -> Result<bool, StorageError> {
        let prompts = self.primary.prompts().await?;
        let here = self.file.audio_ids().await?;
        let unused =
            here.iter().filter(|id| !prompts.iter().any(|prompt| prompt.id == **id)).copied().collect();
        self.file.drop_audio(unused).await?;
        let missing: Vec<PromptId> =
            prompts.iter().map(|prompt| prompt.id).filter(|id| !here.contains(id)).collect();
        for id in missing.iter().take(AUDIO_PER_ROUND) {
            let mut forms = Vec::new();
            for form in PromptForm::ALL {
                if let Some(audio) = self.primary.prompt_audio(*id, form).await? {
                    forms.push((form, audio));
                }
            }
            self.file.keep_audio(*id, forms).await?;
        }
        Ok(missing.len() <= AUDIO_PER_ROUND)
    }
}
