//! The cases of offers, responses and answers.

use super::*;

pub async fn an_offer_begins_a_response_once(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let offer = ground.offer(start());
    storage.insert_offer(offer.clone()).await.unwrap();
    let first = update(offer.id, 0, ResponseState::InProgress, vec![answer(0, AnswerValue::Number(5))]);
    assert_eq!(storage.update_response(first).await.unwrap(), UpdateOutcome::Stored);
    let before = storage.response(offer.id).await.unwrap().unwrap();

    let repeat = OfferRow { result: "another".into(), node: "node-2".into(), ..offer.clone() };
    storage.insert_offer(repeat).await.unwrap();

    assert_eq!(storage.response(offer.id).await.unwrap().unwrap(), before);
    assert_eq!(storage.offers(None, None, 10).await.unwrap(), [offer]);
}

pub async fn an_offer_that_was_refused_begins_no_response(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let refused =
        OfferRow { response: None, service: None, result: "no_service".into(), ..ground.offer(start()) };
    storage.insert_offer(refused.clone()).await.unwrap();
    assert_eq!(storage.response(refused.id).await.unwrap(), None);
    assert_eq!(storage.offers(None, None, 10).await.unwrap(), [refused]);
}

pub async fn every_value_comes_back_as_it_went_in(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let long = "ش".repeat(100);
    let full = CallFacts {
        dn: number("+*#0123456789"),
        customer: number(&"9".repeat(40)),
        call_id: call(&"🙂".repeat(100)),
        agent_id: number("o'brien;--"),
        agent_name: name(&long),
        team: name("دعم العملاء"),
        queue: name("Ünïcode 🎧 \"quoted\""),
    };
    for (facts, seed, language, channel) in [
        (full, i64::MIN, "ar-EG", Channel::Chat),
        (CallFacts::default(), i64::MAX, "zh-Hant-TW", Channel::Sms),
    ] {
        let response = ResponseFacts { seed, language: language.into(), channel, ..ground.facts() };
        let offer = OfferRow {
            facts: facts.clone(),
            trace: format!("[{}]", "\"ق🙂\",".repeat(5_000)),
            response: Some(response.clone()),
            ..ground.offer(start())
        };
        storage.insert_offer(offer.clone()).await.unwrap();
        let values = vec![
            answer(0, AnswerValue::Number(i32::MIN)),
            answer(1, AnswerValue::Number(i32::MAX)),
            answer(2, AnswerValue::Choice("نعم".into())),
            answer(3, AnswerValue::Text("كان رائعاً 🙂\nsecond line\ttab 'x' %_ \u{10FFFF}".repeat(1_000))),
            answer(4, AnswerValue::Text(String::new())),
            answer(5, AnswerValue::Recording("rec/2026/01.wav".into())),
            answer(u16::MAX, AnswerValue::Skipped),
        ];
        // Given out of order: they come back by question number.
        let shuffled = values.iter().rev().cloned().collect();
        let change = update(offer.id, 0, ResponseState::InProgress, shuffled);
        assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Stored);

        let row = storage.response(offer.id).await.unwrap().unwrap();
        assert_eq!(row.call, facts);
        assert_eq!(row.facts, response);
        assert_eq!(row.service, ground.service);
        assert_eq!((row.state, row.seq), (ResponseState::InProgress, 1));
        assert_eq!((row.offered_at, row.started_at, row.ended_at), (start(), Some(minute(1)), None));
        assert_eq!(row.answers, values);
        assert!(storage.offers(None, None, 10).await.unwrap().contains(&offer));
    }
}

