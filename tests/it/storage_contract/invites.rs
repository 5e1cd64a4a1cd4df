//! The cases of invites: stored with their ask or not at all, once for each reference, and what is forgotten with them.

use aftercall::domain::invite::InviteCause;
use aftercall::domain::outbox::{MessageState, Purpose};
use aftercall::foundation::MessageId;
use aftercall::storage::{
    DueReminder, Erased, Erasure, InviteFacts, InviteRow, MessageRow, OptOutRow, OutboxFilter, StoredMessage,
};

use super::archive::erasure;
use super::*;

/// Whom the cases invite.
pub const NUMBER: &str = "+34600111222";

/// The message that invites.
pub fn invitation(id: ResponseId, at: DateTime<Utc>) -> MessageRow {
    MessageRow {
        id: MessageId::of(id.as_bytes(), "invite"),
        response: Some(id),
        purpose: Purpose::Invite,
        number: NUMBER.into(),
        language: "es".into(),
        text: None,
        route: None,
        created_at: at,
        due_at: at,
        expires_at: at + TimeDelta::hours(48),
    }
}

impl Ground {
    /// An ask at `at` that led to an invite.
    pub fn invited(&self, at: DateTime<Utc>, reference: &str) -> OfferRow {
        let offer = self.offer(at);
        let facts = InviteFacts {
            reference: reference.into(),
            cause: InviteCause::Api,
            caused_by: None,
            number: Some(NUMBER.into()),
            language: "es".into(),
            expires_at: Some(at + TimeDelta::hours(48)),
            remind_at: Some(at + TimeDelta::hours(24)),
            message: Some(invitation(offer.id, at)),
        };
        let facts = Some(Box::new(facts));
        let response = ResponseFacts { channel: Channel::Web, ..self.facts() };
        OfferRow { response: Some(response), invite: facts, ..offer }
    }

    /// The same of an ask that came to nothing.
    pub fn not_invited(&self, at: DateTime<Utc>, reference: &str) -> OfferRow {
        let mut offer = self.invited(at, reference);
        let facts = offer.invite.take().unwrap();
        let facts = InviteFacts { expires_at: None, remind_at: None, message: None, ..*facts };
        OfferRow { result: "no_number".into(), response: None, invite: Some(Box::new(facts)), ..offer }
    }
}

/// Its message as it stands when it was added and no more.
pub fn waiting(row: &MessageRow) -> StoredMessage {
    StoredMessage {
        row: row.clone(),
        state: MessageState::Queued,
        attempt: 0,
        doubles: 0,
        parts: 0,
        route: None,
        cause: String::new(),
        submitted_at: None,
        changed_at: row.created_at,
    }
}

fn facts_of(offer: &OfferRow) -> InviteFacts {
    InviteFacts { message: None, ..*offer.invite.clone().unwrap() }
}

/// What is listed of it when nothing has happened yet.
fn listed(offer: &OfferRow) -> InviteRow {
    let invited = offer.response.is_some();
    InviteRow {
        id: offer.id,
        at: offer.at,
        facts: facts_of(offer),
        result: offer.result.clone(),
        trace: offer.trace.clone(),
        service: offer.service.map(|_| "All".into()),
        survey: invited.then(|| "csat".into()),
        response: invited.then(|| "offered".into()),
        message: invited.then_some(MessageState::Queued),
    }
}

/// That nothing at all is stored of an ask.
async fn is_unknown(storage: &dyn Storage, offer: &OfferRow) -> bool {
    let message = offer.invite.as_ref().unwrap().message.as_ref();
    storage.offer(offer.id).await.unwrap().is_none()
        && storage.response(offer.id).await.unwrap().is_none()
        && storage.invite(offer.id).await.unwrap().is_none()
        && storage.message(message.unwrap().id).await.unwrap().is_none()
}

