//! What can be wrong with the folder, and what to do about it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why something in the folder could not be done: what was being done, why not, and what mends it.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what} the folder of reports {}: {}; {}", folder.display(), why, remedy(folder, why.kind()))]
pub struct FolderError {
    /// What was being done: `write in`, `look into`, `delete from`.
    what: &'static str,
    folder: PathBuf,
    // No source: its words are in ours, because what mends it follows them.
    why: io::Error,
}

impl FolderError {
    pub(super) fn new(what: &'static str, folder: &Path, why: io::Error) -> Self {
        Self { what, folder: folder.to_owned(), why }
    }
}

/// What mends it.
fn remedy(folder: &Path, kind: ErrorKind) -> String {
    let (shown, user) = (folder.display(), user());
    match kind {
        ErrorKind::NotFound => format!(
            "mount it if it is a share, or make it for the {user} that this process runs as: `install -d -o {} {shown}`; it is never made \
             by itself, because what is written where a share was to be is found by nobody",
            account()
        ),
        ErrorKind::NotADirectory => "it is a file: name a folder in reports.folder".to_owned(),
        ErrorKind::PermissionDenied => format!(
            "this process runs as {user}: `chown {} {shown}` gives it the folder; under systemd it has to be in ReadWritePaths= too",
            account()
        ),
        ErrorKind::ReadOnlyFilesystem => format!(
            "`findmnt -T {shown}` shows how it is mounted, `mount -o remount,rw` mends it; under systemd it has to be in ReadWritePaths="
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("make room: `df {shown}` shows how much there is; reports.keep_days deletes old files")
        }
        _ => format!("see whether {user}, that this process runs as, can write there: `touch {shown}/x`"),
    }
}

/// As whom this process runs, for people.
fn user() -> String {
    let id = rustix::process::geteuid().as_raw();
    name_of(id).map_or_else(|| format!("user {id}"), |name| format!("user {name} ({id})"))
}

/// The same, for a command.
fn account() -> String {
    let id = rustix::process::geteuid().as_raw();
    name_of(id).unwrap_or_else(|| id.to_string())
}

fn name_of(id: u32) -> Option<String> {
    name_in(&std::fs::read_to_string("/etc/passwd").ok()?, id)
}

/// The name of a user in a table as in passwd(5).
fn name_in(table: &str, id: u32) -> Option<String> {
    table.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, of) = (fields.next()?, fields.nth(1)?);
        (of.parse() == Ok(id)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_says_what_was_done_why_not_and_which_command_mends_it() {
        let told = |kind: ErrorKind| {
            FolderError::new("write in", Path::new("/srv/reports"), kind.into()).to_string()
        };
        for (kind, command) in [
            (ErrorKind::NotFound, "install -d -o "),
            (ErrorKind::PermissionDenied, "chown "),
            (ErrorKind::ReadOnlyFilesystem, "remount,rw"),
            (ErrorKind::StorageFull, "df /srv/reports"),
            (ErrorKind::NotADirectory, "reports.folder"),
            (ErrorKind::TimedOut, "touch /srv/reports/x"),
        ] {
            let told = told(kind);
            assert!(told.starts_with("cannot write in the folder of reports /srv/reports: "), "{told}");
            assert!(told.contains(command), "{told}");
        }
        assert!(told(ErrorKind::PermissionDenied).contains("this process runs as user "));
    }

    #[test]
    fn a_users_name_is_found_by_the_number_in_the_table() {
        let table = "root:x:0:0:r:/r:/bin/sh\n# odd\nweb:x:33:33::/:/x\naftercall:x:998:997::/var:/x";
        assert_eq!(name_in(table, 998).as_deref(), Some("aftercall"));
        assert_eq!(name_in(table, 997), None);
    }
}