pub async fn what_many_callers_say_at_once_stays_apart(engine: &Engine) {
    // More than go into one transaction; each says something of another length, in other letters.
    const CALLERS: usize = 600;
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let said = |caller: usize| {
        let words = ["🎧🙂", "لماذا", "", "a b ", "\u{10FFFF}x", "ß"];
        format!("{}{caller}", words[caller % words.len()].repeat(caller % 7))
    };
    let calls = (0..CALLERS).map(|caller| {
        let facts = CallFacts {
            team: (caller % 2 == 0).then(|| name(&format!("🙂{caller}"))).flatten(),
            ..CallFacts::default()
        };
        let offer = OfferRow { facts: facts.clone(), ..ground.offer(start()) };
        async move {
            let id = offer.id;
            storage.insert_offer(offer).await.unwrap();
            for (seq, question_no) in (0_u16..2).enumerate() {
                let words = answer(question_no, AnswerValue::Text(format!("{question_no}{}", said(caller))));
                let number = answer(question_no + 2, AnswerValue::Number(i32::try_from(caller).unwrap()));
                let seq = i64::try_from(seq).unwrap();
                let change = update(id, seq, ResponseState::InProgress, vec![words, number]);
                assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Stored);
            }
            (id, facts)
        }
    });
    for (caller, (id, facts)) in futures_util::future::join_all(calls).await.into_iter().enumerate() {
        let row = storage.response(id).await.unwrap().unwrap();
        assert_eq!((row.call, row.seq), (facts, 2), "{caller}");
        let number = AnswerValue::Number(i32::try_from(caller).unwrap());
        let [first, second] = [0, 1].map(|question| AnswerValue::Text(format!("{question}{}", said(caller))));
        let values: Vec<AnswerValue> = row.answers.into_iter().map(|answer| answer.value).collect();
        assert_eq!(values, [first, second, number.clone(), number], "{caller}");
    }
}

pub async fn an_update_with_an_old_sequence_number_changes_nothing(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let offer = ground.offer(start());
    storage.insert_offer(offer.clone()).await.unwrap();
    let change =
        |seq, n| update(offer.id, seq, ResponseState::InProgress, vec![answer(0, AnswerValue::Number(n))]);
    assert_eq!(storage.update_response(change(0, 1)).await.unwrap(), UpdateOutcome::Stored);
    let before = storage.response(offer.id).await.unwrap();
    for seq in [0, 2, -1, i64::MAX] {
        assert_eq!(storage.update_response(change(seq, 9)).await.unwrap(), UpdateOutcome::Conflict);
    }
    assert_eq!(storage.response(offer.id).await.unwrap(), before);
}

pub async fn the_same_write_again_is_stored_once_whatever_came_after_it(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let offer = ground.offer(start());
    storage.insert_offer(offer.clone()).await.unwrap();
    let first = update(offer.id, 0, ResponseState::InProgress, vec![answer(0, AnswerValue::Number(1))]);
    for _ in 0..3 {
        assert_eq!(storage.update_response(first.clone()).await.unwrap(), UpdateOutcome::Stored);
    }
    assert_eq!(storage.response(offer.id).await.unwrap().unwrap().seq, 1);
    let other = update(offer.id, 0, ResponseState::InProgress, vec![answer(0, AnswerValue::Number(1))]);
    assert_eq!(
        storage.update_response(other).await.unwrap(),
        UpdateOutcome::Conflict,
        "the same by another key"
    );
    let corrected = update(offer.id, 1, ResponseState::InProgress, vec![answer(0, AnswerValue::Number(2))]);
    assert_eq!(storage.update_response(corrected.clone()).await.unwrap(), UpdateOutcome::Stored);
    // The first comes again, late: it must not undo the correction.
    assert_eq!(storage.update_response(first).await.unwrap(), UpdateOutcome::Conflict);
    assert_eq!(storage.update_response(corrected).await.unwrap(), UpdateOutcome::Stored);
    let row = storage.response(offer.id).await.unwrap().unwrap();
    assert_eq!((row.seq, row.answers), (2, vec![answer(0, AnswerValue::Number(2))]));
}

pub async fn a_correction_replaces_the_answer_and_only_that(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let offer = ground.offer(start());
    storage.insert_offer(offer.clone()).await.unwrap();
    let two = vec![answer(0, AnswerValue::Number(1)), answer(1, AnswerValue::Text("good".into()))];
    storage.update_response(update(offer.id, 0, ResponseState::InProgress, two)).await.unwrap();
    let corrected = Answer { at: minute(2), ..answer(0, AnswerValue::Skipped) };
    let change = update(offer.id, 1, ResponseState::InProgress, vec![corrected.clone()]);
    assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Stored);
    let row = storage.response(offer.id).await.unwrap().unwrap();
    assert_eq!(row.answers, [corrected, answer(1, AnswerValue::Text("good".into()))]);
    assert_eq!(row.seq, 2);
}

