//! What is configured of the mail server by which reports are sent.

use std::path::PathBuf;
use std::time::Duration;

use super::Secret;

/// How the line to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// It begins in the clear and is encrypted before anything is said; never without.
    Starttls,
    /// From the first byte on.
    Implicit,
    /// Not at all.
    Off,
}

/// The mail server, and how this node is known to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line to it is encrypted.
    pub tls: MailTls,
    /// Who logs in, and the password; `None`: nobody does.
    pub login: Option<(String, Secret<String>)>,
    /// The sender: an address, or a name and an address in angle brackets.
    pub from: String,
    /// The authorities whose certificates it may show; `None`: this machine's.
    pub ca_file: Option<PathBuf>,
    /// How long it may take to answer.
    pub timeout: Duration,
    /// How often it is seen what is to be sent.
    pub every: Duration,
    /// How long is waited before the second try; each next wait is twice as long.
    pub retry: Duration,
}
