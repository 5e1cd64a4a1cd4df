//! Proofs that a request is the gateway's: our own signature in the address we gave it, the secret itself, or what it signs by.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use ring::hmac::{Algorithm, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA512, Key, sign, verify};

use super::filled::hex;
use crate::foundation::Secret;
use crate::foundation::sms::http::VonageDigest;

/// Octets of our signature: 128 bits.
const MAC_LENGTH: usize = 16;

/// What is signed, so that no other use of the secret gives the same.
fn receipt_words(route: &str, key: &str) -> String {
    format!("aftercall receipt 1\n{route}\n{key}")
}

/// Our signature in the address for receipts of what has this key.
pub(super) fn receipt_mac(secret: &Secret<String>, route: &str, key: &str) -> String {
    let signer = Key::new(HMAC_SHA256, secret.expose().as_bytes());
    let tag = sign(&signer, receipt_words(route, key).as_bytes());
    hex(&tag.as_ref()[..MAC_LENGTH]).to_ascii_lowercase()
}

/// Whether a signature is ours.
pub(super) fn is_receipt_mac(secret: &Secret<String>, (route, key): (&str, &str), mac: &str) -> bool {
    is_same(receipt_mac(secret, route, key).as_bytes(), mac.to_ascii_lowercase().as_bytes())
}

/// Whether two values are the same, in a time that tells nothing of how much of them is.
pub(super) fn is_same(expected: &[u8], given: &[u8]) -> bool {
    let key = Key::new(HMAC_SHA256, b"aftercall comparison");
    verify(&key, given, sign(&key, expected).as_ref()).is_ok()
}

/// Whether a signature is what Twilio makes of an address and the fields of a form.
pub(super) fn is_twilio(token: &Secret<String>, url: &str, form: &[(String, String)], given: &str) -> bool {
    let Ok(tag) = STANDARD.decode(given.trim()) else { return false };
    let mut fields = form.to_vec();
    fields.sort();
    fields.dedup();
    let fields: String = fields.into_iter().flat_map(|(name, value)| [name, value]).collect();
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.expose().as_bytes());
    // It signs the address with the port of its scheme or without.
    let with_port = with_port(url);
    [Some(url.to_owned()), with_port]
        .into_iter()
        .flatten()
        .any(|url| verify(&key, format!("{url}{fields}").as_bytes(), &tag).is_ok())
}

/// The address with the port of its scheme, where it has none.
fn with_port(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    let (host, port) = (parsed.host_str()?, parsed.port_or_known_default()?);
    let (scheme, rest) = url.split_once("://")?;
    let path = rest.find(['/', '?']).map_or("", |at| &rest[at..]);
    parsed.port().is_none().then(|| format!("{scheme}://{host}:{port}{path}"))
}

/// Whether a signature is what Vonage makes of parameters.
pub(super) fn is_vonage(
    (secret, digest): (&Secret<String>, VonageDigest),
    parameters: &[(String, String)],
    given: &str,
) -> bool {
    let mut parameters: Vec<_> = parameters.iter().filter(|(name, _)| name != "sig").collect();
    parameters.sort();
    let plain = |text: &str| text.replace(['&', '='], "_");
    let words = parameters.into_iter().map(|(name, value)| format!("&{}={}", plain(name), plain(value)));
    let words = words.collect::<Vec<_>>().concat();
    let algorithm: Algorithm = match digest {
        VonageDigest::Sha1 => HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        VonageDigest::Sha256 => HMAC_SHA256,
        VonageDigest::Sha512 => HMAC_SHA512,
    };
    let Some(tag) = from_hex(given) else { return false };
    verify(&Key::new(algorithm, secret.expose().as_bytes()), words.as_bytes(), &tag).is_ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn our_signature_is_of_one_route_and_one_key() {
        let secret = Secret::new("s".repeat(20));
        let mac = receipt_mac(&secret, "one", "k");
        assert_eq!(mac.len(), 32);
        assert!(is_receipt_mac(&secret, ("one", "k"), &mac));
        assert!(is_receipt_mac(&secret, ("one", "k"), &mac.to_uppercase()));
        for (route, key, given) in
            [("two", "k", mac.as_str()), ("one", "l", &mac), ("one", "k", ""), ("one", "k", &mac[..31])]
        {
            assert!(!is_receipt_mac(&secret, (route, key), given));
        }
        assert!(!is_receipt_mac(&Secret::new("t".repeat(20)), ("one", "k"), &mac));
    }

    /// The address, fields, token and signature of Twilio's own documentation of the scheme.
    #[test]
    fn twilios_own_example_is_right_with_its_port_and_without_and_nothing_else_is() {
        let token = Secret::new("12345".to_owned());
        let form = [
            ("CallSid", "CA1234567890ABCDE"),
            ("From", "+12349013030"),
            ("To", "+18005551212"),
            ("Caller", "+12349013030"),
            ("Digits", "1234"),
        ];
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let signature = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";
        assert!(is_twilio(&token, url, &pairs(&form), signature));
        let mut other = form;
        other[4].1 = "1235";
        assert!(!is_twilio(&token, url, &pairs(&other), signature));
        assert!(!is_twilio(&token, &url.replace("foo=1", "foo=2"), &pairs(&form), signature));
        assert!(!is_twilio(&Secret::new("1234".to_owned()), url, &pairs(&form), signature));
        assert!(!is_twilio(&token, url, &pairs(&form), "no base64"));
        let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345");
        let by_port = STANDARD.encode(sign(&key, b"https://a.example:443/b?c=1xy").as_ref());
        assert!(is_twilio(&token, "https://a.example/b?c=1", &pairs(&[("x", "y")]), &by_port));
    }

    #[test]
    fn vonages_signature_is_of_all_parameters_in_order() {
        let secret = Secret::new("secret".to_owned());
        let parameters = pairs(&[("text", "a&b=c"), ("msisdn", "34600"), ("sig", "x")]);
        for (digest, algorithm) in [
            (VonageDigest::Sha1, HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            (VonageDigest::Sha256, HMAC_SHA256),
            (VonageDigest::Sha512, HMAC_SHA512),
        ] {
            let tag = sign(&Key::new(algorithm, b"secret"), b"&msisdn=34600&text=a_b_c");
            assert!(is_vonage((&secret, digest), &parameters, &hex(tag.as_ref())));
            assert!(is_vonage((&secret, digest), &parameters, &hex(tag.as_ref()).to_lowercase()));
            assert!(!is_vonage((&secret, digest), &parameters[1..], &hex(tag.as_ref())));
            assert!(!is_vonage((&secret, digest), &parameters, "é"));
        }
    }
}
