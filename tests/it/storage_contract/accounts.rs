//! The cases of accounts, sessions, links, wrong passwords and the audit log.

use aftercall::domain::account::{Attempts, Role, UserName};
use aftercall::foundation::{AccountId, AuditId, Secret, SessionId, Token, ViewId};
use aftercall::storage::{
    AccountChange, AccountRow, AccountStore, AuditRow, IdentityRow, LinkRow, SavedViewRow, SessionRow,
};

use super::*;

fn name(text: &str) -> UserName {
    UserName::parse(text).unwrap()
}

fn account(text: &str) -> AccountRow {
    AccountRow {
        id: AccountId::new(start(), &SystemChance),
        name: name(text),
        display_name: text.to_owned(),
        role: Role::Viewer,
        password: None,
        language: None,
        created_at: start(),
        locked_at: None,
        signed_in_at: None,
        teams: Vec::new(),
        totp: None,
        totp_step: 0,
        identity: None,
    }
}

fn link(account: &AccountRow, expires_at: DateTime<Utc>) -> LinkRow {
    LinkRow {
        hash: Token::generate(&SystemChance).hash(),
        account: account.id,
        created_at: start(),
        expires_at,
    }
}

fn session(account: &AccountRow) -> SessionRow {
    SessionRow {
        id: SessionId::new(start(), &SystemChance),
        token_hash: Token::generate(&SystemChance).hash(),
        account: account.id,
        created_at: minute(1),
        used_at: minute(1),
        ends_at: minute(60),
        address: "10.0.0.7".into(),
        agent: "Mozilla/5.0 (لينكس)".into(),
    }
}

/// A line of the audit log; `no` orders them.
pub fn audit(no: i64) -> AuditRow {
    AuditRow {
        id: AuditId::new(minute(no), &SystemChance),
        at: minute(no),
        account: None,
        who: "command line".into(),
        action: "user_added".into(),
        subject: format!("user {no}"),
        before: None,
        after: None,
        address: String::new(),
    }
}

/// An account that is stored.
pub async fn stored(engine: &Engine, text: &str) -> AccountRow {
    stored_in(&*engine.storage, text).await
}

pub async fn stored_in(storage: &dyn AccountStore, text: &str) -> AccountRow {
    let account = account(text);
    let link = link(&account, minute(60));
    storage.add_account(account.clone(), Some(link), audit(0)).await.unwrap();
    account
}

fn password(hash: &str, keep: Option<SessionId>) -> AccountChange {
    AccountChange::Password { hash: Secret::new(hash.to_owned()), keep }
}

async fn lines(storage: &dyn Storage) -> usize {
    storage.audit(None, 1000).await.unwrap().len()
}

pub async fn an_account_comes_back_as_it_went_in_and_its_name_is_taken(engine: &Engine) {
    let storage = &*engine.storage;
    let full = AccountRow {
        display_name: "أميرة 🎧 O'Hara".into(),
        role: Role::Admin,
        password: Some(Secret::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into())),
        language: Some("ar".into()),
        locked_at: Some(minute(3)),
        signed_in_at: Some(minute(2)),
        teams: vec!["North|East".into(), "فريق \"أ\"".into()],
        ..account("zoe@example.com")
    };
    let bare = account("amira");
    for row in [&full, &bare] {
        storage.add_account(row.clone(), Some(link(row, minute(60))), audit(0)).await.unwrap();
    }
    let again = account("amira");
    let before = lines(storage).await;
    assert_eq!(
        refusal(storage.add_account(again.clone(), Some(link(&again, minute(60))), audit(1))).await,
        StorageErrorKind::Duplicate
    );
    assert_eq!(lines(storage).await, before, "what was refused is in no log");
    assert_eq!(storage.accounts().await.unwrap(), [bare, full.clone()]);
    assert_eq!(storage.account(name("zoe@example.com")).await.unwrap(), Some(full));
    assert_eq!(storage.account(name("nobody")).await.unwrap(), None);
}

