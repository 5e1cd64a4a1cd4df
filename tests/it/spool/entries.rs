//! Entries and their replay, one by one.

use aftercall::domain::contact::{CallFacts, Channel};
use aftercall::domain::outbox::MessageState;
use aftercall::domain::prompt::PromptName;
use aftercall::domain::response::{AnswerValue, ResponseState};
use aftercall::foundation::{PromptId, SystemChance};
use aftercall::storage::{
    InviteStore, OfferRow, OutboxStore, PromptAudio, PromptForm, PromptRow, PromptStore, ResponseStore,
    ResponseUpdate, SpoolStore, StorageErrorKind, UpdateOutcome,
};

use super::{House, leave};
use crate::storage_contract::invites::all;
use crate::storage_contract::{Ground, answer, block_on, call, minute, number, start, update};

fn said(question: u16, value: i32) -> Vec<aftercall::domain::response::Answer> {
    vec![answer(question, AnswerValue::Number(value))]
}

#[test]
fn invites_go_through_the_spool_with_what_led_to_them() {
    block_on(async {
        let house = House::new();
        let (ground, spool) = (Ground::with_survey(&*house.database, "csat").await, house.spool().await);
        let call = ground.offer(start());
        spool.insert_offer(call.clone()).await.unwrap();
        leave(&spool);
        let asked = ground.invited(minute(1), "asked");
        spool.insert_offer(asked.clone()).await.unwrap();
        let hung_up = ground.invited(minute(2), "hung up");
        let end = ResponseUpdate {
            follow_up: Some(Box::new(hung_up.clone())),
            ..update(call.id, 0, ResponseState::Partial, said(0, 1))
        };
        assert_eq!(spool.update_response(end).await.unwrap(), UpdateOutcome::Stored);
        assert_eq!(house.database.invites(all(9)).await.unwrap(), []);
        spool.tend().await.unwrap();
        for (offer, reference) in [(&asked, "asked"), (&hung_up, "hung up")] {
            let stored = house.database.invite_of(reference.into()).await.unwrap().unwrap();
            assert_eq!((stored.id, stored.message), (offer.id, Some(MessageState::Queued)));
            assert!(house.database.response(offer.id).await.unwrap().is_some());
        }
        assert_eq!(house.database.messages(all(9)).await.unwrap().len(), 2);
    });
}

#[test]
fn a_response_begun_before_the_outage_goes_on_in_the_spool_and_is_whole_afterwards() {
    block_on(async {
        let house = House::new();
        let (ground, spool) = (Ground::with_survey(&*house.database, "csat").await, house.spool().await);
        let offer = ground.offer(start());
        spool.insert_offer(offer.clone()).await.unwrap();
        let first = update(offer.id, 0, ResponseState::InProgress, said(0, 1));
        assert_eq!(spool.update_response(first).await.unwrap(), UpdateOutcome::Stored);
        leave(&spool);
        let second = update(offer.id, 1, ResponseState::InProgress, said(1, 2));
        assert_eq!(spool.update_response(second.clone()).await.unwrap(), UpdateOutcome::Stored);
        assert_eq!(
            spool.update_response(second).await.unwrap(),
            UpdateOutcome::Stored,
            "the same write again"
        );
        let stale = update(offer.id, 1, ResponseState::InProgress, said(1, 3));
        assert_eq!(spool.update_response(stale).await.unwrap(), UpdateOutcome::Conflict);
        let third = update(offer.id, 2, ResponseState::Complete, said(2, 3));
        assert_eq!(spool.update_response(third).await.unwrap(), UpdateOutcome::Stored);

        let here = spool.response(offer.id).await.unwrap().unwrap();
        assert_eq!((here.seq, here.answers.len(), here.state), (3, 3, ResponseState::Complete));
        assert_eq!(house.database.response(offer.id).await.unwrap().unwrap().seq, 1);
        assert_eq!(spool.spool_vitals().entries, 2);
        spool.tend().await.unwrap();
        assert_eq!(
            house.database.response(offer.id).await.unwrap().unwrap(),
            here,
            "as it was known meanwhile"
        );
        let vitals = spool.spool_vitals();
        assert_eq!((vitals.mode, vitals.entries, vitals.bytes, vitals.merged), ("direct", 0, 0, 0));
    });
}

