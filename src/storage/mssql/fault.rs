//! From what SQL Server and the network report to what happens next: the one place that decides kinds and remedies.
//!
//! The lists of numbers are Microsoft's: the transient errors of `SqlClient` ("Configurable retry logic", the numbers
//! `SqlConfigurableRetryFactory` retries by default), of Entity Framework Core (`SqlServerTransientExceptionDetector`),
//! of "Transient connection errors" (Azure SQL) and of the pages on availability groups; the sentences are in
//! `sys.messages` of every server. Numbers that only Windows' client libraries make up (64, 121, 233, 10053, 10054,
//! 10060, 10061) stand for what the driver reports here as an I/O error.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tiberius::error::Error;

use crate::storage::columns::Unreadable;
use crate::storage::{StorageError, StorageErrorKind};

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The same again at once, on the same connection in a new transaction.
    RetryNow,
    /// The same again after a pause, on the same connection.
    RetryAfter,
    /// The same again on a new connection. Whether it was done is not known: look, or repeat what may be repeated.
    Reconnect,
    /// Nothing: it would fail alike.
    Never,
}

/// Why a piece of work failed, before it is known which work it was.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// The driver or the server said so.
    Driver(Error),
    /// No reply within this time.
    Late(Duration),
    /// We said so.
    Own(StorageErrorKind, String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Driver(error)
    }
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        let what = format!("the database holds a value this version cannot read: {error}");
        Self::Own(StorageErrorKind::Corrupt, what)
    }
}

/// A failure with its kind, its remedy, its cause and the next step; may be told to every caller it struck.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) kind: StorageErrorKind,
    pub(super) remedy: Remedy,
    what: String,
    source: Option<Arc<Error>>,
}

impl Fault {
    /// A fault of our own finding, that no repetition mends.
    pub(super) fn new(kind: StorageErrorKind, what: impl fmt::Display) -> Self {
        Self { kind, remedy: Remedy::Never, what: what.to_string(), source: None }
    }

    /// Maps a failure of a statement; `place` names the database.
    pub(super) fn of(failure: Failure, place: &str) -> Self {
        match failure {
            Failure::Own(kind, what) => Self::new(kind, what),
            Failure::Late(limit) => {
                let what = format!(
                    "{place} did not answer within {} ms; whether it was done is not known",
                    limit.as_millis()
                );
                let (kind, remedy) = (StorageErrorKind::TimedOut, Remedy::Reconnect);
                Self { kind, remedy, what, source: None }
            }
            Failure::Driver(error) => {
                let (kind, remedy, what) = match &error {
                    Error::Server(token) => of_server(token.code(), token.class(), place),
                    other => of_connection(other, place),
                };
                Self { kind, remedy, what, source: Some(Arc::new(error)) }
            }
        }
    }

    /// Maps a failure to connect: whatever it is, the database cannot be reached now, and may be later.
    pub(super) fn of_dial(failure: Failure, place: &str) -> Self {
        let fault = match failure {
            Failure::Late(limit) => {
                let what = format!(
                    "no connection to {place} within {} ms; is the server up, and is its port open in the firewall?",
                    limit.as_millis()
                );
                Self { what, ..Self::new(StorageErrorKind::Unavailable, "") }
            }
            other => Self::of(other, place),
        };
        Self { kind: StorageErrorKind::Unavailable, remedy: Remedy::Reconnect, ..fault }
    }

    /// The same with another remedy, where the work itself knows better.
    pub(super) fn with(mut self, remedy: Remedy) -> Self {
        self.remedy = remedy;
        self
    }

    /// The error for a caller who was `doing` something.
    pub(super) fn error(&self, doing: impl fmt::Display) -> StorageError {
        let source = self.source.clone().map(|cause| Box::new(Shared(cause)) as Box<_>);
        StorageError { kind: self.kind, doing: doing.to_string(), what: self.what.clone(), source }
    }
}

/// A driver's error that several callers are told of.
#[derive(Debug)]
struct Shared(Arc<Error>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            // The driver's own words repeat themselves and hold no number.
            Error::Server(token) => write!(f, "SQL Server error {}: {}", token.code(), token.message()),
            other => other.fmt(f),
        }
    }
}

