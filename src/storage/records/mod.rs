//! The rows the storage traits carry: plain data, every field as the domain means it.

mod account;
mod catalog;
mod facts;
mod lease;
mod node;
mod prompt;
mod report;
mod response;

pub use account::{AccountChange, AccountRow, AuditRow, LinkRow, SessionRow};
pub use catalog::{ApiKeyRow, CatalogRow, DraftRow, KeyScope, NewestVersion, SurveyRow, VersionRow};
pub use facts::{StorageFacts, StorageVitals};
pub use lease::LeaseRow;
pub use node::{NodeFacts, NodeFigures, NodeRow, NodeSpool};
pub use prompt::{PromptAudio, PromptForm, PromptRow, PutPrompt};
pub(super) use report::{AgentNames, Bounds};
pub use report::{
    Page, ReportFilter, ReportGroup, ReportRow, StateCountKey, StateCountRow, TallyKey, TallyRow,
};
pub use response::{
    OfferResult, OfferRow, RecordingRow, ResponseFacts, ResponseRow, ResponseUpdate, StoredRecording,
    UpdateOutcome,
};
