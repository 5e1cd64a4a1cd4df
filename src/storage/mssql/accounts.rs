//! Accounts, sessions and the audit log in SQL Server. The line of the audit log that a change writes tells, after a break,
//! whether it was made.

use chrono::{DateTime, Utc};

use super::catalog::done;
use super::change::{Change, first};
use super::responses::all;
use super::value::{Value, values};
use super::{MssqlStorage, Statement, statements as sql};
use crate::domain::account::{Attempts, UserName};
use crate::domain::lease::Fence;
use crate::foundation::{AccountId, AuditId, SessionId, ViewId};
use crate::storage::account_columns::{
    AUDIT_END, NO_SESSION, account_texts, account_times, audit_texts, identity_hash, teams_text,
};
use crate::storage::columns::Columns;
use crate::storage::{
    AccountChange, AccountRow, AccountStore, AuditRow, IdentityRow, LinkRow, SavedViewRow, SessionRow,
    StorageErrorKind, StoreFuture,
};

impl AccountStore for MssqlStorage {
    fn accounts(&self) -> StoreFuture<'_, Vec<AccountRow>> {
        self.read("cannot list the users", sql::ACCOUNTS, Vec::new(), |answers| {
            all(answers, Columns::account)
        })
    }

    fn account(&self, name: UserName) -> StoreFuture<'_, Option<AccountRow>> {
        self.read("cannot read the user", sql::ACCOUNT_GET, values![name.as_str()], |answers| {
            Ok(first(answers).map(|mut row| row.account()).transpose()?)
        })
    }

    fn account_of_identity(&self, issuer: String, subject: String) -> StoreFuture<'_, Option<AccountRow>> {
        let hash = identity_hash(&issuer, &subject);
        self.read("cannot read the user", sql::ACCOUNT_OF_IDENTITY, values![&hash], |answers| {
            Ok(first(answers).map(|mut row| row.account()).transpose()?)
        })
    }

    fn add_account(
        &self,
        account: AccountRow,
        link: Option<LinkRow>,
        audit: AuditRow,
    ) -> StoreFuture<'_, ()> {
        let mut values = values![account.id.as_bytes()];
        values.extend(account_texts(&account).map(Value::from));
        let (created, times) = account_times(&account);
        values.push(created.into());
        values.extend(times.map(Value::IntegerOrNull));
        values.push(teams_text(&account.teams).into());
        let mut change = Change::of(sql::ACCOUNT_INSERT, values);
        if let Some(link) = &link {
            change = change.then(sql::ACCOUNT_LINK_INSERT, link_values(link));
        }
        if let Some(identity) = &account.identity {
            change = change.then(sql::ACCOUNT_IDENTITY_INSERT, identity_values(account.id, identity));
        }
        self.change("cannot add the user", audited(change, &audit), done)
    }

    fn change_account(&self, id: AccountId, change: AccountChange, audit: AuditRow) -> StoreFuture<'_, bool> {
        let change = apply(Change::default(), id, &change);
        self.change("cannot change the user", audited(change, &audit), |made| Ok(made.is_done()))
    }

    fn put_link(&self, link: LinkRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        let change = Change::of(sql::ACCOUNT_LINKS_DELETE, values![link.account.as_bytes()])
            .then(sql::ACCOUNT_LINK_INSERT, link_values(&link));
        self.change("cannot make the link", audited(change, &audit), done)
    }

    fn link(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<(LinkRow, AccountRow)>> {
        self.read("cannot read the link", sql::ACCOUNT_LINK_GET, values![&hash], |answers| {
            Ok(first(answers).map(|mut row| row.link()).transpose()?)
        })
    }

    fn redeem_link(
        &self,
        link: LinkRow,
        change: AccountChange,
        now: DateTime<Utc>,
        audit: AuditRow,
    ) -> StoreFuture<'_, bool> {
        let values = values![&link.hash, link.account.as_bytes(), now.timestamp_millis()];
        let taken = Change::default().or_undo(sql::ACCOUNT_LINK_TAKE, values);
        let change = audited(apply(taken, link.account, &change), &audit);
        self.change("cannot set the password", change, |made| Ok(made.is_done()))
    }

    fn begin_session(&self, session: SessionRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        let [created, used, ends] =
            [session.created_at, session.used_at, session.ends_at].map(|at| at.timestamp_millis());
        let account = session.account.as_bytes();
        let values = values![
            session.id.as_bytes(),
            &session.token_hash,
            account,
            created,
            used,
            ends,
            session.address,
            session.agent,
        ];
        let change = Change::of(sql::ACCOUNT_SESSION_INSERT, values)
            .then(sql::ACCOUNT_SIGNED_IN, values![account, created]);
        self.change("cannot begin the session", audited(change, &audit), done)
    }

    fn session(&self, token_hash: [u8; 32]) -> StoreFuture<'_, Option<(SessionRow, AccountRow)>> {
        self.read("cannot read the session", sql::ACCOUNT_SESSION_GET, values![&token_hash], |answers| {
            Ok(first(answers).map(|mut row| row.session_of_account()).transpose()?)
        })
    }

    fn touch_session(&self, id: SessionId, at: DateTime<Utc>) -> StoreFuture<'_, ()> {
        let values = values![id.as_bytes(), at.timestamp_millis()];
        let change = Change::of(sql::ACCOUNT_SESSION_TOUCH, values);
        self.change("cannot note that the session is used", change, done)
    }

    fn sessions(&self, account: AccountId) -> StoreFuture<'_, Vec<SessionRow>> {
        let values = values![account.as_bytes()];
        self.read("cannot list the sessions", sql::ACCOUNT_SESSIONS, values, |answers| {
            all(answers, Columns::session)
        })
    }

    fn end_session(&self, account: AccountId, id: SessionId, audit: AuditRow) -> StoreFuture<'_, bool> {
        let values = values![id.as_bytes(), account.as_bytes()];
        let change = Change::default().or_undo(sql::ACCOUNT_SESSION_END, values);
        self.change("cannot end the session", audited(change, &audit), |made| Ok(made.is_done()))
    }

    fn attempts(&self, keys: Vec<String>) -> StoreFuture<'_, Vec<Option<Attempts>>> {
        self.run("cannot read the wrong passwords", |engine| async move {
            let mut found = Vec::with_capacity(keys.len());
            for key in keys {
                let statement = Statement::Prepared(sql::SIGN_IN_FAILURE_GET);
                let answers = engine.ask(statement, &[key.into()], None).await?;
                let read = first(answers).map(|mut row| row.attempts()).transpose();
                found.push(read.map_err(|error| engine.fault(error.into()))?);
            }
            Ok(found)
        })
    }

    fn note_failure(
        &self,
        keys: Vec<String>,
        now: DateTime<Utc>,
        forget_before: DateTime<Utc>,
    ) -> StoreFuture<'_, ()> {
        let [now, forget_before] = [now, forget_before].map(|at| at.timestamp_millis());
        Box::pin(async move {
            for key in keys {
                let count = || {
                    let change =
                        Change::of(sql::SIGN_IN_FAILURE_COUNT, values![key.as_str(), now, forget_before])
                            .instead(sql::SIGN_IN_FAILURE_INSERT, values![key.as_str(), now]);
                    self.change("cannot count the wrong password", change, done)
                };
                match count().await {
                    // Somebody else counted the first one meanwhile.
                    Err(error) if error.kind == StorageErrorKind::Duplicate => count().await?,
                    counted => counted?,
                }
            }
            Ok(())
        })
    }

    fn forget_failures(&self, key: String) -> StoreFuture<'_, ()> {
        let change = Change::of(sql::SIGN_IN_FAILURE_DELETE, values![key]);
        self.change("cannot forget the wrong passwords", change, done)
    }

    fn note_audit(&self, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.change("cannot write the audit log", audited(Change::default(), &audit), done)
    }

    fn audit(&self, before: Option<AuditId>, limit: u32) -> StoreFuture<'_, Vec<AuditRow>> {
        let before = before.map_or(AUDIT_END, |id| *id.as_bytes());
        self.read("cannot read the audit log", sql::AUDIT_LINES, values![limit, &before], |answers| {
            all(answers, Columns::audit)
        })
    }

    fn take_totp_step(&self, account: AccountId, step: i64) -> StoreFuture<'_, bool> {
        let change = Change::default().or_undo(sql::ACCOUNT_TOTP_STEP, values![account.as_bytes(), step]);
        self.change("cannot note that the code was used", change, |made| Ok(made.is_done()))
    }

    fn saved_views(&self, account: AccountId) -> StoreFuture<'_, Vec<SavedViewRow>> {
        let values = values![account.as_bytes()];
        self.read("cannot list the saved views", sql::SAVED_VIEWS, values, |answers| {
            all(answers, Columns::saved_view)
        })
    }

    fn put_saved_view(&self, view: SavedViewRow) -> StoreFuture<'_, ()> {
        let SavedViewRow { id, account, page, name, query, created_at } = view;
        let (account, at) = (account.as_bytes(), created_at.timestamp_millis());
        let update = values![account, page.as_str(), name.as_str(), query.as_str(), at];
        let change = Change::of(sql::SAVED_VIEW_UPDATE, update)
            .instead(sql::SAVED_VIEW_INSERT, values![id.as_bytes(), account, page, name, query, at]);
        self.change("cannot save the view", change, done)
    }

    fn delete_saved_view(&self, account: AccountId, id: ViewId) -> StoreFuture<'_, bool> {
        let values = values![id.as_bytes(), account.as_bytes()];
        let change = Change::default().or_undo(sql::SAVED_VIEW_DELETE, values);
        self.change("cannot delete the saved view", change, |made| Ok(made.is_done()))
    }

    fn delete_stale_sign_ins(
        &self,
        fence: Fence,
        now: DateTime<Utc>,
        unused_since: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        const DOING: &str = "cannot delete sessions that are over";
        let forgotten = Attempts::forgotten_before(now).timestamp_millis();
        let [now, unused] = [now, unused_since].map(|at| at.timestamp_millis());
        Box::pin(async move {
            let sessions = values![now, unused, limit];
            let sessions = self.fenced(DOING, sql::ACCOUNT_SESSIONS_DELETE_STALE, fence, sessions).await?;
            let links =
                self.fenced(DOING, sql::ACCOUNT_LINKS_DELETE_STALE, fence, values![now, limit]).await?;
            let failures = values![forgotten, limit];
            let failures = self.fenced(DOING, sql::SIGN_IN_FAILURES_DELETE_STALE, fence, failures).await?;
            Ok(sessions + links + failures)
        })
    }
}

