//! Links by which customers come to their survey page.

use chrono::{DateTime, Utc};

use super::StoreFuture;
use super::columns::{Columns, Unreadable};
use crate::domain::lease::Fence;
use crate::foundation::ResponseId;

/// A link to a response, as it is stored: whoever reads the database cannot use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseLinkRow {
    /// SHA-256 of the token in it.
    pub hash: [u8; 32],
    /// The response it leads to.
    pub response: ResponseId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// Links to responses. They go with their responses; as long as one works, its response is not ended for idleness.
pub trait LinkStore: Send + Sync {
    /// Makes a link; the same again changes nothing. False, and nothing is written, when there is no such response (yet).
    fn put_response_link(&self, link: ResponseLinkRow) -> StoreFuture<'_, bool>;

    /// The link with this hash, also when its time is over.
    fn response_link(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<ResponseLinkRow>>;

    /// Deletes links whose time was over before `before`. At most `limit`; returns how many.
    fn delete_stale_response_links(
        &self,
        fence: Fence,
        before: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64>;
}

impl Columns {
    pub(super) fn response_link(&mut self) -> Result<ResponseLinkRow, Unreadable> {
        Ok(ResponseLinkRow {
            hash: self.get()?,
            response: self.id(ResponseId::from_bytes)?,
            created_at: self.time()?,
            expires_at: self.time()?,
        })
    }
}