impl std::error::Error for Shared {}

/// Errors of the line rather than of the server.
fn of_connection(error: &Error, place: &str) -> (StorageErrorKind, Remedy, String) {
    let unreachable = |what: String| (StorageErrorKind::Unavailable, Remedy::Reconnect, what);
    match error {
        Error::Io { kind: ErrorKind::TimedOut, .. } => (
            StorageErrorKind::TimedOut,
            Remedy::Reconnect,
            format!("{place} stopped answering; whether it was done is not known"),
        ),
        Error::Io { kind: ErrorKind::ConnectionRefused, .. } => unreachable(format!(
            "nothing listens for {place}; is SQL Server started, and are host and port right?"
        )),
        Error::Io { .. } => unreachable(format!("the connection to {place} broke off; it is opened anew")),
        Error::Tls(_) => unreachable(format!(
            "no TLS with {place}; `database.ca_file` names the authority of its certificate, `database.encrypt` the mode"
        )),
        Error::Routing { host, port } => {
            unreachable(format!("{place} sent this client on to {host}:{port}, and that one on again"))
        }
        Error::Conversion(_) | Error::Utf8 | Error::Utf16 | Error::ParseInt(_) | Error::Encoding(_) => (
            StorageErrorKind::Internal,
            Remedy::Never,
            "a value could not be carried between aftercall and SQL Server".to_owned(),
        ),
        // A protocol error leaves the line out of step.
        _ => unreachable(format!(
            "the conversation with {place} got out of step; the connection is opened anew"
        )),
    }
}

