//! The rows the storage traits carry: plain data, every field as the domain means it.

mod account;
mod archive;
mod catalog;
mod facts;
mod lease;
mod node;
mod outbox;
mod prompt;
mod report;
mod report_mail;
mod response;
mod rollup;

pub use account::{AccountChange, AccountRow, AuditRow, IdentityRow, LinkRow, SavedViewRow, SessionRow};
pub use archive::{Erased, Erasure, FoundPage, FoundPlace, FoundResponse, ResponseFilter, ValueFilter};
pub(super) use archive::{FoundBy, FoundValues};
pub use catalog::{
    ApiKeyRow, CatalogRow, DraftBase, DraftRow, DraftSaved, KeyScope, NewestVersion, SurveyRow, VersionRow,
};
pub use facts::{StorageFacts, StorageVitals};
pub use lease::LeaseRow;
pub use node::{NodeFacts, NodeFigures, NodeRow, NodeSpool};
pub use outbox::{
    Claim, ClaimedMessage, DueReminder, InboundRow, InviteFacts, InviteRow, MessageRow, OptOutRow,
    OutboxFilter, ReceiptRow, Recovered, ResendRoutes, RouteRow, Settled, StoredMessage,
};
pub use prompt::{PromptAudio, PromptForm, PromptRow, PutPrompt};
pub(super) use report::{AgentNames, Bounds, team_marks};
pub use report::{
    Narrowed, PAIR_MARK, Page, ReportFilter, ReportGroup, ReportRow, StateCountKey, StateCountRow, TallyKey,
    TallyRow,
};
pub use report_mail::{ReportMail, ReportMailRow, SendingEnd, SendingRow};
pub use response::{
    OfferResult, OfferRow, RecordingRow, ResponseFacts, ResponseRow, ResponseUpdate, StoredRecording,
    UpdateOutcome,
};
pub use rollup::{CountedAhead, RollupPeriod};
pub(super) use rollup::{CountedGroup, Counting, StoredGroup, fold_ahead};
