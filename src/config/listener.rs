//! What the sections of both listeners have in common: TLS, and how clients reach them.

use std::path::PathBuf;

use super::key::Key;
use super::reader::Reader;

/// The files that make a listener speak TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain, PEM.
    pub cert: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// `Some(None)` for "take it from the request", `None` when it is not such a URL.
#[expect(
    clippy::option_option,
    reason = "the outer option is whether it parsed, the inner whether it is set"
)]
pub(super) fn public_url(text: &str) -> Option<Option<String>> {
    if text.is_empty() {
        return Some(None);
    }
    let url = reqwest::Url::parse(text).ok()?;
    let plain =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username() == "";
    let web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    (plain && web).then(|| Some(url.as_str().trim_end_matches('/').to_owned()))
}

/// The files that two keys name; one alone is refused.
pub(super) fn tls(reader: &mut Reader, cert_key: &Key, key_key: &Key) -> Option<TlsFiles> {
    let (cert, key) = (reader.text(cert_key), reader.text(key_key));
    match (cert.is_empty(), key.is_empty()) {
        (true, true) => None,
        (false, false) => Some(TlsFiles { cert: cert.into(), key: key.into() }),
        (true, false) => {
            reader.refuse(cert_key, "", &format!("set when {} is", key_key.path()));
            None
        }
        (false, true) => {
            reader.refuse(key_key, "", &format!("set when {} is", cert_key.path()));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_scheme_host_and_port_only() {
        assert_eq!(public_url(""), Some(None));
        assert_eq!(
            public_url("https://calls.example:8443/"),
            Some(Some("https://calls.example:8443".into()))
        );
        for refused in ["calls.example", "ftp://x", "https://x/path", "https://u@x", "https://x?y"] {
            assert_eq!(public_url(refused), None, "{refused}");
        }
    }
}
