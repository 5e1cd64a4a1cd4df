//! Links to responses: made, found, gone with what they lead to.

use aftercall::foundation::{ResponseId, SystemChance};
use aftercall::storage::{Erasure, ResponseLinkRow, Storage};

use super::archive::erasure;
use super::*;

fn link(hash: u8, response: ResponseId, until: i64) -> ResponseLinkRow {
    ResponseLinkRow { hash: [hash; 32], response, created_at: start(), expires_at: minute(until) }
}

async fn has(storage: &dyn Storage, hash: u8) -> bool {
    storage.response_link([hash; 32]).await.unwrap().is_some()
}

async fn offered(storage: &dyn Storage, ground: Ground, customer: &str) -> ResponseId {
    let mut offer = ground.offer(start());
    offer.facts.customer = number(customer);
    let id = offer.id;
    storage.insert_offer(offer).await.unwrap();
    id
}

pub async fn a_link_comes_back_as_it_went_in_and_a_response_may_have_several(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let id = offered(storage, ground, "+34").await;
    assert!(storage.put_response_link(link(1, id, 5)).await.unwrap());
    assert!(storage.put_response_link(link(2, id, 9)).await.unwrap());
    assert!(storage.put_response_link(link(1, id, 5)).await.unwrap(), "the same again");
    for expected in [link(1, id, 5), link(2, id, 9)] {
        assert_eq!(storage.response_link(expected.hash).await.unwrap(), Some(expected));
    }
    assert_eq!(engine.another().response_link([2; 32]).await.unwrap(), Some(link(2, id, 9)));
    assert!(!has(storage, 3).await);
    let unknown = ResponseId::new(start(), &SystemChance);
    assert!(!storage.put_response_link(link(3, unknown, 5)).await.unwrap(), "there is no such response");
    assert!(!has(storage, 3).await);
}

pub async fn a_response_is_open_as_long_as_a_link_to_it_works(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let begun = offered(storage, ground, "+34").await;
    let first = vec![answer(0, AnswerValue::Number(3))];
    let change = ResponseUpdate { at: start(), ..update(begun, 0, ResponseState::InProgress, first) };
    assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Stored);
    let untouched = offered(storage, ground, "+34").await;
    for (hash, id, until) in [(1, begun, 30), (2, begun, 50), (3, untouched, 50)] {
        assert!(storage.put_response_link(link(hash, id, until)).await.unwrap());
    }
    let close = |at| storage.close_idle(fence, minute(at - 10), minute(at), 100);
    assert_eq!(close(40).await.unwrap(), 0, "one of the links still works");
    assert_eq!(close(50).await.unwrap(), 2);
    for (id, state, answers) in [(begun, ResponseState::Partial, 1), (untouched, ResponseState::Expired, 0)] {
        let row = storage.response(id).await.unwrap().unwrap();
        assert_eq!((row.state, row.answers.len()), (state, answers));
    }
}

pub async fn links_go_with_their_customers(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let mut ids = Vec::new();
    for customer in ["+1", "+2", "+3"] {
        ids.push(offered(storage, ground, customer).await);
    }
    for (hash, id) in (1..).zip(&ids) {
        assert!(storage.put_response_link(link(hash, *id, 5)).await.unwrap());
    }
    for (customer, how) in [("+1", Erasure::Delete), ("+2", Erasure::Anonymise)] {
        storage.erase_customer(customer.into(), how, erasure(1, how)).await.unwrap();
    }
    assert_eq!([has(storage, 1).await, has(storage, 2).await, has(storage, 3).await], [false, false, true]);
}

pub async fn links_go_with_their_responses(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let id = offered(storage, ground, "+1").await;
    assert!(storage.put_response_link(link(1, id, 5)).await.unwrap());
    assert_eq!(storage.delete_responses(fence, ground.survey, minute(1), 10).await.unwrap(), 1);
    assert!(!has(storage, 1).await);
}

pub async fn links_long_over_are_deleted_under_the_lease_only(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let id = offered(storage, ground, "+34").await;
    for (hash, until) in [(1, 5), (2, 6), (3, 7)] {
        assert!(storage.put_response_link(link(hash, id, until)).await.unwrap());
    }
    let delete = |fence, limit| storage.delete_stale_response_links(fence, minute(7), limit);
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    assert_eq!(delete(stale, 9).await.unwrap(), 0);
    assert_eq!(delete(fence, 1).await.unwrap(), 1, "no more than the limit, the one that is over longest");
    assert!(!has(storage, 1).await && has(storage, 2).await);
    assert_eq!(delete(fence, 9).await.unwrap(), 1);
    assert!(has(storage, 3).await, "it was not over then");
}
