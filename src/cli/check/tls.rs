//! TLS files: they parse, belong together, and the day they end.

use chrono::{DateTime, Utc};

use super::Finding;
use crate::config::TlsFiles;
use crate::foundation::{Clock, SystemClock};
use crate::http::{load_tls, tls_ends};
use crate::telemetry::Chain;

/// Reads both files of a listener as the server would; `what` they are.
pub(super) fn files(what: &'static str, files: &TlsFiles) -> Finding {
    match look(files, SystemClock::new().now()) {
        Ok(detail) => Finding::ok(what, detail),
        Err(detail) => Finding::fail(what, detail),
    }
}

fn look(files: &TlsFiles, now: DateTime<Utc>) -> Result<String, String> {
    load_tls(files).map_err(|error| Chain(&error).to_string())?;
    let ends = tls_ends(files).map_err(|error| Chain(&error).to_string())?;
    let (cert, day) = (files.cert.display(), ends.format("%Y-%m-%d"));
    if ends <= now {
        return Err(format!("{cert} ended on {day}: renew it"));
    }
    Ok(format!("{cert} is valid until {day} ({} days)", (ends - now).num_days()))
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
