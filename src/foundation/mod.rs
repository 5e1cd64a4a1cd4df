//! Small things that know nothing of surveys: time, chance, ids, secrets, waits, bounded text, and settings that have rules of their own.

mod backoff;
mod chance;
mod clock;
mod ids;
mod lease_timing;
mod link_token;
mod mail;
mod pace;
mod password_hash;
mod rate;
mod second_factor;
mod secret;
pub mod sms;
mod text;
mod token;
mod vip;

pub use backoff::Backoff;
pub use chance::{Chance, SeededChance, SystemChance};
pub use clock::{Clock, ManualClock, SystemClock};
pub use ids::{
    AccountId, ApiKeyId, AuditId, ClaimId, IdError, LifeId, MessageId, NodeId, PromptId, RecordingId,
    ReportMailId, ResponseId, SendingId, ServiceId, SessionId, SurveyId, VersionId, ViewId, WriteId,
};
pub use lease_timing::{LeaseTiming, TimingError};
pub use link_token::LinkToken;
pub use mail::{MailSettings, MailTls};
pub use pace::Pace;
pub use password_hash::{has_hash, hash_password};
pub use rate::TokenBucket;
pub use second_factor::SecondFactor;
pub use secret::Secret;
pub use sms::{
    ConfiguredRoute, HttpGateway, OnUnknown, RouteGateway, SenderRule, SmppGateway, SmsRoute, SmsSettings,
    smpp,
};
pub use text::{BoundedText, TextError};
pub use token::{Token, hash_of};
pub use vip::{VipMode, VipRunDir, VipSettings};
