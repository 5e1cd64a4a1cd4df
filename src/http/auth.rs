//! API keys: presented by header, Basic or query; known by hash; limited each by itself, since an IVR is one client.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};

use crate::domain::api_key;
use crate::foundation::{ApiKeyId, Secret, TokenBucket};
use crate::storage::{ApiKeyRow, KeyScope, KeyStore, StorageError};

use super::error::ApiError;
use super::fields::Fields;

/// The secret a request came with.
pub struct PresentedKey(Secret<String>);

impl PresentedKey {
    /// Looks in `X-API-Key`, `Authorization: Bearer`, `Authorization: Basic` (the password, or the name when there is no
    /// password), then, if allowed, the parameter `api_key`.
    pub fn of(request: &HttpRequest, fields: &Fields, in_query: bool) -> Option<Self> {
        let found = from_headers(request.headers());
        let found = found.or_else(|| from_parameters(fields, in_query).map(str::to_owned));
        found.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).map(|key| Self(Secret::new(key)))
    }

    /// The secret of a request that has it among its parameters and nowhere else: whoever sent it does not know it
    /// otherwise.
    pub(super) fn in_parameters<'a>(
        request: &HttpRequest,
        fields: &'a Fields,
        in_query: bool,
    ) -> Option<&'a str> {
        if from_headers(request.headers()).is_some() { None } else { from_parameters(fields, in_query) }
    }
}

fn from_headers(headers: &HeaderMap) -> Option<String> {
    let header = headers.get("x-api-key").and_then(|v| v.to_str().ok()).map(str::to_owned);
    header.or_else(|| from_authorization(headers))
}

fn from_parameters(fields: &Fields, in_query: bool) -> Option<&str> {
    fields.get(&["apikey", "key"]).filter(|_| in_query)
}

fn from_authorization(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64_STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (name, password) = pair.split_once(':').unwrap_or((&pair, ""));
    Some(if password.is_empty() { name } else { password }.to_owned())
}

struct Entry {
    /// What people call it.
    name: Arc<str>,
    /// None for the key of the configuration, whose use is not recorded.
    id: Option<ApiKeyId>,
    scopes: Vec<KeyScope>,
    bucket: Mutex<TokenBucket>,
    /// Unix seconds of the last use not yet recorded; 0: none.
    used: AtomicI64,
}

/// All keys that are valid now.
pub struct KeyRing {
    rate: u32,
    burst: u32,
    fixed: Option<[u8; 32]>,
    entries: RwLock<HashMap<[u8; 32], Arc<Entry>>>,
    stamp: AtomicI64,
}

impl KeyRing {
    /// An empty ring; each key may make `rate` requests a second and `burst` at once. `fixed` is a key from the
    /// configuration with scope `ivr`.
    pub fn new(rate: u32, burst: u32, fixed: Option<&Secret<String>>) -> Self {
        let fixed = fixed.map(|secret| api_key::hash(secret.expose()));
        let ring = Self { rate, burst, fixed, entries: RwLock::default(), stamp: AtomicI64::new(-1) };
        ring.replace(&[]);
        ring
    }

    /// Takes the keys of the database; those already known keep their allowance.
    pub fn replace(&self, rows: &[ApiKeyRow]) {
        let old = self.entries.read().unwrap_or_else(PoisonError::into_inner).clone();
        let entry = |hash: [u8; 32], name: &str, id, scopes: Vec<KeyScope>| {
            let known = old.get(&hash).filter(|e| e.scopes == scopes).cloned();
            let fresh = || Entry {
                name: name.into(),
                id,
                scopes,
                bucket: Mutex::new(TokenBucket::new(self.rate, self.burst, Duration::ZERO)),
                used: AtomicI64::new(0),
            };
            (hash, known.unwrap_or_else(|| Arc::new(fresh())))
        };
        let valid = rows.iter().filter(|row| row.revoked_at.is_none());
        let mut fresh: HashMap<_, _> =
            valid.map(|row| entry(row.hash, &row.name, Some(row.id), row.scopes.clone())).collect();
        fresh.extend(self.fixed.map(|hash| entry(hash, "of the configuration", None, vec![KeyScope::Ivr])));
        *self.entries.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }

    /// Reads the keys anew if the stamp rose.
    pub async fn refresh(&self, keys: &dyn KeyStore, stamp: u64) -> Result<(), StorageError> {
        let stamp = i64::try_from(stamp).unwrap_or(i64::MAX);
        if self.stamp.load(Ordering::Acquire) != stamp {
            self.replace(&keys.keys().await?);
            self.stamp.store(stamp, Ordering::Release);
        }
        Ok(())
    }

