//! How the SQL Server engine is set up.

use std::path::PathBuf;
use std::time::Duration;

use crate::foundation::{Backoff, Secret};

/// What of the traffic is encrypted, as the driver offers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encrypt {
    /// Nothing.
    Off,
    /// The login only.
    Login,
    /// Everything, negotiated within the protocol (TDS 7).
    Full,
    /// Everything, TLS before the protocol's first byte (TDS 8, SQL Server 2022 and later).
    Strict,
}

impl Encrypt {
    /// All modes.
    pub const ALL: [Self; 4] = [Self::Off, Self::Login, Self::Full, Self::Strict];

    /// The word of the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Login => "login",
            Self::Full => "full",
            Self::Strict => "strict",
        }
    }

    /// The mode of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

/// Whose certificate is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// One that an authority known to this machine signed.
    System,
    /// One that an authority in this PEM file signed.
    File(PathBuf),
    /// Any: encrypted, but nobody knows by whom.
    Any,
}

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// At this TCP port.
    Port(u16),
    /// At the port that the SQL Server Browser (UDP 1434) tells for this instance.
    Instance(String),
}

/// The settings of the SQL Server engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MssqlSettings {
    /// Host name or address: for a cluster its network name, for an availability group its listener.
    pub host: String,
    /// Port or instance.
    pub endpoint: Endpoint,
    /// The database; it has to be there.
    pub database: String,
    /// SQL login.
    pub user: String,
    /// Its password.
    pub password: Secret<String>,
    /// What is encrypted.
    pub encrypt: Encrypt,
    /// Whose certificate is believed.
    pub trust: Trust,
    /// What the server shows in its list of sessions.
    pub application_name: String,
    /// How long a connection may take: name, TCP, TLS and login.
    pub connect_timeout: Duration,
    /// How long a statement of a call, or a change, may take.
    pub statement_timeout: Duration,
    /// How long a statement about a lease may take, its connection aside.
    pub lease_timeout: Duration,
    /// How long a list or a report may take.
    pub report_timeout: Duration,
    /// Connections at most, the one for leases aside. At least one more than `writers`.
    pub connections_max: u32,
    /// Connections kept open though nobody uses them.
    pub connections_idle: u32,
    /// Connections that store answers side by side; each commits what is waiting as one transaction. At least 1.
    pub writers: usize,
    /// The most writes in one transaction. At least 1.
    pub batch_max: usize,
    /// Waits between tries to connect.
    pub backoff: Backoff,
}

impl MssqlSettings {
    /// The defaults for a database on a server.
    pub fn new(host: &str, endpoint: Endpoint, database: &str, user: &str, password: Secret<String>) -> Self {
        Self {
            host: host.to_owned(),
            endpoint,
            database: database.to_owned(),
            user: user.to_owned(),
            password,
            encrypt: Encrypt::Full,
            trust: Trust::System,
            application_name: "aftercall".to_owned(),
            connect_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(2),
            lease_timeout: Duration::from_secs(2),
            report_timeout: Duration::from_mins(1),
            connections_max: 16,
            connections_idle: 4,
            writers: 2,
            batch_max: 256,
            // On premises a failed-over instance is there from one moment to the next: no need for the cloud's 5 s.
            backoff: Backoff { min: Duration::from_millis(100), max: Duration::from_secs(2) },
        }
    }

    /// Server and database for messages; never the password.
    pub fn place(&self) -> String {
        match &self.endpoint {
            Endpoint::Port(1433) => format!("database {} on {}", self.database, self.host),
            Endpoint::Port(port) => format!("database {} on {}:{port}", self.database, self.host),
            Endpoint::Instance(instance) => {
                format!("database {} on {}\\{instance}", self.database, self.host)
            }
        }
    }
}
