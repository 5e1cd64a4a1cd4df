//! TLS files: they parse, belong together, and the day they end.

use chrono::{DateTime, NaiveDateTime, Utc};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::{Finding, places};
use crate::config::TlsFiles;
use crate::foundation::{Clock, SystemClock};

const WHAT: &str = "TLS files";

/// Reads both files as the server would.
pub(super) fn files(files: &TlsFiles) -> Finding {
    match look(files, SystemClock::new().now()) {
        Ok(detail) => Finding::ok(WHAT, detail),
        Err(detail) => Finding::fail(WHAT, detail),
    }
}

fn look(files: &TlsFiles, now: DateTime<Utc>) -> Result<String, String> {
    let (cert, key) = (&files.cert, &files.key);
    places::readable(cert)?;
    places::readable(key)?;
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("{} is not a PEM certificate: {error}", cert.display()))?;
    let first = chain.first().ok_or_else(|| format!("{} holds no certificate", cert.display()))?;
    let ends = not_after(first).ok_or_else(|| format!("{} has no readable end date", cert.display()))?;
    let secret = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| format!("{} is not a PEM private key: {error}", key.display()))?;
    rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain.clone(), secret))
        .map_err(|error| {
            format!("{} and {} cannot be used together: {error}", cert.display(), key.display())
        })?;
    if ends <= now {
        return Err(format!("{} ended on {}: renew it", cert.display(), ends.format("%Y-%m-%d")));
    }
    let days = (ends - now).num_days();
    Ok(format!("{} is valid until {} ({days} days)", cert.display(), ends.format("%Y-%m-%d")))
}

/// The end of a certificate's validity: the second time in `tbsCertificate.validity` (RFC 5280, 4.1). Times are the only
/// values of tags `UTCTime` and `GeneralizedTime` that stand before the subject's key.
fn not_after(certificate: &CertificateDer<'_>) -> Option<DateTime<Utc>> {
    const INTEGER: u8 = 0x02;
    const SEQUENCE: u8 = 0x30;
    const EXPLICIT_VERSION: u8 = 0xA0;
    let (_, whole, _) = element(certificate)?;
    let (_, mut rest, _) = element(whole)?;
    // version (optional), serial number, signature algorithm, issuer, validity
    for expected in [EXPLICIT_VERSION, INTEGER, SEQUENCE, SEQUENCE] {
        let (tag, _, after) = element(rest)?;
        match tag == expected {
            true => rest = after,
            false if expected == EXPLICIT_VERSION => {}
            false => return None,
        }
    }
    let (_, validity, _) = element(rest)?;
    let (_, _, second) = element(validity)?;
    let (tag, text, _) = element(second)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

/// One DER element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
        (bytes.iter().try_fold(0usize, |n, byte| n.checked_mul(256)?.checked_add(usize::from(*byte)))?, rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

fn time(tag: u8, text: &str) -> Option<DateTime<Utc>> {
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED_TIME: u8 = 0x18;
    let text = match tag {
        // RFC 5280, 4.1.2.5.1: years from 50 are of the last century.
        UTC_TIME if text.get(..2)? >= "50" => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok().map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn write(folder: &Path, name: &str, ends: (i32, u8, u8)) -> TlsFiles {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["calls.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(ends.0, ends.1, ends.2);
        let files = TlsFiles { cert: folder.join(name), key: folder.join(format!("{name}.key")) };
        std::fs::write(&files.cert, params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
        files
    }

    #[test]
    fn tls_files_are_checked_for_their_form_their_match_and_their_end() {
        let folder = tempfile::tempdir().unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let good = write(folder.path(), "good", (2030, 5, 6));
        assert!(look(&good, now).unwrap().contains("2030-05-06"));
        let far = write(folder.path(), "far", (2060, 5, 6));
        assert!(
            look(&far, now).unwrap().contains("2060-05-06"),
            "a year past 2049 is stored in another form"
        );
        let ended = write(folder.path(), "ended", (2026, 1, 1));
        assert!(look(&ended, now).unwrap_err().contains("2026-01-01"));
        let mixed = TlsFiles { cert: good.cert.clone(), key: far.key };
        assert!(look(&mixed, now).unwrap_err().contains("cannot be used together"));
        let swapped = TlsFiles { cert: good.key.clone(), key: good.cert.clone() };
        assert!(look(&swapped, now).is_err());
        let missing = TlsFiles { cert: folder.path().join("none"), key: good.key };
        assert!(look(&missing, now).unwrap_err().contains("cannot read"));
    }
}
