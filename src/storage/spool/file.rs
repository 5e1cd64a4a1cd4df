//! The spool's own file: entries in order, and what was last read of the lists.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags, ToSql};

use super::entry::{Content, Entry};
use super::settings::SpoolSettings;
use super::statements as sql;
use crate::foundation::{Clock, PromptId, ResponseId, VersionId};
use crate::storage::columns::{Columns, Unreadable};
use crate::storage::sqlite::connect::{all, first, run};
use crate::storage::sqlite::fault::{Failure, Fault, beside, file_error};
use crate::storage::sqlite::migrate::Scheme;
use crate::storage::sqlite::{SqliteFile, SqliteSettings, inspect};
use crate::storage::{PromptForm, StorageError, StorageErrorKind, StorageVitals, StoreFuture, UpdateOutcome};

mod embedded {
    #![allow(unreachable_pub, reason = "the macro writes `pub`")]
    refinery::embed_migrations!("migrations/spool");
}

/// The spool: its mark is "afsp".
const SPOOL: Scheme =
    Scheme { mark: 0x6166_7370, migrations: || embedded::migrations::runner().get_migrations().clone() };

/// What the name of a damaged file that was set aside has in it.
const DAMAGED: &str = ".damaged-";

/// The file, open.
pub(super) struct SpoolFile {
    file: SqliteFile,
    clock: Arc<dyn Clock>,
}

/// How much stands in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) entries: u64,
    pub(super) bytes: u64,
    /// When the oldest came, in milliseconds since 1970.
    pub(super) oldest: Option<i64>,
    pub(super) stranded: u64,
}

/// A list as it was last read: the stamp and its rows in JSON.
pub(super) type KeptList = (u64, String);

impl SpoolFile {
    /// Opens the file, makes it if it is not there. One that is damaged is set aside, and a new one begun.
    pub(super) fn open(settings: &SpoolSettings, clock: &Arc<dyn Clock>) -> Result<Self, StorageError> {
        let path = &settings.path;
        let doing = format!("cannot open the spool {}", path.display());
        if path.exists()
            && let Err(fault) = sound(path)
        {
            if fault.kind != StorageErrorKind::Corrupt {
                return Err(fault.error(doing));
            }
            let aside = set_aside(path, &**clock)?;
            tracing::error!(
                kept = %aside.display(),
                "the spool was damaged: it is set aside, and what stood in it is not in the database; keep it for study"
            );
        }
        let settings = SqliteSettings { readers: 1, free_space_min_bytes: 0, ..SqliteSettings::new(path) };
        let file = SqliteFile::open(&settings, SPOOL, Arc::clone(clock))?;
        Ok(Self { file, clock: Arc::clone(clock) })
    }

    /// Damaged files that were set aside and are still there.
    pub(super) fn damaged(&self) -> Vec<PathBuf> {
        let path = self.file.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_aside = |found: &PathBuf| {
            let found = found.file_name().unwrap_or_default().to_string_lossy();
            found.strip_prefix(&*name).is_some_and(|rest| {
                rest.starts_with(DAMAGED) && !rest.ends_with("-wal") && !rest.ends_with("-shm")
            })
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let files = std::fs::read_dir(folder.unwrap_or_else(|| Path::new(".")));
        files.into_iter().flatten().flatten().map(|file| file.path()).filter(is_aside).collect()
    }

    pub(super) fn vitals(&self) -> StorageVitals {
        self.file.vitals()
    }

    /// Proves that it takes writes.
    pub(super) fn probe(&self) -> StoreFuture<'_, ()> {
        let at = self.clock.now().timestamp_millis();
        self.file.write("cannot write to the spool", move |conn| run(conn, sql::PROBE, &[&at]).map(|_| ()))
    }

