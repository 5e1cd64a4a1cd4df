//! The cases of the outbox: who has a message in hand, how its tries end, and what becomes of it after its sender.

use std::collections::HashSet;

use aftercall::domain::outbox::{MessageState, Purpose};
use aftercall::foundation::{ClaimId, MessageId};
use aftercall::storage::{
    Claim, ClaimedMessage, MessageRow, OptOutRow, OutboxFilter, Recovered, RouteRow, Settled, StoredMessage,
};

use super::accounts::audit;
use super::invites::{NUMBER, all, invitation, of, waiting};
use super::recovery::resend;
use super::*;

/// A message without a response, added at a minute and due then.
pub fn note(no: i64) -> MessageRow {
    MessageRow {
        id: MessageId::of(&no.to_be_bytes(), "note"),
        response: None,
        purpose: Purpose::Dialogue,
        number: NUMBER.into(),
        language: "es".into(),
        text: Some(format!("note {no}")),
        route: None,
        created_at: minute(no),
        due_at: minute(no),
        expires_at: minute(10_000),
    }
}

pub fn claim(at: DateTime<Utc>) -> Claim {
    Claim { id: ClaimId::new(at, &SystemChance), at }
}

pub fn settled(state: MessageState) -> Settled {
    Settled {
        state,
        due_at: minute(60),
        cause: String::new(),
        gateway_ids: Vec::new(),
        may_be_double: false,
        is_try: true,
    }
}

pub fn accepted(gateway_ids: &[&str]) -> Settled {
    let gateway_ids = gateway_ids.iter().map(|id| (*id).to_owned()).collect();
    Settled { gateway_ids, ..settled(MessageState::Accepted) }
}

/// The lease of senders, for as long as a test lasts.
pub async fn sender(storage: &dyn Storage) -> Fence {
    lead_as(storage, LeaseRole::SmsSender).await
}

/// The next term of it.
pub async fn next_sender(storage: &dyn Storage, fence: Fence) -> Fence {
    assert!(storage.release_lease(fence).await.unwrap());
    sender(storage).await
}

/// Takes one message in hand, which has to be there.
pub async fn take(storage: &dyn Storage, fence: Fence, at: DateTime<Utc>) -> (ClaimId, ClaimedMessage) {
    let claim = claim(at);
    let taken = storage.claim_messages(fence, claim, 1).await.unwrap();
    (claim.id, taken.into_iter().next().unwrap())
}

/// Takes one in hand and begins to hand it to `route`.
pub async fn begin(storage: &dyn Storage, fence: Fence, at: DateTime<Utc>) -> (ClaimId, MessageId) {
    let (claim, taken) = take(storage, fence, at).await;
    let id = taken.row.id;
    assert!(storage.begin_submission(fence, claim, id, "route".into(), 1, at).await.unwrap());
    (claim, id)
}

/// Sends a message that waits, whatever waits beside it: a gateway took it under these ids.
pub async fn taken_by_gateway(storage: &dyn Storage, fence: Fence, message: MessageId, gateway_ids: &[&str]) {
    let claim = claim(minute(20));
    let taken = storage.claim_messages(fence, claim, 100).await.unwrap();
    assert!(taken.iter().any(|taken| taken.row.id == message));
    for other in taken.iter().filter(|taken| taken.row.id != message) {
        let back = vec![(other.row.id, other.row.due_at, String::new())];
        assert_eq!(storage.put_back(claim.id, back, minute(20)).await.unwrap(), 1);
    }
    let parts = u32::try_from(gateway_ids.len()).unwrap();
    let begun = storage.begin_submission(fence, claim.id, message, "route".into(), parts, minute(20));
    assert!(begun.await.unwrap());
    assert!(storage.settle_message(claim.id, message, accepted(gateway_ids), minute(21)).await.unwrap());
}

pub async fn stored(storage: &dyn Storage, id: MessageId) -> StoredMessage {
    storage.message(id).await.unwrap().unwrap()
}

