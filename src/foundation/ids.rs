//! Typed ids: `UUIDv7`, so that keys are ordered by time and new rows land on the newest pages.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Chance;

/// A text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id: expected 36 characters such as 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct IdError(String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id for something that comes into being at `now`.
            pub fn new(now: DateTime<Utc>, chance: &dyn Chance) -> Self {
                let mut random = [0u8; 10];
                random[..8].copy_from_slice(&chance.bits().to_be_bytes());
                random[8..].copy_from_slice(&chance.bits().to_be_bytes()[..2]);
                let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// When it was made, to the millisecond; `None` for an id that holds no time.
            pub fn made_at(&self) -> Option<DateTime<Utc>> {
                let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
                DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
            }

            /// The id from its 16 stored bytes, big-endian.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes that are stored, big-endian (they sort by time).
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError(text.chars().take(40).collect()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

id! {
    /// One customer's run through a survey; also the id of the offer that began it.
    ResponseId
}
id! {
    /// Filters of a page that a person saved.
    ViewId
}
id! {
    /// A report that a person has sent by mail.
    ReportMailId
}
id! {
    /// One try to send a report by mail.
    SendingId
}
id! {
    /// A message in the outbox.
    MessageId
}
id! {
    /// One time that messages of the outbox were taken in hand.
    ClaimId
}
id! {
    /// A survey: the thing with a key, a draft and published versions.
    SurveyId
}
id! {
    /// One published, immutable version of a survey.
    VersionId
}
id! {
    /// A service: what a contact belongs to.
    ServiceId
}
id! {
    /// An API key (not its secret).
    ApiKeyId
}
id! {
    /// The audio of a prompt: a new one whenever the audio changes, so that it can be kept in caches for good.
    PromptId
}
id! {
    /// A voice recording. Made of what it holds: the same recording sent twice has the same id.
    RecordingId
}
id! {
    /// One change of a response: the same key again is the same change again.
    WriteId
}
id! {
    /// The account of a person who signs in.
    AccountId
}
id! {
    /// A person's session (not its secret).
    SessionId
}
id! {
    /// A line of the audit log.
    AuditId
}
id! {
    /// A node, for good: kept in its data folder, whatever the node is called.
    NodeId
}
id! {
    /// One life of a node: another one after each start of the program.
    LifeId
}

impl MessageId {
    /// The id of the message that has this part in that: of all who make it, one does. A `UUIDv8` of their SHA-256.
    pub fn of(cause: &[u8], part: &str) -> Self {
        let mut hash = Sha256::new();
        // Its length first, so that no end of a cause can pass for the beginning of a part.
        hash.update((cause.len() as u64).to_be_bytes());
        hash.update(cause);
        hash.update(part.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// As 32 small hexadecimal digits, for gateways.
    pub fn key(self) -> String {
        self.0.simple().to_string()
    }

    /// The message of a key that a gateway gives back.
    pub fn of_key(key: &str) -> Option<Self> {
        (key.len() == 32).then(|| Uuid::try_parse(key).ok().map(Self))?
    }
}

impl RecordingId {
    /// The id of this audio as the answer to this question of this response: a `UUIDv8` of their SHA-256.
    pub fn of(response: ResponseId, question: &str, audio: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(response.as_bytes());
        // Its length first, so that no end of a key can pass for the beginning of the audio.
        hash.update((question.len() as u64).to_be_bytes());
        hash.update(question.as_bytes());
        hash.update(audio);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    #[test]
    fn a_recording_has_the_same_id_again_and_any_other_has_another() {
        let chance = SeededChance::new(1);
        let [one, two] = [1, 2].map(|_| ResponseId::new(DateTime::UNIX_EPOCH, &chance));
        let id = RecordingId::of(one, "say", b"audio");
        assert_eq!(id, RecordingId::of(one, "say", b"audio"));
        for other in [(two, "say", &b"audio"[..]), (one, "sa", b"yaudio"), (one, "say", b"audi")] {
            assert_ne!(id, RecordingId::of(other.0, other.1, other.2), "{other:?}");
        }
        assert_eq!(id.0.get_version_num(), 8);
        assert_eq!(id.to_string().parse(), Ok(id));
    }
}
