//! `[database]`, the keys for SQL Server: where it is, who logs in, what is encrypted, how many connections.

use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::key::Key;
use super::reader::Reader;
use super::secrets::{self, Credential};
use crate::foundation::Secret;

/// The name under which systemd hands the password over.
pub(super) const PASSWORD_CREDENTIAL: &str = "database.password";
/// What SQL Server listens at unless told otherwise.
const DEFAULT_PORT: u16 = 1433;

const SERVER: Key = Key::text(
    "database",
    "server",
    ("a host, host:port or host\\instance; empty: the URL says it", ""),
    "SQL Server in single keys instead of the URL: where it is. For a failover cluster its network name, for an \
     availability group its listener.",
);
const NAME: Key = Key::text(
    "database",
    "name",
    ("the name of a database; empty: the URL says it", ""),
    "The database; it has to be there, and aftercall makes its tables in it.",
);
const USER: Key =
    Key::text("database", "user", ("a SQL login; empty: the URL says it", ""), "Who logs in to SQL Server.");
const PASSWORD: Key = Key::secret(
    "database",
    "password",
    "the login's password, without control characters",
    "The password of the login. Better in a file of its own, or as a systemd credential `database.password`.",
);
const PASSWORD_FILE: Key = Key::text(
    "database",
    "password_file",
    ("a file with the password and nothing else; empty: none", ""),
    "Where the password stands, so that it is not in this file.",
);
const ENCRYPT: Key = Key::text(
    "database",
    "encrypt",
    ("off, login, full or strict", "full"),
    "What is encrypted between here and SQL Server: nothing, the login, everything, or everything by TDS 8 (SQL Server \
     2022 and later).",
);
const TRUST_SERVER_CERTIFICATE: Key = Key::flag(
    "database",
    "trust_server_certificate",
    false,
    "Believe any certificate of SQL Server: encrypted, but nobody knows by whom. For a first try.",
);
const CA_FILE: Key = Key::text(
    "database",
    "ca_file",
    ("a PEM file; empty: this machine's authorities", ""),
    "The authorities whose certificates SQL Server may show.",
);
const APPLICATION_NAME: Key = Key::text(
    "database",
    "application_name",
    ("1 to 128 characters", "aftercall"),
    "What SQL Server shows in its list of sessions.",
);
const CONNECT_TIMEOUT_MS: Key = Key::integer(
    "database",
    "connect_timeout_ms",
    ("milliseconds", 100, 60_000, 2000),
    "How long a connection to SQL Server may take: name, TCP, TLS and login.",
);
const CONNECTIONS_MAX: Key = Key::integer(
    "database",
    "connections_max",
    ("connections", 2, 200, 16),
    "Connections to SQL Server at most. More than database.writers.",
);
const CONNECTIONS_IDLE: Key = Key::integer(
    "database",
    "connections_idle",
    ("connections", 0, 200, 4),
    "Connections to SQL Server kept open though nobody uses them. At most database.connections_max.",
);
const WRITERS: Key = Key::integer(
    "database",
    "writers",
    ("connections", 1, 16, 2),
    "Connections to SQL Server that store answers side by side, each committing what is waiting as one transaction.",
);

pub(super) const KEYS: [Key; 13] = [
    SERVER,
    NAME,
    USER,
    PASSWORD,
    PASSWORD_FILE,
    ENCRYPT,
    TRUST_SERVER_CERTIFICATE,
    CA_FILE,
    APPLICATION_NAME,
    CONNECT_TIMEOUT_MS,
    CONNECTIONS_MAX,
    CONNECTIONS_IDLE,
    WRITERS,
];

/// What of the traffic is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseEncrypt {
    /// Nothing.
    Off,
    /// The login.
    Login,
    /// Everything.
    Full,
    /// Everything, by TDS 8.
    Strict,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseEndpoint {
    /// At a TCP port.
    Port(u16),
    /// At the port of a named instance.
    Instance(String),
}

/// A SQL Server and how it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mssql {
    /// Host.
    pub host: String,
    /// Port or instance.
    pub endpoint: DatabaseEndpoint,
    /// Database.
    pub name: String,
    /// Login.
    pub user: String,
    /// Its password.
    pub password: Secret<String>,
    /// What is encrypted.
    pub encrypt: DatabaseEncrypt,
    /// Whether any certificate is believed.
    pub trust_any: bool,
    /// The authorities believed, where this machine's are not.
    pub ca_file: Option<PathBuf>,
    /// What the server shows of us.
    pub application_name: String,
    /// The longest a connection may take.
    pub connect_timeout: Duration,
    /// Connections at most.
    pub connections_max: u32,
    /// Connections kept open.
    pub connections_idle: u32,
    /// Connections that store answers.
    pub writers: usize,
}