pub async fn state(storage: &dyn Storage, id: MessageId) -> MessageState {
    stored(storage, id).await.state
}

pub(super) async fn added(storage: &dyn Storage, rows: impl IntoIterator<Item = MessageRow>) {
    for row in rows {
        storage.add_message(row, None).await.unwrap();
    }
}

pub async fn a_message_comes_back_as_it_went_in_and_is_added_once(engine: &Engine) {
    let storage = &*engine.storage;
    let text = Some("كيف كانت الخدمة؟ 🙂\r\n'--  ".repeat(40));
    let full = MessageRow { text, route: Some("Route 1".into()), language: "zh-Hant-TW".into(), ..note(1) };
    storage.add_message(full.clone(), Some(audit(1))).await.unwrap();
    let other = MessageRow { text: Some("another".into()), purpose: Purpose::Test, ..full.clone() };
    storage.add_message(other, None).await.unwrap();
    assert_eq!(storage.message(full.id).await.unwrap(), Some(waiting(&full)));
    assert_eq!(storage.audit(None, 10).await.unwrap().len(), 1);
    assert_eq!(storage.message(note(2).id).await.unwrap(), None);
    let tries = (0..6).map(|_| storage.add_message(note(2), None));
    futures_util::future::join_all(tries).await.into_iter().for_each(Result::unwrap);
    assert_eq!(storage.messages(all(10)).await.unwrap(), [waiting(&note(2)), waiting(&full)]);
}

pub async fn messages_are_taken_in_hand_the_longest_due_first_and_once(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let waits = MessageRow { due_at: minute(50), ..note(0) };
    let late = MessageRow { due_at: minute(1), ..note(9) };
    added(storage, [waits.clone(), late.clone(), note(3), note(2), note(4)]).await;
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    assert_eq!(storage.claim_messages(stale, claim(minute(10)), 10).await.unwrap(), []);
    let in_hand = |row: &MessageRow| ClaimedMessage { row: row.clone(), attempt: 0, doubles: 0 };
    let first = claim(minute(10));
    let taken = storage.claim_messages(fence, first, 2).await.unwrap();
    assert_eq!(taken, [in_hand(&late), in_hand(&note(2))]);
    let taken = storage.claim_messages(fence, claim(minute(10)), 10).await.unwrap();
    assert_eq!(taken, [in_hand(&note(3)), in_hand(&note(4))]);
    assert_eq!(storage.claim_messages(fence, claim(minute(49)), 10).await.unwrap(), []);
    let taken = storage.claim_messages(fence, claim(minute(50)), 10).await.unwrap();
    assert_eq!(taken, [in_hand(&waits)]);
    assert_eq!(state(storage, late.id).await, MessageState::Claimed);
}

pub async fn of_many_who_take_messages_in_hand_no_two_get_the_same(engine: &Engine) {
    const MESSAGES: i64 = 300;
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let rows = (0..MESSAGES).map(|no| storage.add_message(note(no), None));
    futures_util::future::join_all(rows).await.into_iter().for_each(Result::unwrap);
    let nodes: Vec<_> = (0..3).map(|_| engine.another()).collect();
    let senders = (0..8).map(|no| {
        let storage = Arc::clone(&nodes[no % nodes.len()]);
        async move {
            let mut mine = Vec::new();
            let mut empty = 0;
            // That there is nothing for one of many does not yet mean that there is nothing.
            while empty < 3 {
                let taken = storage.claim_messages(fence, claim(minute(MESSAGES)), 7).await.unwrap();
                assert!(taken.len() <= 7);
                empty = if taken.is_empty() { empty + 1 } else { 0 };
                mine.extend(taken.into_iter().map(|taken| taken.row.id));
            }
            mine
        }
    });
    let taken: Vec<MessageId> = futures_util::future::join_all(senders).await.concat();
    assert_eq!(taken.len(), usize::try_from(MESSAGES).unwrap());
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), taken.len());
}