pub async fn a_change_of_an_account_is_made_with_its_line_of_the_log_or_not_at_all(engine: &Engine) {
    let storage = &*engine.storage;
    let row = stored(engine, "amira").await;
    let changes = [
        AccountChange::Role(Role::Manager),
        AccountChange::Language(Some("es".into())),
        AccountChange::Teams(vec!["North".into()]),
        AccountChange::Totp { secret: Some(Secret::new("JBSWY3DP".into())), keep: None },
        password("$hash", None),
        AccountChange::Lock(minute(7)),
    ];
    for (no, change) in (1..).zip(changes) {
        assert!(storage.change_account(row.id, change, audit(no)).await.unwrap());
    }
    let now = AccountRow {
        role: Role::Manager,
        language: Some("es".into()),
        password: Some(Secret::new("$hash".into())),
        locked_at: Some(minute(7)),
        teams: vec!["North".into()],
        totp: Some(Secret::new("JBSWY3DP".into())),
        ..row.clone()
    };
    assert_eq!(storage.account(name("amira")).await.unwrap(), Some(now.clone()));
    storage.change_account(row.id, AccountChange::Unlock, audit(5)).await.unwrap();
    storage.change_account(row.id, AccountChange::Language(None), audit(6)).await.unwrap();
    let now = AccountRow { locked_at: None, language: None, ..now };
    assert_eq!(storage.account(name("amira")).await.unwrap(), Some(now));
    assert_eq!(lines(storage).await, 9);
    let nobody = AccountId::new(start(), &SystemChance);
    assert!(!storage.change_account(nobody, AccountChange::Unlock, audit(7)).await.unwrap());
    assert_eq!(lines(storage).await, 9);
}

pub async fn an_account_and_a_person_of_a_provider_belong_to_each_other_alone(engine: &Engine) {
    let (storage, other) = (&*engine.storage, engine.another());
    let issuer = "https://id.example/realms/مركز";
    let identity = |subject: &str| IdentityRow {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        bound_at: minute(1),
    };
    let found = async |subject: &str| {
        let account = other.account_of_identity(issuer.to_owned(), subject.to_owned()).await.unwrap();
        account.map(|account| (account.name.as_str().to_owned(), account.identity))
    };
    let (amira, zoe) = (stored(engine, "amira").await, stored(engine, "zoe").await);
    let bind = |row: &AccountRow, subject: &str, no| {
        storage.change_account(row.id, AccountChange::Bind(identity(subject)), audit(no))
    };
    assert!(bind(&amira, "Sub-1", 1).await.unwrap());
    let before = lines(storage).await;
    assert_eq!(refusal(bind(&zoe, "Sub-1", 2)).await, StorageErrorKind::Duplicate);
    assert_eq!(refusal(bind(&amira, "sub-2", 2)).await, StorageErrorKind::Duplicate);
    assert_eq!(lines(storage).await, before, "what was refused is in no log");
    assert_eq!(found("Sub-1").await, Some(("amira".to_owned(), Some(identity("Sub-1")))));
    for another in ["sub-1", "Sub-1 ", "Sub-", ""] {
        assert_eq!(found(another).await, None, "{another:?}");
    }
    assert_eq!(storage.account(name("amira")).await.unwrap().unwrap().identity, Some(identity("Sub-1")));
    assert_eq!(storage.account(name("zoe")).await.unwrap().unwrap().identity, None);
    // One that is added with its person of a provider needs no link.
    let ben = AccountRow { identity: Some(identity("sub-3")), ..account("ben") };
    storage.add_account(ben.clone(), None, audit(3)).await.unwrap();
    assert_eq!(storage.account(name("ben")).await.unwrap(), Some(ben));
    let twin = AccountRow { identity: Some(identity("sub-3")), ..account("twin") };
    assert_eq!(refusal(storage.add_account(twin, None, audit(4))).await, StorageErrorKind::Duplicate);
    assert_eq!(storage.account(name("twin")).await.unwrap(), None, "all of it or nothing");
    // Untied, whoever came in by it is out, and another one may have it.
    storage.begin_session(session(&amira), audit(5)).await.unwrap();
    assert!(storage.change_account(amira.id, AccountChange::Unbind, audit(6)).await.unwrap());
    assert!(!storage.change_account(amira.id, AccountChange::Unbind, audit(7)).await.unwrap());
    assert_eq!((storage.sessions(amira.id).await.unwrap(), found("Sub-1").await), (Vec::new(), None));
    assert!(bind(&zoe, "Sub-1", 8).await.unwrap());
}

pub async fn a_session_is_found_by_its_secret_on_every_node_until_it_is_ended(engine: &Engine) {
    let (storage, other) = (&*engine.storage, engine.another());
    let (row, stranger) = (stored(engine, "amira").await, stored(engine, "zoe").await);
    let (one, two) = (session(&row), SessionRow { used_at: minute(9), ..session(&row) });
    storage.begin_session(one.clone(), audit(1)).await.unwrap();
    other.begin_session(two.clone(), audit(2)).await.unwrap();
    let signed_in = AccountRow { signed_in_at: Some(minute(1)), ..row.clone() };
    assert_eq!(other.session(one.token_hash).await.unwrap(), Some((one.clone(), signed_in)));
    assert_eq!(storage.session([7; 32]).await.unwrap(), None);
    storage.touch_session(one.id, minute(5)).await.unwrap();
    other.touch_session(one.id, minute(4)).await.unwrap();
    let one = SessionRow { used_at: minute(5), ..one };
    assert_eq!(storage.sessions(row.id).await.unwrap(), [two.clone(), one.clone()]);
    assert!(!storage.end_session(stranger.id, one.id, audit(3)).await.unwrap(), "it is somebody else's");
    assert!(other.end_session(row.id, one.id, audit(4)).await.unwrap());
    assert!(!storage.end_session(row.id, one.id, audit(5)).await.unwrap(), "it is over already");
    assert_eq!(storage.session(one.token_hash).await.unwrap(), None);
    assert_eq!(storage.sessions(row.id).await.unwrap(), [two]);
}

