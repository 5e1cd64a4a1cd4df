//! What is kept of the people who sign in.

use chrono::{DateTime, Utc};

use super::{AccountChange, AccountRow, AuditRow, LinkRow, SavedViewRow, SessionRow, StoreFuture};
use crate::domain::account::{Attempts, UserName};
use crate::domain::lease::Fence;
use crate::foundation::{AccountId, AuditId, SessionId, ViewId};

/// People who sign in, their sessions, and what they did. What changes something writes the line of the audit log that tells
/// of it in the same transaction.
pub trait AccountStore: Send + Sync {
    /// All accounts by name.
    fn accounts(&self) -> StoreFuture<'_, Vec<AccountRow>>;

    /// The account of this name.
    fn account(&self, name: UserName) -> StoreFuture<'_, Option<AccountRow>>;

    /// The account that is tied to a person (`subject`) of a provider (`issuer`).
    fn account_of_identity(&self, issuer: String, subject: String) -> StoreFuture<'_, Option<AccountRow>>;

    /// Adds an account, with the link by which its person sets the first password, if there is one; `Duplicate` when the name
    /// or the person of a provider it is tied to has an account.
    fn add_account(&self, account: AccountRow, link: Option<LinkRow>, audit: AuditRow)
    -> StoreFuture<'_, ()>;

    /// Changes an account; false, and nothing is written, when there is none with this id.
    fn change_account(&self, id: AccountId, change: AccountChange, audit: AuditRow) -> StoreFuture<'_, bool>;

    /// Makes a link in place of all that the account has.
    fn put_link(&self, link: LinkRow, audit: AuditRow) -> StoreFuture<'_, ()>;

    /// The link with this hash and its account, also when its time is over.
    fn link(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<(LinkRow, AccountRow)>>;

    /// Sets the password of the link's account, as [`AccountChange::Password`] does, by a link that works at `now`; false, and
    /// nothing is written, when it does not. Of two at once by one link only one does it.
    fn redeem_link(
        &self,
        link: LinkRow,
        change: AccountChange,
        now: DateTime<Utc>,
        audit: AuditRow,
    ) -> StoreFuture<'_, bool>;

    /// Begins a session, and notes when its account was last signed in by.
    fn begin_session(&self, session: SessionRow, audit: AuditRow) -> StoreFuture<'_, ()>;

    /// The session with this hash and its account, whether or not its time is over.
    fn session(&self, token_hash: [u8; 32]) -> StoreFuture<'_, Option<(SessionRow, AccountRow)>>;

    /// Notes that a session was used; never goes back.
    fn touch_session(&self, id: SessionId, at: DateTime<Utc>) -> StoreFuture<'_, ()>;

    /// All sessions of an account, the one used last first.
    fn sessions(&self, account: AccountId) -> StoreFuture<'_, Vec<SessionRow>>;

    /// Ends a session of an account; false, and nothing is written, when it has none with this id.
    fn end_session(&self, account: AccountId, id: SessionId, audit: AuditRow) -> StoreFuture<'_, bool>;

    /// Wrong passwords of late under each of these keys, in their order; `None` where there were none.
    fn attempts(&self, keys: Vec<String>) -> StoreFuture<'_, Vec<Option<Attempts>>>;

    /// Counts a wrong password under each of these keys; the count begins anew where the last one was before `forget_before`.
    fn note_failure(
        &self,
        keys: Vec<String>,
        now: DateTime<Utc>,
        forget_before: DateTime<Utc>,
    ) -> StoreFuture<'_, ()>;

    /// Forgets the wrong passwords under a key.
    fn forget_failures(&self, key: String) -> StoreFuture<'_, ()>;

    /// Writes a line of the audit log that tells of no change.
    fn note_audit(&self, audit: AuditRow) -> StoreFuture<'_, ()>;

    /// The audit log, the newest first: at most `limit` lines that are older than `before`.
    fn audit(&self, before: Option<AuditId>, limit: u32) -> StoreFuture<'_, Vec<AuditRow>>;

    /// Takes a code of the second factor, by its time step; false when this one or a later one was taken before.
    fn take_totp_step(&self, account: AccountId, step: i64) -> StoreFuture<'_, bool>;

    /// The saved views of an account, by page and name.
    fn saved_views(&self, account: AccountId) -> StoreFuture<'_, Vec<SavedViewRow>>;

    /// Saves a view, in place of the one of the same page and name.
    fn put_saved_view(&self, view: SavedViewRow) -> StoreFuture<'_, ()>;

    /// Deletes a saved view of an account; false when it has none with this id.
    fn delete_saved_view(&self, account: AccountId, id: ViewId) -> StoreFuture<'_, bool>;

    /// Deletes sessions that ended or were last used before `unused_since`, links whose time is over, and wrong passwords that
    /// are forgotten. At most `limit` of each kind; returns how many.
    fn delete_stale_sign_ins(
        &self,
        fence: Fence,
        now: DateTime<Utc>,
        unused_since: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64>;
}
