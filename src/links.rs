//! Links by which customers come to their survey page: made here alone, whoever sends them.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::foundation::{Chance, Clock, LinkToken, ResponseId};
use crate::storage::{LinkStore, ResponseLinkRow, StorageError, StorageErrorKind};

/// Where the page of a link stands, below the address customers reach.
pub const PATH: &str = "/s/";

/// Makes links to responses. Only their hash is kept: a link that was lost cannot be told again, but another one made.
#[derive(Clone)]
pub struct Links {
    store: Arc<dyn LinkStore>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    url: Arc<str>,
}

impl Links {
    /// `url`: scheme, host and port by which customers reach the page, without a slash at the end.
    pub fn new(
        store: Arc<dyn LinkStore>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        url: impl Into<Arc<str>>,
    ) -> Self {
        Self { store, clock, chance, url: url.into() }
    }

    /// Makes a link to a response that is stored, good until a moment. A response may have several; each works by itself. While
    /// the database is away none can be made (`Unavailable`), nor to a response that it does not have yet.
    pub async fn begin_link(
        &self,
        response: ResponseId,
        expires_at: DateTime<Utc>,
    ) -> Result<LinkToken, StorageError> {
        let token = LinkToken::generate(&*self.chance);
        let link = ResponseLinkRow { hash: token.hash(), response, created_at: self.clock.now(), expires_at };
        if self.store.put_response_link(link).await? {
            return Ok(token);
        }
        let what = format!("the database has no response {response} (yet); try again");
        Err(StorageError::new(StorageErrorKind::Unavailable, "cannot make the link", what))
    }

    /// Scheme, host and port by which customers reach the page.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The whole address of a link, for whoever it is made for. Not for a log.
    pub fn address(&self, token: &LinkToken) -> String {
        format!("{}{PATH}{}", self.url, token.expose())
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Links({})", self.url)
    }
}
