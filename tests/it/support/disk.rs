//! What a machine may not be able to give: a disk small enough to fill.

use std::io::Write;
use std::path::Path;
use std::process::Command;

/// A small disk that goes away with the test.
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Where this process may not mount, the test is named as skipped, and nothing returned.
    pub fn of_kib(size: u32, test: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}k");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).output();
        if mount.is_ok_and(|run| run.status.success()) {
            return Some(Self(folder));
        }
        skipped(test, "only root can mount a small disk");
        None
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0.path()).output());
    }
}

/// Says that a test could not be run here, and why; `tests/all` names all of them at its end.
pub fn skipped(test: &str, why: &str) {
    println!("skipped: {test}: {why}");
    if let Some(list) = std::env::var_os("AFTERCALL_TESTS_SKIPPED") {
        let mut list = std::fs::OpenOptions::new().create(true).append(true).open(list).unwrap();
        writeln!(list, "{test}: {why}").unwrap();
    }
}
