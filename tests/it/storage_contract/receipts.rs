//! The cases of what comes back of messages: receipts, whenever and however they come, and messages from phones.

use aftercall::domain::outbox::MessageState::{self, Accepted, Delivered, Queued, Undelivered, Unknown};
use aftercall::foundation::{ClaimId, MessageId};
use aftercall::storage::{InboundRow, MessageRow, ReceiptRow, Settled};

use super::outbox::{accepted, begin, note, sender, settled, state, stored, taken_by_gateway};
use super::*;

/// What a gateway says of a part by its id.
fn receipt(ids: &[&str], state: MessageState) -> ReceiptRow {
    ReceiptRow {
        route: "route".into(),
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        message: None,
        state,
        detail: "ESME said 🙂".into(),
        at: minute(30),
    }
}

/// The same by our key.
fn by_key(message: MessageId, state: MessageState) -> ReceiptRow {
    ReceiptRow { message: Some(message), ..receipt(&[], state) }
}

/// A message that a gateway took under these ids.
async fn sent(storage: &dyn Storage, fence: Fence, no: i64, gateway_ids: &[&str]) -> MessageId {
    storage.add_message(note(no), None).await.unwrap();
    taken_by_gateway(storage, fence, note(no).id, gateway_ids).await;
    note(no).id
}

/// One that is being handed over.
async fn being_sent(storage: &dyn Storage, fence: Fence, no: i64) -> (ClaimId, MessageId) {
    storage.add_message(MessageRow { due_at: start(), ..note(no) }, None).await.unwrap();
    begin(storage, fence, minute(20)).await
}

pub async fn a_receipt_moves_its_message_on_and_never_back(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let id = sent(storage, fence, 0, &["7F"]).await;
    let take = async |state| storage.take_receipt(receipt(&["7F"], state)).await.unwrap();
    assert!(!take(Accepted).await, "that is known");
    assert_eq!(state(storage, id).await, Accepted);
    assert!(take(Undelivered).await);
    let failed = stored(storage, id).await;
    assert_eq!((failed.state, failed.cause.as_str()), (Undelivered, "ESME said 🙂"));
    assert_eq!(failed.changed_at, minute(30));
    assert!(!take(Undelivered).await, "twice");
    assert!(!take(Accepted).await);
    assert_eq!(state(storage, id).await, Undelivered);
    assert!(take(Delivered).await, "the phone has it, whatever was said before");
    let arrived = stored(storage, id).await;
    assert_eq!((arrived.state, arrived.cause.as_str()), (Delivered, ""));
    for late in [Undelivered, Accepted, Delivered] {
        assert!(!take(late).await);
    }
    assert_eq!(stored(storage, id).await, arrived);
}

pub async fn a_receipt_finds_its_message_by_the_first_form_that_is_known(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let hex = sent(storage, fence, 0, &["1a"]).await;
    let decimal = sent(storage, fence, 1, &["26"]).await;
    assert!(storage.take_receipt(receipt(&["0026", "26", "1a"], Delivered)).await.unwrap());
    assert_eq!((state(storage, hex).await, state(storage, decimal).await), (Accepted, Delivered));
    assert!(storage.take_receipt(receipt(&["001a", "1a"], Undelivered)).await.unwrap());
    assert_eq!(state(storage, hex).await, Undelivered);
    let third = sent(storage, fence, 2, &["5"]).await;
    let elsewhere = ReceiptRow { route: "other".into(), ..receipt(&["5"], Delivered) };
    storage.take_receipt(elsewhere).await.unwrap();
    assert_eq!(state(storage, third).await, Accepted, "ids are of a route");
    // An id that a gateway gives again is of the newest message.
    let newest = sent(storage, fence, 3, &["5"]).await;
    assert!(storage.take_receipt(receipt(&["5"], Delivered)).await.unwrap());
    assert_eq!((state(storage, third).await, state(storage, newest).await), (Accepted, Delivered));
}

