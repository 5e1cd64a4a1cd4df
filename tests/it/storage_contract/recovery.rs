//! What becomes of messages whose sender ended.

use aftercall::domain::outbox::MessageState;
use aftercall::storage::{Recovered, ResendRoutes};

use super::outbox::{added, begin, claim, next_sender, note, sender, state, stored};
use super::*;

/// Routes that may take a message twice.
pub(super) fn resend(routes: &[&str]) -> ResendRoutes {
    ResendRoutes { counted: routes.iter().map(ToString::to_string).collect(), ..ResendRoutes::default() }
}

pub async fn what_senders_before_left_behind_is_recovered_once(engine: &Engine) {
    let storage = &*engine.storage;
    let old = sender(storage).await;
    added(storage, (0..4).map(note)).await;
    let claimed = claim(minute(5));
    assert_eq!(storage.claim_messages(old, claimed, 4).await.unwrap().len(), 4);
    for (no, route) in [(0, "held"), (1, "resent"), (2, "resent")] {
        let begun = storage.begin_submission(old, claimed.id, note(no).id, route.into(), 1, minute(6));
        assert!(begun.await.unwrap());
    }
    let recover = |fence, at| storage.recover_messages(fence, resend(&["other", "resent"]), at);
    let new = next_sender(storage, old).await;
    assert_eq!(recover(old, minute(7)).await.unwrap(), Recovered::default(), "under another epoch");
    assert_eq!(recover(new, minute(8)).await.unwrap(), Recovered { queued: 3, unknown: 1 });
    assert_eq!(recover(new, minute(9)).await.unwrap(), Recovered::default());
    let begin = storage.begin_submission(old, claimed.id, note(3).id, "route".into(), 1, minute(9));
    assert!(!begin.await.unwrap(), "it is not its any more");
    let (held, resent) = (stored(storage, note(0).id).await, stored(storage, note(1).id).await);
    assert_eq!((held.state, held.doubles, held.changed_at), (MessageState::Unknown, 0, minute(8)));
    assert_eq!((resent.state, resent.doubles), (MessageState::Queued, 1));
    assert!(!held.cause.is_empty() && !resent.cause.is_empty());
    assert!(resent.row.due_at > minute(8), "a receipt may come first");
    let waits = stored(storage, note(3).id).await;
    assert_eq!((waits.state, waits.attempt, waits.row.due_at), (MessageState::Queued, 0, minute(3)));
    // One that was sent again once is not sent a third time.
    let taken = storage.claim_messages(new, claim(minute(60)), 10).await.unwrap();
    assert_eq!(taken.len(), 3);
    assert!(taken.iter().all(|taken| taken.row.id != note(0).id));
    let first = taken.iter().find(|taken| taken.row.id == note(1).id).unwrap();
    assert_eq!((first.attempt, first.doubles), (1, 1));
    let newest = next_sender(storage, new).await;
    assert_eq!(recover(newest, minute(70)).await.unwrap(), Recovered { queued: 3, unknown: 0 });
    let claim = claim(minute(80));
    assert_eq!(storage.claim_messages(newest, claim, 10).await.unwrap().len(), 3);
    let submitted = storage.begin_submission(newest, claim.id, note(1).id, "resent".into(), 1, minute(80));
    assert!(submitted.await.unwrap());
    let last = next_sender(storage, newest).await;
    assert_eq!(recover(last, minute(90)).await.unwrap(), Recovered { queued: 2, unknown: 1 });
    assert_eq!(state(storage, note(1).id).await, MessageState::Unknown);
}

pub async fn what_a_gateway_takes_once_is_sent_again_and_not_counted(engine: &Engine) {
    let storage = &*engine.storage;
    let mut fence = sender(storage).await;
    added(storage, [note(0)]).await;
    for round in 1..4 {
        let (_, message) = begin(storage, fence, minute(round * 20)).await;
        fence = next_sender(storage, fence).await;
        let routes = ResendRoutes { harmless: vec!["route".into()], ..resend(&["other"]) };
        let found = storage.recover_messages(fence, routes, minute(round * 20 + 1)).await.unwrap();
        assert_eq!(found, Recovered { queued: 1, unknown: 0 });
        let now = stored(storage, message).await;
        assert_eq!((now.state, now.doubles), (MessageState::Queued, 0), "round {round}");
    }
}

pub async fn a_sender_that_crashed_leaves_its_messages_to_the_next_of_the_same_epoch(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    added(storage, (0..3).map(note)).await;
    let claimed = claim(minute(5));
    assert_eq!(storage.claim_messages(fence, claimed, 3).await.unwrap().len(), 3);
    for (no, route) in [(0, "held"), (1, "resent")] {
        assert!(
            storage
                .begin_submission(fence, claimed.id, note(no).id, route.into(), 1, minute(6))
                .await
                .unwrap()
        );
    }
    let found = storage.recover_messages(fence, resend(&["resent"]), minute(8)).await.unwrap();
    assert_eq!(found, Recovered { queued: 2, unknown: 1 });
    assert_eq!(state(storage, note(0).id).await, MessageState::Unknown);
    assert_eq!(storage.claim_messages(fence, claim(minute(60)), 9).await.unwrap().len(), 2);
}
