//! Folders and ports.

use std::fs::File;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use super::Finding;
use crate::config::Config;

/// The data folder exists and this user can write there, or the first start can make it.
pub(super) fn data_folder(config: &Config) -> Finding {
    const WHAT: &str = "data folder";
    let folder = &config.node.data_dir;
    match std::fs::metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => match makeable(folder) {
            Ok(()) => Finding::ok(WHAT, format!("{} is made at the first start", folder.display())),
            Err(error) => Finding::fail(
                WHAT,
                format!(
                    "cannot make {}: {error}; make it for this user, or set node.data_dir",
                    folder.display()
                ),
            ),
        },
        Err(error) => Finding::fail(
            WHAT,
            format!("{}: {error}; create it for this user, or set node.data_dir", folder.display()),
        ),
        Ok(found) if !found.is_dir() => Finding::fail(WHAT, format!("{} is not a folder", folder.display())),
        Ok(_) => match writable(folder) {
            Ok(()) => Finding::ok(WHAT, folder.display()),
            Err(error) => Finding::fail(
                WHAT,
                format!("cannot write in {}: {error}; give it to this user", folder.display()),
            ),
        },
    }
}

/// Whether a folder that is not there can be made: the nearest one above it that is there can be written.
fn makeable(folder: &Path) -> std::io::Result<()> {
    let above = folder
        .ancestors()
        .skip(1)
        .map(|above| if above.as_os_str().is_empty() { Path::new(".") } else { above });
    for above in above {
        match std::fs::metadata(above) {
            Ok(_) => return writable(above),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::NotFound.into())
}

/// Whether a file can be made in a folder. Permission bits do not say it (read-only mounts, ACLs), so one is made and
/// removed: the one thing that `check` touches.
fn writable(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".aftercall-check-{}", std::process::id()));
    File::create_new(&probe)?;
    std::fs::remove_file(&probe)
}

/// The address of a listener (`what`) can be listened on; `key` sets another.
pub(super) fn listen_address(what: &'static str, address: SocketAddr, key: &str) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::ok(what, address),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let holder = holder(address.port());
            Finding::fail(what, format!("{address} is in use{holder}; stop that program or set {key}"))
        }
        Err(error) => Finding::fail(what, format!("cannot listen on {address}: {error}; set {key}")),
    }
}

/// The program that listens on a port, as far as this user may see (Linux: /proc).
fn holder(port: u16) -> String {
    let sockets = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| std::fs::read_to_string(table).ok());
    let inode = sockets.into_iter().find_map(|table| listening_inode(&table, port));
    let Some(inode) = inode else { return String::new() };
    let wanted = format!("socket:[{inode}]");
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        // Names such as `self` lead to a process a second time.
        if process.file_name().to_string_lossy().parse::<u32>().is_err() {
            continue;
        }
        let holds = |entry: std::fs::DirEntry| {
            std::fs::read_link(entry.path()).is_ok_and(|target| target.as_os_str() == wanted.as_str())
        };
        let files = std::fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        if files.into_iter().any(holds) {
            let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return format!(" by {} (process {})", name.trim(), process.file_name().to_string_lossy());
        }
    }
    String::new()
}

/// The inode of the socket that listens on a port, from a table as in proc(5): `sl local_address rem_address st … inode`.
fn listening_inode(table: &str, port: u16) -> Option<String> {
    const LISTEN: &str = "0A";
    let suffix = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let listens = fields.get(1)?.ends_with(&suffix) && *fields.get(3)? == LISTEN;
        listens.then(|| fields.get(9).map(|inode| (*inode).to_owned())).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_taken_port_is_reported_with_the_program_that_holds_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let finding = listen_address("listen address", listener.local_addr().unwrap(), "ivr_api.listen");
        assert_eq!(finding.verdict, Verdict::Fail);
        assert!(finding.detail.contains(&format!("process {}", std::process::id())), "{}", finding.detail);
    }

    #[test]
    fn a_data_folder_that_cannot_be_had_fails_and_nothing_is_left_in_a_good_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.node.data_dir = folder.path().to_owned();
        assert_eq!(data_folder(&config).verdict, Verdict::Ok);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        config.node.data_dir = folder.path().join("not/yet/there");
        assert!(data_folder(&config).detail.contains("is made at the first start"));
        assert!(!config.node.data_dir.exists());
        config.node.data_dir = folder.path().join("file");
        std::fs::write(&config.node.data_dir, "").unwrap();
        assert!(data_folder(&config).detail.contains("not a folder"));
        config.node.data_dir.push("below");
        assert_eq!(data_folder(&config).verdict, Verdict::Fail);
    }
}