pub async fn a_receipt_that_comes_too_early_is_kept_until_its_message_is_settled(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let keep = async |ids: &[&str], state| storage.take_receipt(receipt(ids, state)).await.unwrap();
    let settle = async |no, id: &str| {
        let (claim, message) = being_sent(storage, fence, no).await;
        assert!(storage.settle_message(claim, message, accepted(&[id]), minute(31)).await.unwrap());
        stored(storage, message).await
    };
    assert!(keep(&["a"], Delivered).await);
    assert!(!keep(&["a"], Undelivered).await, "it is known to have arrived");
    assert_eq!(settle(0, "a").await.state, Delivered);
    assert!(keep(&["b"], Accepted).await);
    assert!(!keep(&["b"], Accepted).await);
    assert!(keep(&["b"], Undelivered).await);
    let failed = settle(1, "b").await;
    assert_eq!((failed.state, failed.cause.as_str()), (Undelivered, "ESME said 🙂"));
    assert!(keep(&["c"], Accepted).await);
    assert_eq!(settle(2, "c").await.state, Accepted);
    assert!(keep(&["0d", "d"], Delivered).await);
    assert_eq!(settle(3, "d").await.state, Delivered, "by another form of the id");
    // What was said of an earlier message says nothing of one that gets its id later.
    assert_eq!(settle(4, "a").await.state, Accepted);
}

pub async fn a_message_of_parts_is_delivered_when_all_of_them_are(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let take = async |id: &str, state| storage.take_receipt(receipt(&[id], state)).await.unwrap();
    let whole = sent(storage, fence, 0, &["p1", "p2", "p3"]).await;
    assert!(take("p2", Delivered).await);
    assert!(!take("p2", Delivered).await);
    assert!(take("p1", Delivered).await);
    assert_eq!(state(storage, whole).await, Accepted);
    assert!(take("p3", Delivered).await);
    assert_eq!(state(storage, whole).await, Delivered);
    let broken = sent(storage, fence, 1, &["q1", "q2"]).await;
    assert!(take("q1", Undelivered).await);
    assert!(take("q2", Delivered).await);
    assert_eq!(state(storage, broken).await, Undelivered);
    assert!(take("q1", Delivered).await);
    assert_eq!(state(storage, broken).await, Delivered);
    // One part's receipt came before the ids were known.
    assert!(take("r2", Delivered).await);
    let early = sent(storage, fence, 2, &["r1", "r2"]).await;
    assert_eq!(state(storage, early).await, Accepted);
    assert!(take("r1", Delivered).await);
    assert_eq!(state(storage, early).await, Delivered);
}

pub async fn a_receipt_by_our_key_tells_of_a_message_nobody_knows_of(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let take = async |id, state| storage.take_receipt(by_key(id, state)).await.unwrap();
    // While it is handed over, and after that was given up.
    let (claim, first) = being_sent(storage, fence, 0).await;
    assert!(take(first, Accepted).await);
    assert_eq!(state(storage, first).await, Accepted);
    assert!(storage.settle_message(claim, first, accepted(&["g-0"]), minute(31)).await.unwrap());
    assert!(
        storage.take_receipt(receipt(&["g-0"], Delivered)).await.unwrap(),
        "its id is known all the same"
    );
    assert_eq!(state(storage, first).await, Delivered);
    let (claim, second) = being_sent(storage, fence, 1).await;
    assert!(storage.settle_message(claim, second, settled(Unknown), minute(21)).await.unwrap());
    assert!(take(second, Undelivered).await);
    assert!(take(second, Delivered).await);
    assert!(!take(second, Undelivered).await);
    assert_eq!(state(storage, second).await, Delivered);
    // One that is about to be sent again is not.
    let (claim, third) = being_sent(storage, fence, 2).await;
    let again = Settled { may_be_double: true, ..settled(Queued) };
    assert!(storage.settle_message(claim, third, again.clone(), minute(21)).await.unwrap());
    assert!(take(third, Accepted).await);
    assert_eq!(state(storage, third).await, Accepted);
    assert!(!take(third, Accepted).await);
    // A settlement that comes after the word of the phone does not take it back.
    let (claim, fourth) = being_sent(storage, fence, 3).await;
    assert!(take(fourth, Delivered).await);
    assert!(storage.settle_message(claim, fourth, again, minute(31)).await.unwrap());
    assert_eq!(state(storage, fourth).await, Delivered);
    // One that was never handed over cannot have come from us.
    storage.add_message(note(4), None).await.unwrap();
    assert!(!take(note(4).id, Delivered).await);
    assert_eq!(state(storage, note(4).id).await, Queued);
    assert!(!take(note(9).id, Delivered).await, "no such message");
}

