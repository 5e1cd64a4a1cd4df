//! Accounts, sessions and the audit log in `SQLite`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql};

use super::SqliteStorage;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::responses::count;
use super::statements as sql;
use crate::domain::account::{Attempts, UserName};
use crate::domain::lease::Fence;
use crate::foundation::{AccountId, AuditId, SessionId, ViewId};
use crate::storage::account_columns::{
    AUDIT_END, NO_SESSION, account_texts, account_times, audit_texts, identity_hash, teams_text,
};
use crate::storage::columns::Columns;
use crate::storage::{
    AccountChange, AccountRow, AccountStore, AuditRow, IdentityRow, LinkRow, SavedViewRow, SessionRow,
    StoreFuture,
};

impl AccountStore for SqliteStorage {
    fn accounts(&self) -> StoreFuture<'_, Vec<AccountRow>> {
        self.read("cannot list the users", |conn| all(conn, sql::ACCOUNTS, &[], Columns::account))
    }

    fn account(&self, name: UserName) -> StoreFuture<'_, Option<AccountRow>> {
        self.read("cannot read the user", move |conn| {
            first(conn, sql::ACCOUNT_GET, &[&name.as_str()], Columns::account)
        })
    }

    fn account_of_identity(&self, issuer: String, subject: String) -> StoreFuture<'_, Option<AccountRow>> {
        self.read("cannot read the user", move |conn| {
            let hash = identity_hash(&issuer, &subject);
            first(conn, sql::ACCOUNT_OF_IDENTITY, &[&hash], Columns::account)
        })
    }

    fn add_account(
        &self,
        account: AccountRow,
        link: Option<LinkRow>,
        audit: AuditRow,
    ) -> StoreFuture<'_, ()> {
        self.write("cannot add the user", move |conn| {
            insert_account(conn, &account)?;
            if let Some(link) = &link {
                insert_link(conn, link)?;
            }
            if let Some(identity) = &account.identity {
                insert_identity(conn, account.id, identity)?;
            }
            insert_audit(conn, &audit)
        })
    }

    fn change_account(&self, id: AccountId, change: AccountChange, audit: AuditRow) -> StoreFuture<'_, bool> {
        self.write("cannot change the user", move |conn| {
            let changed = apply(conn, id, &change)?;
            if changed {
                insert_audit(conn, &audit)?;
            }
            Ok(changed)
        })
    }

    fn put_link(&self, link: LinkRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.write("cannot make the link", move |conn| {
            run(conn, sql::ACCOUNT_LINKS_DELETE, &[link.account.as_bytes()])?;
            insert_link(conn, &link)?;
            insert_audit(conn, &audit)
        })
    }

    fn link(&self, hash: [u8; 32]) -> StoreFuture<'_, Option<(LinkRow, AccountRow)>> {
        self.read("cannot read the link", move |conn| {
            first(conn, sql::ACCOUNT_LINK_GET, &[&hash], Columns::link)
        })
    }

    fn redeem_link(
        &self,
        link: LinkRow,
        change: AccountChange,
        now: DateTime<Utc>,
        audit: AuditRow,
    ) -> StoreFuture<'_, bool> {
        self.write("cannot set the password", move |conn| {
            let values: [&dyn ToSql; 3] = [&link.hash, link.account.as_bytes(), &now.timestamp_millis()];
            if run(conn, sql::ACCOUNT_LINK_TAKE, &values)? == 0 {
                return Ok(false);
            }
            let changed = apply(conn, link.account, &change)?;
            insert_audit(conn, &audit)?;
            Ok(changed)
        })
    }

    fn begin_session(&self, session: SessionRow, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.write("cannot begin the session", move |conn| {
            let times =
                [session.created_at, session.used_at, session.ends_at].map(|at| at.timestamp_millis());
            let account = session.account.as_bytes();
            let values: [&dyn ToSql; 8] = [
                session.id.as_bytes(),
                &session.token_hash,
                account,
                &times[0],
                &times[1],
                &times[2],
                &session.address,
                &session.agent,
            ];
            run(conn, sql::ACCOUNT_SESSION_INSERT, &values)?;
            run(conn, sql::ACCOUNT_SIGNED_IN, &[account, &times[0]])?;
            insert_audit(conn, &audit)
        })
    }

    fn session(&self, token_hash: [u8; 32]) -> StoreFuture<'_, Option<(SessionRow, AccountRow)>> {
        self.read("cannot read the session", move |conn| {
            first(conn, sql::ACCOUNT_SESSION_GET, &[&token_hash], Columns::session_of_account)
        })
    }

    fn touch_session(&self, id: SessionId, at: DateTime<Utc>) -> StoreFuture<'_, ()> {
        self.write("cannot note that the session is used", move |conn| {
            run(conn, sql::ACCOUNT_SESSION_TOUCH, &[id.as_bytes(), &at.timestamp_millis()]).map(drop)
        })
    }

    fn sessions(&self, account: AccountId) -> StoreFuture<'_, Vec<SessionRow>> {
        self.read("cannot list the sessions", move |conn| {
            all(conn, sql::ACCOUNT_SESSIONS, &[account.as_bytes()], Columns::session)
        })
    }

    fn end_session(&self, account: AccountId, id: SessionId, audit: AuditRow) -> StoreFuture<'_, bool> {
        self.write("cannot end the session", move |conn| {
            let ended = run(conn, sql::ACCOUNT_SESSION_END, &[id.as_bytes(), account.as_bytes()])? > 0;
            if ended {
                insert_audit(conn, &audit)?;
            }
            Ok(ended)
        })
    }

    fn attempts(&self, keys: Vec<String>) -> StoreFuture<'_, Vec<Option<Attempts>>> {
        self.read("cannot read the wrong passwords", move |conn| {
            let of = |key: &String| first(conn, sql::SIGN_IN_FAILURE_GET, &[key], Columns::attempts);
            keys.iter().map(of).collect()
        })
    }

    fn note_failure(
        &self,
        keys: Vec<String>,
        now: DateTime<Utc>,
        forget_before: DateTime<Utc>,
    ) -> StoreFuture<'_, ()> {
        let [now, forget_before] = [now, forget_before].map(|at| at.timestamp_millis());
        self.write("cannot count the wrong password", move |conn| {
            for key in &keys {
                if run(conn, sql::SIGN_IN_FAILURE_COUNT, &[key, &now, &forget_before])? == 0 {
                    run(conn, sql::SIGN_IN_FAILURE_INSERT, &[key, &now])?;
                }
            }
            Ok(())
        })
    }

    fn forget_failures(&self, key: String) -> StoreFuture<'_, ()> {
        self.write("cannot forget the wrong passwords", move |conn| {
            run(conn, sql::SIGN_IN_FAILURE_DELETE, &[&key]).map(drop)
        })
    }

    fn note_audit(&self, audit: AuditRow) -> StoreFuture<'_, ()> {
        self.write("cannot write the audit log", move |conn| insert_audit(conn, &audit))
    }

    fn audit(&self, before: Option<AuditId>, limit: u32) -> StoreFuture<'_, Vec<AuditRow>> {
        self.read("cannot read the audit log", move |conn| {
            let before = before.map_or(AUDIT_END, |id| *id.as_bytes());
            all(conn, sql::AUDIT_LINES, &[&limit, &before], Columns::audit)
        })
    }

    fn take_totp_step(&self, account: AccountId, step: i64) -> StoreFuture<'_, bool> {
        self.write("cannot note that the code was used", move |conn| {
            Ok(run(conn, sql::ACCOUNT_TOTP_STEP, &[account.as_bytes(), &step])? > 0)
        })
    }

    fn saved_views(&self, account: AccountId) -> StoreFuture<'_, Vec<SavedViewRow>> {
        self.read("cannot list the saved views", move |conn| {
            all(conn, sql::SAVED_VIEWS, &[account.as_bytes()], Columns::saved_view)
        })
    }

    fn put_saved_view(&self, view: SavedViewRow) -> StoreFuture<'_, ()> {
        self.write("cannot save the view", move |conn| {
            let SavedViewRow { id, account, page, name, query, created_at } = &view;
            let (account, at) = (account.as_bytes(), created_at.timestamp_millis());
            if run(conn, sql::SAVED_VIEW_UPDATE, &[account, page, name, query, &at])? == 0 {
                run(conn, sql::SAVED_VIEW_INSERT, &[id.as_bytes(), account, page, name, query, &at])?;
            }
            Ok(())
        })
    }

    fn delete_saved_view(&self, account: AccountId, id: ViewId) -> StoreFuture<'_, bool> {
        self.write("cannot delete the saved view", move |conn| {
            Ok(run(conn, sql::SAVED_VIEW_DELETE, &[id.as_bytes(), account.as_bytes()])? > 0)
        })
    }

    fn delete_stale_sign_ins(
        &self,
        fence: Fence,
        now: DateTime<Utc>,
        unused_since: DateTime<Utc>,
        limit: u32,
    ) -> StoreFuture<'_, u64> {
        let forgotten = Attempts::forgotten_before(now).timestamp_millis();
        let [now, unused] = [now, unused_since].map(|at| at.timestamp_millis());
        self.write("cannot delete sessions that are over", move |conn| {
            let (role, epoch) = (fence.role.as_str(), fence.epoch);
            let sessions: [&dyn ToSql; 5] = [&role, &epoch, &now, &unused, &limit];
            let links: [&dyn ToSql; 4] = [&role, &epoch, &now, &limit];
            let failures: [&dyn ToSql; 4] = [&role, &epoch, &forgotten, &limit];
            let sessions = count(run(conn, sql::ACCOUNT_SESSIONS_DELETE_STALE, &sessions))?;
            let links = count(run(conn, sql::ACCOUNT_LINKS_DELETE_STALE, &links))?;
            Ok(sessions + links + count(run(conn, sql::SIGN_IN_FAILURES_DELETE_STALE, &failures))?)
        })
    }
}