pub async fn what_is_not_to_be_sent_any_more_is_ended_when_it_is_due(engine: &Engine) {
    use MessageState::{Claimed, Expired, Queued, Skipped};
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let answered = ground.offer(start());
    storage.insert_offer(answered.clone()).await.unwrap();
    storage.update_response(update(answered.id, 0, ResponseState::InProgress, vec![])).await.unwrap();
    let opted_out = OptOutRow { number: "+9".into(), at: start(), source: "sms".into() };
    storage.put_opt_out(opted_out, None).await.unwrap();
    let about = |no, purpose| MessageRow { response: Some(answered.id), purpose, ..note(no) };
    let to_nobody = |no, purpose| MessageRow { number: "+9".into(), purpose, ..note(no) };
    let cases = [
        (MessageRow { expires_at: minute(30), ..note(0) }, Expired),
        (MessageRow { expires_at: minute(31), ..note(1) }, Claimed),
        (MessageRow { due_at: minute(31), expires_at: minute(20), ..note(2) }, Queued),
        (about(3, Purpose::Invite), Skipped),
        (about(4, Purpose::Reminder), Skipped),
        (about(5, Purpose::Dialogue), Claimed),
        (to_nobody(6, Purpose::Invite), Skipped),
        (to_nobody(7, Purpose::Reminder), Skipped),
        (to_nobody(8, Purpose::Dialogue), Skipped),
        (to_nobody(9, Purpose::Confirmation), Claimed),
        (to_nobody(10, Purpose::Test), Claimed),
    ];
    added(storage, cases.iter().map(|(row, _)| row.clone())).await;
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    assert_eq!(storage.claim_messages(stale, claim(minute(30)), 100).await.unwrap(), []);
    for (row, _) in &cases {
        assert_eq!(stored(storage, row.id).await, waiting(row), "under another epoch");
    }
    let taken = storage.claim_messages(fence, claim(minute(30)), 100).await.unwrap();
    for (row, expected) in &cases {
        let now = stored(storage, row.id).await;
        assert_eq!(now.state, *expected, "{:?}", now.row.text);
        assert_eq!(taken.iter().any(|taken| taken.row == *row), *expected == Claimed);
        assert_eq!(now.cause.is_empty(), matches!(expected, Claimed | Queued), "{}", now.cause);
        let changed = if *expected == Queued { row.created_at } else { minute(30) };
        assert_eq!(now.changed_at, changed);
    }
}

pub async fn a_message_is_begun_under_the_lease_and_by_its_claim_only(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    added(storage, [note(0)]).await;
    let (mine, taken) = take(storage, fence, minute(1)).await;
    let id = taken.row.id;
    let begin = |fence, claim, id| storage.begin_submission(fence, claim, id, "route".into(), 3, minute(2));
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    assert!(!begin(stale, mine, id).await.unwrap(), "under another epoch");
    assert!(!begin(fence, claim(minute(1)).id, id).await.unwrap(), "by another claim");
    assert!(!begin(fence, mine, note(1).id).await.unwrap(), "no such message");
    assert_eq!(state(storage, id).await, MessageState::Claimed);
    assert!(begin(fence, mine, id).await.unwrap());
    let submitting = StoredMessage {
        state: MessageState::Submitting,
        attempt: 1,
        parts: 3,
        route: Some("route".into()),
        submitted_at: Some(minute(2)),
        changed_at: minute(2),
        ..waiting(&note(0))
    };
    assert_eq!(stored(storage, id).await, submitting);
    assert!(!begin(fence, mine, id).await.unwrap(), "a second time");
    assert_eq!(stored(storage, id).await, submitting);
    assert_eq!(storage.claim_messages(fence, claim(minute(3)), 10).await.unwrap(), []);
}