pub async fn a_new_password_and_a_lock_end_sessions_and_links_other_changes_do_not(engine: &Engine) {
    let storage = &*engine.storage;
    let row = stored(engine, "amira").await;
    let bystander = stored(engine, "zoe").await;
    let theirs = session(&bystander);
    storage.begin_session(theirs.clone(), audit(0)).await.unwrap();
    let (one, two) = (session(&row), session(&row));
    let begin = async || {
        for session in [&one, &two] {
            storage.begin_session(session.clone(), audit(1)).await.unwrap();
        }
    };
    let left = async || storage.sessions(row.id).await.unwrap().len();
    begin().await;
    for change in [AccountChange::Role(Role::Admin), AccountChange::Unlock, AccountChange::Language(None)] {
        storage.change_account(row.id, change, audit(2)).await.unwrap();
        assert_eq!(left().await, 2);
    }
    let kept = link(&row, minute(60));
    storage.put_link(kept.clone(), audit(3)).await.unwrap();
    storage.change_account(row.id, password("$1", Some(one.id)), audit(4)).await.unwrap();
    assert_eq!(storage.sessions(row.id).await.unwrap(), std::slice::from_ref(&one));
    assert_eq!(storage.link(kept.hash).await.unwrap(), None);
    storage.change_account(row.id, password("$2", None), audit(5)).await.unwrap();
    assert_eq!(left().await, 0);
    begin().await;
    storage.put_link(kept.clone(), audit(6)).await.unwrap();
    storage.change_account(row.id, AccountChange::Lock(minute(7)), audit(7)).await.unwrap();
    assert_eq!((left().await, storage.link(kept.hash).await.unwrap()), (0, None));
    assert_eq!(storage.sessions(bystander.id).await.unwrap(), [theirs]);
}