pub async fn an_invite_is_stored_with_its_ask_and_message_once(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let call = ground.answered(storage, ground.offer(start()), &[]).await;
    let mut full = ground.invited(minute(1), &"ق🙂 /'--".repeat(12));
    let facts = full.invite.as_mut().unwrap();
    (facts.caused_by, facts.cause) = (Some(call), InviteCause::HangUp);
    let message = facts.message.as_mut().unwrap();
    message.text = Some("¿Cómo fue? 🙂\nالخدمة  ".repeat(20));
    message.route = Some("route-1".into());
    let bare = OfferRow { service: None, ..ground.not_invited(minute(2), "bare") };
    let mut nameless = ground.not_invited(minute(3), "nameless");
    nameless.invite.as_mut().unwrap().number = None;
    for offer in [&full, &bare, &nameless, &full, &bare] {
        storage.insert_offer(offer.clone()).await.unwrap();
    }
    for offer in [&full, &bare, &nameless] {
        let reference = offer.invite.as_ref().unwrap().reference.clone();
        assert_eq!(storage.invite(offer.id).await.unwrap(), Some(listed(offer)));
        assert_eq!(storage.invite_of(reference).await.unwrap(), Some(listed(offer)));
    }
    let message = full.invite.as_ref().unwrap().message.as_ref().unwrap();
    assert_eq!(storage.message(message.id).await.unwrap(), Some(waiting(message)));
    assert_eq!(storage.messages(all(10)).await.unwrap(), [waiting(message)]);
    let began = storage.response(full.id).await.unwrap().unwrap();
    assert_eq!((began.state, began.facts.channel), (ResponseState::Offered, Channel::Web));
    assert_eq!(storage.response(bare.id).await.unwrap(), None);
    assert_eq!(storage.invite_of("another".into()).await.unwrap(), None);
    assert_eq!(storage.invite(call).await.unwrap(), None);
}

pub async fn of_asks_with_one_reference_the_first_holds_and_nothing_is_stored_of_others(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let first = ground.invited(start(), "call 7");
    storage.insert_offer(first.clone()).await.unwrap();
    // Its neighbours in a batch are unharmed.
    let (second, other) = (ground.invited(minute(1), "call 7"), ground.invited(minute(1), "call 8"));
    let cased = ground.invited(minute(1), "Call 7");
    let offers = [&second, &other, &cased].map(|offer| storage.insert_offer(offer.clone()));
    futures_util::future::join_all(offers).await.into_iter().for_each(Result::unwrap);
    assert!(is_unknown(storage, &second).await);
    assert_eq!(storage.invite_of("call 7".into()).await.unwrap(), Some(listed(&first)));
    assert_eq!(storage.invite_of("call 8".into()).await.unwrap(), Some(listed(&other)));
    assert_eq!(storage.invite_of("Call 7".into()).await.unwrap(), Some(listed(&cased)));
    // Two at once, also in one batch and by two nodes.
    for turn in 0..8 {
        let reference = format!("turn {turn}");
        let offers: Vec<OfferRow> = (0..6).map(|no| ground.invited(minute(no), &reference)).collect();
        let another = engine.another();
        let stored = offers.iter().enumerate().map(|(no, offer)| {
            let storage = if no % 2 == 0 { storage } else { &*another };
            storage.insert_offer(offer.clone())
        });
        futures_util::future::join_all(stored).await.into_iter().for_each(Result::unwrap);
        let holds = storage.invite_of(reference).await.unwrap().unwrap();
        for offer in &offers {
            if offer.id == holds.id {
                assert_eq!(holds, listed(offer));
            } else {
                assert!(is_unknown(storage, offer).await);
            }
        }
    }
}

