//! What only the `SQLite` engine has: one file on a disk that may fill up, break, be held or be taken away; a writer
//! thread that may crash; copies of it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use aftercall::domain::response::{AnswerValue, ResponseState};
use aftercall::foundation::{ManualClock, ResponseId, SurveyId, SystemChance, SystemClock};
use aftercall::storage::sqlite::{
    ServerLock, SqliteSettings, SqliteStorage, inspect, newest_schema, restore, status,
};
use aftercall::storage::{
    CatalogStore, DraftBase, MaintenanceStore, ResponseStore, StorageError, StorageErrorKind, UpdateOutcome,
};
use rusqlite::Connection;

use crate::storage_contract::{Ground, answer, block_on, draft, minute, start, update};

mod disk;
mod kill;
mod writer;

fn settings(path: impl Into<PathBuf>) -> SqliteSettings {
    SqliteSettings { busy_timeout: Duration::from_millis(200), ..SqliteSettings::new(path) }
}

fn open(path: &Path) -> Result<Arc<SqliteStorage>, StorageError> {
    SqliteStorage::open(&settings(path), Arc::new(SystemClock::new()))
}

fn kind_of<T: std::fmt::Debug>(result: Result<T, StorageError>) -> (StorageErrorKind, String) {
    let error = result.unwrap_err();
    (error.kind, error.to_string())
}

/// A folder with a database that holds one answered response.
fn filled() -> (tempfile::TempDir, PathBuf, ResponseId) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aftercall.db");
    let id = fill(&path);
    (folder, path, id)
}

fn fill(path: &Path) -> ResponseId {
    let storage = open(path).unwrap();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "csat").await;
        ground.answered(&*storage, ground.offer(start()), &[AnswerValue::Number(4)]).await
    })
}

/// The answer of [`fill`] is still there.
fn unharmed(path: &Path, id: ResponseId) {
    let storage = open(path).unwrap();
    let row = block_on(storage.response(id)).unwrap().unwrap();
    assert_eq!(row.answers, [answer(0, AnswerValue::Number(4))]);
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        folder.read_dir().unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_new_database_is_migrated_and_opening_it_again_changes_nothing() {
    let (_folder, path, id) = filled();
    let first = status(&path).unwrap();
    assert_eq!((first.schema(), first.pending.len()), (newest_schema(), 0));
    unharmed(&path, id);
    assert_eq!(status(&path).unwrap(), first);
}

#[test]
fn processes_that_start_at_once_migrate_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aftercall.db");
        let gate = Barrier::new(4);
        std::thread::scope(|scope| {
            let starts: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        gate.wait();
                        let patient =
                            SqliteSettings { busy_timeout: Duration::from_secs(10), ..settings(&path) };
                        SqliteStorage::open(&patient, Arc::new(SystemClock::new())).map(drop)
                    })
                })
                .collect();
            for start in starts {
                start.join().unwrap().unwrap();
            }
        });
        assert_eq!(status(&path).unwrap().applied.len(), usize::try_from(newest_schema()).unwrap());
    }
}

#[test]
fn the_status_of_a_file_that_is_not_there_is_all_pending_and_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let found = status(&folder.path().join("aftercall.db")).unwrap();
    assert_eq!((found.applied.len(), found.schema()), (0, 0));
    assert_eq!(found.pending.last().unwrap().version, newest_schema());
    assert_eq!(names_in(folder.path()), Vec::<String>::new());
}

#[test]
fn a_look_at_a_database_changes_nothing() {
    let (folder, path, _) = filled();
    let before = (names_in(folder.path()), std::fs::read(&path).unwrap());
    let findings = inspect(&settings(&path));
    let subjects: Vec<_> = findings.iter().map(|finding| finding.subject).collect();
    assert_eq!(
        subjects,
        ["database folder", "database disk", "database file", "database integrity", "database schema"]
    );
    assert!(findings.iter().all(|finding| finding.result.is_ok()), "{findings:?}");
    assert_eq!((names_in(folder.path()), std::fs::read(&path).unwrap()), before);
}

#[test]
fn a_look_at_a_database_beside_its_server_sees_what_was_written_last() {
    let (_folder, path, _) = filled();
    let server = open(&path).unwrap();
    block_on(server.probe()).unwrap();
    assert!(inspect(&settings(&path)).iter().all(|finding| finding.result.is_ok()));
    block_on(server.probe()).unwrap();
}

#[test]
fn a_database_another_process_works_on_takes_changes_from_both() {
    let (_folder, path, _) = filled();
    let (one, two) = (open(&path).unwrap(), open(&path).unwrap());
    block_on(async {
        let before = one.catalog_stamp().await.unwrap();
        let ground = Ground::with_survey(&*two, "nps").await;
        assert!(one.catalog_stamp().await.unwrap() > before, "each sees the other's changes");
        ground.answered(&*one, ground.offer(start()), &[AnswerValue::Number(1)]).await;
        assert_eq!(two.facts().await.unwrap().responses, 2);
    });
}

