//! The cases of recordings.

use super::*;

pub(super) fn recording(question_no: u16, seed: u8) -> RecordingRow {
    RecordingRow {
        id: RecordingId::new(start(), &SystemChance),
        question_no,
        audio: vec![seed; 40_000].into(),
        duration: Duration::from_millis(4_999),
    }
}

/// Stores a recording as the answer to its question, with nothing else; the response has this sequence number.
pub(super) async fn give(
    storage: &dyn Storage,
    id: ResponseId,
    seq: i64,
    given: &RecordingRow,
) -> UpdateOutcome {
    let value = AnswerValue::Recording(given.id.to_string());
    let answers = vec![answer(given.question_no, value)];
    let change = update(id, seq, ResponseState::InProgress, answers);
    storage.update_response(ResponseUpdate { recordings: vec![given.clone()], ..change }).await.unwrap()
}

async fn offered(storage: &dyn Storage, ground: &Ground) -> ResponseId {
    let offer = ground.offer(start());
    storage.insert_offer(offer.clone()).await.unwrap();
    offer.id
}

async fn audio_of(storage: &dyn Storage, given: &RecordingRow) -> Option<Vec<u8>> {
    storage.recording(given.id).await.unwrap().and_then(|stored| stored.audio)
}

pub async fn a_recording_comes_back_as_it_went_in(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let id = offered(storage, &ground).await;
    let given = recording(3, 7);
    assert_eq!(give(storage, id, 0, &given).await, UpdateOutcome::Stored);
    let stored = storage.recording(given.id).await.unwrap().unwrap();
    assert_eq!((stored.response, stored.at, stored.duration), (id, minute(1), given.duration));
    assert_eq!(stored.audio, Some(given.audio.to_vec()));
    let row = storage.response(id).await.unwrap().unwrap();
    assert_eq!(row.answers, [answer(3, AnswerValue::Recording(given.id.to_string()))]);
    assert!(storage.recording(recording(3, 7).id).await.unwrap().is_none(), "an unknown one");
}

pub async fn a_recording_replaces_the_one_of_its_question_only(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let id = offered(storage, &ground).await;
    let (first, second, other) = (recording(0, 1), recording(0, 2), recording(1, 3));
    for (seq, given) in (0..).zip([&first, &other, &second]) {
        assert_eq!(give(storage, id, seq, given).await, UpdateOutcome::Stored);
    }
    assert!(storage.recording(first.id).await.unwrap().is_none());
    assert_eq!(audio_of(storage, &second).await, Some(second.audio.to_vec()));
    assert_eq!(audio_of(storage, &other).await, Some(other.audio.to_vec()));
}

pub async fn a_skip_or_words_in_place_of_a_recording_delete_it(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    for instead in [
        AnswerValue::Skipped,
        AnswerValue::Text("in words".into()),
        AnswerValue::Recording("kept elsewhere".into()),
    ] {
        let id = offered(storage, &ground).await;
        let (given, other) = (recording(0, 1), recording(1, 2));
        give(storage, id, 0, &given).await;
        give(storage, id, 1, &other).await;
        let change = update(id, 2, ResponseState::InProgress, vec![answer(0, instead.clone())]);
        assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Stored);
        assert!(storage.recording(given.id).await.unwrap().is_none(), "{instead:?}");
        assert_eq!(audio_of(storage, &other).await, Some(other.audio.to_vec()), "another question's");
    }
}

pub async fn a_conflict_stores_no_recording(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let id = offered(storage, &ground).await;
    let (first, late) = (recording(0, 1), recording(0, 2));
    assert_eq!(give(storage, id, 0, &first).await, UpdateOutcome::Stored);
    assert_eq!(give(storage, id, 0, &late).await, UpdateOutcome::Conflict);
    assert!(storage.recording(late.id).await.unwrap().is_none());
    assert_eq!(audio_of(storage, &first).await, Some(first.audio.to_vec()));
    let unknown = response_id(start());
    assert_eq!(give(storage, unknown, 0, &recording(0, 3)).await, UpdateOutcome::Conflict);
}

pub async fn audio_past_its_retention_is_deleted_oldest_first_and_stays_known(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let other = Ground::with_survey(storage, "nps").await;
    let mut given = Vec::new();
    // Received in minutes 0 to 3, the newest by the response that was offered first.
    for minutes in [3, 2, 1, 0] {
        let (id, recording) = (offered(storage, &ground).await, recording(0, 1));
        let answers = vec![answer(0, AnswerValue::Recording(recording.id.to_string()))];
        let recordings = vec![recording.clone()];
        let change = update(id, 0, ResponseState::Complete, answers);
        let change = ResponseUpdate { recordings, at: minute(minutes), ..change };
        storage.update_response(change).await.unwrap();
        given.insert(0, recording);
    }
    let kept = recording(0, 2);
    give(storage, offered(storage, &other).await, 0, &kept).await;

    assert_eq!(storage.delete_recordings(fence, ground.survey, minute(3), 2).await.unwrap(), 2);
    let there = async || {
        let mut there = Vec::new();
        for recording in &given {
            let stored = storage.recording(recording.id).await.unwrap().expect("that there was one is known");
            assert_eq!(stored.duration, recording.duration);
            there.push(stored.audio.is_some());
        }
        there
    };
    assert_eq!(there().await, [false, false, true, true]);
    assert_eq!(storage.delete_recordings(fence, ground.survey, minute(3), 9).await.unwrap(), 1);
    assert_eq!(storage.delete_recordings(fence, ground.survey, minute(3), 9).await.unwrap(), 0, "not twice");
    assert_eq!(there().await, [false, false, false, true], "received at `before` itself: kept");
    assert_eq!(audio_of(storage, &kept).await, Some(kept.audio.to_vec()), "another survey's");
}

pub async fn a_recording_goes_with_its_response(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let ground = Ground::with_survey(storage, "csat").await;
    let (gone, silent) = (recording(0, 1), recording(1, 2));
    let id = offered(storage, &ground).await;
    give(storage, id, 0, &silent).await;
    storage.delete_recordings(fence, ground.survey, minute(9), 9).await.unwrap();
    give(storage, id, 1, &gone).await;
    let offer = ground.offer(minute(1));
    storage.insert_offer(offer.clone()).await.unwrap();
    let kept = recording(0, 3);
    give(storage, offer.id, 0, &kept).await;
    assert_eq!(storage.delete_responses(fence, ground.survey, minute(1), 9).await.unwrap(), 1);
    for recording in [gone, silent] {
        assert!(storage.recording(recording.id).await.unwrap().is_none());
    }
    assert_eq!(audio_of(storage, &kept).await, Some(kept.audio.to_vec()));
}
