//! `[database]`: where answers are kept and how they are written, whichever database it is; SQL Server's own keys are in
//! `mssql.rs`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::key::Key;
use super::mssql::{self, Mssql, Place};
use super::reader::Reader;
use super::secrets::Credential;

pub(super) const URL: Key = Key::text(
    "database",
    "url",
    (
        "sqlite: and a file, or mssql://user@host:port/database (?instance=NAME instead of the port)",
        "sqlite:aftercall.db",
    ),
    "The database. A relative file stands below node.data_dir. A password in it has its special characters percent-encoded.",
);
const READERS: Key = Key::integer(
    "database",
    "readers",
    ("connections", 1, 16, 2),
    "Connections that read beside the one that writes.",
);
const COMMIT_BATCH_MAX: Key = Key::integer(
    "database",
    "commit_batch_max",
    ("writes", 1, 4096, 256),
    "The most writes that are made durable together in one commit.",
);
const CHECKPOINT_PAGES: Key = Key::integer(
    "database",
    "checkpoint_pages",
    ("pages of 4 KiB", 1000, 100_000, 8000),
    "How large the write-ahead log grows before it is folded into the database file.",
);
const BUSY_TIMEOUT_MS: Key = Key::integer(
    "database",
    "busy_timeout_ms",
    ("milliseconds", 0, 60_000, 2000),
    "How long to wait while another process holds the database.",
);
pub(super) const STATEMENT_TIMEOUT_MS: Key = Key::integer(
    "database",
    "statement_timeout_ms",
    ("milliseconds", 100, 30_000, 2000),
    "How long a read or write may take before it is given up. Without a spool at most ivr_api.deadline_ms; with one, \
     callers wait for spool.patience_ms only.",
);
const REPORT_TIMEOUT_MS: Key = Key::integer(
    "database",
    "report_timeout_ms",
    ("milliseconds", 1000, 600_000, 60_000),
    "How long a report, a list or an upgrade of the schema may take before it is given up.",
);
const FREE_SPACE_MIN_MB: Key = Key::integer(
    "database",
    "free_space_min_mb",
    ("megabytes (of 1,000,000 bytes)", 0, 1_000_000, 64),
    "Less free space than this on the database's disk is reported as trouble before it is one.",
);

pub(super) const KEYS: [Key; 8] = [
    URL,
    READERS,
    COMMIT_BATCH_MAX,
    CHECKPOINT_PAGES,
    BUSY_TIMEOUT_MS,
    STATEMENT_TIMEOUT_MS,
    REPORT_TIMEOUT_MS,
    FREE_SPACE_MIN_MB,
];

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file; its path is relative only if `node.data_dir` is.
    Sqlite(PathBuf),
    /// SQL Server.
    Mssql(Box<Mssql>),
}

/// What the key `url` says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Sqlite(PathBuf),
    Mssql(Place),
}

impl Said {
    fn parse(url: &str, data_dir: &Path) -> Option<Self> {
        if url.starts_with("mssql:") {
            return Place::of_url(url).map(Self::Mssql);
        }
        let file = url.strip_prefix("sqlite:")?;
        // `sqlite:///var/x.db` is written as often as `sqlite:/var/x.db` and means the same.
        let file = file.strip_prefix("//").unwrap_or(file);
        (!file.is_empty() && !file.contains('?')).then(|| Self::Sqlite(data_dir.join(file)))
    }
}

/// Where answers are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// The database.
    pub url: DatabaseUrl,
    /// Connections that read.
    pub readers: usize,
    /// The most writes in one commit.
    pub commit_batch_max: usize,
    /// Pages (4 KiB) in the write-ahead log before it is folded in.
    pub checkpoint_pages: u32,
    /// The wait while another process holds the database.
    pub busy_timeout: Duration,
    /// The longest a statement may take.
    pub statement_timeout: Duration,
    /// The longest a report may take.
    pub report_timeout: Duration,
    /// Free space below this is trouble, in bytes.
    pub free_space_min_bytes: u64,
}

impl Database {
    pub(super) fn read(reader: &mut Reader, data_dir: &Path, password: Option<Credential>) -> Self {
        Self {
            url: url(reader, data_dir, password),
            readers: reader.number(&READERS),
            commit_batch_max: reader.number(&COMMIT_BATCH_MAX),
            checkpoint_pages: reader.number(&CHECKPOINT_PAGES),
            busy_timeout: reader.millis(&BUSY_TIMEOUT_MS),
            statement_timeout: reader.millis(&STATEMENT_TIMEOUT_MS),
            report_timeout: reader.millis(&REPORT_TIMEOUT_MS),
            free_space_min_bytes: reader.integer(&FREE_SPACE_MIN_MB) * 1_000_000,
        }
    }
}

/// The one database that the URL or the single keys name.
fn url(reader: &mut Reader, data_dir: &Path, password: Option<Credential>) -> DatabaseUrl {
    let text = reader.text(&URL);
    let said = Said::parse(&text, data_dir);
    if said.is_none() {
        reader.refuse(&URL, &without_password(&text), &URL.rule());
    }
    let by_keys = mssql::place_of_keys(reader);
    if by_keys.is_some() && reader.origin(&URL) != "default" {
        reader.problem("database.url and database.server are both set: keep one of them".to_owned());
    }
    let (place, file) = match (by_keys, said) {
        (Some(place), _) | (None, Some(Said::Mssql(place))) => (Some(place), PathBuf::new()),
        (None, Some(Said::Sqlite(file))) => (None, file),
        (None, None) => (None, PathBuf::new()),
    };
    match mssql::read(reader, place, password) {
        Some(mssql) => DatabaseUrl::Mssql(Box::new(mssql)),
        None => DatabaseUrl::Sqlite(file),
    }
}

/// A URL as messages may show it.
pub(super) fn without_password(url: &str) -> String {
    let Some((before, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{before}://{user}:***@{place}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_file_stands_below_the_data_folder_and_an_absolute_one_where_it_says() {
        let data = Path::new("/data");
        let sqlite = |path: &str| Some(Said::Sqlite(path.into()));
        assert_eq!(Said::parse("sqlite:a.db", data), sqlite("/data/a.db"));
        assert_eq!(Said::parse("sqlite:/var/a.db", data), sqlite("/var/a.db"));
        assert_eq!(Said::parse("sqlite:///var/a.db", data), sqlite("/var/a.db"));
        for refused in ["sqlite:", "postgres://h/d", "a.db", "", "sqlite:a.db?mode=ro"] {
            assert_eq!(Said::parse(refused, data), None, "{refused}");
        }
    }

    #[test]
    fn no_message_shows_the_password_of_a_url() {
        for (url, shown) in [
            ("mssql://u:p@ss@db/x?y", "mssql://u:***@db/x?y"),
            ("mssql://u@db/x", "mssql://u:***@db/x"),
            ("sqlite:x.db", "sqlite:x.db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
