//! Mail servers that refuse, are away, break the line, or cannot be believed.

use std::collections::HashMap;

use aftercall::domain::report_mail::SendingState;
use aftercall::foundation::{Clock, MailSettings, Secret};
use chrono::TimeDelta;

use super::{House, letters};
use crate::support::smtp::{LOGIN, Manners, PostOffice, certified, secured, settings};
use crate::support::until_then;

#[actix_rt::test]
async fn who_is_refused_for_good_does_not_keep_a_report_from_the_others() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    office.behaves(Manners {
        refused: HashMap::from([("gone@example.com".into(), 550)]),
        ..Manners::default()
    });
    let both = house.wants(|row| row.recipients.push("gone@example.com".into())).await;
    let nobody = house.wants(|row| row.recipients = vec!["gone@example.com".into()]).await;
    house.node(office.settings()).await;
    house.comes("2026-09-22T05:00:00Z");
    let told = house.ends(both, SendingState::Sent).await;
    assert_eq!(told.cause, "gone@example.com: 550 no such mailbox here");
    let told = house.ends(nobody, SendingState::Failed).await;
    assert!(told.cause.contains("refused every address: gone@example.com: 550"), "{}", told.cause);
    house.passes(TimeDelta::hours(5));
    house.settles(&office).await;
    let got = letters(&office);
    assert_eq!((got.len(), got[0].to.as_slice()), (1, ["boss@example.com".to_owned()].as_slice()));
}

#[actix_rt::test]
async fn a_server_that_was_away_gets_the_report_once_it_is_back() {
    let mut house = House::build().await;
    let port = PostOffice::open().port();
    let id = house.wants(|_| {}).await;
    house.node(settings(port)).await;
    house.comes("2026-09-22T05:00:00Z");
    let told = house.ends(id, SendingState::Waiting).await;
    assert!(
        told.cause.contains(&format!("no connection to the mail server 127.0.0.1:{port}")),
        "{}",
        told.cause
    );
    let wait = told.next_at - told.claimed_at;
    assert!(wait >= TimeDelta::seconds(30) && wait <= TimeDelta::minutes(1), "{wait}");
    house.passes(TimeDelta::minutes(1));
    until_then("it was tried again", async || {
        house.last(id).await.is_some_and(|last| last.attempt == 2 && last.state == SendingState::Waiting)
    })
    .await;
    let again = house.last(id).await.unwrap();
    assert!(again.next_at - again.claimed_at >= TimeDelta::minutes(1), "the wait grows");
    let office = PostOffice::at(port, None);
    house.settles(&office).await;
    assert_eq!(letters(&office).len(), 0, "not before its time");
    house.passes(TimeDelta::minutes(2));
    assert_eq!(house.ends(id, SendingState::Sent).await.attempt, 3);
    house.passes(TimeDelta::hours(2));
    house.settles(&office).await;
    assert_eq!(letters(&office).len(), 1);
}

#[actix_rt::test]
async fn a_report_that_is_refused_for_the_time_being_again_and_again_is_given_up() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    office.behaves(Manners { answer: Some(451), ..Manners::default() });
    let id = house.wants(|_| {}).await;
    house.node(office.settings()).await;
    house.comes("2026-09-22T05:00:00Z");
    for attempt in 1..10 {
        until_then("it waits", async || {
            let last = house.last(id).await;
            last.is_some_and(|last| last.attempt == attempt && last.state == SendingState::Waiting)
        })
        .await;
        let last = house.last(id).await.unwrap();
        let wait = last.next_at - house.clock.now();
        assert!(wait <= TimeDelta::hours(1), "{wait}");
        house.passes(wait);
    }
    let told = house.ends(id, SendingState::Failed).await;
    assert!(told.attempt == 10 && told.cause.contains("refused the letter: 451"), "{told:?}");
    office.behaves(Manners::default());
    house.passes(TimeDelta::hours(2));
    house.settles(&office).await;
    assert_eq!(letters(&office).len(), 0);
}

#[actix_rt::test]
async fn a_report_that_is_refused_for_good_is_not_tried_again() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    office.behaves(Manners { answer: Some(554), ..Manners::default() });
    let id = house.wants(|_| {}).await;
    house.node(office.settings()).await;
    house.comes("2026-09-22T05:00:00Z");
    assert!(house.ends(id, SendingState::Failed).await.cause.contains("refused the letter: 554"));
    office.behaves(Manners::default());
    house.passes(TimeDelta::hours(5));
    house.settles(&office).await;
    assert_eq!(letters(&office).len(), 0);
}

#[actix_rt::test]
async fn a_report_that_was_on_its_way_when_the_line_broke_is_not_sent_again() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    office.behaves(Manners { breaks: true, ..Manners::default() });
    let id = house.wants(|_| {}).await;
    house.node(office.settings()).await;
    house.comes("2026-09-22T05:00:00Z");
    let told = house.ends(id, SendingState::Unknown).await;
    assert!(told.cause.contains("before it said whether it took the letter"), "{}", told.cause);
    office.behaves(Manners::default());
    house.passes(TimeDelta::hours(5));
    house.settles(&office).await;
    assert_eq!(letters(&office).len(), 1, "it had arrived");
}

#[actix_rt::test]
async fn a_server_of_an_own_authority_is_believed_and_no_word_is_said_to_another() {
    let mut house = House::build().await;
    let (ours, other) = (house.folder.path().join("ours.pem"), house.folder.path().join("other.pem"));
    let office = PostOffice::at(0, Some(certified(&ours)));
    certified(&other);
    let id = house.wants(|_| {}).await;
    let bare = PostOffice::open();
    house.comes("2026-09-22T05:00:00Z");
    let wrong = [
        (secured(office.settings(), &other), "no TLS with the mail server"),
        (secured(bare.settings(), &ours), "it does not offer STARTTLS"),
        (secured(office.settings(), &house.folder.path().join("none.pem")), "cannot read mail.ca_file"),
        (
            MailSettings {
                login: Some((LOGIN.0.into(), Secret::new("wrong".into()))),
                ..secured(office.settings(), &ours)
            },
            "does not let mail.user in: 535",
        ),
    ];
    for (settings, why) in wrong {
        house.node(settings).await;
        until_then(why, async || {
            house
                .last(id)
                .await
                .is_some_and(|last| last.state == SendingState::Waiting && last.cause.contains(why))
        })
        .await;
        house.nodes.pop().unwrap().stop().await;
        house.passes(TimeDelta::hours(1));
    }
    assert_eq!((office.got().len(), bare.got().len()), (0, 0));
    house.node(secured(office.settings(), &ours)).await;
    house.ends(id, SendingState::Sent).await;
    let got = office.got();
    assert!(got.len() == 1 && got[0].encrypted && got[0].login, "{got:?}");
}