#[test]
fn a_response_begun_in_the_outage_survives_a_restart_and_its_call_finds_it() {
    block_on(async {
        let house = House::new();
        let (ground, spool) = (Ground::with_survey(&*house.database, "csat").await, house.spool().await);
        leave(&spool);
        let facts = CallFacts { call_id: call("c-1"), customer: number("123"), ..CallFacts::default() };
        let offer = OfferRow { facts, ..ground.offer(start()) };
        spool.insert_offer(offer.clone()).await.unwrap();
        spool.insert_offer(offer.clone()).await.unwrap();
        spool.update_response(update(offer.id, 0, ResponseState::InProgress, said(0, 4))).await.unwrap();
        drop(spool);

        let spool = house.spool().await;
        assert_eq!(spool.spool_vitals().mode, "away", "entries of an earlier run go first");
        assert_eq!(spool.response(offer.id).await.unwrap().unwrap().answers, said(0, 4));
        let found =
            spool.response_of_call(ground.service, Channel::Voice, "c-1".into(), start()).await.unwrap();
        assert_eq!(found, Some(offer.id));
        assert_eq!(spool.offered_since(ground.survey, start()).await.unwrap(), 1);
        assert_eq!(spool.last_offer_to("123".into(), start()).await.unwrap(), Some(start()));
        spool.tend().await.unwrap();
        let row = house.database.response(offer.id).await.unwrap().unwrap();
        assert_eq!((row.answers, row.call), (said(0, 4), offer.facts.clone()));
        assert_eq!(house.database.offers(None, None, 9).await.unwrap(), [offer]);
    });
}

#[test]
fn an_offer_that_nobody_heard_gives_way_to_that_of_the_other_node() {
    block_on(async {
        let house = House::new();
        let (ground, spool) = (Ground::with_survey(&*house.database, "csat").await, house.spool().await);
        leave(&spool);
        let offer = |id| OfferRow {
            facts: CallFacts { call_id: call(id), ..CallFacts::default() },
            ..ground.offer(start())
        };
        let (unheard, answered, only) = (offer("c-1"), offer("c-2"), offer("c-3"));
        for offer in [&unheard, &answered, &only] {
            spool.insert_offer(offer.clone()).await.unwrap();
        }
        spool.update_response(update(answered.id, 0, ResponseState::InProgress, said(0, 4))).await.unwrap();
        let elsewhere = [offer("c-1"), offer("c-2")];
        for offer in &elsewhere {
            house.database.insert_offer(offer.clone()).await.unwrap();
        }
        spool.tend().await.unwrap();
        let has = async |id| house.database.response(id).await.unwrap().is_some();
        assert!(!has(unheard.id).await && has(elsewhere[0].id).await, "the call has one response");
        assert!(has(answered.id).await && has(elsewhere[1].id).await, "what somebody said stays");
        assert!(has(only.id).await);
        assert_eq!(spool.spool_vitals().merged, 1);
    });
}

#[test]
fn a_response_that_began_elsewhere_is_looked_for_in_a_database_that_was_too_slow() {
    block_on(async {
        let house = House::new();
        let (ground, spool) = (Ground::with_survey(&*house.database, "csat").await, house.spool().await);
        let elsewhere = ground.offer(start());
        house.database.insert_offer(elsewhere.clone()).await.unwrap();
        leave(&spool);
        let row = spool.response(elsewhere.id).await.unwrap().unwrap();
        assert_eq!(row.state, ResponseState::Offered);
        spool.update_response(update(elsewhere.id, 0, ResponseState::InProgress, said(0, 4))).await.unwrap();
        assert_eq!(spool.spool_vitals().mode, "away", "what is said is kept here all the same");
        assert_eq!(spool.response(elsewhere.id).await.unwrap().unwrap().answers, said(0, 4));
        let nobodys = ground.offer(start()).id;
        let error = spool.response(nobodys).await.unwrap_err();
        assert_eq!(error.kind, StorageErrorKind::Unavailable, "another node may keep it");
        spool.tend().await.unwrap();
        assert_eq!(house.database.response(elsewhere.id).await.unwrap().unwrap().answers, said(0, 4));
    });
}

#[test]
fn entries_that_were_stored_already_are_stored_once() {
    block_on(async {
        let house = House::new();
        let (ground, spool) = (Ground::with_survey(&*house.database, "csat").await, house.spool().await);
        leave(&spool);
        let offer = ground.offer(start());
        let changes = [
            update(offer.id, 0, ResponseState::InProgress, said(0, 1)),
            update(offer.id, 1, ResponseState::InProgress, said(1, 1)),
        ];
        spool.insert_offer(offer.clone()).await.unwrap();
        for change in &changes {
            spool.update_response(change.clone()).await.unwrap();
        }
        // The database took them, and nobody heard of it.
        house.database.insert_offer(offer.clone()).await.unwrap();
        for change in changes {
            house.database.update_response(change).await.unwrap();
        }
        let before = house.database.response(offer.id).await.unwrap().unwrap();
        spool.tend().await.unwrap();
        assert_eq!(house.database.response(offer.id).await.unwrap().unwrap(), before);
        assert_eq!(spool.spool_vitals().merged, 0);
    });
}