pub async fn a_change_and_the_invite_it_leads_to_are_stored_together_or_neither(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let call = ground.offer(start());
    storage.insert_offer(call.clone()).await.unwrap();
    let led_to = |seq, offer: &OfferRow| ResponseUpdate {
        follow_up: Some(Box::new(offer.clone())),
        ..update(call.id, seq, ResponseState::Partial, vec![answer(0, AnswerValue::Number(3))])
    };
    let late = ground.invited(minute(1), "late");
    assert_eq!(storage.update_response(led_to(7, &late)).await.unwrap(), UpdateOutcome::Conflict);
    assert!(is_unknown(storage, &late).await);
    let follow_up = ground.invited(minute(1), "hung up");
    let change = led_to(0, &follow_up);
    for _ in 0..2 {
        assert_eq!(storage.update_response(change.clone()).await.unwrap(), UpdateOutcome::Stored);
    }
    assert_eq!(storage.response(call.id).await.unwrap().unwrap().seq, 1);
    assert_eq!(storage.invite_of("hung up".into()).await.unwrap(), Some(listed(&follow_up)));
    assert!(storage.response(follow_up.id).await.unwrap().is_some());
    // One that was decided before holds; the change stands.
    let second = ground.invited(minute(2), "hung up");
    assert_eq!(storage.update_response(led_to(1, &second)).await.unwrap(), UpdateOutcome::Stored);
    assert_eq!(storage.response(call.id).await.unwrap().unwrap().seq, 2);
    assert!(is_unknown(storage, &second).await);
    // One that comes to nothing is told of, too.
    let refused = ground.not_invited(minute(3), "refused");
    assert_eq!(storage.update_response(led_to(2, &refused)).await.unwrap(), UpdateOutcome::Stored);
    assert_eq!(storage.invite_of("refused".into()).await.unwrap(), Some(listed(&refused)));
}

pub async fn an_invited_response_stays_open_until_its_invite_is_over(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let (idle, invited) = (ground.offer(start()), ground.invited(start(), "a"));
    for offer in [&idle, &invited] {
        storage.insert_offer(offer.clone()).await.unwrap();
    }
    let over = start() + TimeDelta::hours(48);
    let close = |now| storage.close_idle(fence, now - TimeDelta::hours(1), now, 100);
    let state = async |id| storage.response(id).await.unwrap().unwrap().state;
    let before = over - TimeDelta::milliseconds(1);
    assert_eq!(close(before).await.unwrap(), 1);
    assert_eq!(
        (state(idle.id).await, state(invited.id).await),
        (ResponseState::Expired, ResponseState::Offered)
    );
    assert_eq!(close(over).await.unwrap(), 1);
    assert_eq!(state(invited.id).await, ResponseState::Expired);
}

/// Everything that hangs on an invite whose message was sent: taken by a gateway in one part.
async fn sent(storage: &dyn Storage, offer: &OfferRow, gateway_id: &str) -> MessageId {
    storage.insert_offer(offer.clone()).await.unwrap();
    let message = offer.invite.as_ref().unwrap().message.as_ref().unwrap().id;
    let fence = lead_as(storage, LeaseRole::SmsSender).await;
    super::outbox::taken_by_gateway(storage, fence, message, &[gateway_id]).await;
    storage.release_lease(fence).await.unwrap();
    message
}

pub async fn what_hangs_on_a_response_that_is_deleted_goes_with_it(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let (old, new) = (ground.invited(start(), "old"), ground.invited(minute(9), "new"));
    let (gone, kept) = (sent(storage, &old, "g-1").await, sent(storage, &new, "g-2").await);
    let (refused, late) = (ground.not_invited(start(), "no"), ground.not_invited(minute(9), "late no"));
    for offer in [&refused, &late] {
        storage.insert_offer(offer.clone()).await.unwrap();
    }
    assert_eq!(storage.delete_responses(fence, ground.survey, minute(5), 100).await.unwrap(), 1);
    assert!(is_unknown(storage, &old).await);
    assert_eq!(storage.invite_of("old".into()).await.unwrap(), None);
    assert_eq!(storage.message(gone).await.unwrap(), None);
    assert!(storage.message(kept).await.unwrap().is_some());
    assert!(storage.invite(new.id).await.unwrap().is_some());
    assert_eq!(storage.delete_fruitless_offers(fence, minute(5), 100).await.unwrap(), 1);
    assert_eq!(storage.invite(refused.id).await.unwrap(), None);
    assert!(storage.invite(late.id).await.unwrap().is_some());
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    assert_eq!(storage.delete_fruitless_offers(stale, minute(50), 100).await.unwrap(), 0);
    assert!(storage.invite(late.id).await.unwrap().is_some(), "under another epoch");
}

