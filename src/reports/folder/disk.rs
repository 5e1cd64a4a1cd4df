//! The folder itself: what is in it, a file put there whole or not at all, one read, those that are past taken away. Waits for
//! the disk, which may be a share of another machine: not on a thread that serves.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::NaiveDate;
use rustix::fs::OFlags;

use super::fault::FolderError;
use super::name::ReportFileName;

/// The largest file that is read: files of figures are a few megabytes at most.
const READ_MOST: u64 = 100_000_000;
/// How names of files begin and end that are not whole yet.
const UNFINISHED: (&str, &str) = (".aftercall-", ".part");
/// What is not whole for so long never will be: who wrote it is gone.
const ABANDONED: Duration = Duration::from_hours(24);
/// Who may read what is written: the owner, and the group for whoever fetches files.
const MODE: u32 = 0o640;

/// A folder of report files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFolder {
    path: PathBuf,
}

/// A file of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundFile {
    /// Its name.
    pub name: ReportFileName,
    /// Bytes; `None` where something else has the name, such as a link.
    pub size: Option<u64>,
}

/// What is in the folder.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Everything that is called as our files are.
    pub files: Vec<FoundFile>,
    /// What was begun and given up long ago.
    abandoned: Vec<PathBuf>,
}

impl ReportFolder {
    /// The one at a path. It is not made: it may be a share that is not mounted now.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a file can be made there, found out by making one and taking it away: permission bits do not tell of
    /// read-only mounts, access lists and full disks. `token` makes its name unique.
    pub fn probe(&self, token: u64) -> Result<(), FolderError> {
        self.at_work("write in", || {
            self.is_folder()?;
            let probe = self.unfinished("probe", token);
            let written = write_new(&probe, b"aftercall can write here\n");
            let removed = fs::remove_file(&probe);
            written.and(removed)
        })
    }

    /// What is there. `now` is the machine's time, by which what was given up is known.
    pub fn list(&self, now: SystemTime) -> Result<Listed, FolderError> {
        self.at_work("look into", || {
            let mut listed = Listed::default();
            for entry in fs::read_dir(&self.path)? {
                let entry = entry?;
                let Some(text) = entry.file_name().to_str().map(str::to_owned) else { continue };
                // The entry's own facts, not those of what a link leads to; what went away meanwhile is not there.
                let Ok(facts) = entry.metadata() else { continue };
                if let Some(name) = ReportFileName::parse(&text) {
                    listed.files.push(FoundFile { name, size: facts.is_file().then_some(facts.len()) });
                } else if facts.is_file() && is_unfinished(&text) {
                    let age = facts.modified().ok().and_then(|at| now.duration_since(at).ok());
                    if age.is_some_and(|age| age > ABANDONED) {
                        listed.abandoned.push(entry.path());
                    }
                }
            }
            Ok(listed)
        })
    }

    /// Puts a file there: whole or not at all, also when the machine stops in the midst of it. What has its name already
    /// is replaced. `token` makes the name unique that it has until it is whole.
    pub fn put(&self, name: ReportFileName, bytes: &[u8], token: u64) -> Result<(), FolderError> {
        self.at_work("write in", || {
            let part = self.unfinished(&name.to_string(), token);
            let put = write_new(&part, bytes)
                .and_then(|()| fs::rename(&part, self.path.join(name.to_string())))
                .and_then(|()| sync_folder(&self.path));
            if put.is_err() {
                // Not there where it did not come to that.
                let _ = fs::remove_file(&part);
            }
            put
        })
    }

    /// Takes away the files that are past their time, and what was given up. Only what has a name of ours and is a file: a
    /// link by such a name was not written by us. How many files went.
    pub fn delete_past(&self, listed: &Listed, today: NaiveDate, keep_days: u32) -> Result<u64, FolderError> {
        self.at_work("delete from", || {
            for part in &listed.abandoned {
                gone(fs::remove_file(part))?;
            }
            let mut deleted = 0;
            let is_past =
                |file: &&FoundFile| file.size.is_some() && file.name.period.is_past(today, keep_days);
            for file in listed.files.iter().filter(is_past) {
                gone(fs::remove_file(self.path.join(file.name.to_string())))?;
                deleted += 1;
            }
            Ok(deleted)
        })
    }

    /// A file's bytes; `None` where there is no such file. No link is followed, and nothing but a file is read.
    pub fn read(&self, name: ReportFileName) -> Result<Option<Vec<u8>>, FolderError> {
        self.at_work("read from", || {
            self.is_folder()?;
            let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
            let mut options = OpenOptions::new();
            options.read(true).custom_flags(flags.bits().cast_signed());
            let file = match options.open(self.path.join(name.to_string())) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                // What a link is told by.
                Err(error) if rustix::io::Errno::from_io_error(&error) == Some(rustix::io::Errno::LOOP) => {
                    return Ok(None);
                }
                Err(error) => return Err(error),
            };
            let facts = file.metadata()?;
            if !facts.is_file() {
                return Ok(None);
            }
            if facts.len() > READ_MOST {
                return Err(io::Error::other(format!("{name} has more than {READ_MOST} bytes")));
            }
            let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or_default());
            file.take(READ_MOST).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        })
    }

    fn at_work<T>(&self, what: &'static str, work: impl FnOnce() -> io::Result<T>) -> Result<T, FolderError> {
        work().map_err(|error| FolderError::new(what, &self.path, error))
    }

    fn is_folder(&self) -> io::Result<()> {
        if fs::metadata(&self.path)?.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    fn unfinished(&self, name: &str, token: u64) -> PathBuf {
        let (begin, end) = UNFINISHED;
        self.path.join(format!("{begin}{name}.{token:016x}{end}"))
    }
}

