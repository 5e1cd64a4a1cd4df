//! `[ivr_api]`: the listener that scripts of the contact centre call.

use std::net::SocketAddr;
use std::time::Duration;

use super::key::Key;
use super::listener::{TlsFiles, public_url, tls};
use super::reader::Reader;
use super::secrets;
use crate::foundation::Secret;

pub(super) const LISTEN: Key = Key::text(
    "ivr_api",
    "listen",
    ("an address and a port such as 0.0.0.0:8080 or [::]:8080", "0.0.0.0:8080"),
    "Where the IVR API, /health and /metrics are served.",
);
const WORKERS: Key = Key::integer(
    "ivr_api",
    "workers",
    ("threads", 1, 64, 2),
    "Threads that read requests and write replies.",
);
const MAX_CONNECTIONS: Key = Key::integer(
    "ivr_api",
    "max_connections",
    ("connections", 10, 1_000_000, 12_000),
    "The most connections open at once. An eighth is kept free for new ones: beyond that, the one quiet for longest is \
     closed. Each takes an open file; the limit of the process (LimitNOFILE) must leave room for them.",
);
const BODY_MAX_BYTES: Key = Key::integer(
    "ivr_api",
    "body_max_bytes",
    ("bytes", 1024, 16_777_216, 65_536),
    "The largest request body; a larger one is refused.",
);
const DEADLINE_MS: Key = Key::integer(
    "ivr_api",
    "deadline_ms",
    ("milliseconds", 100, 30_000, 2000),
    "How long a request may take before it is answered with an error. Scripts give up after 3 to 5 seconds.",
);
const KEEP_ALIVE_S: Key = Key::integer(
    "ivr_api",
    "keep_alive_s",
    ("seconds", 1, 3600, 75),
    "How long an idle connection is kept open for the next request.",
);
const RATE_PER_KEY_PER_S: Key = Key::integer(
    "ivr_api",
    "rate_per_key_per_s",
    ("requests per second", 1, 1_000_000, 2000),
    "What one API key may ask for in the long run. An IVR is one client: the limit is by key, never by address.",
);
const RATE_BURST: Key = Key::integer(
    "ivr_api",
    "rate_burst",
    ("requests", 1, 2_000_000, 4000),
    "What one API key may ask for at once after a pause. At least rate_per_key_per_s.",
);
const KEY_IN_QUERY: Key = Key::flag(
    "ivr_api",
    "key_in_query",
    true,
    "Whether an API key may stand in the query (?api_key=), for scripts that can set neither a header nor a password.",
);
const PUBLIC_URL: Key = Key::text(
    "ivr_api",
    "public_url",
    (
        "http:// or https:// and a host, without a path; \"\" for where each request went, by its Host header",
        "",
    ),
    "How clients reach this listener: where the addresses of prompts in replies begin, and the server named in \
     /openapi.json. Needed behind a proxy that speaks TLS or changes the Host header.",
);
const TLS_CERT_FILE: Key = Key::text(
    "ivr_api",
    "tls_cert_file",
    ("the path of a PEM file; \"\" for none", ""),
    "The certificate and its chain. Set with tls_key_file, the listener speaks TLS only.",
);
const TLS_KEY_FILE: Key = Key::text(
    "ivr_api",
    "tls_key_file",
    ("the path of a PEM file; \"\" for none", ""),
    "The certificate's private key.",
);
pub(super) const DRAIN_S: Key = Key::integer(
    "ivr_api",
    "drain_s",
    ("seconds", 0, 600, 10),
    "How long requests in progress may take to end when the server stops. Less than supervision.stop_hard_limit_s.",
);
const STATIC_KEY: Key = Key::secret(
    "ivr_api",
    "static_key",
    "at least 20 characters without blanks; \"\" for none",
    "One API key of scope ivr that is not kept in the database. Better given by static_key_file or by the systemd \
     credential ivr_api.static_key; only one of the three may be set.",
);
const STATIC_KEY_FILE: Key = Key::text(
    "ivr_api",
    "static_key_file",
    ("the path of a file that holds the key and nothing else; \"\" for none", ""),
    "Where to read static_key from.",
);

pub(super) const KEYS: [Key; 15] = [
    LISTEN,
    WORKERS,
    MAX_CONNECTIONS,
    BODY_MAX_BYTES,
    DEADLINE_MS,
    KEEP_ALIVE_S,
    RATE_PER_KEY_PER_S,
    RATE_BURST,
    KEY_IN_QUERY,
    PUBLIC_URL,
    TLS_CERT_FILE,
    TLS_KEY_FILE,
    DRAIN_S,
    STATIC_KEY,
    STATIC_KEY_FILE,
];

/// The listener that scripts call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IvrApi {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its threads.
    pub workers: usize,
    /// The most connections open at once.
    pub max_connections: usize,
    /// The largest body, in bytes.
    pub body_max_bytes: usize,
    /// The longest a request may take.
    pub deadline: Duration,
    /// How long an idle connection stays open.
    pub keep_alive: Duration,
    /// Requests per second and key, in the long run.
    pub rate_per_key_per_s: u32,
    /// Requests of one key at once.
    pub rate_burst: u32,
    /// Whether a key may stand in the query.
    pub key_in_query: bool,
    /// Scheme, host and port as clients write them, without a slash at the end; `None`: as in the request.
    pub public_url: Option<String>,
    /// Set: TLS only.
    pub tls: Option<TlsFiles>,
    /// How long requests in progress may take to end at a stop.
    pub drain: Duration,
    /// The API key of scope ivr that is not kept in the database.
    pub static_key: Option<Secret<String>>,
}

impl IvrApi {
    /// Reads the section; `credential` is the static key that systemd handed over.
    pub(super) fn read(reader: &mut Reader, credential: Option<secrets::Credential>) -> Self {
        let rate_per_key_per_s = reader.number(&RATE_PER_KEY_PER_S);
        let rate_burst: u32 = reader.number(&RATE_BURST);
        if rate_burst < rate_per_key_per_s {
            let rule = format!("at least ivr_api.rate_per_key_per_s, which is {rate_per_key_per_s}");
            reader.refuse(&RATE_BURST, &rate_burst.to_string(), &rule);
        }
        let listen = reader.parsed(&LISTEN, |text| text.parse().ok());
        Self {
            listen: listen.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 8080))),
            workers: reader.number(&WORKERS),
            max_connections: reader.number(&MAX_CONNECTIONS),
            body_max_bytes: reader.number(&BODY_MAX_BYTES),
            deadline: reader.millis(&DEADLINE_MS),
            keep_alive: reader.secs(&KEEP_ALIVE_S),
            rate_per_key_per_s,
            rate_burst,
            key_in_query: reader.flag(&KEY_IN_QUERY),
            public_url: reader.parsed(&PUBLIC_URL, public_url).flatten(),
            tls: tls(reader, &TLS_CERT_FILE, &TLS_KEY_FILE),
            drain: reader.secs(&DRAIN_S),
            static_key: secrets::read(
                reader,
                &STATIC_KEY,
                &STATIC_KEY_FILE,
                credential,
                secrets::is_static_key,
            ),
        }
    }
}