pub async fn of_many_writers_on_one_response_exactly_one_wins_each_turn(engine: &Engine) {
    const WRITERS: u16 = 8;
    const TURNS: i64 = 25;
    let ground = Ground::with_survey(&*engine.storage, "csat").await;
    let offer = ground.offer(start());
    engine.storage.insert_offer(offer.clone()).await.unwrap();
    let mut won = 0;
    for turn in 0..TURNS {
        let writers = (0..WRITERS).map(|writer| {
            let mine = vec![answer(writer, AnswerValue::Number(i32::try_from(turn).unwrap()))];
            let change = update(offer.id, turn, ResponseState::InProgress, mine);
            let storage = Arc::clone(&engine.storage);
            #[expect(clippy::disallowed_methods, reason = "the test awaits its tasks itself")]
            tokio::spawn(async move { storage.update_response(change).await.unwrap() })
        });
        for writer in writers.collect::<Vec<_>>() {
            won += i64::from(writer.await.unwrap() == UpdateOutcome::Stored);
        }
        assert_eq!(won, turn + 1, "writers that were told `Stored` by turn {turn}");
    }
    let row = engine.storage.response(offer.id).await.unwrap().unwrap();
    assert_eq!(row.seq, TURNS);
    let newest = row.answers.iter().filter(|a| a.value == AnswerValue::Number(24)).count();
    assert_eq!(newest, 1, "only the winner's answer of the last turn is there");
}

pub async fn starts_and_ends_are_recorded_once(engine: &Engine) {
    use ResponseState::{Complete, Declined, Expired, InProgress, Offered, Partial};
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    // States in turn, one a minute; then when it started and when it ended.
    let lives: [(&[ResponseState], Option<i64>, Option<i64>); 6] = [
        (&[Offered, InProgress, InProgress, Complete], Some(2), Some(4)),
        (&[InProgress, Partial, Complete], Some(1), Some(2)),
        (&[Complete], Some(1), Some(1)),
        (&[Declined], None, Some(1)),
        (&[Expired, Partial], Some(2), Some(1)),
        (&[Offered], None, None),
    ];
    for (states, started, ended) in lives {
        let offer = ground.offer(start());
        storage.insert_offer(offer.clone()).await.unwrap();
        for (seq, state) in (0..).zip(states) {
            let change = ResponseUpdate { at: minute(seq + 1), ..update(offer.id, seq, *state, vec![]) };
            assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Stored);
        }
        let row = storage.response(offer.id).await.unwrap().unwrap();
        assert_eq!(row.state, *states.last().unwrap());
        assert_eq!((row.started_at, row.ended_at), (started.map(minute), ended.map(minute)), "{states:?}");
    }
}

pub async fn the_newest_response_of_a_call_is_found_within_its_service_channel_and_time(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let other = storage.services().await.unwrap().into_iter().find(|s| s.name == "All-Web").unwrap().id;
    let of_call = |minutes, service, id| OfferRow {
        facts: CallFacts { call_id: call(id), ..CallFacts::default() },
        service: Some(service),
        ..ground.offer(minute(minutes))
    };
    let old = of_call(0, ground.service, "a");
    let newest = of_call(5, ground.service, "a");
    let refused = OfferRow { response: None, ..of_call(9, ground.service, "a") };
    let mut link = of_call(7, ground.service, "a");
    link.response.as_mut().unwrap().channel = Channel::Web;
    for offer in [&newest, &old, &refused, &link, &of_call(7, other, "a"), &of_call(8, ground.service, "b")] {
        storage.insert_offer(offer.clone()).await.unwrap();
    }
    let on = |channel, id: &str, since| storage.response_of_call(ground.service, channel, id.into(), since);
    let find = |id: &str, since| on(Channel::Voice, id, since);
    assert_eq!(on(Channel::Web, "a", start()).await.unwrap(), Some(link.id));
    assert_eq!(on(Channel::Sms, "a", start()).await.unwrap(), None, "each channel has its own");
    assert_eq!(find("a", start()).await.unwrap(), Some(newest.id));
    assert_eq!(find("a", minute(5)).await.unwrap(), Some(newest.id), "`since` itself counts");
    assert_eq!(find("a", minute(6)).await.unwrap(), None);
    assert_eq!(find("A", start()).await.unwrap(), None, "ids of calls are exact");
}