fn insert_account(conn: &Connection, account: &AccountRow) -> Result<(), Failure> {
    let texts = account_texts(account);
    let (created, [locked, signed_in]) = account_times(account);
    let teams = teams_text(&account.teams);
    let mut values: Vec<&dyn ToSql> = vec![account.id.as_bytes()];
    values.extend(texts.iter().map(|text| text as &dyn ToSql));
    values.extend([&created as &dyn ToSql, &locked, &signed_in, &teams]);
    run(conn, sql::ACCOUNT_INSERT, &values).map(drop)
}

fn insert_link(conn: &Connection, link: &LinkRow) -> Result<(), Failure> {
    let [created, expires] = [link.created_at, link.expires_at].map(|at| at.timestamp_millis());
    run(conn, sql::ACCOUNT_LINK_INSERT, &[&link.hash, link.account.as_bytes(), &created, &expires]).map(drop)
}

/// Ties an account to a person of a provider; the number of rows written.
fn insert_identity(conn: &Connection, id: AccountId, identity: &IdentityRow) -> Result<usize, Failure> {
    let IdentityRow { issuer, subject, bound_at } = identity;
    let (hash, at) = (identity_hash(issuer, subject), bound_at.timestamp_millis());
    run(conn, sql::ACCOUNT_IDENTITY_INSERT, &[id.as_bytes(), &hash, issuer, subject, &at])
}