/// Errors the server reports by number and severity.
fn of_server(code: u32, severity: u8, place: &str) -> (StorageErrorKind, Remedy, String) {
    use StorageErrorKind::{Duplicate, Full, Internal, Locked, ReadOnly, Unavailable};
    match code {
        // Deadlock victim; lock request time-out; snapshot update conflict; row versions or pages moved away.
        1205 | 3960 | 3961 | 601 => {
            (Locked, Remedy::RetryNow, "another transaction was in the way; try again".to_owned())
        }
        1222 => (
            Locked,
            Remedy::RetryAfter,
            format!(
                "another session held rows of {place} for too long; `sp_who2` and `sys.dm_tran_locks` name it"
            ),
        ),
        // Out of locks, memory, query memory or workers: it passes.
        1204 | 701 | 8628 | 8645 | 8651 | 802 | 10928 | 10929 | 40501 | 49918..=49920 => {
            (Unavailable, Remedy::RetryAfter, format!("the server of {place} is short of resources"))
        }
        2627 | 2601 => (Duplicate, Remedy::Never, "it exists already".to_owned()),
        547 => (
            Internal,
            Remedy::Never,
            "it names something that is not there, or breaks a rule of its table".to_owned(),
        ),
        // Filegroup full, log full, tempdb or autogrow failed.
        1101 | 1105 | 9002 | 5144 | 5145 | 5149 | 3257 => (
            Full,
            Remedy::Never,
            format!(
                "{place} is out of space (data, log or tempdb); free or add some, what was stored before is unharmed"
            ),
        ),
        // The statement's object, column or right is missing.
        229 | 230 | 262 | 297 | 300 | 916 => (
            ReadOnly,
            Remedy::Never,
            format!("the login may not do this in {place}; it needs the role db_owner there"),
        ),
        // A read-only database: the other replica is the primary now, or somebody set it so.
        3906 | 3908 => (
            Unavailable,
            Remedy::Reconnect,
            format!("{place} is read-only: the primary is elsewhere, or the database was set so"),
        ),
        18456 | 18452 | 18470 | 18486..=18488 => (
            Unavailable,
            Remedy::Reconnect,
            format!("the server refused the login to {place}; check `database.user` and its password"),
        ),
        4060 | 911 => (
            Unavailable,
            Remedy::Reconnect,
            format!("the server has no {place} for this login, or it is still recovering"),
        ),
        // Shutting down, paused, starting, recovering, restoring, offline, suspect; session killed; availability group not
        // (or no longer) the primary; Azure's own of the same kind.
        596 | 6005 | 6006 | 17142 | 17148 | 17187 | 17188 | 18401 | 921 | 922 | 924 | 926 | 927 | 941
        | 942 | 945 | 951 | 952 | 954 | 955 | 976 | 978 | 979 | 982 | 983 | 987 | 988 | 35250 | 35267
        | 615 | 617 | 669 | 20 | 64 | 121 | 203 | 233 | 10053 | 10054 | 10060 | 10061 | 40143 | 40197
        | 40540 | 40613 | 42108 | 42109 | 4221 => {
            (Unavailable, Remedy::Reconnect, format!("{place} is starting, stopping or failing over"))
        }
        // The session is another than the one whose handles we know.
        8179 => (
            Unavailable,
            Remedy::Reconnect,
            format!("{place} no longer knows the statements prepared on its connection; it is opened anew"),
        ),
        // 20 and above: the server ends the connection.
        _ if severity >= 20 => {
            (Unavailable, Remedy::Reconnect, format!("the server ended the connection to {place}"))
        }
        _ => (Internal, Remedy::Never, "the database refused it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy(error: Error) -> (StorageErrorKind, Remedy) {
        let fault = Fault::of(error.into(), "database x on y");
        (fault.kind, fault.remedy)
    }

    fn io(kind: ErrorKind) -> Error {
        Error::Io { kind, message: String::new() }
    }

    #[test]
    fn a_line_that_broke_is_opened_anew_and_silence_leaves_in_doubt() {
        let broke = (StorageErrorKind::Unavailable, Remedy::Reconnect);
        for kind in [ErrorKind::BrokenPipe, ErrorKind::UnexpectedEof, ErrorKind::ConnectionRefused] {
            assert_eq!(remedy(io(kind)), broke, "{kind:?}");
        }
        assert_eq!(remedy(Error::Protocol("out of step".into())), broke);
        assert_eq!(remedy(io(ErrorKind::TimedOut)), (StorageErrorKind::TimedOut, Remedy::Reconnect));
        let late = Fault::of(Failure::Late(Duration::from_secs(2)), "database x on y");
        assert_eq!((late.kind, late.remedy), (StorageErrorKind::TimedOut, Remedy::Reconnect));
        assert!(late.error("cannot store answers").to_string().contains("2000 ms"));
    }

    #[test]
    fn numbers_of_the_server_have_the_kind_and_remedy_that_microsoft_gives_them() {
        use StorageErrorKind::{Duplicate, Full, Internal, Locked, ReadOnly, Unavailable};
        for (codes, kind, remedy) in [
            (&[1205, 3960][..], Locked, Remedy::RetryNow),
            (&[1222], Locked, Remedy::RetryAfter),
            (&[701, 8645, 10928, 40501, 49919], Unavailable, Remedy::RetryAfter),
            (&[2627, 2601], Duplicate, Remedy::Never),
            (&[1105, 9002], Full, Remedy::Never),
            (&[229], ReadOnly, Remedy::Never),
            (&[547, 515, 8152, 2628, 245, 208], Internal, Remedy::Never),
            (
                &[596, 6005, 17142, 17187, 18401, 921, 927, 976, 983, 3906, 4060, 8179, 18456, 40613],
                Unavailable,
                Remedy::Reconnect,
            ),
        ] {
            for code in codes {
                let (found, what, _) = of_server(*code, 16, "database x on y");
                assert_eq!((found, what), (kind, remedy), "{code}");
            }
        }
        let (kind, remedy, _) = of_server(33_557_097, 20, "database x on y");
        assert_eq!((kind, remedy), (Unavailable, Remedy::Reconnect), "severity 20 ends the connection");
    }

    #[test]
    fn a_failure_to_connect_is_unavailable_whatever_it_is() {
        let refused = Fault::of_dial(Failure::Late(Duration::from_secs(2)), "database x on y");
        assert_eq!((refused.kind, refused.remedy), (StorageErrorKind::Unavailable, Remedy::Reconnect));
        assert!(refused.error("cannot open").to_string().contains("firewall"));
    }
}
