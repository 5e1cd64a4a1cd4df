//! Errors of the API for people: a status, a code that scripts can branch on, and a sentence for the person.

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::domain::account::Right;
use crate::http::error::ApiError;
use crate::reports::sheet::SheetError;
use crate::storage::StorageError;
use crate::telemetry::Chain;

/// An error as a person's browser sees it.
#[derive(Debug)]
pub(super) struct PortalError {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after: Option<Duration>,
}

impl PortalError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    /// Nobody is signed in.
    pub(super) fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            "you are not signed in, or your session is over: sign in again",
        )
    }

    /// A request that may not come from our own pages.
    pub(super) fn bad_csrf() -> Self {
        Self::new(StatusCode::FORBIDDEN, "bad_csrf", "this page is out of date: load it anew and try again")
    }

    /// The role does not go so far.
    pub(super) fn no_right(right: Right) -> Self {
        let what = match right {
            Right::SeeResults => "see results",
            Right::SeeAllTeams => "see files that hold the figures of all teams",
            Right::SendReports => "have reports sent by mail",
            Right::SeeNumbers => "see customers' numbers",
            Right::EditSurveys => "change surveys and services",
            Right::Invite => "invite customers",
            Right::ForgetPeople => "erase what there is of a customer",
            Right::SeeSystem => "see how the system is",
            Right::ManageUsers => "manage users and API keys",
        };
        Self::new(
            StatusCode::FORBIDDEN,
            "no_right",
            format!("your role does not allow you to {what}; an administrator can give you another role"),
        )
    }

    /// What was sent cannot be read.
    pub(super) fn malformed(why: &dyn fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", format!("the request cannot be read: {why}"))
    }

    /// Something that was sent cannot be used.
    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// Something stands in the way.
    pub(super) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// There is no such thing.
    pub(super) fn nothing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// Too many wrong passwords.
    pub(super) fn too_many(wait: Duration) -> Self {
        let seconds = wait.as_secs().max(1);
        let message = format!("too many wrong passwords: wait {seconds} seconds, then try again");
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", message);
        error.retry_after = Some(wait);
        error
    }

    /// The database took too long.
    pub(super) fn late() -> Self {
        let message = "the database does not answer in time; try again";
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "storage_unavailable", message);
        error.retry_after = Some(Duration::from_secs(1));
        error
    }

    /// A fault of ours; `inner` is for the log alone.
    pub(super) fn internal(inner: &str) -> Self {
        tracing::error!(error = inner, "a request of the portal failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "a fault of the server; it is in its log")
    }

    /// Whether nobody is signed in.
    pub(super) fn is_signed_out(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }

    /// Whether it may pass by itself: the database is away or slow.
    pub(super) fn is_away(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }
}

impl From<ApiError> for PortalError {
    fn from(seen: ApiError) -> Self {
        if let Some(inner) = seen.inner() {
            tracing::warn!(error = inner, "a request of the portal failed");
        }
        let mut made = Self::new(seen.status(), seen.code(), seen.to_string());
        made.retry_after = seen.retry_after();
        made
    }
}

impl From<StorageError> for PortalError {
    fn from(error: StorageError) -> Self {
        ApiError::from(&error).into()
    }
}

impl From<SheetError> for PortalError {
    fn from(error: SheetError) -> Self {
        Self::internal(&Chain(&error).to_string())
    }
}

impl fmt::Display for PortalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PortalError {}

impl ResponseError for PortalError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut reply = HttpResponse::build(self.status);
        reply.insert_header((CACHE_CONTROL, "no-store"));
        if let Some(wait) = self.retry_after {
            reply.insert_header((RETRY_AFTER, wait.as_secs().max(1).to_string()));
        }
        reply.json(json!({"code": self.code, "message": self.message}))
    }
}
