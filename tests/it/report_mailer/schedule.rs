//! When reports are sent, by whom, and when not.

use aftercall::domain::account::Role;
use aftercall::domain::lease::Fence;
use aftercall::domain::report_mail::{Rhythm, SendingState, cause};
use aftercall::foundation::{SendingId, SystemChance};
use aftercall::storage::{AccountChange, ReportMailStore, SendingRow};
use chrono::TimeDelta;

use super::{House, at, letters};
use crate::support::smtp::{Manners, PostOffice};
use crate::support::until_then;

#[actix_rt::test]
async fn of_two_nodes_that_both_believe_to_have_the_lease_one_sends_each_report() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    house.busy().await;
    for no in 0..8 {
        house.wants(|row| row.recipients = vec![format!("boss{no}@example.com")]).await;
    }
    for _ in 0..2 {
        house.node(office.settings()).await;
    }
    for day in ["2026-09-22T05:00:00Z", "2026-09-23T05:00:00Z"] {
        house.comes(day);
        let all_sent = async || {
            let mails = house.storage.report_mails(None).await.unwrap();
            mails.iter().all(|mail| {
                mail.last
                    .as_ref()
                    .is_some_and(|last| last.due_at == at(day) && last.state == SendingState::Sent)
            })
        };
        until_then("all are sent", all_sent).await;
    }
    house.settles(&office).await;
    let mut to: Vec<String> = letters(&office).into_iter().flat_map(|got| got.to).collect();
    to.sort();
    let twice: Vec<String> = (0..16).map(|no| format!("boss{}@example.com", no / 2)).collect();
    assert_eq!(to, twice, "each once a day");
}

#[actix_rt::test]
async fn nothing_is_sent_before_its_time_without_the_lease_or_for_a_time_before_it_was_set_up() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    house.busy().await;
    let held = house.lease.lock().unwrap().take();
    let id = house.wants(|_| {}).await;
    house.node(office.settings()).await;
    house.comes("2026-09-22T05:00:00Z");
    let shown = || house.nodes[0].board().report().pop().unwrap().observed;
    until_then("it looks", async || shown()["lease"] == "not held by this node").await;
    let stale = held.map(|fence| Fence { epoch: fence.epoch - 1, ..fence });
    *house.lease.lock().unwrap() = stale;
    until_then("it believes to have the lease", async || shown()["lease"] == "held").await;
    house.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!((house.last(id).await, office.lines()), (None, 0));
    *house.lease.lock().unwrap() = held;
    house.ends(id, SendingState::Sent).await;
    // Set up after seven: the first is that of tomorrow.
    let late = house.wants(|row| row.changed_at = at("2026-09-22T05:00:01Z")).await;
    house.settles(&office).await;
    assert_eq!((house.last(late).await, letters(&office).len()), (None, 1));
    house.comes("2026-09-23T04:59:59Z");
    house.settles(&office).await;
    assert_eq!((house.last(late).await, letters(&office).len()), (None, 1));
    house.comes("2026-09-23T05:00:00Z");
    house.ends(late, SendingState::Sent).await;
}

#[actix_rt::test]
async fn what_was_missed_for_more_than_a_day_is_left_out_and_told() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    house.busy().await;
    let (daily, weekly) = (house.wants(|_| {}).await, house.wants(|row| row.rhythm = Rhythm::Week).await);
    // No node worked from Monday to Wednesday of the week after.
    house.comes("2026-09-30T10:00:00Z");
    house.node(office.settings()).await;
    let told = house.ends(weekly, SendingState::Skipped).await;
    assert_eq!((told.first.to_string(), told.attempt), ("2026-09-21".into(), 0));
    let told = house.ends(daily, SendingState::Sent).await;
    assert_eq!(told.first.to_string(), "2026-09-29", "the newest");
    house.settles(&office).await;
    assert_eq!(letters(&office).len(), 1, "not one for each day");
    house.comes("2026-10-05T05:30:00Z");
    until_then("the week after is sent", async || {
        house.last(weekly).await.is_some_and(|last| last.state == SendingState::Sent)
    })
    .await;
}

