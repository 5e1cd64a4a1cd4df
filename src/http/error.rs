//! The one gate for errors: what happened inside becomes a status, a code and a sentence for the script's developer.
//! Nothing else of an inner error leaves the program; the rest is in the log under the id that is sent.

use std::time::Duration;

use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};

use crate::actors::survey_engine::EngineError;
use crate::audio::AudioError;
use crate::foundation::TextError;
use crate::storage::{KeyScope, StorageError, StorageErrorKind};
use crate::supervise::AskError;

/// An error as a client sees it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<Duration>,
    /// The methods the path takes, where another one came.
    allow: Option<&'static str>,
    /// What only the log is told.
    inner: Option<String>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None, allow: None, inner: None }
    }

    /// Nothing proves that a gateway's request is the gateway's.
    pub fn not_signed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not_signed", message)
    }

    /// The request cannot be read.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    /// A parameter is missing.
    pub fn missing(name: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "missing_parameter", format!("the parameter `{name}` is missing"))
    }

    /// A parameter has a value it cannot have.
    pub fn parameter(name: &str, why: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_parameter", format!("the parameter `{name}` {why}"))
    }

    /// A text is too long or not a text.
    pub fn text(name: &str, error: &TextError) -> Self {
        Self::parameter(name, error)
    }

    /// The body is too large.
    pub fn too_large(max: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("the body is larger than {max} bytes"))
    }

    /// A recording is too large.
    pub fn recording_too_large(max: usize) -> Self {
        let message =
            format!("the recording is larger than {max} bytes; `recordings.max_bytes` sets the limit");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    /// The body came too slowly.
    pub fn too_slow(limit: Duration) -> Self {
        let message = format!("the body did not arrive within {} seconds; send it again", limit.as_secs());
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", message)
    }

    /// There is no such recording.
    pub fn unknown_recording() -> Self {
        let message = "there is no recording with this id; the value of a recorded answer is its id";
        Self::new(StatusCode::NOT_FOUND, "unknown_recording", message)
    }

    /// There was a recording, of this moment.
    pub fn recording_gone(at: DateTime<Utc>) -> Self {
        let message = format!(
            "the recording of {} was deleted when its retention was over; the survey's recording_retention_days says \
             how long recordings are kept",
            at.format("%Y-%m-%d")
        );
        Self::new(StatusCode::GONE, "recording_deleted", message)
    }

    /// No conversation of a chat has this id.
    pub fn unknown_conversation() -> Self {
        let message = "no survey was opened for this conversation of this service within 30 days";
        Self::new(StatusCode::NOT_FOUND, "unknown_conversation", message)
    }

    /// Nobody could open a link.
    pub fn no_page() -> Self {
        let message = "this node serves no page to link to: set portal.enabled, or portal.customer_url where another node does";
        Self::new(StatusCode::CONFLICT, "no_page", message)
    }

    /// There is no such prompt.
    pub fn no_such_prompt(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "no_such_prompt", message)
    }

    /// A prompt cannot be removed.
    pub fn prompt_in_use(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "prompt_in_use", message)
    }

    /// A file cannot be used as audio.
    pub fn audio(error: &AudioError) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.code(), format!("the audio {error}"))
    }

    /// The database did not do it.
    pub fn storage(kind: StorageErrorKind, what: impl Into<String>) -> Self {
        match kind {
            StorageErrorKind::Internal | StorageErrorKind::Corrupt => Self::internal(what),
            StorageErrorKind::SpoolFull => {
                let message =
                    "the database is away and this node can keep no more; ask the other node, or later";
                let mut error = Self::new(StatusCode::INSUFFICIENT_STORAGE, "spool_full", message);
                error.inner = Some(what.into());
                error
            }
            _ => {
                let message = "the database does not take this now; the same request may be sent again";
                Self::unavailable("storage_unavailable", message, Some(what.into()))
            }
        }
    }

    /// A range begins behind the end of what there is.
    pub fn range(length: u64) -> Self {
        let message = format!("the range begins behind the end: there are {length} bytes");
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "bad_range", message)
    }

    /// There is no such page.
    pub fn no_such_path() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "no_such_path",
            "there is nothing at this path; see /docs for all there is",
        )
    }

    /// The path takes the methods in `allow` (as the header of this name lists them), not the one that came.
    pub fn wrong_method(allow: &'static str) -> Self {
        let message = format!("this path takes {} only", allow.replace(", ", " and "));
        let mut error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", message);
        error.allow = Some(allow);
        error
    }

    /// No key.
    pub fn no_key() -> Self {
        let how = "an API key is needed: header X-API-Key, HTTP Basic password, or api_key in the address";
        Self::new(StatusCode::UNAUTHORIZED, "no_key", how)
    }

    /// A key we do not know.
    pub fn unknown_key() -> Self {
        let how = "the API key is unknown or revoked; `aftercall apikey create` makes one";
        Self::new(StatusCode::UNAUTHORIZED, "unknown_key", how)
    }

    /// A key for something else.
    pub fn wrong_scope(needed: KeyScope) -> Self {
        let needed = needed.as_str();
        Self::new(
            StatusCode::FORBIDDEN,
            "wrong_scope",
            format!("the API key does not have the scope `{needed}`"),
        )
    }

    /// Too fast.
    pub fn too_many(wait: Duration) -> Self {
        let mut error =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "this API key is asking too fast");
        error.retry_after = Some(wait);
        error
    }

    /// The server's own deadline passed.
    pub fn deadline() -> Self {
        Self::unavailable("deadline", "this took too long; the same request may be sent again", None)
    }

    /// A fault of ours.
    pub fn internal(inner: impl Into<String>) -> Self {
        let what = "a fault of the server; it is in the log under the id";
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", what);
        error.inner = Some(inner.into());
        error
    }

    fn unavailable(code: &'static str, message: &str, inner: Option<String>) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message);
        error.retry_after = Some(Duration::from_secs(1));
        error.inner = inner;
        error
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code a script can branch on.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// How long to wait before trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The methods the path takes, where another one came: for the header `Allow`.
    pub fn allow(&self) -> Option<&'static str> {
        self.allow
    }

    /// What the log is told under the error's id; nothing when the client's words say it all.
    pub fn inner(&self) -> Option<&str> {
        self.inner.as_deref()
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        match error {
            EngineError::UnknownResponse(_) => Self::new(StatusCode::NOT_FOUND, "unknown_response", message),
            EngineError::Closed(_) => Self::new(StatusCode::CONFLICT, "response_closed", message),
            EngineError::Refused(refusal) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.code(), message)
            }
            EngineError::Busy => Self::unavailable("busy", &message, None),
            EngineError::Starting => Self::unavailable("starting", &message, None),
            EngineError::Storage { kind, what } => Self::storage(kind, what),
        }
    }
}

impl From<&StorageError> for ApiError {
    fn from(error: &StorageError) -> Self {
        Self::storage(error.kind, error.to_string())
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        Self::from(&error)
    }
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::TimedOut { .. } => Self::deadline(),
            AskError::Overloaded { .. } => {
                Self::unavailable("overloaded", "too many requests are waiting; try again", None)
            }
            AskError::Stopped { .. } => {
                Self::unavailable("stopping", "this node is stopping; ask the other one", None)
            }
            crashed @ AskError::Crashed { .. } => Self::internal(crashed.to_string()),
        }
    }
}