#[test]
fn a_backup_taken_under_load_is_one_consistent_state_and_can_be_restored() {
    let (folder, path, id) = filled();
    let storage = open(&path).unwrap();
    let values = [AnswerValue::Number(1), AnswerValue::Text("x".repeat(5_000))];
    let (to, size) = block_on(async {
        let ground = Ground::with_survey(&*storage, "nps").await;
        for turn in 0.. {
            let to = folder.path().join(format!("backup-{turn}.db"));
            let backup = storage.backup(to.clone());
            tokio::pin!(backup);
            let mut written = 0;
            let size = loop {
                // Each response has two answers, written together: a copy in between would show.
                let write = ground.answered(&*storage, ground.offer(start()), &values);
                tokio::select! {
                    size = &mut backup => break size.unwrap(),
                    _ = write => written += 1,
                }
            };
            // A copy of little may be done before the first write is: the next one has more to copy.
            if written > 0 {
                return (to, size);
            }
            assert!(turn < 100, "nothing was ever written while it was copied");
            ground.answered(&*storage, ground.offer(start()), &values).await;
        }
        unreachable!()
    });
    assert_eq!(size, std::fs::metadata(&to).unwrap().len());
    drop(storage);
    assert!(!names_in(folder.path()).iter().any(|name| name.contains("partial")));

    let target = folder.path().join("restored.db");
    let restored = restore(&to, &target, false, minute(0)).unwrap();
    assert_eq!((restored.size_bytes, restored.kept), (size, None));
    unharmed(&target, id);
    let facts = block_on(open(&target).unwrap().facts()).unwrap();
    // The last response may have been offered and not answered yet; half answered is none.
    let all_answered = 1 + (facts.responses - 1) * 2;
    assert!([facts.answers, facts.answers + 2].contains(&all_answered), "{facts:?}");
}

#[test]
fn a_restore_over_a_database_needs_force_and_keeps_the_old_one() {
    let (folder, path, id) = filled();
    let backup = folder.path().join("backup.db");
    block_on(open(&path).unwrap().backup(backup.clone())).unwrap();
    let after = {
        let storage = open(&path).unwrap();
        block_on(storage.save_draft(
            draft(SurveyId::new(start(), &SystemChance), "later"),
            DraftBase::Any,
            None,
        ))
        .unwrap();
        block_on(storage.surveys()).unwrap().len()
    };
    let (kind, said) = kind_of(restore(&backup, &path, false, minute(0)));
    assert_eq!(kind, StorageErrorKind::Duplicate);
    assert!(said.contains("--force"), "{said}");
    assert_eq!(block_on(open(&path).unwrap().surveys()).unwrap().len(), after);

    let kept = restore(&backup, &path, true, minute(0)).unwrap().kept.unwrap();
    assert_eq!(block_on(open(&path).unwrap().surveys()).unwrap().len(), after - 1);
    assert_eq!(block_on(open(&kept).unwrap().surveys()).unwrap().len(), after);
    unharmed(&path, id);
}

#[test]
fn a_restore_keeps_what_a_crashed_server_had_only_in_its_log() {
    let (folder, path, _) = filled();
    let backup = folder.path().join("backup.db");
    let storage = open(&path).unwrap();
    block_on(storage.backup(backup.clone())).unwrap();
    let late = SurveyId::new(start(), &SystemChance);
    block_on(storage.save_draft(draft(late, "late"), DraftBase::Any, None)).unwrap();
    // The files of a running server, copied: what a crash leaves behind.
    let crashed = folder.path().join("crashed.db");
    for ending in ["", "-wal"] {
        std::fs::copy(format!("{}{ending}", path.display()), format!("{}{ending}", crashed.display()))
            .unwrap();
    }
    let kept = restore(&backup, &crashed, true, minute(0)).unwrap().kept.unwrap();
    assert!(
        !names_in(folder.path()).contains(&"crashed.db-wal".to_owned()),
        "the old log is not the new file's"
    );
    let found = block_on(open(&kept).unwrap().draft("late".into())).unwrap();
    assert_eq!(found.unwrap().survey, late);
    assert_eq!(block_on(open(&crashed).unwrap().draft("late".into())).unwrap(), None);
}

#[test]
fn a_restore_is_refused_under_a_server_and_from_what_is_no_sound_backup_of_ours() {
    let (folder, path, id) = filled();
    let backup = folder.path().join("backup.db");
    block_on(open(&path).unwrap().backup(backup.clone())).unwrap();
    let lock = ServerLock::shared(&path).unwrap();
    let second = ServerLock::shared(&path).unwrap();
    assert_eq!(kind_of(restore(&backup, &path, true, minute(0))).0, StorageErrorKind::Locked);
    drop((lock, second));

    let garbage = folder.path().join("garbage.db");
    std::fs::write(&garbage, "not a database".repeat(1_000)).unwrap();
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let cut = folder.path().join("cut.db");
    let whole = std::fs::read(&backup).unwrap();
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    for bad in [garbage, foreign, cut] {
        let (kind, said) = kind_of(restore(&bad, &path, true, minute(0)));
        assert_eq!(kind, StorageErrorKind::Corrupt, "{said}");
    }
    let missing = folder.path().join("missing.db");
    assert_eq!(kind_of(restore(&missing, &path, true, minute(0))).0, StorageErrorKind::Unavailable);
    unharmed(&path, id);
}

#[test]
fn reports_read_responses_by_their_index() {
    let (_folder, path, _) = filled();
    let conn = Connection::open(&path).unwrap();
    let sql = include_str!("../../src/storage/sql/report_states.sqlite.sql");
    let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut steps: Vec<String> = Vec::new();
    let mut rows = plan.raw_query();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    assert!(steps.iter().any(|step| step.contains("response_by_survey")), "{steps:?}");
    assert!(!steps.iter().any(|step| step.starts_with("SCAN r") || step.starts_with("SCAN o")), "{steps:?}");
}