#[actix_rt::test]
async fn a_report_whose_person_may_not_any_more_is_not_sent_and_says_why() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    let id = house.wants(|_| {}).await;
    house.node(office.settings()).await;
    let turns = [
        (AccountChange::Lock(at("2026-09-22T00:00:00Z")), "2026-09-22T05:00:00Z", cause::OWNER_LOCKED),
        (AccountChange::Unlock, "2026-09-23T05:00:00Z", ""),
        (AccountChange::Role(Role::Viewer), "2026-09-24T05:00:00Z", cause::OWNER_ROLE),
        (AccountChange::Role(Role::Supervisor), "2026-09-25T05:00:00Z", ""),
    ];
    for (change, moment, why) in turns {
        house.becomes(change).await;
        house.comes(moment);
        until_then("it is told", async || {
            let last = house.last(id).await;
            last.is_some_and(|last| last.due_at == at(moment) && last.state != SendingState::Sending)
        })
        .await;
        let last = house.last(id).await.unwrap();
        let state = if why.is_empty() { SendingState::Sent } else { SendingState::Failed };
        assert_eq!((last.state, last.cause.as_str()), (state, why), "{moment}");
    }
    assert_eq!(office.got().len(), 2);
    let gone = house.wants(|row| row.survey = Some("gone".into())).await;
    assert_eq!(house.ends(gone, SendingState::Failed).await.cause, cause::NO_SURVEY);
}

#[actix_rt::test]
async fn a_report_that_was_in_hand_when_its_node_died_is_not_sent_again_and_says_so() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    let id = house.wants(|_| {}).await;
    house.comes("2026-09-22T05:00:00Z");
    let (fence, now) = (house.lease.lock().unwrap().unwrap(), at("2026-09-22T05:00:00Z"));
    let day = now.date_naive().pred_opt().unwrap();
    let taken = SendingRow {
        mail: id,
        first: day,
        last: day,
        claim: SendingId::new(now, &SystemChance),
        state: SendingState::Sending,
        attempt: 1,
        due_at: now,
        claimed_at: now,
        next_at: now,
        cause: String::new(),
    };
    let changed_at = crate::storage_contract::start();
    assert!(house.storage.claim_sending(fence, taken, changed_at, None).await.unwrap());
    house.node(office.settings()).await;
    house.settles(&office).await;
    assert_eq!(house.last(id).await.unwrap().state, SendingState::Sending, "its node may still be at it");
    house.passes(TimeDelta::minutes(11));
    house.ends(id, SendingState::Unknown).await;
    house.settles(&office).await;
    assert_eq!(letters(&office).len(), 0);
    house.comes("2026-09-23T05:00:00Z");
    house.ends(id, SendingState::Sent).await;
}

#[actix_rt::test]
async fn a_planned_stop_hands_over_the_mail_in_hand_and_begins_no_other() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    office.behaves(Manners { holds: true, ..Manners::default() });
    let later = crate::storage_contract::minute(1);
    let ids = [house.wants(|_| {}).await, house.wants(|row| row.created_at = later).await];
    house.node(office.settings()).await;
    house.comes("2026-09-22T05:00:00Z");
    until_then("the first is on its way", async || office.letters() == 1).await;
    let node = house.nodes.pop().unwrap();
    let state = || format!("{:?}", node.board().report().pop().unwrap().state);
    let answer = async {
        until_then("it stops", async || state() == "Stopping").await;
        office.behaves(Manners::default());
    };
    let (report, ()) = futures_util::future::join(node.stop(), answer).await;
    assert!(report.children.iter().all(|child| !child.cut), "{report:?}");
    assert_eq!(house.last(ids[0]).await.unwrap().state, SendingState::Sent);
    assert_eq!((house.last(ids[1]).await, office.got().len()), (None, 1));
    house.node(office.settings()).await;
    house.ends(ids[1], SendingState::Sent).await;
}