/// What a URL or the single keys say of where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    host: String,
    endpoint: DatabaseEndpoint,
    name: String,
    user: String,
    /// A password that stands in the URL.
    password: Option<String>,
}

impl Place {
    /// Reads `mssql://user:password@host:port/database`, `?instance=NAME` instead of the port. Special characters are
    /// percent-encoded.
    pub(super) fn of_url(url: &str) -> Option<Self> {
        let url = reqwest::Url::parse(url).ok().filter(|url| url.scheme() == "mssql")?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
        let host = url.host_str().filter(|host| !host.is_empty())?;
        let name = decoded(url.path().strip_prefix('/')?).filter(|name| is_name(name))?;
        let user = decoded(url.username()).filter(|user| is_name(user))?;
        let password = match url.password() {
            Some(password) => Some(decoded(password)?),
            None => None,
        };
        let mut instance = None;
        for (key, value) in url.query_pairs() {
            match (&*key, url.port()) {
                ("instance", None) if is_name(&value) && instance.is_none() => {
                    instance = Some(value.into_owned());
                }
                _ => return None,
            }
        }
        let endpoint = match instance {
            Some(instance) => DatabaseEndpoint::Instance(instance),
            None => DatabaseEndpoint::Port(url.port().unwrap_or(DEFAULT_PORT)),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        url.fragment().is_none().then_some(Self { host, endpoint, name, user, password })
    }
}

/// Reads `host`, `host:port` or `host\instance`.
fn server(text: &str) -> Option<(String, DatabaseEndpoint)> {
    let (host, endpoint) = if let Some((host, instance)) = text.split_once('\\') {
        (host, DatabaseEndpoint::Instance(is_name(instance).then(|| instance.to_owned())?))
    } else {
        match text.rsplit_once(':') {
            // More than one colon: an IPv6 address without a port.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, DatabaseEndpoint::Port(port.parse().ok().filter(|port| *port > 0)?))
            }
            _ => (text, DatabaseEndpoint::Port(DEFAULT_PORT)),
        }
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let fine = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control());
    fine.then(|| (host.to_owned(), endpoint))
}

/// SQL Server's names have at most 128 characters.
fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.chars().count()) && !text.contains(char::is_control)
}

/// Where the single keys say it is; `None` when none of them is set. What is wrong is reported.
pub(super) fn place_of_keys(reader: &mut Reader) -> Option<Place> {
    let (text, name, user) = (reader.text(&SERVER), reader.text(&NAME), reader.text(&USER));
    if text.is_empty() && name.is_empty() && user.is_empty() {
        return None;
    }
    let at = server(&text);
    if at.is_none() {
        reader.refuse(
            &SERVER,
            &text,
            "a host, host:port or host\\instance, set when database.name or database.user is",
        );
    }
    for (key, value) in [(&NAME, &name), (&USER, &user)] {
        if !is_name(value) {
            reader.refuse(key, value, "1 to 128 characters, set when database.server is");
        }
    }
    let (host, endpoint) = at.unwrap_or_else(|| (String::new(), DatabaseEndpoint::Port(DEFAULT_PORT)));
    Some(Place { host, endpoint, name, user, password: None })
}