fn is_unfinished(text: &str) -> bool {
    text.starts_with(UNFINISHED.0) && text.ends_with(UNFINISHED.1)
}

/// Writes a new file, down to the disk.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a rename outlive a power cut. Some shares cannot, and need not.
fn sync_folder(path: &Path) -> io::Result<()> {
    match File::open(path)?.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        synced => synced,
    }
}

/// What is gone already was to go.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::foundation::{Clock, SystemClock};

    const NAME: &str = "2026-11-26_day_agent.csv";

    fn now() -> SystemTime {
        SystemClock::new().now().into()
    }

    fn name(text: &str) -> ReportFileName {
        ReportFileName::parse(text).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_put_whole_under_its_name_and_nothing_else_stays() {
        let place = tempfile::tempdir().unwrap();
        let folder = ReportFolder::at(place.path().to_owned());
        folder.probe(1).unwrap();
        assert_eq!(names(place.path()), [""; 0], "the probe is taken away");
        folder.put(name(NAME), b"a,b\r\n", 2).unwrap();
        assert_eq!(names(place.path()), [NAME]);
        assert_eq!(folder.read(name(NAME)).unwrap().unwrap(), b"a,b\r\n");
        assert_eq!(folder.read(name("2026-11-27_day_agent.csv")).unwrap(), None);
        // What cannot be put leaves nothing behind.
        fs::create_dir(place.path().join("2026-11-26_day_queue.csv")).unwrap();
        folder.put(name("2026-11-26_day_queue.csv"), b"x", 3).unwrap_err();
        assert_eq!(names(place.path()), [NAME, "2026-11-26_day_queue.csv"]);
    }

    #[test]
    fn links_are_neither_read_nor_deleted_and_nothing_foreign_goes() {
        let place = tempfile::tempdir().unwrap();
        let folder = ReportFolder::at(place.path().to_owned());
        let secret = place.path().join("secret");
        fs::write(&secret, "s").unwrap();
        symlink(&secret, place.path().join("2020-01-01_day_agent.csv")).unwrap();
        fs::create_dir(place.path().join("2020-01-02_day_agent.csv")).unwrap();
        for foreign in
            ["2020-01-03_day_agent.csv.bak", "notes.txt", ".aftercall-new.part", ".aftercall-x.txt"]
        {
            fs::write(place.path().join(foreign), "f").unwrap();
        }
        folder.put(name("2020-01-03_day_agent.csv"), b"old", 1).unwrap();
        folder.put(name(NAME), b"new", 1).unwrap();
        assert_eq!(folder.read(name("2020-01-01_day_agent.csv")).unwrap(), None);
        assert_eq!(folder.read(name("2020-01-02_day_agent.csv")).unwrap(), None);
        let before = names(place.path());
        let listed = folder.list(now()).unwrap();
        assert_eq!(listed.files.iter().filter(|file| file.size.is_some()).count(), 2);
        let today = "2026-11-27".parse().unwrap();
        assert_eq!(folder.delete_past(&listed, today, 30).unwrap(), 1);
        let kept: Vec<String> =
            before.into_iter().filter(|name| name != "2020-01-03_day_agent.csv").collect();
        assert_eq!(names(place.path()), kept);
        // Two days later what was begun and never finished goes too.
        let later = now() + 2 * ABANDONED;
        folder.delete_past(&folder.list(later).unwrap(), today, 0).unwrap();
        assert!(!names(place.path()).contains(&".aftercall-new.part".to_owned()));
        assert!(names(place.path()).contains(&".aftercall-x.txt".to_owned()));
        assert_eq!(fs::read(&secret).unwrap(), b"s");
    }

    #[test]
    fn a_folder_that_is_a_file_or_is_not_there_is_told_and_never_made() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "").unwrap();
        let told = ReportFolder::at(file).probe(1).unwrap_err().to_string();
        assert!(told.contains("it is a file"), "{told}");
        let missing = ReportFolder::at(place.path().join("missing"));
        for told in [
            missing.probe(1).unwrap_err(),
            missing.list(now()).unwrap_err(),
            missing.put(name(NAME), b"", 1).unwrap_err(),
            missing.read(name(NAME)).unwrap_err(),
        ] {
            assert!(told.to_string().contains("install -d -o"), "{told}");
        }
        assert!(!missing.path().exists());
    }
}