pub async fn who_wants_no_messages_since_a_claim_gets_none(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    added(storage, [note(0), MessageRow { purpose: Purpose::Confirmation, ..note(1) }]).await;
    let claim = claim(minute(2));
    assert_eq!(storage.claim_messages(fence, claim, 10).await.unwrap().len(), 2);
    let opted_out = OptOutRow { number: NUMBER.into(), at: minute(2), source: "sms".into() };
    storage.put_opt_out(opted_out, None).await.unwrap();
    let begin = |id| storage.begin_submission(fence, claim.id, id, "route".into(), 1, minute(3));
    assert!(!begin(note(0).id).await.unwrap());
    let skipped = stored(storage, note(0).id).await;
    assert_eq!((skipped.state, skipped.attempt), (MessageState::Skipped, 0));
    assert!(begin(note(1).id).await.unwrap(), "it confirms just that");
}

pub async fn a_try_ends_as_it_is_told_once(engine: &Engine) {
    use MessageState::{Accepted, Queued, Refused, Unknown};
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let cause = "\u{645}\u{1F4A5} busy".repeat(300);
    for (no, (end, doubles)) in (0..).zip([
        (accepted(&[]), 0),
        (Settled { cause: cause.clone(), ..settled(Refused) }, 0),
        (settled(Unknown), 0),
        (Settled { cause: "busy".into(), ..settled(Queued) }, 0),
        (Settled { may_be_double: true, ..settled(Queued) }, 1),
        (Settled { is_try: false, ..settled(Queued) }, 0),
    ]) {
        added(storage, [note(no)]).await;
        let (claim, id) = begin(storage, fence, minute(20)).await;
        for _ in 0..2 {
            assert!(storage.settle_message(claim, id, end.clone(), minute(21)).await.unwrap());
        }
        let now = stored(storage, id).await;
        assert_eq!((now.state, now.attempt, now.doubles), (end.state, u32::from(end.is_try), doubles));
        let due = if end.state == Queued { minute(60) } else { minute(no) };
        assert_eq!((now.row.due_at, now.changed_at), (due, minute(21)));
        assert!(end.cause.starts_with(&now.cause) && now.cause.is_empty() == end.cause.is_empty());
    }
    assert_eq!(storage.claim_messages(fence, claim(minute(59)), 10).await.unwrap(), []);
    let again = storage.claim_messages(fence, claim(minute(60)), 10).await.unwrap();
    let tried: Vec<_> = again.iter().map(|taken| (taken.row.id, taken.attempt, taken.doubles)).collect();
    assert_eq!(tried.len(), 3);
    assert!(
        tried.contains(&(note(5).id, 0, 0))
            && tried.contains(&(note(3).id, 1, 0))
            && tried.contains(&(note(4).id, 1, 1)),
        "{tried:?}"
    );
    assert_eq!(state(storage, note(0).id).await, Accepted);
}

pub async fn what_a_late_sender_tells_holds_unless_another_has_the_message(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    added(storage, [note(0), note(1)]).await;
    let (first, one) = begin(storage, fence, minute(20)).await;
    let (second, two) = begin(storage, fence, minute(20)).await;
    let fence = next_sender(storage, fence).await;
    let found = storage.recover_messages(fence, resend(&["route"]), minute(30)).await.unwrap();
    assert_eq!(found, Recovered { queued: 2, unknown: 0 });
    // Nobody else has it yet: that a gateway took it is heard, and it is not sent again.
    assert!(storage.settle_message(first, one, accepted(&["g-1"]), minute(31)).await.unwrap());
    assert_eq!(state(storage, one).await, MessageState::Accepted);
    let taken = storage.claim_messages(fence, claim(minute(90)), 10).await.unwrap();
    assert_eq!(taken.iter().map(|taken| taken.row.id).collect::<Vec<_>>(), [two]);
    let before = stored(storage, two).await;
    assert!(!storage.settle_message(second, two, settled(MessageState::Refused), minute(91)).await.unwrap());
    assert_eq!(stored(storage, two).await, before, "it was not taken: there is no second one");
    assert!(!storage.settle_message(second, two, accepted(&["g-2"]), minute(92)).await.unwrap());
    let after = StoredMessage { doubles: before.doubles + 1, ..before };
    assert_eq!(stored(storage, two).await, after);
    let nobody = note(7).id;
    assert!(!storage.settle_message(second, nobody, accepted(&["g-3"]), minute(93)).await.unwrap());
}