/// Reads the rest; `place` says where, if SQL Server is used at all. Its keys are checked either way.
pub(super) fn read(
    reader: &mut Reader,
    place: Option<Place>,
    credential: Option<Credential>,
) -> Option<Mssql> {
    let password = secrets::read(reader, &PASSWORD, &PASSWORD_FILE, credential, |text| {
        !text.is_empty() && !text.contains(char::is_control)
    });
    let encrypt = reader.parsed(&ENCRYPT, |word| match word {
        "off" => Some(DatabaseEncrypt::Off),
        "login" => Some(DatabaseEncrypt::Login),
        "full" => Some(DatabaseEncrypt::Full),
        "strict" => Some(DatabaseEncrypt::Strict),
        _ => None,
    });
    let (trust_any, ca_file) = (reader.flag(&TRUST_SERVER_CERTIFICATE), reader.text(&CA_FILE));
    if trust_any && !ca_file.is_empty() {
        reader.refuse(&CA_FILE, &ca_file, "empty when database.trust_server_certificate is true");
    }
    let application_name =
        reader.parsed(&APPLICATION_NAME, |text| is_name(text).then(|| text.to_owned())).unwrap_or_default();
    let connect_timeout = reader.millis(&CONNECT_TIMEOUT_MS);
    let (connections_max, connections_idle) =
        (reader.number::<u32>(&CONNECTIONS_MAX), reader.number::<u32>(&CONNECTIONS_IDLE));
    let writers: u32 = reader.number(&WRITERS);
    if connections_idle > connections_max {
        let rule = format!("at most database.connections_max, which is {connections_max}");
        reader.refuse(&CONNECTIONS_IDLE, &connections_idle.to_string(), &rule);
    }
    if writers >= connections_max {
        let rule = format!("less than database.connections_max, which is {connections_max}");
        reader.refuse(&WRITERS, &writers.to_string(), &rule);
    }
    let place = place?;
    let password = match (place.password, password) {
        (Some(_), Some(_)) => {
            reader.problem(
                "database.password is set in database.url and elsewhere: keep one of them".to_owned(),
            );
            return None;
        }
        (Some(password), None) => Secret::new(password),
        (None, Some(password)) => password,
        (None, None) => {
            reader.refuse(
                &PASSWORD,
                "",
                "set: as database.password_file, a systemd credential, or in the URL",
            );
            return None;
        }
    };
    Some(Mssql {
        host: place.host,
        endpoint: place.endpoint,
        name: place.name,
        user: place.user,
        password,
        encrypt: encrypt.unwrap_or(DatabaseEncrypt::Full),
        trust_any,
        ca_file: (!ca_file.is_empty()).then(|| PathBuf::from(ca_file)),
        application_name,
        connect_timeout,
        connections_max,
        connections_idle,
        writers: usize::try_from(writers).unwrap_or(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_url(url: &str) -> Option<(String, DatabaseEndpoint, String, String, Option<String>)> {
        Place::of_url(url).map(|place| (place.host, place.endpoint, place.name, place.user, place.password))
    }

    #[test]
    fn a_url_says_who_logs_in_where() {
        let port = DatabaseEndpoint::Port;
        let told = |host: &str, endpoint, password: Option<&str>| {
            Some((host.into(), endpoint, "surveys".into(), "after call".into(), password.map(Into::into)))
        };
        assert_eq!(of_url("mssql://after%20call@db/surveys"), told("db", port(1433), None));
        assert_eq!(
            of_url("mssql://after%20call:p%40ss%2F@db:1533/surveys"),
            told("db", port(1533), Some("p@ss/"))
        );
        assert_eq!(of_url("mssql://after%20call@[fd00::1]:1533/surveys"), told("fd00::1", port(1533), None));
        let instance = DatabaseEndpoint::Instance("CC1".into());
        assert_eq!(of_url("mssql://after%20call@db/surveys?instance=CC1"), told("db", instance, None));
        for refused in [
            "mssql://db/surveys",
            "mssql://u@db",
            "mssql://u@db/",
            "mssql://u@/surveys",
            "mssql://u@db:1433/surveys?instance=CC1",
            "mssql://u@db/surveys?encrypt=off",
            "mssql://u@db/surveys#x",
            "mysql://u@db/surveys",
            "mssql:u@db/surveys",
        ] {
            assert_eq!(of_url(refused), None, "{refused}");
        }
    }

    #[test]
    fn a_server_is_a_host_with_a_port_or_an_instance() {
        let port = |host: &str, port| Some((host.to_owned(), DatabaseEndpoint::Port(port)));
        assert_eq!(server("db.example"), port("db.example", 1433));
        assert_eq!(server("db:1533"), port("db", 1533));
        assert_eq!(server("fd00::1"), port("fd00::1", 1433));
        assert_eq!(server("[fd00::1]:1533"), port("fd00::1", 1533));
        assert_eq!(server("db\\CC1"), Some(("db".into(), DatabaseEndpoint::Instance("CC1".into()))));
        for refused in ["", "db:", "db:x", "db:0", "db\\", "d b"] {
            assert_eq!(server(refused), None, "{refused}");
        }
    }
}