    /// Adds an entry, durably. A change is `Conflict` if it was not read from what the last entry about its response left;
    /// the same entry again changes nothing.
    pub(super) fn append(&self, content: &Content, body: String) -> StoreFuture<'_, UpdateOutcome> {
        let (response, kind, seq) = (*content.response().as_bytes(), content.kind(), content.seq());
        let write = match content {
            Content::Offer(_) => None,
            Content::Change(update) => Some(*update.write.as_bytes()),
        };
        let at = self.clock.now().timestamp_millis();
        self.file.write("cannot spool what the caller did", move |conn| {
            let last = first(conn, sql::ENTRY_LAST, &[&response], |row| {
                Ok((row.get::<i64>()?, row.get::<Option<[u8; 16]>>()?))
            })?;
            match last {
                Some((_, stored)) if stored == write => return Ok(UpdateOutcome::Stored),
                // An offer is the first of its response.
                Some((before, _)) if write.is_none() || before != seq - 1 => {
                    return Ok(UpdateOutcome::Conflict);
                }
                _ => {}
            }
            let values: [&dyn ToSql; 6] = [&response, &kind, &seq, &write, &at, &body];
            run(conn, sql::ENTRY_INSERT, &values)?;
            Ok(UpdateOutcome::Stored)
        })
    }

    /// All entries about a response, in order.
    pub(super) fn of_response(&self, id: ResponseId) -> StoreFuture<'_, Vec<Entry>> {
        self.file.read("cannot read the spool", move |conn| {
            all(conn, sql::ENTRIES_OF_RESPONSE, &[id.as_bytes()], entry)
        })
    }

    /// The next entries after number `after`, at most `limit`.
    pub(super) fn next(&self, after: i64, limit: u32) -> StoreFuture<'_, Vec<Entry>> {
        self.file
            .read("cannot read the spool", move |conn| all(conn, sql::ENTRIES_NEXT, &[&after, &limit], entry))
    }

    /// Takes entries out: those the database has, and those it will not take, which are kept apart with the reason.
    pub(super) fn settle(&self, stored: Vec<i64>, stranded: Vec<(i64, String)>) -> StoreFuture<'_, ()> {
        self.file.write("cannot take entries out of the spool", move |conn| {
            for (n, why) in &stranded {
                run(conn, sql::ENTRY_STRAND, &[n, why])?;
                run(conn, sql::ENTRY_DELETE, &[n])?;
            }
            for n in &stored {
                run(conn, sql::ENTRY_DELETE, &[n])?;
            }
            Ok(())
        })
    }

    pub(super) fn figures(&self) -> StoreFuture<'_, Figures> {
        self.file.read("cannot read the spool", |conn| {
            let figures = first(conn, sql::ENTRY_FIGURES, &[], |row| {
                Ok(Figures {
                    entries: row.count()?,
                    bytes: row.count()?,
                    oldest: row.get()?,
                    stranded: row.count()?,
                })
            })?;
            Ok(figures.unwrap_or_default())
        })
    }

    pub(super) fn list(&self, name: &'static str) -> StoreFuture<'_, Option<KeptList>> {
        self.file.read("cannot read what was kept of the database", move |conn| {
            first(conn, sql::KEPT_LIST_GET, &[&name], |row| Ok((row.count()?, row.get()?)))
        })
    }

    pub(super) fn keep_list(&self, name: &'static str, (stamp, body): KeptList) -> StoreFuture<'_, ()> {
        let stamp = i64::try_from(stamp).unwrap_or(i64::MAX);
        self.file.write("cannot keep a list", move |conn| {
            run(conn, sql::KEPT_LIST_PUT, &[&name, &stamp, &body]).map(|_| ())
        })
    }

    pub(super) fn version(&self, id: VersionId) -> StoreFuture<'_, Option<String>> {
        self.file.read("cannot read what was kept of the database", move |conn| {
            first(conn, sql::KEPT_VERSION_GET, &[id.as_bytes()], Columns::get)
        })
    }

    pub(super) fn keep_versions(&self, versions: Vec<(VersionId, String)>) -> StoreFuture<'_, ()> {
        let at = self.clock.now().timestamp_millis();
        self.file.write("cannot keep a version", move |conn| {
            for (id, body) in &versions {
                run(conn, sql::KEPT_VERSION_PUT, &[id.as_bytes(), &at, body])?;
            }
            Ok(())
        })
    }

    pub(super) fn audio(&self, id: PromptId, form: PromptForm) -> StoreFuture<'_, Option<Vec<u8>>> {
        self.file.read("cannot read what was kept of the database", move |conn| {
            first(conn, sql::KEPT_AUDIO_GET, &[id.as_bytes(), &form.as_str()], Columns::get)
        })
    }

    /// The prompts whose audio is kept in every form.
    pub(super) fn audio_ids(&self) -> StoreFuture<'_, Vec<PromptId>> {
        self.file.read("cannot read what was kept of the database", |conn| {
            all(conn, sql::KEPT_AUDIO_IDS, &[], |row| row.id(PromptId::from_bytes))
        })
    }

    pub(super) fn keep_audio(&self, id: PromptId, forms: Vec<(PromptForm, Vec<u8>)>) -> StoreFuture<'_, ()> {
        self.file.write("cannot keep a prompt", move |conn| {
            for (form, audio) in &forms {
                run(conn, sql::KEPT_AUDIO_PUT, &[id.as_bytes(), &form.as_str(), audio])?;
            }
            Ok(())
        })
    }

    pub(super) fn drop_audio(&self, ids: Vec<PromptId>) -> StoreFuture<'_, ()> {
        self.file.write("cannot drop a prompt", move |conn| {
            for id in &ids {
                run(conn, sql::KEPT_AUDIO_DELETE, &[id.as_bytes()])?;
            }
            Ok(())
        })
    }
}

fn entry(row: &mut Columns) -> Result<Entry, Unreadable> {
    let (n, _kind, body) = (row.get()?, row.get::<String>()?, row.get::<String>()?);
    // One that cannot be read must not hold up those behind it.
    let content = serde_json::from_str(&body).map_err(|error| format!("it cannot be read: {error}"));
    Ok(Entry { n, content })
}

/// Whether a file is a sound database of any program; who made it is looked at when it is opened.
fn sound(path: &Path) -> Result<(), Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags);
    let conn = opened.map_err(|error| Fault::of(Failure::from(error), path))?;
    inspect::integrity(&conn, path)
}

/// Gives a damaged file and its log another name beside it.
fn set_aside(path: &Path, clock: &dyn Clock) -> Result<PathBuf, StorageError> {
    let doing = format!("cannot set the damaged spool {} aside", path.display());
    let aside = beside(path, &format!("{DAMAGED}{}", clock.now().format("%Y%m%dT%H%M%S%3fZ")));
    for ending in ["-wal", "-shm", ""] {
        let (old, new) = (beside(path, ending), beside(&aside, ending));
        if old.exists() {
            std::fs::rename(&old, &new).map_err(|error| file_error(&doing, &old, error))?;
        }
    }
    Ok(aside)
}