pub async fn a_receipt_that_comes_just_when_its_message_is_settled_is_not_lost(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = sender(storage).await;
    let another = engine.another();
    for no in 0..30 {
        let (claim, message) = being_sent(storage, fence, no).await;
        let gateway_id = format!("g-{no}");
        let told = storage.settle_message(claim, message, accepted(&[&gateway_id]), minute(31));
        let comes = another.take_receipt(receipt(&["other form", &gateway_id], Delivered));
        let (settled, arrived) = tokio::join!(told, comes);
        assert!(settled.unwrap() && arrived.unwrap());
        assert_eq!(state(storage, message).await, Delivered, "{no}");
    }
}

pub async fn a_message_from_a_phone_is_taken_once_and_forgotten_in_time(engine: &Engine) {
    let storage = &*engine.storage;
    let inbound = |id: &str, at| InboundRow { route: "route".into(), id: id.into(), answers: None, at };
    let answers = Some((response_id(start()), "q1".to_owned()));
    let first = InboundRow { answers, ..inbound("\u{645}-1", minute(1)) };
    assert_eq!(storage.take_inbound(first.clone()).await.unwrap(), None);
    let again = InboundRow { answers: None, at: minute(2), ..first.clone() };
    assert_eq!(storage.take_inbound(again).await.unwrap(), Some(first.clone()), "as it was taken");
    let elsewhere = InboundRow { route: "other".into(), ..inbound("\u{645}-1", minute(3)) };
    assert_eq!(storage.take_inbound(elsewhere.clone()).await.unwrap(), None);
    assert_eq!(storage.take_inbound(elsewhere.clone()).await.unwrap(), Some(elsewhere.clone()));
    let tries = (0..6).map(|_| storage.take_inbound(inbound("many", minute(9))));
    let taken = futures_util::future::join_all(tries).await;
    assert_eq!(taken.into_iter().filter(|taken| taken.as_ref().unwrap().is_none()).count(), 1);
    // Receipts nobody knows go with them; others stay.
    for (id, at) in [("early", minute(2)), ("late", minute(9))] {
        let unknown = ReceiptRow { at, ..receipt(&[id], Delivered) };
        assert!(storage.take_receipt(unknown).await.unwrap());
    }
    let fence = lead(storage).await;
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    assert_eq!(storage.delete_stale_inbound(stale, minute(5), 100).await.unwrap(), 0);
    assert_eq!(storage.delete_stale_inbound(fence, minute(5), 1).await.unwrap(), 2, "one of each");
    assert_eq!(storage.delete_stale_inbound(fence, minute(5), 100).await.unwrap(), 1);
    assert_eq!(storage.delete_stale_inbound(fence, minute(5), 100).await.unwrap(), 0);
    assert_eq!(storage.take_inbound(first.clone()).await.unwrap(), None, "it is forgotten");
    assert_eq!(
        storage.take_inbound(inbound("many", minute(9))).await.unwrap(),
        Some(inbound("many", minute(9)))
    );
    assert!(!storage.take_receipt(receipt(&["late"], Delivered)).await.unwrap(), "that is known");
    assert!(storage.take_receipt(receipt(&["early"], Delivered)).await.unwrap());
}