pub async fn claimed_messages_are_put_back_unless_they_are_begun(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    added(storage, (0..4).map(note)).await;
    let mine = claim(minute(5));
    assert_eq!(storage.claim_messages(fence, mine, 3).await.unwrap().len(), 3);
    let begun = storage.begin_submission(fence, mine.id, note(2).id, "route".into(), 1, minute(6));
    assert!(begun.await.unwrap());
    let back = |no: i64| (note(no).id, minute(40 + no), format!("why {no} 🙂"));
    let all_of_them: Vec<_> = (0..4).map(back).collect();
    assert_eq!(storage.put_back(claim(minute(5)).id, all_of_them.clone(), minute(7)).await.unwrap(), 0);
    assert_eq!(storage.put_back(mine.id, all_of_them.clone(), minute(7)).await.unwrap(), 2);
    assert_eq!(storage.put_back(mine.id, all_of_them, minute(8)).await.unwrap(), 0);
    assert_eq!(storage.put_back(mine.id, Vec::new(), minute(8)).await.unwrap(), 0);
    let now = stored(storage, note(1).id).await;
    let row = MessageRow { due_at: minute(41), ..note(1) };
    let expected = StoredMessage { cause: "why 1 🙂".into(), changed_at: minute(7), ..waiting(&row) };
    assert_eq!(now, expected);
    assert_eq!(state(storage, note(2).id).await, MessageState::Submitting);
    let due = storage.claim_messages(fence, claim(minute(40)), 10).await.unwrap();
    assert_eq!(due.iter().map(|taken| taken.row.id).collect::<Vec<_>>(), [note(3).id, note(0).id]);
}

pub async fn a_person_decides_about_a_message_that_stands_still(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    added(storage, (0..3).map(note)).await;
    let log = async || storage.audit(None, 100).await.unwrap().len();
    let decide = |no: i64, until| storage.decide_message(note(no).id, until, minute(70), audit(no));
    assert!(!decide(0, Some(minute(500))).await.unwrap(), "it waits");
    assert!(!decide(0, None).await.unwrap());
    for state in [MessageState::Refused, MessageState::Unknown, MessageState::Unknown] {
        let (claim, id) = begin(storage, fence, minute(20)).await;
        let end = Settled { cause: "why".into(), ..settled(state) };
        assert!(storage.settle_message(claim, id, end, minute(21)).await.unwrap());
    }
    assert!(!decide(0, None).await.unwrap(), "it was certainly not taken");
    assert!(decide(0, Some(minute(500))).await.unwrap());
    assert!(decide(1, Some(minute(501))).await.unwrap());
    assert!(!decide(1, None).await.unwrap(), "somebody decided");
    assert!(decide(2, None).await.unwrap());
    assert!(!decide(7, None).await.unwrap(), "no such message");
    assert_eq!(log().await, 3, "a line for each that was decided, no other");
    let (refused, unknown) = (stored(storage, note(0).id).await, stored(storage, note(1).id).await);
    for (message, doubles, until) in [(&refused, 0, 500), (&unknown, 1, 501)] {
        assert_eq!((message.state, message.doubles), (MessageState::Queued, doubles));
        assert_eq!((message.row.due_at, message.row.expires_at), (minute(70), minute(until)));
    }
    let taken = stored(storage, note(2).id).await;
    assert_eq!(
        (taken.state, taken.cause.as_str(), taken.changed_at),
        (MessageState::Accepted, "", minute(70))
    );
    assert_eq!(storage.claim_messages(fence, claim(minute(70)), 10).await.unwrap().len(), 2);
}

