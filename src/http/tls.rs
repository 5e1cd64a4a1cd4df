//! TLS of a listener: certificate and key from files, checked before anything listens.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::TlsFiles;

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or holds no PEM of the kind.
    #[error("cannot read {what} from {path}: {why}")]
    File {
        /// Certificate or key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// Certificate and key do not fit, or the key is of a kind not supported.
    #[error("the certificate in {cert} and the key in {key} cannot be used together")]
    Pair {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// The reason.
        #[source]
        source: rustls::Error,
    },
}

/// Reads both files and proves that they fit each other. TLS 1.2 stays on for the Java clients of older IVRs.
pub fn load_tls(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = chain(&files.cert)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| unreadable("the key", &files.key, e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mismatch = |source| TlsError::Pair { cert: files.cert.clone(), key: files.key.clone(), source };
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(mismatch)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(mismatch)?;
    Ok(Arc::new(config))
}

/// When the server's certificate ends.
pub fn tls_ends(files: &TlsFiles) -> Result<DateTime<Utc>, TlsError> {
    let chain = chain(&files.cert)?;
    let ends = chain.first().and_then(|first| {
        let (_, certificate) = x509_parser::parse_x509_certificate(first).ok()?;
        DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)
    });
    ends.ok_or_else(|| unreadable("the certificate", &files.cert, "it says no end of its validity"))
}

fn chain(cert: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|e| unreadable("the certificate", cert, e))?;
    if chain.is_empty() {
        return Err(unreadable("the certificate", cert, "it holds none"));
    }
    Ok(chain)
}

fn unreadable(what: &'static str, path: &Path, why: impl std::fmt::Display) -> TlsError {
    TlsError::File { what, path: path.to_owned(), why: why.to_string() }
}