fn link_values(link: &LinkRow) -> Vec<Value> {
    let [created, expires] = [link.created_at, link.expires_at].map(|at| at.timestamp_millis());
    values![&link.hash, link.account.as_bytes(), created, expires]
}

fn identity_values(id: AccountId, identity: &IdentityRow) -> Vec<Value> {
    let IdentityRow { issuer, subject, bound_at } = identity;
    let hash = identity_hash(issuer, subject);
    values![id.as_bytes(), &hash, issuer.as_str(), subject.as_str(), bound_at.timestamp_millis()]
}

/// A change with the line of the audit log that tells of it.
pub(super) fn audited(change: Change, audit: &AuditRow) -> Change {
    let account = audit.account.as_ref().map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let mut values = values![audit.id.as_bytes(), audit.at.timestamp_millis()];
    values.push(Value::Bytes(account));
    values.extend(audit_texts(audit).map(Value::from));
    values.push(Value::Bytes(Vec::new()));
    change.then(sql::AUDIT_INSERT, values).made_if(sql::AUDIT_EXISTS, values![audit.id.as_bytes()])
}

/// The steps of a change of an account; without one nothing is done.
fn apply(steps: Change, id: AccountId, change: &AccountChange) -> Change {
    let account = id;
    let id = id.as_bytes();
    let steps = match change {
        AccountChange::Password { hash, .. } => {
            steps.or_undo(sql::ACCOUNT_PASSWORD, values![id, hash.expose().as_str()])
        }
        AccountChange::Lock(at) => steps.or_undo(sql::ACCOUNT_LOCK, values![id, at.timestamp_millis()]),
        AccountChange::Unlock => steps.or_undo(sql::ACCOUNT_LOCK, values![id, Value::IntegerOrNull(None)]),
        AccountChange::Role(role) => steps.or_undo(sql::ACCOUNT_ROLE, values![id, role.as_str()]),
        AccountChange::Language(language) => {
            let language = language.as_deref().unwrap_or_default();
            steps.or_undo(sql::ACCOUNT_LANGUAGE, values![id, language])
        }
        AccountChange::Teams(teams) => steps.or_undo(sql::ACCOUNT_TEAMS, values![id, teams_text(teams)]),
        AccountChange::Totp { secret, .. } => {
            let secret = secret.as_ref().map_or("", |secret| secret.expose());
            steps.or_undo(sql::ACCOUNT_TOTP, values![id, secret])
        }
        AccountChange::Bind(identity) => {
            steps.or_undo(sql::ACCOUNT_IDENTITY_INSERT, identity_values(account, identity))
        }
        AccountChange::Unbind => steps.or_undo(sql::ACCOUNT_IDENTITY_DELETE, values![id]),
    };
    if !change.ends_sessions() {
        return steps;
    }
    let keep = change.kept_session().map_or(NO_SESSION, |keep| *keep.as_bytes());
    steps.then(sql::ACCOUNT_SESSIONS_END, values![id, &keep]).then(sql::ACCOUNT_LINKS_DELETE, values![id])
}
