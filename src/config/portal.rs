//! `[portal]`: the web pages for people, and the API behind them.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::key::Key;
use super::listener::{TlsFiles, public_url, tls};
use super::reader::Reader;

const ENABLED: Key = Key::flag("portal", "enabled", true, "Whether this node serves the portal.");
pub(super) const LISTEN: Key = Key::text(
    "portal",
    "listen",
    ("an address and a port such as 0.0.0.0:8090 or [::]:8090", "0.0.0.0:8090"),
    "Where the portal is served. Not where ivr_api.listen is.",
);
pub(super) const PUBLIC_URL: Key = Key::text(
    "portal",
    "public_url",
    (
        "http:// or https:// and a host, without a path; \"\" for this machine's name and the port of listen",
        "",
    ),
    "How people reach the portal: where the links begin that it hands out. With https:// here, behind a proxy that speaks \
     TLS, browsers send the session over TLS only.",
);
const CUSTOMER_URL: Key = Key::text(
    "portal",
    "customer_url",
    ("http:// or https:// and a host, without a path; \"\" for public_url", ""),
    "How customers reach their survey page: where the links begin that they are sent. A short name leaves more of a text message \
     for words.",
);
const WIDGET_ORIGINS: Key = Key::text(
    "portal",
    "widget_origins",
    ("origins such as https://chat.example.com, separated by commas; \"\" for none", ""),
    "Pages on which the survey may be shown in a chat by its widget: browsers keep all others from it.",
);
const PROXIES: Key = Key::text(
    "portal",
    "proxies",
    ("addresses separated by commas; \"\" for none", ""),
    "Proxies before the portal: where a request came from is what they say in X-Forwarded-For. Wrong passwords are counted by \
     address, so that without this all people behind a proxy wait for each other's mistakes.",
);
const TLS_CERT_FILE: Key = Key::text(
    "portal",
    "tls_cert_file",
    ("the path of a PEM file; \"\" for none", ""),
    "The certificate and its chain. Set with tls_key_file, the portal speaks TLS only. Without, passwords cross the \
     network as they are typed, unless a proxy speaks TLS.",
);
const TLS_KEY_FILE: Key = Key::text(
    "portal",
    "tls_key_file",
    ("the path of a PEM file; \"\" for none", ""),
    "The certificate's private key.",
);
const SESSION_IDLE_MINUTES: Key = Key::integer(
    "portal",
    "session_idle_minutes",
    ("minutes", 5, 10_080, 60),
    "A session that was not used for this long is over.",
);
const SESSION_HOURS: Key = Key::integer(
    "portal",
    "session_hours",
    ("hours", 1, 720, 12),
    "A session is over after this long, however much it is used.",
);
const LINK_HOURS: Key = Key::integer(
    "portal",
    "link_hours",
    ("hours", 1, 720, 24),
    "How long a link works by which somebody sets a password.",
);
const MIN_ANSWERS: Key = Key::integer(
    "portal",
    "min_answers",
    ("answers", 1, 1000, 5),
    "No score is shown for fewer answers: it would say more about chance, or about one customer, than about the service.",
);

pub(super) const KEYS: [Key; 12] = [
    ENABLED,
    LISTEN,
    PUBLIC_URL,
    CUSTOMER_URL,
    WIDGET_ORIGINS,
    PROXIES,
    TLS_CERT_FILE,
    TLS_KEY_FILE,
    SESSION_IDLE_MINUTES,
    SESSION_HOURS,
    LINK_HOURS,
    MIN_ANSWERS,
];

/// The web pages for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Whether they are served.
    pub enabled: bool,
    /// Where.
    pub listen: SocketAddr,
    /// Scheme, host and port as people write them, without a slash at the end; `None`: this machine's name.
    pub public_url: Option<String>,
    /// The same for customers; `None`: as people do.
    pub customer_url: Option<String>,
    /// Origins of the pages that may show the survey in their chat.
    pub widget_origins: Vec<String>,
    /// Proxies whose word counts for where a request came from.
    pub proxies: Vec<IpAddr>,
    /// Set: TLS only.
    pub tls: Option<TlsFiles>,
    /// Unused for this long, a session is over.
    pub session_idle: Duration,
    /// A session is over after this long.
    pub session_longest: Duration,
    /// How long a link works by which a password is set.
    pub link_works: Duration,
    /// No score is shown for fewer answers.
    pub min_answers: u64,
}

impl Portal {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let listen = reader.parsed(&LISTEN, |text| text.parse().ok());
        Self {
            enabled: reader.flag(&ENABLED),
            listen: listen.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 8090))),
            public_url: reader.parsed(&PUBLIC_URL, public_url).flatten(),
            customer_url: reader.parsed(&CUSTOMER_URL, public_url).flatten(),
            widget_origins: reader.parsed(&WIDGET_ORIGINS, origins).unwrap_or_default(),
            proxies: reader.parsed(&PROXIES, proxies).unwrap_or_default(),
            tls: tls(reader, &TLS_CERT_FILE, &TLS_KEY_FILE),
            session_idle: Duration::from_mins(reader.number(&SESSION_IDLE_MINUTES)),
            session_longest: Duration::from_hours(reader.number(&SESSION_HOURS)),
            link_works: Duration::from_hours(reader.number(&LINK_HOURS)),
            min_answers: reader.number(&MIN_ANSWERS),
        }
    }

    /// Whether browsers reach it over TLS.
    pub fn is_secure(&self) -> bool {
        self.tls.is_some() || self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

fn proxies(text: &str) -> Option<Vec<IpAddr>> {
    let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    texts.map(|text| text.parse::<IpAddr>().ok().map(|address| address.to_canonical())).collect()
}

/// Origins as browsers write them: scheme, host and port, nothing behind.
fn origins(text: &str) -> Option<Vec<String>> {
    let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    texts.map(|text| public_url(text).flatten().map(|url| url.to_ascii_lowercase())).collect()
}
