//! Trouble with the file and its disk: each a clear error, and the database unharmed afterwards.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use super::*;
use crate::support::disk::SmallDisk;

/// The user id without rights that a test may take on when it runs as root.
const NOBODY: u32 = 65_534;

#[test]
fn a_file_that_is_no_database_is_corrupt_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aftercall.db");
    std::fs::write(&path, "this is no database. ".repeat(1_000)).unwrap();
    let before = std::fs::read(&path).unwrap();
    let (kind, said) = kind_of(open(&path));
    assert_eq!(kind, StorageErrorKind::Corrupt);
    assert!(said.contains("aftercall.db") && said.contains("restore"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_of_another_program_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
    let before = std::fs::read(&path).unwrap();
    let (kind, said) = kind_of(open(&path));
    assert_eq!(kind, StorageErrorKind::Corrupt);
    assert!(said.contains("another program"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_page_overwritten_with_garbage_is_found_by_the_look() {
    let (_folder, path, _) = filled();
    let mut bytes = std::fs::read(&path).unwrap();
    let whole = bytes.clone();
    // Every page but the first: the header stays sound, the trees do not.
    bytes[4096..].fill(0xA5);
    std::fs::write(&path, &bytes).unwrap();
    let findings = inspect(&settings(&path));
    let found = findings.into_iter().find(|finding| finding.subject == "database integrity").unwrap();
    assert_eq!(kind_of(found.result).0, StorageErrorKind::Corrupt);
    assert_eq!(kind_of(open(&path)).0, StorageErrorKind::Corrupt);
    std::fs::write(&path, whole).unwrap();
    assert!(inspect(&settings(&path)).iter().all(|finding| finding.result.is_ok()));
}

#[test]
fn a_newer_schema_is_worked_with_until_it_asks_for_a_newer_program_and_then_not_touched() {
    let (_folder, path, id) = filled();
    let conn = Connection::open(&path).unwrap();
    let newer = newest_schema() + 7;
    conn.execute(
        "INSERT INTO refinery_schema_history VALUES (?1, 'from_the_future', '2030-01-01T00:00:00Z', '1')",
        [newer],
    )
    .unwrap();
    unharmed(&path, id);
    conn.execute("UPDATE schema_floor SET lowest = ?1", [newer]).unwrap();
    let (kind, said) = kind_of(open(&path));
    assert_eq!(kind, StorageErrorKind::NewerSchema);
    assert!(said.contains(&newer.to_string()) && said.contains("newer"), "{said}");
    assert!(status(&path).unwrap().applied.iter().any(|applied| applied.version == newer));
    conn.execute("UPDATE schema_floor SET lowest = 1", []).unwrap();
    drop(conn);
    unharmed(&path, id);
}

#[test]
fn a_migration_that_was_changed_after_the_fact_is_refused() {
    let (_folder, path, id) = filled();
    let set = |checksum: &str| {
        let conn = Connection::open(&path).unwrap();
        let old: String = conn
            .query_row("SELECT checksum FROM refinery_schema_history WHERE version = 1", [], |row| row.get(0))
            .unwrap();
        conn.execute("UPDATE refinery_schema_history SET checksum = ?1 WHERE version = 1", [checksum])
            .unwrap();
        old
    };
    let right = set("12345");
    assert_eq!(kind_of(open(&path)).0, StorageErrorKind::Corrupt);
    set(&right);
    unharmed(&path, id);
}

#[test]
fn a_database_held_by_another_process_is_locked_until_it_is_let_go() {
    let (_folder, path, id) = filled();
    let storage = open(&path).unwrap();
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (kind, said) = kind_of(block_on(storage.probe()));
    assert_eq!(kind, StorageErrorKind::Locked);
    assert!(said.contains("another process"), "{said}");
    assert_eq!(kind_of(open(&path)).0, StorageErrorKind::Locked);
    assert!(block_on(storage.response(id)).unwrap().is_some(), "reading goes on");
    holder.execute_batch("ROLLBACK").unwrap();
    block_on(storage.probe()).unwrap();
    drop((storage, holder));
    unharmed(&path, id);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (kind, said) = kind_of(open(&folder.path().join("no/such/aftercall.db")));
    assert_eq!(kind, StorageErrorKind::Unavailable);
    assert!(said.contains("no/such does not exist"), "{said}");
}

#[test]
fn too_little_free_space_refuses_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aftercall.db");
    let greedy = SqliteSettings { free_space_min_bytes: u64::MAX, ..settings(&path) };
    let opened = SqliteStorage::open(&greedy, Arc::new(SystemClock::new()));
    assert_eq!(kind_of(opened).0, StorageErrorKind::Full);
    assert!(inspect(&greedy).iter().any(|f| f.subject == "database disk" && f.result.is_err()));
    assert_eq!(names_in(folder.path()), Vec::<String>::new());
}

/// A read-only file and a read-only folder. Root may write to both, so root runs this again as nobody.
#[test]
fn a_file_or_folder_that_cannot_be_written_is_read_only_and_says_whose_it_is() {
    const AS_NOBODY: &str =
        "storage_sqlite::disk::a_file_or_folder_that_cannot_be_written_is_read_only_and_says_whose_it_is";
    if rustix::process::geteuid().is_root() {
        let scratch = tempfile::Builder::new().prefix("aftercall-ro").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(scratch.path(), PermissionsExt::from_mode(0o777)).unwrap();
        // Nobody may not be able to reach the folder the test binary is in.
        let program = scratch.path().join("it");
        std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let run = Command::new(program)
            .args(["--exact", AS_NOBODY])
            .env("TMPDIR", scratch.path())
            .uid(NOBODY)
            .gid(NOBODY)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let (folder, path, id) = filled();
    for (target, mode) in [(path.as_path(), 0o444), (folder.path(), 0o555)] {
        let usual = std::fs::metadata(target).unwrap().permissions();
        std::fs::set_permissions(target, PermissionsExt::from_mode(mode)).unwrap();
        let (kind, said) = kind_of(open(&path));
        assert_eq!(kind, StorageErrorKind::ReadOnly, "{said}");
        assert!(said.contains(&format!("mode {mode:o}")), "{said}");
        assert!(inspect(&settings(&path)).iter().any(|finding| finding.result.is_err()));
        std::fs::set_permissions(target, usual).unwrap();
    }
    unharmed(&path, id);
}

#[test]
fn a_full_disk_refuses_writes_loses_nothing_and_recovers() {
    let Some(disk) = SmallDisk::of_kib(2_048, "storage_sqlite: a full disk under the database") else {
        return;
    };
    let path = disk.path().join("aftercall.db");
    let small = SqliteSettings { free_space_min_bytes: 0, ..settings(&path) };
    let storage = SqliteStorage::open(&small, Arc::new(SystemClock::new())).unwrap();
    let stored = block_on(async {
        let ground = Ground::with_survey(&*storage, "csat").await;
        let ballast = disk.path().join("ballast");
        let mut stored = Vec::new();
        std::fs::write(&ballast, vec![0; 1_024 * 1_024]).unwrap();
        let error = loop {
            let offer = ground.offer(start());
            let id = offer.id;
            match storage.insert_offer(offer).await {
                Ok(()) => stored.push(id),
                Err(error) => break error,
            }
            assert!(stored.len() < 100_000, "the disk never filled up");
        };
        assert_eq!(error.kind, StorageErrorKind::Full, "{error}");
        assert!(error.to_string().contains("bytes left"), "{error}");
        assert!(storage.response(stored[0]).await.unwrap().is_some(), "reading goes on");
        std::fs::remove_file(ballast).unwrap();
        let offer = ground.offer(start());
        storage.insert_offer(offer.clone()).await.unwrap();
        stored.push(offer.id);
        stored
    });
    drop(storage);
    assert!(inspect(&small).iter().all(|finding| finding.result.is_ok()));
    let storage = SqliteStorage::open(&small, Arc::new(SystemClock::new())).unwrap();
    assert_eq!(block_on(storage.facts()).unwrap().responses, u64::try_from(stored.len()).unwrap());
}
