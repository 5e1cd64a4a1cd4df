//! Codes of a second factor (TOTP, RFC 6238): six digits, another one every 30 s, as every authenticator app makes them.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret as Shared, Totp};

use super::{Chance, Secret};

/// Bytes of a secret: as many as the hash has, which the RFC recommends.
const SECRET_BYTES: usize = 20;
/// What apps show above the code.
const ISSUER: &str = "aftercall";

/// The secret of a second factor.
#[derive(Debug, Clone)]
pub struct SecondFactor(Secret<String>);

impl SecondFactor {
    /// A new one.
    pub fn generate(chance: &dyn Chance) -> Self {
        let mut bytes = [0u8; SECRET_BYTES];
        for chunk in bytes.chunks_mut(8) {
            let random = chance.bits().to_be_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
        Self(Secret::new(Shared::from(bytes.to_vec()).to_base32()))
    }

    /// The one that was written down so (base32); `None` when it is none.
    pub fn parse(text: &Secret<String>) -> Option<Self> {
        let bytes = Shared::try_from_base32(text.expose()).ok()?;
        (bytes.as_ref().len() >= SECRET_BYTES).then(|| Self(text.clone()))
    }

    /// As it is written down and stored (base32).
    pub fn text(&self) -> &Secret<String> {
        &self.0
    }

    /// The address by which an app takes it over, for somebody's account.
    pub fn url(&self, account: &str) -> Option<String> {
        // A colon would end the issuer's part of the label.
        self.codes(&account.replace(':', "-"))?.to_url().ok()
    }

    /// The time step of a code that is right at `now` or was half a minute ago or will be; each step is to be accepted once.
    pub fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let seconds = u64::try_from(now.timestamp()).ok()?;
        self.codes("")?.check(&code, seconds).and_then(|step| i64::try_from(step).ok())
    }

    fn codes(&self, account: &str) -> Option<Totp> {
        let secret = Shared::try_from_base32(self.0.expose()).ok()?;
        let account = if account.is_empty() { "aftercall" } else { account };
        let codes = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(ISSUER));
        codes.build().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, SHA-1, of the last six digits.
        let secret = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned());
        let factor = SecondFactor::parse(&secret).unwrap();
        assert_eq!(factor.step_of("287082", at(59)), Some(1));
        assert_eq!(factor.step_of("081 804", at(1_111_111_109)), Some(37_037_036), "as people type it");
        assert_eq!(factor.step_of("081804", at(1_111_111_109 + 30)), Some(37_037_036), "a slow hand");
        assert_eq!(factor.step_of("081804", at(1_111_111_109 + 90)), None);
        assert_eq!(factor.step_of("", at(59)), None);
    }

    #[test]
    fn a_secret_comes_back_from_what_is_written_down_and_every_one_is_another() {
        let [one, other] = [1, 2].map(|seed| SecondFactor::generate(&SeededChance::new(seed)));
        assert_ne!(one.text().expose(), other.text().expose());
        assert_eq!(SecondFactor::parse(one.text()).unwrap().text().expose(), one.text().expose());
        let url = one.url("a:b@example.com").unwrap();
        assert!(
            url.starts_with("otpauth://totp/aftercall:") && url.contains(one.text().expose().as_str()),
            "{url}"
        );
        assert!(SecondFactor::parse(&Secret::new("short".into())).is_none());
    }
}