pub async fn a_link_works_once_until_its_time_is_over_and_not_for_who_is_locked(engine: &Engine) {
    let (storage, other) = (&*engine.storage, engine.another());
    let row = stored(engine, "amira").await;
    let first = link(&row, minute(10));
    storage.put_link(first.clone(), audit(1)).await.unwrap();
    let found = other.link(first.hash).await.unwrap().unwrap();
    assert_eq!((&found.0, &found.1.name), (&first, &row.name));
    let late = storage.redeem_link(first.clone(), password("$late", None), minute(10), audit(2)).await;
    assert!(!late.unwrap(), "its time ends with that moment");
    let second = link(&row, minute(10));
    storage.put_link(second.clone(), audit(3)).await.unwrap();
    assert!(!storage.redeem_link(first, password("$old", None), minute(5), audit(4)).await.unwrap());
    let before = lines(storage).await;
    let (a, b) = futures_util::join!(
        storage.redeem_link(second.clone(), password("$a", None), minute(9), audit(5)),
        other.redeem_link(second.clone(), password("$b", None), minute(9), audit(6)),
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    assert!(a != b, "of two at once exactly one sets the password: {a}, {b}");
    let hash = storage.account(name("amira")).await.unwrap().unwrap().password.unwrap();
    assert_eq!(hash.expose(), if a { "$a" } else { "$b" });
    assert_eq!(lines(storage).await, before + 1);
    let third = link(&row, minute(60));
    storage.change_account(row.id, AccountChange::Lock(minute(11)), audit(7)).await.unwrap();
    storage.put_link(third.clone(), audit(8)).await.unwrap();
    assert!(!storage.redeem_link(third, password("$c", None), minute(12), audit(9)).await.unwrap());
}

pub async fn wrong_passwords_are_counted_by_all_nodes_and_forgotten(engine: &Engine) {
    let (storage, other) = (&*engine.storage, engine.another());
    let keys = || vec!["account amira".to_owned(), "address 10.0.0.7".to_owned()];
    assert_eq!(storage.attempts(keys()).await.unwrap(), [None, None]);
    let counts = (0..10).map(|no| {
        let store = if no % 2 == 0 { &engine.storage } else { &other };
        store.note_failure(keys(), minute(1), start())
    });
    for counted in futures_util::future::join_all(counts).await {
        counted.unwrap();
    }
    let ten = Some(Attempts { failures: 10, last_at: minute(1) });
    assert_eq!(other.attempts(keys()).await.unwrap(), [ten, ten]);
    storage.forget_failures("account amira".into()).await.unwrap();
    assert_eq!(storage.attempts(keys()).await.unwrap(), [None, ten]);
    other.note_failure(keys(), minute(9), minute(5)).await.unwrap();
    let anew = Some(Attempts { failures: 1, last_at: minute(9) });
    assert_eq!(storage.attempts(keys()).await.unwrap(), [anew, anew], "the ones before are too old");
}

pub async fn the_log_is_read_page_by_page_the_newest_first(engine: &Engine) {
    let storage = &*engine.storage;
    let row = account("amira");
    let mut all: Vec<AuditRow> = (1..=5).map(audit).collect();
    all[2] = AuditRow {
        account: Some(row.id),
        who: "أميرة".into(),
        before: Some(r#"{"role":"viewer"}"#.into()),
        after: Some(r#"{"role":"admin"}"#.into()),
        address: "2001:db8::7".into(),
        ..audit(3)
    };
    for line in &all {
        storage.note_audit(line.clone()).await.unwrap();
    }
    all.reverse();
    let mut read = storage.audit(None, 2).await.unwrap();
    while let Some(last) = read.last().map(|line| line.id) {
        let page = storage.audit(Some(last), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        read.extend(page);
    }
    assert_eq!(read, all);
}

pub async fn what_is_over_is_deleted_under_the_lease_only(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let row = stored(engine, "amira").await;
    storage.put_link(link(&row, minute(10)), audit(1)).await.unwrap();
    let over = SessionRow { ends_at: minute(10), ..session(&row) };
    let unused = SessionRow { used_at: start(), ..session(&row) };
    let lasting = SessionRow { used_at: minute(5), ends_at: minute(11), ..session(&row) };
    for session in [&over, &unused, &lasting] {
        storage.begin_session(session.clone(), audit(2)).await.unwrap();
    }
    let old = minute(10) - TimeDelta::hours(25);
    storage.note_failure(vec!["account old".into()], old, old).await.unwrap();
    storage.note_failure(vec!["account new".into()], minute(9), old).await.unwrap();
    let stale = Fence { epoch: fence.epoch + 1, ..fence };
    assert_eq!(storage.delete_stale_sign_ins(stale, minute(10), minute(1), 100).await.unwrap(), 0);
    assert_eq!(storage.delete_stale_sign_ins(fence, minute(10), minute(1), 100).await.unwrap(), 4);
    assert_eq!(storage.sessions(row.id).await.unwrap(), [lasting]);
    let keys = vec!["account old".to_owned(), "account new".to_owned()];
    let counted = storage.attempts(keys).await.unwrap();
    assert!(counted[0].is_none() && counted[1].is_some(), "{counted:?}");
    assert_eq!(storage.delete_stale_sign_ins(fence, minute(10), minute(1), 100).await.unwrap(), 0);
}

pub async fn a_code_of_the_second_factor_is_good_once(engine: &Engine) {
    let storage = &*engine.storage;
    let row = stored(engine, "amira").await;
    assert!(storage.take_totp_step(row.id, 100).await.unwrap());
    assert!(!storage.take_totp_step(row.id, 100).await.unwrap(), "the same code");
    assert!(!storage.take_totp_step(row.id, 99).await.unwrap(), "the code before");
    assert!(storage.take_totp_step(row.id, 101).await.unwrap());
    assert!(!storage.take_totp_step(AccountId::new(start(), &SystemChance), 101).await.unwrap());
}

pub async fn saved_views_are_a_persons_own_and_replaced_by_name(engine: &Engine) {
    let storage = &*engine.storage;
    let (amira, zoe) = (stored(engine, "amira").await, stored(engine, "zoe").await);
    let view = |owner: &AccountRow, name: &str, query: &str| SavedViewRow {
        id: ViewId::new(start(), &SystemChance),
        account: owner.id,
        page: "responses".into(),
        name: name.into(),
        query: query.into(),
        created_at: start(),
    };
    let first = view(&amira, "شكاوى 🎧", "score=0..1");
    storage.put_saved_view(first.clone()).await.unwrap();
    storage.put_saved_view(view(&zoe, "mine", "x=1")).await.unwrap();
    storage.put_saved_view(view(&amira, "شكاوى 🎧", "score=0..2")).await.unwrap();
    let kept = SavedViewRow { query: "score=0..2".into(), ..first };
    assert_eq!(storage.saved_views(amira.id).await.unwrap(), std::slice::from_ref(&kept));
    assert!(!storage.delete_saved_view(zoe.id, kept.id).await.unwrap(), "somebody else's");
    assert!(storage.delete_saved_view(amira.id, kept.id).await.unwrap());
    assert_eq!(storage.saved_views(amira.id).await.unwrap(), []);
}