pub async fn messages_are_listed_page_by_page_and_counted_by_state(engine: &Engine) {
    use MessageState::{Claimed, Queued, Submitting};
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let offer = ground.offer(start());
    storage.insert_offer(offer.clone()).await.unwrap();
    // Several at one moment: their ids tell them apart.
    let rows = (0..9).map(|no| MessageRow { created_at: minute(no / 4), due_at: minute(no), ..note(no) });
    added(storage, rows).await;
    let other = MessageRow { number: "+1".into(), ..invitation(offer.id, minute(30)) };
    added(storage, [other.clone()]).await;
    let (_, id) = begin(storage, fence, minute(1)).await;
    let (_, claimed) = take(storage, fence, minute(1)).await;
    let whole = storage.messages(all(100)).await.unwrap();
    assert_eq!(whole.len(), 10);
    assert!(whole.is_sorted_by_key(|message| std::cmp::Reverse((message.row.created_at, message.row.id))));
    for limit in [1, 4, 10] {
        let mut listed: Vec<StoredMessage> = Vec::new();
        loop {
            let before = listed.last().map(|message| (message.row.created_at, *message.row.id.as_bytes()));
            let filter = OutboxFilter { before, ..all(limit) };
            let page = storage.messages(filter).await.unwrap();
            if page.is_empty() {
                break;
            }
            listed.extend(page);
        }
        assert_eq!(listed, whole, "pages of {limit}");
    }
    let ids = async |filter| {
        let found: Vec<StoredMessage> = storage.messages(filter).await.unwrap();
        found.into_iter().map(|message| message.row.id).collect::<Vec<_>>()
    };
    let states = |states: &[MessageState]| OutboxFilter { states: states.to_vec(), ..all(100) };
    assert_eq!(ids(of("+1")).await, [other.id]);
    let about = OutboxFilter { response: Some(offer.id), ..all(100) };
    assert_eq!(ids(about).await, [other.id]);
    assert_eq!(ids(states(&[MessageState::Submitting])).await, [id]);
    assert_eq!(ids(states(&[MessageState::Submitting, MessageState::Claimed])).await.len(), 2);
    assert_eq!(ids(states(&[MessageState::Delivered])).await, []);
    assert_eq!(state(storage, claimed.row.id).await, MessageState::Claimed);
    let mut counts = storage.message_counts().await.unwrap();
    counts.sort();
    assert_eq!(counts, [(Queued, 8), (Claimed, 1), (Submitting, 1)]);
}

pub async fn routes_are_as_the_sender_last_saw_them(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let route = |name: &str, no: i64| RouteRow {
        name: name.into(),
        node: format!("node-{no}"),
        kind: "smpp".into(),
        state: "down".into(),
        detail: "\u{645} 🙂".repeat(usize::try_from(no).unwrap()),
        changed_at: minute(no),
        seen_at: minute(no + 1),
        taken: 1 << 40,
        refused: 2,
        unknown: u64::try_from(no).unwrap(),
    };
    assert_eq!(storage.routes().await.unwrap(), []);
    storage.note_routes(fence, vec![route("b", 1), route("a", 1)]).await.unwrap();
    assert_eq!(storage.routes().await.unwrap(), [route("a", 1), route("b", 1)]);
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    storage.note_routes(stale, vec![route("b", 5), route("c", 5)]).await.unwrap();
    assert_eq!(storage.routes().await.unwrap(), [route("a", 1), route("b", 1)], "under another epoch");
    storage.note_routes(fence, vec![route("c", 2), route("b", 2)]).await.unwrap();
    assert_eq!(storage.routes().await.unwrap(), [route("a", 1), route("b", 2), route("c", 2)]);
}
