//! The cases of prompts.

use super::*;

/// A prompt made from a file whose SHA-256 is this byte again and again.
pub(super) fn prompt(name: &str, language: &str, file: u8) -> PromptRow {
    PromptRow {
        id: PromptId::new(start(), &SystemChance),
        name: PromptName::parse(name).unwrap(),
        language: language.into(),
        source: "élan 🙂.wav".into(),
        source_sha256: [file; 32],
        source_format: "WAV, 44100 Hz, stereo, 16 bit".into(),
        duration: Duration::from_millis(2_345),
        stored_at: start(),
    }
}

/// Audio whose forms differ in content and size.
fn audio(seed: u8) -> PromptAudio {
    PromptAudio { ulaw: vec![seed; 100], alaw: vec![seed.wrapping_add(1); 200], pcm: vec![seed; 70_000] }
}

async fn put(storage: &dyn Storage, row: &PromptRow, seed: u8) -> PutPrompt {
    storage.put_prompt(row.clone(), audio(seed), None).await.unwrap()
}

pub async fn a_prompt_comes_back_as_it_went_in(engine: &Engine) {
    let storage = &*engine.storage;
    assert_eq!(storage.prompts().await.unwrap(), []);
    let rows = [prompt("a.b-c_1", "en", 1), prompt("a.b-c_1", "es-mx", 1), prompt("number.1", "en", 2)];
    for (row, seed) in rows.iter().rev().zip(10..) {
        assert_eq!(put(storage, row, seed).await, PutPrompt::Stored);
    }
    assert_eq!(storage.prompts().await.unwrap(), rows, "by name and language");
    for (row, seed) in rows.iter().rev().zip(10..) {
        let PromptAudio { ulaw, alaw, pcm } = audio(seed);
        for (form, bytes) in [(PromptForm::Ulaw, ulaw), (PromptForm::Alaw, alaw), (PromptForm::Pcm, pcm)] {
            assert_eq!(storage.prompt_audio(row.id, form).await.unwrap(), Some(bytes), "{form:?}");
        }
    }
    let unknown = PromptId::new(start(), &SystemChance);
    assert_eq!(storage.prompt_audio(unknown, PromptForm::Ulaw).await.unwrap(), None);
}

pub async fn the_same_file_is_stored_once_for_a_name_and_language(engine: &Engine) {
    let storage = &*engine.storage;
    let first = prompt("support.csat", "en", 1);
    put(storage, &first, 1).await;
    let stamp = storage.catalog_stamp().await.unwrap();
    let again = PromptRow { stored_at: minute(1), ..prompt("support.csat", "en", 1) };
    assert_eq!(put(storage, &again, 2).await, PutPrompt::Unchanged);
    assert_eq!(storage.prompts().await.unwrap(), [first]);
    assert_eq!(storage.prompt_audio(again.id, PromptForm::Pcm).await.unwrap(), None);
    assert_eq!(storage.catalog_stamp().await.unwrap(), stamp, "nothing changed");
    assert_eq!(put(storage, &prompt("support.csat", "ar", 1), 1).await, PutPrompt::Stored);
    assert_eq!(put(storage, &prompt("support.nps", "en", 1), 1).await, PutPrompt::Stored);
}

pub async fn replaced_audio_is_still_had_by_its_id_until_it_is_deleted(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let old = prompt("support.csat", "en", 1);
    let new = PromptRow { stored_at: minute(5), ..prompt("support.csat", "en", 2) };
    let other = prompt("support.nps", "en", 1);
    for (row, seed) in [(&old, 1), (&other, 3), (&new, 2)] {
        assert_eq!(put(storage, row, seed).await, PutPrompt::Stored);
    }
    assert_eq!(storage.prompts().await.unwrap(), [new.clone(), other.clone()]);
    let pcm = async |row: &PromptRow| storage.prompt_audio(row.id, PromptForm::Pcm).await.unwrap();
    assert_eq!(pcm(&old).await, Some(audio(1).pcm));
    assert_eq!(
        storage.delete_replaced_prompts(fence, minute(5), 9).await.unwrap(),
        0,
        "replaced at that moment"
    );
    assert_eq!(pcm(&old).await, Some(audio(1).pcm));
    assert_eq!(storage.delete_replaced_prompts(fence, minute(6), 9).await.unwrap(), 1);
    assert_eq!(pcm(&old).await, None);
    assert_eq!(pcm(&new).await, Some(audio(2).pcm), "what is in use is never deleted");
    assert_eq!(storage.delete_replaced_prompts(fence, minute(9_999), 9).await.unwrap(), 0);
    // Back to the first file: another audio with another id.
    let back = PromptRow { stored_at: minute(7), ..prompt("support.csat", "en", 1) };
    assert_eq!(put(storage, &back, 1).await, PutPrompt::Stored);
    assert_eq!(storage.prompts().await.unwrap(), [back, other]);
}

