//! Services, surveys, versions and API keys.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::contact::Service;
use crate::foundation::{ApiKeyId, SurveyId, VersionId};

/// A service and what is active on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogRow {
    /// The service.
    pub service: Service,
    /// Whether the activation is paused; false when nothing is active.
    pub paused: bool,
    /// The newest version of the active survey.
    pub active: Option<VersionRow>,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Its id.
    pub id: VersionId,
    /// The survey it belongs to.
    pub survey: SurveyId,
    /// Its number, from 1; ignored by `publish`, which assigns it.
    pub number: u32,
    /// The survey document as JSON.
    pub document: String,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// A survey's draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// The survey.
    pub survey: SurveyId,
    /// Its key, unique.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The survey document as JSON.
    pub document: String,
    /// When the draft was last saved.
    pub saved_at: DateTime<Utc>,
    /// Who saved it, for people; empty: not known.
    pub saved_by: String,
    /// Rises with every save, from 1; ignored by `save_draft`, which raises it.
    pub revision: u32,
}

/// What a draft that is saved takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftBase {
    /// Whatever there is, or nothing.
    Any,
    /// Nothing: the survey is new.
    New,
    /// The draft of this revision, which was read before.
    Revision(u32),
}

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftSaved {
    /// It is saved, with this revision.
    Saved(u32),
    /// It is not: there is another one than it was based on.
    Changed,
}

/// A survey in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyRow {
    /// The survey.
    pub survey: SurveyId,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// When the draft was last saved.
    pub draft_saved_at: DateTime<Utc>,
    /// The draft's revision.
    pub draft_revision: u32,
    /// Who saved the draft last; empty: not known.
    pub draft_saved_by: String,
    /// Whether the draft differs from the newest version; true when there is none.
    pub has_changes: bool,
    /// The newest version.
    pub newest: Option<NewestVersion>,
    /// The services it is active on, and whether it is paused there.
    pub active_on: Vec<(String, bool)>,
}

impl SurveyRow {
    /// Puts where surveys are active into their rows.
    pub(in crate::storage) fn place(surveys: &mut [Self], activations: Vec<(SurveyId, (String, bool))>) {
        for (survey, place) in activations {
            if let Some(row) = surveys.iter_mut().find(|row| row.survey == survey) {
                row.active_on.push(place);
            }
        }
    }
}

/// A survey's newest version in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewestVersion {
    /// Its id.
    pub id: VersionId,
    /// Its number.
    pub number: u32,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// The IVR API.
    Ivr,
    /// The chat API.
    Chat,
    /// Reading results.
    Read,
    /// Drills and everything an operator may do over HTTP.
    Admin,
}

impl KeyScope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Ivr, Self::Chat, Self::Read, Self::Admin];

    /// The word used in the CLI and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ivr => "ivr",
            Self::Chat => "chat",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }

    /// The scope of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// An API key; the secret itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRow {
    /// Its id.
    pub id: ApiKeyId,
    /// Its name, unique among keys that are not revoked.
    pub name: String,
    /// SHA-256 of the secret. The secret has 160 random bits, so a slow hash would add nothing.
    pub hash: [u8; 32],
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}