pub async fn offers_of_a_survey_and_to_a_customer_are_counted_from_a_moment_on(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let other = Ground::with_survey(storage, "nps").await;
    let to = |offer: OfferRow, customer| OfferRow {
        facts: CallFacts { customer: number(customer), ..CallFacts::default() },
        ..offer
    };
    for minutes in 0..5 {
        storage.insert_offer(to(ground.offer(minute(minutes)), "1")).await.unwrap();
    }
    storage.insert_offer(to(other.offer(minute(6)), "2")).await.unwrap();
    let refused = OfferRow { response: None, result: "cooldown".into(), ..to(ground.offer(minute(8)), "1") };
    storage.insert_offer(refused).await.unwrap();

    assert_eq!(storage.offered_since(ground.survey, start()).await.unwrap(), 5);
    assert_eq!(storage.offered_since(ground.survey, minute(3)).await.unwrap(), 2);
    assert_eq!(storage.offered_since(other.survey, minute(7)).await.unwrap(), 0);
    let last = |customer: &str, since| storage.last_offer_to(customer.into(), since);
    assert_eq!(last("1", start()).await.unwrap(), Some(minute(4)), "a refused ask is no offer");
    assert_eq!(last("1", minute(5)).await.unwrap(), None);
    assert_eq!(last("2", start()).await.unwrap(), Some(minute(6)), "any survey counts");
    assert_eq!(last("3", start()).await.unwrap(), None);
}

pub async fn asks_are_listed_newest_first_and_narrowed(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let mut stored = Vec::new();
    for (minutes, call_id, customer) in [(0, "a", "1"), (1, "b", "1"), (2, "a", "2"), (3, "", "")] {
        let facts = CallFacts { call_id: call(call_id), customer: number(customer), ..CallFacts::default() };
        let offer = OfferRow { facts, ..ground.offer(minute(minutes)) };
        storage.insert_offer(offer.clone()).await.unwrap();
        stored.push(offer);
    }
    let [first, second, third, fourth] = stored.try_into().unwrap();
    let list = |call_id: &str, customer: &str, limit| {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        storage.offers(some(call_id), some(customer), limit)
    };
    assert_eq!(list("", "", 2).await.unwrap(), [fourth, third.clone()]);
    assert_eq!(list("a", "", 10).await.unwrap(), [third.clone(), first.clone()]);
    assert_eq!(list("", "1", 10).await.unwrap(), [second, first.clone()]);
    assert_eq!(list("a", "1", 10).await.unwrap(), [first]);
    assert_eq!(list("b", "2", 10).await.unwrap(), []);
    assert_eq!(list("", "", 0).await.unwrap(), []);
}

pub async fn idle_responses_end_as_partial_or_expired_and_no_others(engine: &Engine) {
    use ResponseState::{Complete, Expired, InProgress, Offered, Partial};
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    // Offered at minute 0, last touched at the given minute (0: never), with these answers.
    let cases: [(i64, ResponseState, Vec<AnswerValue>, ResponseState); 6] = [
        (0, Offered, vec![], Expired),
        (2, InProgress, vec![AnswerValue::Number(3)], Partial),
        (3, InProgress, vec![AnswerValue::Skipped], Expired),
        (30, InProgress, vec![AnswerValue::Number(3)], InProgress),
        (10, InProgress, vec![AnswerValue::Number(3)], InProgress),
        (2, Complete, vec![AnswerValue::Number(3)], Complete),
    ];
    let mut ids = Vec::new();
    for (touched, state, values, _) in &cases {
        let offer = ground.offer(start());
        storage.insert_offer(offer.clone()).await.unwrap();
        if *touched > 0 {
            let answers = values.iter().map(|value| answer(0, value.clone())).collect();
            let change = ResponseUpdate { at: minute(*touched), ..update(offer.id, 0, *state, answers) };
            storage.update_response(change).await.unwrap();
        }
        ids.push(offer.id);
    }
    let close = |limit| storage.close_idle(fence, minute(10), minute(40), limit);
    assert_eq!(close(2).await.unwrap(), 2, "no more than the limit");
    assert_eq!(close(100).await.unwrap(), 1);
    assert_eq!(close(100).await.unwrap(), 0);
    for (id, (touched, before, _, after)) in ids.into_iter().zip(cases) {
        let row = storage.response(id).await.unwrap().unwrap();
        assert_eq!(row.state, after);
        if before != after {
            assert_eq!(row.ended_at, Some(minute(40)));
            assert_eq!(row.seq, i64::from(touched > 0) + 1, "an update read before must conflict");
            let late = update(id, row.seq - 1, InProgress, vec![]);
            assert_eq!(storage.update_response(late).await.unwrap(), UpdateOutcome::Conflict);
        }
    }
}