    /// The uses since the last call, for `KeyStore::touch_keys`.
    pub fn take_used(&self) -> Vec<(ApiKeyId, DateTime<Utc>)> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let used = entries.values().filter_map(|e| Some((e.id?, e.used.swap(0, Ordering::AcqRel))));
        used.filter_map(|(id, at)| Some((id, DateTime::from_timestamp(at, 0)?)).filter(|_| at != 0)).collect()
    }

    /// Lets a request through, by the name of its key, or says why not. `monotonic` and `now` are the time of the request.
    pub fn admit(
        &self,
        key: Option<&PresentedKey>,
        scope: KeyScope,
        monotonic: Duration,
        now: DateTime<Utc>,
    ) -> Result<Arc<str>, ApiError> {
        let Some(PresentedKey(secret)) = key else { return Err(ApiError::no_key()) };
        let hash = api_key::hash(secret.expose());
        let entry = self.entries.read().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        let entry = entry.ok_or_else(ApiError::unknown_key)?;
        if !entry.scopes.contains(&scope) {
            return Err(ApiError::wrong_scope(scope));
        }
        entry.used.store(now.timestamp(), Ordering::Release);
        let mut bucket = entry.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(monotonic).map_err(ApiError::too_many)?;
        Ok(Arc::clone(&entry.name))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::foundation::SeededChance;

    const SECRET: &str = "ack_test";

    fn ring(scopes: &[KeyScope]) -> KeyRing {
        let ring = KeyRing::new(10, 2, None);
        ring.replace(&[row(scopes)]);
        ring
    }

    fn row(scopes: &[KeyScope]) -> ApiKeyRow {
        ApiKeyRow {
            id: ApiKeyId::new(DateTime::UNIX_EPOCH, &SeededChance::new(1)),
            name: "test".into(),
            hash: api_key::hash(SECRET),
            scopes: scopes.to_vec(),
            created_at: DateTime::UNIX_EPOCH,
            last_used_at: None,
            revoked_at: None,
        }
    }

    fn code(ring: &KeyRing, request: TestRequest, in_query: bool) -> &'static str {
        let request = request.to_http_request();
        let fields = Fields::parse(request.query_string(), b"").unwrap();
        let key = PresentedKey::of(&request, &fields, in_query);
        let admitted = ring.admit(key.as_ref(), KeyScope::Ivr, Duration::ZERO, DateTime::UNIX_EPOCH);
        admitted.map_or_else(|e| e.code(), |_| "ok")
    }

    #[test]
    fn a_key_may_come_by_header_bearer_basic_or_query() {
        let by = |name: &'static str, value: &str| TestRequest::get().insert_header((name, value));
        let basic = |pair: &str| format!("Basic {}", BASE64_STANDARD.encode(pair));
        let ring = || ring(&[KeyScope::Ivr]);
        assert_eq!(code(&ring(), by("X-API-Key", SECRET), false), "ok");
        assert_eq!(code(&ring(), by("Authorization", "Bearer ack_test"), false), "ok");
        assert_eq!(code(&ring(), by("Authorization", &basic("ivr:ack_test")), false), "ok");
        assert_eq!(code(&ring(), by("Authorization", &basic("ack_test:")), false), "ok");
        assert_eq!(code(&ring(), TestRequest::with_uri("/?apiKey=ack_test"), true), "ok");
        assert_eq!(code(&ring(), TestRequest::with_uri("/?apiKey=ack_test"), false), "no_key");
        assert_eq!(code(&ring(), by("X-API-Key", "ack_other"), false), "unknown_key");
    }

    #[test]
    fn a_key_is_held_to_its_scope_and_rate_and_its_use_is_noted() {
        assert_eq!(
            code(&ring(&[KeyScope::Read]), TestRequest::get().insert_header(("X-API-Key", SECRET)), false),
            "wrong_scope"
        );
        let ring = ring(&[KeyScope::Ivr]);
        let ask = || code(&ring, TestRequest::get().insert_header(("X-API-Key", SECRET)), false);
        assert_eq!([ask(), ask(), ask()], ["ok", "ok", "too_many_requests"]);
        ring.replace(&[row(&[KeyScope::Ivr])]);
        assert_eq!(ask(), "too_many_requests", "reading the keys anew gives no new allowance");
        ring.replace(&[]);
        assert_eq!(ask(), "unknown_key");
    }
}