pub(super) fn insert_audit(conn: &Connection, audit: &AuditRow) -> Result<(), Failure> {
    let (at, texts) = (audit.at.timestamp_millis(), audit_texts(audit));
    let account: &[u8] = audit.account.as_ref().map_or(&[], |id| id.as_bytes());
    let mut values: Vec<&dyn ToSql> = vec![audit.id.as_bytes(), &at, &account];
    values.extend(texts.iter().map(|text| text as &dyn ToSql));
    let nothing: &[u8] = &[];
    values.push(&nothing);
    run(conn, sql::AUDIT_INSERT, &values).map(drop)
}

/// Makes a change; false when there is no such account.
fn apply(conn: &Connection, id: AccountId, change: &AccountChange) -> Result<bool, Failure> {
    let account = id;
    let id = id.as_bytes();
    let touched = match change {
        AccountChange::Password { hash, .. } => run(conn, sql::ACCOUNT_PASSWORD, &[id, hash.expose()])?,
        AccountChange::Lock(at) => run(conn, sql::ACCOUNT_LOCK, &[id, &at.timestamp_millis()])?,
        AccountChange::Unlock => run(conn, sql::ACCOUNT_LOCK, &[id, &None::<i64>])?,
        AccountChange::Role(role) => run(conn, sql::ACCOUNT_ROLE, &[id, &role.as_str()])?,
        AccountChange::Language(language) => {
            run(conn, sql::ACCOUNT_LANGUAGE, &[id, &language.as_deref().unwrap_or_default()])?
        }
        AccountChange::Teams(teams) => run(conn, sql::ACCOUNT_TEAMS, &[id, &teams_text(teams)])?,
        AccountChange::Totp { secret, .. } => {
            let secret = secret.as_ref().map_or("", |secret| secret.expose());
            run(conn, sql::ACCOUNT_TOTP, &[id, &secret])?
        }
        AccountChange::Bind(identity) => insert_identity(conn, account, identity)?,
        AccountChange::Unbind => run(conn, sql::ACCOUNT_IDENTITY_DELETE, &[id])?,
    };
    if touched > 0 && change.ends_sessions() {
        let keep = change.kept_session().map_or(NO_SESSION, |keep| *keep.as_bytes());
        run(conn, sql::ACCOUNT_SESSIONS_END, &[id, &keep])?;
        run(conn, sql::ACCOUNT_LINKS_DELETE, &[id])?;
    }
    Ok(touched > 0)
}