pub async fn a_removed_prompt_is_not_listed_and_its_name_is_free(engine: &Engine) {
    let storage = &*engine.storage;
    let row = prompt("support.csat", "en", 1);
    put(storage, &row, 1).await;
    let remove = |language: &str, at| storage.remove_prompt(row.name.clone(), language.into(), at, None);
    assert!(!remove("ar", minute(1)).await.unwrap());
    assert!(remove("en", minute(1)).await.unwrap());
    assert!(!remove("en", minute(2)).await.unwrap(), "it is removed already");
    assert_eq!(storage.prompts().await.unwrap(), []);
    assert_eq!(storage.prompt_audio(row.id, PromptForm::Ulaw).await.unwrap(), Some(audio(1).ulaw));
    let again = PromptRow { stored_at: minute(3), ..prompt("support.csat", "en", 1) };
    assert_eq!(put(storage, &again, 1).await, PutPrompt::Stored, "the file it had is not in use");
    assert_eq!(storage.prompts().await.unwrap(), [again]);
}

pub async fn the_stamp_rises_when_prompts_change_and_only_then(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let mut last = storage.catalog_stamp().await.unwrap();
    let mut rose = async |what: &str, expected: bool| {
        let now = storage.catalog_stamp().await.unwrap();
        assert_eq!(now > last, expected, "{what}");
        last = now;
    };
    let row = prompt("support.csat", "en", 1);
    put(storage, &row, 1).await;
    rose("a prompt", true).await;
    put(storage, &prompt("support.csat", "en", 2), 2).await;
    rose("a prompt replaced", true).await;
    storage.remove_prompt(row.name.clone(), "ar".into(), minute(1), None).await.unwrap();
    rose("nothing removed", false).await;
    storage.remove_prompt(row.name.clone(), "en".into(), minute(1), None).await.unwrap();
    rose("a prompt removed", true).await;
    storage.delete_replaced_prompts(fence, minute(9), 9).await.unwrap();
    rose("what nobody plays was deleted", false).await;
}

pub async fn replaced_prompts_are_deleted_oldest_first(engine: &Engine) {
    let storage = &*engine.storage;
    let fence = lead(storage).await;
    let mut rows = Vec::new();
    for (minutes, file) in (0..).zip(0..4) {
        let row = PromptRow { stored_at: minute(minutes), ..prompt("support.csat", "en", file) };
        put(storage, &row, file).await;
        rows.push(row);
    }
    assert_eq!(storage.delete_replaced_prompts(fence, minute(10), 2).await.unwrap(), 2, "the limit");
    let mut there = Vec::new();
    for row in &rows {
        there.push(storage.prompt_audio(row.id, PromptForm::Alaw).await.unwrap().is_some());
    }
    assert_eq!(there, [false, false, true, true]);
}

pub async fn of_two_at_once_one_prompt_is_in_use(engine: &Engine) {
    const WRITERS: u8 = 8;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let storage = Arc::clone(&engine.storage);
            let row = prompt("support.csat", "en", writer);
            #[expect(clippy::disallowed_methods, reason = "the test awaits its tasks itself")]
            tokio::spawn(async move { put(&*storage, &row, writer).await })
        })
        .collect();
    for writer in writers {
        assert_eq!(writer.await.unwrap(), PutPrompt::Stored);
    }
    assert_eq!(engine.storage.prompts().await.unwrap().len(), 1);
}