pub async fn responses_are_deleted_oldest_first_with_all_that_hangs_on_them(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let other = Ground::with_survey(storage, "nps").await;
    let mut ids = Vec::new();
    for minutes in 0..4 {
        ids.push(ground.answered(storage, ground.offer(minute(minutes)), &[AnswerValue::Number(1)]).await);
    }
    let kept = other.answered(storage, other.offer(start()), &[AnswerValue::Number(1)]).await;
    assert_eq!(storage.delete_responses(fence, ground.survey, minute(3), 2).await.unwrap(), 2);
    assert_eq!(storage.response(ids[1]).await.unwrap(), None);
    assert!(storage.response(ids[2]).await.unwrap().is_some());
    assert_eq!(storage.delete_responses(fence, ground.survey, minute(3), 10).await.unwrap(), 1);
    assert_eq!(storage.delete_responses(fence, ground.survey, minute(3), 10).await.unwrap(), 0);
    assert!(storage.response(ids[3]).await.unwrap().is_some(), "offered at `before` itself: kept");
    assert!(storage.response(kept).await.unwrap().is_some(), "another survey's");
    assert_eq!(storage.offers(None, None, 10).await.unwrap().len(), 2);
    let facts = storage.facts().await.unwrap();
    assert_eq!((facts.responses, facts.answers), (2, 2));
}

pub async fn asks_that_led_to_nothing_are_deleted_oldest_first(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let kept = ground.answered(storage, ground.offer(start()), &[AnswerValue::Number(1)]).await;
    for minutes in 0..4 {
        let mut ask = ground.offer(minute(minutes));
        ask.response = None;
        ask.result = "sampled_out".into();
        storage.insert_offer(ask).await.unwrap();
    }
    assert_eq!(storage.delete_fruitless_offers(fence, minute(3), 2).await.unwrap(), 2);
    assert_eq!(storage.delete_fruitless_offers(fence, minute(3), 9).await.unwrap(), 1);
    assert_eq!(storage.delete_fruitless_offers(fence, minute(3), 9).await.unwrap(), 0);
    let offers = storage.offers(None, None, 9).await.unwrap();
    assert_eq!(offers.iter().map(|offer| offer.at).collect::<Vec<_>>(), [minute(3), start()]);
    assert!(storage.response(kept).await.unwrap().is_some());
}

pub async fn an_unknown_response_is_none_and_a_conflict(engine: &Engine) {
    let storage = &*engine.storage;
    let unknown = response_id(start());
    assert_eq!(storage.response(unknown).await.unwrap(), None);
    let change = update(unknown, 0, ResponseState::Complete, vec![answer(0, AnswerValue::Number(1))]);
    assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Conflict);
    assert_eq!(storage.facts().await.unwrap().answers, 0);
}

pub async fn moments_come_back_to_the_millisecond_wherever_clocks_change(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    for text in [
        "1970-01-01T00:00:00.001Z",
        "2026-03-29T00:59:59.999Z", // clocks go forward in Berlin a millisecond later
        "2026-10-25T01:00:00.000Z", // and back
        "2026-11-01T05:59:59.999Z", // and back in New York
        "2038-01-19T03:14:08.000Z", // beyond 32 bits of seconds
        "9999-12-31T23:59:59.999Z",
    ] {
        let at: DateTime<Utc> = text.parse().unwrap();
        let offer = OfferRow { id: response_id(start()), ..ground.offer(at) };
        storage.insert_offer(offer.clone()).await.unwrap();
        let said = Answer { at, ..answer(0, AnswerValue::Number(1)) };
        let change = update(offer.id, 0, ResponseState::Complete, vec![said.clone()]);
        storage.update_response(ResponseUpdate { at, ..change }).await.unwrap();
        let row = storage.response(offer.id).await.unwrap().unwrap();
        assert_eq!((row.offered_at, row.started_at, row.ended_at), (at, Some(at), Some(at)));
        assert_eq!(row.answers, [said]);
        assert_eq!(storage.offered_since(ground.survey, at).await.unwrap(), 1, "later ones come later");
    }
}
