//! The cases of API keys.

use super::*;

/// A key with this name; `seed` makes its hash.
pub fn key(name: &str, seed: u64) -> ApiKeyRow {
    let chance = SeededChance::new(seed);
    let mut hash = [0; 32];
    for part in hash.chunks_exact_mut(8) {
        part.copy_from_slice(&chance.bits().to_be_bytes());
    }
    ApiKeyRow {
        id: ApiKeyId::new(start(), &SystemChance),
        name: name.into(),
        hash,
        scopes: vec![KeyScope::Ivr],
        created_at: start(),
        last_used_at: None,
        revoked_at: None,
    }
}

pub async fn keys_come_back_as_they_went_in(engine: &Engine) {
    let storage = &*engine.storage;
    assert_eq!(storage.keys().await.unwrap(), []);
    let all =
        ApiKeyRow {
            scopes: KeyScope::ALL.to_vec(), last_used_at: Some(minute(1)), ..key("مفتاح 🔑", 1)
        };
    let none = ApiKeyRow { scopes: vec![], ..key("a", 2) };
    storage.add_key(all.clone(), None).await.unwrap();
    storage.add_key(none.clone(), None).await.unwrap();
    assert_eq!(storage.keys().await.unwrap(), [none, all]);
}

pub async fn a_name_is_free_again_once_its_key_is_revoked(engine: &Engine) {
    let storage = &*engine.storage;
    storage.add_key(key("ivr", 1), None).await.unwrap();
    assert_eq!(refusal(storage.add_key(key("ivr", 2), None)).await, StorageErrorKind::Duplicate);
    assert!(!storage.revoke_key("chat".into(), minute(1), None).await.unwrap());
    assert!(storage.revoke_key("ivr".into(), minute(1), None).await.unwrap());
    assert!(!storage.revoke_key("ivr".into(), minute(2), None).await.unwrap(), "it is revoked already");
    let next = ApiKeyRow { created_at: minute(3), ..key("ivr", 3) };
    storage.add_key(next, None).await.unwrap();
    let revoked: Vec<_> = storage.keys().await.unwrap().into_iter().map(|key| key.revoked_at).collect();
    assert_eq!(revoked, [Some(minute(1)), None]);
}

pub async fn the_last_use_of_a_key_never_goes_back(engine: &Engine) {
    let storage = &*engine.storage;
    let (one, two) = (key("one", 1), key("two", 2));
    for key in [&one, &two] {
        storage.add_key(key.clone(), None).await.unwrap();
    }
    let unknown = ApiKeyId::new(start(), &SystemChance);
    storage.touch_keys(vec![(one.id, minute(5)), (two.id, minute(3)), (unknown, minute(1))]).await.unwrap();
    storage.touch_keys(vec![(one.id, minute(4)), (two.id, minute(6))]).await.unwrap();
    storage.touch_keys(vec![]).await.unwrap();
    let used: Vec<_> = storage.keys().await.unwrap().into_iter().map(|key| key.last_used_at).collect();
    assert_eq!(used, [Some(minute(5)), Some(minute(6))]);
}
