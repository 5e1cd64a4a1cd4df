//! Reports by mail: whose they are, and that each is sent by one alone.

use std::sync::Arc;

use aftercall::domain::lease::Fence;
use aftercall::domain::report_mail::{Rhythm, SendingState};
use aftercall::foundation::{AccountId, ReportMailId, SendingId, SystemChance};
use aftercall::storage::{ReportMail, ReportMailRow, SendingEnd, SendingRow, Storage};
use chrono::{DateTime, NaiveDate, Utc};

use super::accounts::{audit, stored};
use super::{Engine, lead, minute, start};

async fn person(engine: &Engine, name: &str) -> AccountId {
    stored(engine, name).await.id
}

fn mail(account: AccountId, at: DateTime<Utc>) -> ReportMailRow {
    ReportMailRow {
        id: ReportMailId::new(at, &SystemChance),
        account,
        survey: Some("support".into()),
        breakdown: "agent".into(),
        rhythm: Rhythm::Week,
        hour: 23,
        recipients: vec!["a@example.com".into(), "\u{645}@مثال.example".into()],
        attachment: "xlsx".into(),
        created_at: at,
        changed_at: at,
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn sending(mail: &ReportMailRow, first: &str, due: DateTime<Utc>) -> SendingRow {
    SendingRow {
        mail: mail.id,
        first: day(first),
        last: day("2026-11-22"),
        claim: SendingId::new(due, &SystemChance),
        state: SendingState::Sending,
        attempt: 1,
        due_at: due,
        claimed_at: due,
        next_at: due,
        cause: String::new(),
    }
}

fn ended(state: SendingState, at: DateTime<Utc>, cause: &str) -> SendingEnd {
    SendingEnd { state, next_at: at, cause: cause.into() }
}

async fn last(storage: &dyn Storage, mail: ReportMailId) -> Option<SendingRow> {
    let all = storage.report_mails(None).await.unwrap();
    all.into_iter().find(|found| found.row.id == mail).unwrap().last
}

pub async fn a_report_by_mail_comes_back_as_it_went_in_and_is_changed_by_its_person_only(engine: &Engine) {
    let storage = &*engine.storage;
    let (amira, zoe) = (person(engine, "amira").await, person(engine, "zoe").await);
    let first = mail(amira, start());
    let second = ReportMailRow { survey: None, rhythm: Rhythm::Day, hour: 0, ..mail(zoe, minute(1)) };
    storage.add_report_mail(first.clone(), audit(1)).await.unwrap();
    storage.add_report_mail(second.clone(), audit(1)).await.unwrap();
    let of = |row: &ReportMailRow| ReportMail { row: row.clone(), last: None };
    assert_eq!(storage.report_mails(None).await.unwrap(), [of(&first), of(&second)]);
    assert_eq!(storage.report_mails(Some(zoe)).await.unwrap(), [of(&second)]);
    let log = storage.audit(None, 100).await.unwrap().len();
    let stolen = ReportMailRow { account: zoe, hour: 3, ..first.clone() };
    assert!(!storage.change_report_mail(stolen, audit(1)).await.unwrap());
    let changed = ReportMailRow {
        survey: None,
        breakdown: "day".into(),
        rhythm: Rhythm::Month,
        hour: 7,
        recipients: vec!["b@example.com".into()],
        attachment: "csv".into(),
        changed_at: minute(2),
        ..first
    };
    assert!(storage.change_report_mail(changed.clone(), audit(1)).await.unwrap());
    assert_eq!(storage.report_mails(Some(amira)).await.unwrap(), [of(&changed)]);
    let gone = ReportMailId::new(start(), &SystemChance);
    assert!(!storage.delete_report_mail(gone, audit(1)).await.unwrap());
    assert!(storage.delete_report_mail(changed.id, audit(1)).await.unwrap());
    assert_eq!(storage.report_mails(Some(amira)).await.unwrap(), []);
    assert_eq!(storage.audit(None, 100).await.unwrap().len(), log + 2, "a line for each change, no other");
}

pub async fn of_many_who_take_a_report_in_hand_exactly_one_does(engine: &Engine) {
    let storage = &*engine.storage;
    let row = mail(person(engine, "amira").await, start());
    storage.add_report_mail(row.clone(), audit(1)).await.unwrap();
    let fence = lead(storage).await;
    let tries = (0..8).map(|_| {
        let (storage, sending) = (engine.another(), sending(&row, "2026-11-16", minute(9)));
        async move { storage.claim_sending(fence, sending, start(), None).await.unwrap() }
    });
    let taken = futures_util::future::join_all(tries).await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{taken:?}");
    assert_eq!(last(storage, row.id).await.unwrap().state, SendingState::Sending);
}

pub async fn a_report_is_taken_in_hand_under_the_lease_and_as_it_was_only(engine: &Engine) {
    let storage = &*engine.storage;
    let row = mail(person(engine, "amira").await, start());
    storage.add_report_mail(row.clone(), audit(1)).await.unwrap();
    let fence = lead(storage).await;
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    let claim =
        |fence, as_of| storage.claim_sending(fence, sending(&row, "2026-11-16", minute(9)), as_of, None);
    assert!(!claim(stale, start()).await.unwrap(), "under another epoch");
    assert!(!claim(fence, minute(1)).await.unwrap(), "it is another than the one that was read");
    assert_eq!(last(storage, row.id).await, None);
    assert!(claim(fence, start()).await.unwrap());
}

pub async fn a_report_that_waits_is_tried_again_by_one_and_what_is_over_by_nobody(engine: &Engine) {
    let storage: Arc<dyn Storage> = Arc::clone(&engine.storage);
    let row = mail(person(engine, "amira").await, start());
    storage.add_report_mail(row.clone(), audit(1)).await.unwrap();
    let fence = lead(&*storage).await;
    let first = sending(&row, "2026-11-16", minute(9));
    assert!(storage.claim_sending(fence, first.clone(), start(), None).await.unwrap());
    let again = SendingRow { attempt: 2, claimed_at: minute(20), ..sending(&row, "2026-11-16", minute(9)) };
    let retake = || storage.claim_sending(fence, again.clone(), start(), Some(first.claim));
    assert!(!retake().await.unwrap(), "the first try is under way");
    let cause = "451 \u{645}\u{1F4A5} later".repeat(200);
    assert!(
        storage.end_sending(first.claim, ended(SendingState::Waiting, minute(15), &cause)).await.unwrap()
    );
    let told = last(&*storage, row.id).await.unwrap();
    assert_eq!((told.state, told.next_at), (SendingState::Waiting, minute(15)));
    assert!(told.cause.len() > 900 && cause.starts_with(&told.cause), "as much of it as there is room for");
    assert!(retake().await.unwrap());
    assert!(!retake().await.unwrap(), "a second time");
    assert_eq!(last(&*storage, row.id).await, Some(again.clone()));
    assert!(!storage.end_sending(first.claim, ended(SendingState::Sent, minute(21), "")).await.unwrap());
    assert!(storage.end_sending(again.claim, ended(SendingState::Sent, minute(21), "")).await.unwrap());
    assert!(!storage.end_sending(again.claim, ended(SendingState::Failed, minute(22), "x")).await.unwrap());
    let third = sending(&row, "2026-11-16", minute(9));
    assert!(!storage.claim_sending(fence, third.clone(), start(), None).await.unwrap());
    assert!(!storage.claim_sending(fence, third, start(), Some(again.claim)).await.unwrap());
    // The next ones; of two that are due at once the longer is told.
    for first in ["2026-11-22", "2026-11-16"] {
        let next = SendingRow { last: day("2026-11-29"), ..sending(&row, first, minute(90)) };
        assert!(storage.claim_sending(fence, next, start(), None).await.unwrap());
    }
    let newest = last(&*storage, row.id).await.unwrap();
    assert_eq!(
        (newest.first, newest.last, newest.due_at),
        (day("2026-11-16"), day("2026-11-29"), minute(90))
    );
    // Long after, the first ones are forgotten.
    let late = SendingRow { last: day("2027-11-29"), ..sending(&row, "2027-11-22", minute(200 * 24 * 60)) };
    assert!(storage.claim_sending(fence, late, start(), None).await.unwrap());
    let anew = sending(&row, "2026-11-16", minute(9));
    assert!(
        storage.claim_sending(fence, anew, start(), None).await.unwrap(),
        "nothing is known of it any more"
    );
    assert!(storage.delete_report_mail(row.id, audit(1)).await.unwrap());
}

pub async fn a_report_that_nobody_told_of_is_given_up_and_its_end_may_still_be_told(engine: &Engine) {
    let storage = &*engine.storage;
    let row = mail(person(engine, "amira").await, start());
    storage.add_report_mail(row.clone(), audit(1)).await.unwrap();
    let fence = lead(storage).await;
    let taken = sending(&row, "2026-11-16", minute(9));
    assert!(storage.claim_sending(fence, taken.clone(), start(), None).await.unwrap());
    let state = async || last(storage, row.id).await.unwrap().state;
    storage.lose_sendings(fence, minute(9)).await.unwrap();
    assert_eq!(state().await, SendingState::Sending, "it was taken at that very moment");
    storage.lose_sendings(Fence { epoch: fence.epoch - 1, ..fence }, minute(10)).await.unwrap();
    assert_eq!(state().await, SendingState::Sending, "under another epoch");
    storage.lose_sendings(fence, minute(10)).await.unwrap();
    assert_eq!(state().await, SendingState::Unknown);
    let again = sending(&row, "2026-11-16", minute(9));
    assert!(!storage.claim_sending(fence, again.clone(), start(), None).await.unwrap());
    assert!(!storage.claim_sending(fence, again, start(), Some(taken.claim)).await.unwrap());
    assert!(storage.end_sending(taken.claim, ended(SendingState::Sent, minute(11), "")).await.unwrap());
    assert_eq!(state().await, SendingState::Sent);
}