/// Two people: one who is to be forgotten, invited after a call, by a list and not at all, with a message of another survey;
/// and one who is not.
async fn people(storage: &dyn Storage, ground: Ground) -> (Vec<OfferRow>, OfferRow, MessageRow) {
    let by = |offer: OfferRow, customer: &str| OfferRow {
        facts: CallFacts { customer: number(customer), ..CallFacts::default() },
        ..offer
    };
    let mut other = by(ground.invited(minute(9), "other"), "+1");
    let facts = other.invite.as_mut().unwrap();
    facts.number = Some("+1".into());
    facts.message.as_mut().unwrap().number = "+1".into();
    let theirs = vec![
        by(ground.invited(start(), "call"), NUMBER),
        // Known by the invite's number alone.
        ground.invited(minute(1), "list"),
        ground.not_invited(minute(2), "no"),
    ];
    let stray = MessageRow {
        id: MessageId::of(b"stray", "confirmation"),
        response: None,
        purpose: Purpose::Confirmation,
        text: Some("no more".into()),
        ..invitation(other.id, minute(3))
    };
    for (no, offer) in theirs.iter().take(2).chain([&other]).enumerate() {
        sent(storage, offer, &format!("g-{no}")).await;
    }
    storage.insert_offer(theirs[2].clone()).await.unwrap();
    storage.add_message(stray.clone(), None).await.unwrap();
    (theirs, other, stray)
}

pub async fn a_customer_who_is_deleted_is_gone_from_invites_and_messages(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let (theirs, other, stray) = people(storage, ground).await;
    let opted_out = OptOutRow { number: NUMBER.into(), at: minute(4), source: "sms".into() };
    storage.put_opt_out(opted_out.clone(), None).await.unwrap();
    let erased =
        storage.erase_customer(NUMBER.into(), Erasure::Delete, erasure(5, Erasure::Delete)).await.unwrap();
    assert_eq!(erased, Erased { asks: 3, responses: 2, answers: 0, recordings: 0 });
    for offer in &theirs {
        assert_eq!(storage.offer(offer.id).await.unwrap(), None);
        assert_eq!(storage.response(offer.id).await.unwrap(), None);
        assert_eq!(storage.invite(offer.id).await.unwrap(), None);
    }
    assert_eq!(storage.messages(of(NUMBER)).await.unwrap(), []);
    assert_eq!(storage.message(stray.id).await.unwrap(), None);
    assert!(storage.invite(other.id).await.unwrap().is_some(), "another person's");
    assert_eq!(storage.messages(of("+1")).await.unwrap().len(), 1);
    // Whoever wants no messages gets none, also when nothing else is known of them.
    assert_eq!(storage.opt_out(NUMBER.into()).await.unwrap(), Some(opted_out));
}

pub async fn a_customer_who_is_made_anonymous_leaves_no_number_and_no_text(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let (theirs, other, stray) = people(storage, ground).await;
    // What waits is not sent to nobody.
    let waits = MessageRow {
        id: MessageId::of(b"waits", "invite"),
        response: Some(theirs[0].id),
        ..invitation(theirs[0].id, minute(4))
    };
    storage.add_message(waits.clone(), None).await.unwrap();
    let erased =
        storage.erase_customer(NUMBER.into(), Erasure::Anonymise, erasure(5, Erasure::Anonymise)).await;
    assert_eq!(erased.unwrap(), Erased { asks: 3, responses: 2, answers: 0, recordings: 0 });
    for offer in &theirs {
        let invite = storage.invite(offer.id).await.unwrap().unwrap();
        assert_eq!((invite.facts.number, invite.facts.remind_at), (None, None));
        assert_ne!(invite.facts.reference, offer.invite.as_ref().unwrap().reference, "it may name the call");
    }
    assert!(storage.response(theirs[0].id).await.unwrap().is_some());
    assert_eq!(storage.messages(of(NUMBER)).await.unwrap(), []);
    for message in [stray.id, waits.id, invitation(theirs[0].id, start()).id] {
        let left = storage.message(message).await.unwrap().unwrap();
        assert_eq!((left.row.number.as_str(), left.row.text), ("", None), "{:?}", left.state);
        assert!(!matches!(left.state, MessageState::Queued | MessageState::Claimed), "{:?}", left.state);
    }
    let kept = storage.invite(other.id).await.unwrap().unwrap();
    assert_eq!(kept.facts.number.as_deref(), Some("+1"));
    assert_eq!(storage.messages(of("+1")).await.unwrap().len(), 1);
}