#[test]
fn what_another_node_stored_meanwhile_is_merged_and_no_answer_of_either_is_lost() {
    block_on(async {
        let house = House::new();
        let (ground, spool) = (Ground::with_survey(&*house.database, "csat").await, house.spool().await);
        let offer = ground.offer(start());
        spool.insert_offer(offer.clone()).await.unwrap();
        leave(&spool);
        for (seq, question) in [(0, 0), (1, 1)] {
            let spooled = update(offer.id, seq, ResponseState::InProgress, said(question, 1));
            assert_eq!(spool.update_response(spooled).await.unwrap(), UpdateOutcome::Stored);
        }
        let theirs = ResponseUpdate {
            at: minute(9),
            ..update(offer.id, 0, ResponseState::Partial, vec![answer(2, AnswerValue::Text("theirs".into()))])
        };
        house.database.update_response(theirs).await.unwrap();
        spool.tend().await.unwrap();
        let row = house.database.response(offer.id).await.unwrap().unwrap();
        let expected = [said(0, 1), said(1, 1), vec![answer(2, AnswerValue::Text("theirs".into()))]].concat();
        assert_eq!((row.answers, row.state), (expected, ResponseState::Partial));
        assert_eq!(spool.spool_vitals().merged, 2);
        assert_eq!(spool.spool_vitals().stranded, 0);
    });
}

#[test]
fn entries_the_database_will_not_take_are_kept_apart_and_hold_up_nobody() {
    block_on(async {
        let house = House::new();
        let (ground, spool) = (Ground::with_survey(&*house.database, "csat").await, house.spool().await);
        leave(&spool);
        let mut stray = ground.offer(start());
        stray.service = Some(aftercall::foundation::ServiceId::new(start(), &SystemChance));
        let fine = ground.offer(minute(1));
        for offer in [&stray, &fine] {
            spool.insert_offer(offer.clone()).await.unwrap();
        }
        spool.tend().await.unwrap();
        assert!(house.database.response(fine.id).await.unwrap().is_some());
        let vitals = spool.spool_vitals();
        assert_eq!((vitals.mode, vitals.entries, vitals.stranded), ("direct", 0, 1));
        assert!(vitals.is_trouble(), "somebody should look");
        let kept = rusqlite::Connection::open(house.path()).unwrap();
        let (body, why): (String, String) = kept
            .query_row("SELECT body, why FROM stranded", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert!(body.contains(&stray.id.to_string()), "{body}");
        assert!(why.contains("names something that is not there"), "{why}");
    });
}

#[test]
fn a_spool_without_room_refuses_and_keeps_what_it_has() {
    block_on(async {
        let house = House::new();
        let (ground, spool) =
            (Ground::with_survey(&*house.database, "csat").await, house.spool_of(2_000).await);
        leave(&spool);
        let mut taken = 0;
        let refused = loop {
            match spool.insert_offer(ground.offer(start())).await {
                Ok(()) => taken += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(refused.kind, StorageErrorKind::SpoolFull, "{refused}");
        assert!(taken > 0);
        assert_eq!((spool.spool_vitals().entries, spool.spool_vitals().refused), (taken, 1));
        spool.tend().await.unwrap();
        assert_eq!(house.database.offered_since(ground.survey, start()).await.unwrap(), taken);
        spool.insert_offer(ground.offer(minute(1))).await.unwrap();
    });
}

#[test]
fn prompts_can_be_heard_without_the_database() {
    block_on(async {
        let house = House::new();
        let spool = house.spool().await;
        let row = PromptRow {
            id: PromptId::new(start(), &SystemChance),
            name: PromptName::parse("support.csat").unwrap(),
            language: "en".into(),
            source: "csat.wav".into(),
            source_sha256: [1; 32],
            source_format: "WAV".into(),
            duration: std::time::Duration::from_secs(1),
            stored_at: start(),
        };
        let audio = PromptAudio { ulaw: vec![1; 99], alaw: vec![2; 99], pcm: vec![3; 99] };
        spool.put_prompt(row.clone(), audio, None).await.unwrap();
        assert_eq!(spool.prompts().await.unwrap(), std::slice::from_ref(&row));
        spool.tend().await.unwrap();
        leave(&spool);
        assert_eq!(spool.prompts().await.unwrap(), std::slice::from_ref(&row));
        assert_eq!(spool.prompt_audio(row.id, PromptForm::Alaw).await.unwrap(), Some(vec![2; 99]));
    });
}
