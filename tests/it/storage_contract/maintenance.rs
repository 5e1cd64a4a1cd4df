//! The cases of the database as a thing to be kept healthy.

use super::*;

pub async fn a_probe_leaves_nothing_behind(engine: &Engine) {
    let storage = &*engine.storage;
    Ground::with_survey(storage, "csat").await;
    let (stamp, surveys) = (storage.catalog_stamp().await.unwrap(), storage.surveys().await.unwrap());
    for _ in 0..3 {
        storage.probe().await.unwrap();
    }
    assert_eq!(storage.catalog_stamp().await.unwrap(), stamp);
    assert_eq!(storage.surveys().await.unwrap(), surveys);
    assert_eq!(storage.offers(None, None, 1).await.unwrap(), []);
}

pub async fn facts_tell_the_engine_and_what_is_stored(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    for _ in 0..3 {
        ground
            .answered(storage, ground.offer(start()), &[AnswerValue::Number(1), AnswerValue::Skipped])
            .await;
    }
    let facts = storage.facts().await.unwrap();
    assert_eq!((facts.responses, facts.answers), (3, 6));
    assert!(facts.schema >= 1 && facts.size_bytes != Some(0), "{facts:?}");
    assert!(facts.engine.contains(' ') && facts.engine.contains('.'), "name and version: {facts:?}");
}

pub async fn a_backup_never_overwrites(engine: &Engine) {
    let storage = &*engine.storage;
    let to = engine.folder.path().join("backup");
    std::fs::write(&to, "precious").unwrap();
    assert_eq!(refusal(storage.backup(to.clone())).await, StorageErrorKind::Duplicate);
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "precious");
}
