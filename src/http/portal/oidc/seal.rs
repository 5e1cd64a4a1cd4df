//! What a browser keeps for us while its person is at the provider: sealed, so that nobody else can read, change or make it.
//!
//! The way back may lead to another node, so nothing of it is in one node's memory. The key is made of the client's secret,
//! which every node has, and of a salt of its own for each seal: no key seals twice, so the nonce need not change.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use serde::{Deserialize, Serialize};

use crate::foundation::{Chance, Secret};

/// How long somebody may take at the provider.
pub(super) const WORKS: TimeDelta = TimeDelta::minutes(10);
/// Bytes of a salt.
const SALT: usize = 32;
/// What the key is for, so that no other use of the secret has the same one.
const PURPOSE: &[u8] = b"aftercall single sign-on, journey, 1";

/// Somebody on the way to the provider and back. It has secrets, so there is no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Journey {
    /// What the provider sends back with whoever comes by the address that we made.
    pub(super) state: String,
    /// What the provider puts into the token that is made for this journey.
    pub(super) nonce: String,
    /// What proves to the provider that who takes the token is who asked for it.
    pub(super) verifier: String,
    /// Where to go then.
    pub(super) next: String,
    /// The language of the pages.
    pub(super) language: String,
    /// When it is too late, in milliseconds since 1970.
    pub(super) ends_at: i64,
}

/// Seals and opens.
pub(super) struct Sealer {
    secret: Secret<String>,
    /// The provider and what we are called there: a seal is good for these only.
    place: String,
}

impl Sealer {
    /// A sealer with the key of this client of this provider.
    pub(super) fn new(secret: Secret<String>, issuer: &str, client_id: &str) -> Self {
        Self { secret, place: format!("{issuer}\n{client_id}") }
    }

    fn key(&self, salt: &[u8]) -> Option<LessSafeKey> {
        let extracted = Salt::new(HKDF_SHA256, salt).extract(self.secret.expose().as_bytes());
        let info = [PURPOSE, self.place.as_bytes()];
        let key = extracted.expand(&info, &CHACHA20_POLY1305).ok()?;
        Some(LessSafeKey::new(UnboundKey::from(key)))
    }

    /// A journey as its browser keeps it.
    pub(super) fn seal(&self, journey: &Journey, chance: &dyn Chance) -> Option<String> {
        let mut sealed: Vec<u8> = (0..SALT / 8).flat_map(|_| chance.bits().to_be_bytes()).collect();
        let key = self.key(&sealed)?;
        let mut text = serde_json::to_vec(journey).ok()?;
        key.seal_in_place_append_tag(nonce(), Aad::empty(), &mut text).ok()?;
        sealed.append(&mut text);
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The journey that was sealed; `None` for what is not ours, was changed, or took too long.
    pub(super) fn open(&self, sealed: &str, now: DateTime<Utc>) -> Option<Journey> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (salt, text) = sealed.split_at_checked(SALT)?;
        let mut text = text.to_vec();
        let text = self.key(salt)?.open_in_place(nonce(), Aad::empty(), &mut text).ok()?;
        let journey: Journey = serde_json::from_slice(text).ok()?;
        // One that ends later than any could was made by a clock that is far off.
        let left = journey.ends_at - now.timestamp_millis();
        (left > 0 && left <= 2 * WORKS.num_milliseconds()).then_some(journey)
    }
}

/// Always the same: each key is used once.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    const SECRET: &str = "correct-horse-battery-staple";

    fn sealer(secret: &str, issuer: &str) -> Sealer {
        Sealer::new(Secret::new(secret.to_owned()), issuer, "aftercall")
    }

    fn start() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    fn journey() -> Journey {
        Journey {
            state: "the state".into(),
            nonce: "the nonce".into(),
            verifier: "the verifier".into(),
            next: "/reports?team=فريق".into(),
            language: "ar".into(),
            ends_at: (start() + WORKS).timestamp_millis(),
        }
    }

    #[test]
    fn what_one_node_sealed_another_opens_until_its_time_is_over() {
        let sealed = sealer(SECRET, "https://id").seal(&journey(), &SeededChance::new(1)).unwrap();
        let other = sealer(SECRET, "https://id");
        let open =
            |after: TimeDelta| other.open(&sealed, start() + after).is_some_and(|read| read == journey());
        assert!(open(TimeDelta::zero()) && open(WORKS - TimeDelta::milliseconds(1)));
        assert!(!open(WORKS), "it is too late");
        assert!(!open(-WORKS - TimeDelta::milliseconds(1)), "no clock is that far ahead");
    }

    #[test]
    fn what_was_changed_anywhere_or_made_by_somebody_else_is_refused() {
        let (ours, chance) = (sealer(SECRET, "https://id"), SeededChance::new(2));
        let sealed = ours.seal(&journey(), &chance).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(ours.open(&URL_SAFE_NO_PAD.encode(changed), start()).is_none(), "byte {at}");
        }
        for length in 0..bytes.len() {
            assert!(
                ours.open(&URL_SAFE_NO_PAD.encode(&bytes[..length]), start()).is_none(),
                "{length} bytes"
            );
        }
        for foreign in ["", "!", "null", &SECRET.repeat(9)] {
            assert!(ours.open(foreign, start()).is_none(), "{foreign}");
        }
        assert!(sealer("another-secret-of-a-client", "https://id").open(&sealed, start()).is_none());
        assert!(sealer(SECRET, "https://other").open(&sealed, start()).is_none());
        let client = Sealer::new(Secret::new(SECRET.to_owned()), "https://id", "another");
        assert!(client.open(&sealed, start()).is_none());
    }

    #[test]
    fn no_seal_is_like_another_and_none_shows_what_it_holds() {
        let (ours, chance) = (sealer(SECRET, "https://id"), SeededChance::new(3));
        let sealed: Vec<String> = (0..20).map(|_| ours.seal(&journey(), &chance).unwrap()).collect();
        for (at, one) in sealed.iter().enumerate() {
            let bytes = URL_SAFE_NO_PAD.decode(one).unwrap();
            assert!(!bytes.windows(9).any(|part| part == b"the nonce"));
            for other in &sealed[..at] {
                let other = URL_SAFE_NO_PAD.decode(other).unwrap();
                assert!(bytes[..SALT] != other[..SALT] && bytes[SALT..] != other[SALT..]);
            }
        }
    }
}