pub async fn who_wants_no_messages_is_noted_once_and_forgotten_when_told(engine: &Engine) {
    let storage = &*engine.storage;
    let row = |number: &str, at, source: &str| OptOutRow { number: number.into(), at, source: source.into() };
    let log = async || storage.audit(None, 100).await.unwrap().len();
    let (first, second) = (row(NUMBER, minute(1), "sms"), row("+1", minute(2), "portal"));
    storage.put_opt_out(first.clone(), None).await.unwrap();
    storage.put_opt_out(second.clone(), Some(erasure(2, Erasure::Delete))).await.unwrap();
    storage.put_opt_out(row(NUMBER, minute(9), "gateway"), None).await.unwrap();
    assert_eq!(storage.opt_out(NUMBER.into()).await.unwrap(), Some(first.clone()), "as it was first");
    assert_eq!(storage.opt_outs(None, None, 10).await.unwrap(), [second.clone(), first.clone()]);
    assert_eq!(storage.opt_outs(None, None, 1).await.unwrap(), std::slice::from_ref(&second));
    assert_eq!(storage.opt_outs(None, Some(second.at), 10).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(storage.opt_outs(Some(NUMBER.into()), None, 10).await.unwrap(), [first]);
    assert_eq!(storage.opt_outs(Some("+9".into()), None, 10).await.unwrap(), []);
    assert!(!storage.delete_opt_out("+9".into(), Some(erasure(3, Erasure::Delete))).await.unwrap());
    assert!(storage.delete_opt_out(NUMBER.into(), Some(erasure(4, Erasure::Delete))).await.unwrap());
    assert_eq!(storage.opt_out(NUMBER.into()).await.unwrap(), None);
    assert_eq!(log().await, 2, "a line for each change that a person made");
    let tries = (0..6).map(|_| storage.put_opt_out(row("+5", minute(5), "sms"), None));
    futures_util::future::join_all(tries).await.into_iter().for_each(Result::unwrap);
    assert_eq!(storage.opt_outs(None, None, 10).await.unwrap().len(), 2);
}

pub async fn a_reminder_is_due_until_it_is_seen_to_once(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let offers: Vec<OfferRow> =
        (0..4).map(|no| ground.invited(minute(no), &format!("reference {no}"))).collect();
    for offer in &offers {
        storage.insert_offer(offer.clone()).await.unwrap();
    }
    // The second one is being answered.
    storage.update_response(update(offers[1].id, 0, ResponseState::InProgress, vec![])).await.unwrap();
    let due = |no: usize, is_wanted| DueReminder {
        invite: offers[no].id,
        number: NUMBER.into(),
        language: "es".into(),
        expires_at: offers[no].invite.as_ref().unwrap().expires_at.unwrap(),
        is_wanted,
    };
    let at = start() + TimeDelta::hours(24);
    let found = async |limit| storage.due_reminders(at + TimeDelta::minutes(2), limit).await.unwrap();
    let told =
        |found: Vec<DueReminder>| found.iter().map(|due| (due.invite, due.is_wanted)).collect::<Vec<_>>();
    let expected = [due(0, true), due(1, false), due(2, true)];
    let first = found(10).await;
    assert_eq!(told(first.clone()), told(expected.to_vec()));
    assert_eq!((&first[0].number, &first[0].language), (&expected[0].number, &expected[0].language));
    assert_eq!(first[0].expires_at, expected[0].expires_at);
    assert_eq!(told(found(2).await), told(expected[..2].to_vec()));
    let fence = lead_as(storage, LeaseRole::SmsSender).await;
    let message = MessageRow {
        id: MessageId::of(offers[0].id.as_bytes(), "reminder"),
        purpose: Purpose::Reminder,
        ..invitation(offers[0].id, at)
    };
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    assert!(!storage.remind(stale, offers[0].id, Some(message.clone())).await.unwrap());
    assert_eq!(storage.message(message.id).await.unwrap(), None);
    assert!(storage.remind(fence, offers[0].id, Some(message.clone())).await.unwrap());
    let again = MessageRow { id: MessageId::of(b"again", "reminder"), ..message.clone() };
    assert!(!storage.remind(fence, offers[0].id, Some(again.clone())).await.unwrap());
    assert_eq!(storage.message(again.id).await.unwrap(), None);
    assert_eq!(storage.message(message.id).await.unwrap(), Some(waiting(&message)));
    assert!(storage.remind(fence, offers[1].id, None).await.unwrap());
    assert!(!storage.remind(fence, offers[1].id, None).await.unwrap());
    storage.put_opt_out(OptOutRow { number: NUMBER.into(), at, source: "sms".into() }, None).await.unwrap();
    assert_eq!(told(found(10).await), told(vec![due(2, false)]), "who wants no messages gets no reminder");
}

/// Everything, so many at most.
pub fn all(limit: u32) -> OutboxFilter {
    OutboxFilter { limit, ..OutboxFilter::default() }
}

/// Of one number.
pub fn of(number: &str) -> OutboxFilter {
    OutboxFilter { number: Some(number.into()), ..all(100) }
}

pub async fn invites_are_listed_page_by_page_the_newest_first(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    for no in 0..11 {
        // Several at one moment: their ids tell them apart.
        let (at, reference) = (minute(no / 4), format!("reference {no}"));
        let mut offer =
            if no % 3 == 0 { ground.not_invited(at, &reference) } else { ground.invited(at, &reference) };
        if no % 2 == 0 {
            offer.invite.as_mut().unwrap().number = Some("+1".into());
        }
        storage.insert_offer(offer).await.unwrap();
    }
    let whole = storage.invites(all(100)).await.unwrap();
    assert_eq!(whole.len(), 11);
    assert!(whole.is_sorted_by_key(|invite| std::cmp::Reverse((invite.at, invite.id))));
    for limit in [1, 3, 11] {
        let mut listed: Vec<InviteRow> = Vec::new();
        loop {
            let before = listed.last().map(|invite| (invite.at, *invite.id.as_bytes()));
            let page = storage.invites(OutboxFilter { before, ..all(limit) }).await.unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= limit as usize);
            listed.extend(page);
        }
        assert_eq!(listed, whole, "pages of {limit}");
    }
    let count = async |filter| storage.invites(filter).await.unwrap().len();
    assert_eq!(count(of("+1")).await, 6);
    assert_eq!(count(OutboxFilter { result: Some("no_number".into()), ..all(100) }).await, 4);
    assert_eq!(count(OutboxFilter { result: Some("no_number".into()), ..of("+1") }).await, 2);
    assert_eq!(count(of("+9")).await, 0);
}

pub async fn the_newest_open_dialogue_with_a_number_is_found(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let dialogue = |at, reference: &str| {
        let response = Some(ResponseFacts { channel: Channel::Sms, ..ground.facts() });
        OfferRow { response, ..ground.invited(at, reference) }
    };
    let open = async || storage.open_dialogue(NUMBER.into()).await.unwrap();
    assert_eq!(open().await, None);
    let (first, second, page) =
        (dialogue(start(), "a"), dialogue(minute(1), "b"), ground.invited(minute(2), "c"));
    for offer in [&first, &second, &page] {
        storage.insert_offer(offer.clone()).await.unwrap();
    }
    assert_eq!(open().await, Some(second.id), "one that is answered on a page is no dialogue");
    assert_eq!(storage.open_dialogue("+1".into()).await.unwrap(), None);
    storage.update_response(update(second.id, 0, ResponseState::InProgress, vec![])).await.unwrap();
    assert_eq!(open().await, Some(second.id));
    storage.update_response(update(second.id, 1, ResponseState::Complete, vec![])).await.unwrap();
    assert_eq!(open().await, Some(first.id));
}
