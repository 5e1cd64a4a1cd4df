//! Databases a server must not start on: each is refused with what to do, and stays as it is.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::*;
use rusqlite::Connection;

/// Starts a server that must refuse: exit code 1, these words, the database file and its neighbours untouched.
fn check(site: &Site, words: &[&str]) {
    let (before, names) = (bytes(&site.database()), names_in(site.data()));
    let mut server = site.launch(&[]);
    assert_eq!(server.ended().code(), Some(1), "{}", server.log());
    until("the message is read", || words.iter().all(|word| server.log().contains(word)));
    assert_eq!(bytes(&site.database()), before, "the file was changed");
    let left: Vec<_> = names_in(site.data()).into_iter().filter(|name| !names.contains(name)).collect();
    assert!(left.iter().all(|name| name == "aftercall.db.lock"), "left behind: {left:?}");
}

fn names_in(folder: &Path) -> Vec<String> {
    folder.read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn after_a_clean_stop_the_database_file_is_whole_by_itself() {
    let site = Site::new();
    let mut server = site.serve(&[]);
    let response = server.offer("whole");
    assert_eq!(server.answer(&response, "csat", "4").status, 200);
    assert_eq!(server.stop().code(), Some(0));
    let elsewhere = site.scratch("copy.db");
    std::fs::copy(site.database(), &elsewhere).unwrap();
    let copy = Connection::open(elsewhere).unwrap();
    let answers: u32 = copy.query_row("SELECT count(*) FROM answer", [], |row| row.get(0)).unwrap();
    assert_eq!(answers, 1);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let site = Site::new();
    std::fs::write(site.database(), "this is no database. ".repeat(1_000)).unwrap();
    check(&site, &["aftercall.db", "damaged", "aftercall restore"]);
}

#[test]
fn a_damaged_database_is_refused_and_left_as_it_is() {
    let site = Site::new();
    let mut damaged = bytes(&site.database());
    // Every page but the first: the header stays sound, the tables do not.
    damaged[4096..].fill(0xA5);
    std::fs::write(site.database(), damaged).unwrap();
    check(&site, &["aftercall.db", "damaged", "aftercall restore"]);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_is() {
    let site = Site::empty();
    Connection::open(site.database()).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    check(&site, &["another program"]);
}

#[test]
fn a_database_that_asks_for_a_newer_program_is_refused_and_left_as_it_is() {
    let site = Site::new();
    let conn = Connection::open(site.database()).unwrap();
    conn.execute_batch(
        "INSERT INTO refinery_schema_history VALUES (999, 'from_the_future', '2030-01-01T00:00:00Z', '1');
         UPDATE schema_floor SET lowest = 999;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .unwrap();
    drop(conn);
    check(&site, &["999", "newer"]);
}

/// Root may write everywhere, so root runs this again as nobody.
#[test]
fn a_database_that_cannot_be_written_is_refused_and_left_as_it_is() {
    const THIS: &str = "ops::files::a_database_that_cannot_be_written_is_refused_and_left_as_it_is";
    const NOBODY: u32 = 65_534;
    const PROGRAM: &str = "AFTERCALL_TEST_READ_ONLY_PROGRAM";
    if rustix::process::geteuid().is_root() {
        let scratch = tempfile::Builder::new().prefix("aftercall-ro").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(scratch.path(), PermissionsExt::from_mode(0o777)).unwrap();
        // Nobody may not be able to reach the folders the programs are in.
        let [test, program] = ["it", "aftercall"].map(|name| scratch.path().join(name));
        std::fs::copy(std::env::current_exe().unwrap(), &test).unwrap();
        std::fs::copy(env!("CARGO_BIN_EXE_aftercall"), &program).unwrap();
        let mut again = Command::new(test);
        again.args(["--exact", THIS]).env("TMPDIR", scratch.path()).env(PROGRAM, program);
        let run = again.current_dir("/").uid(NOBODY).gid(NOBODY).output().unwrap();
        let said = format!("{}{}", stdout(&run), stderr(&run));
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let program = std::env::vars_os().find(|(name, _)| name == PROGRAM).map(|(_, path)| path);
    let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_aftercall").into());
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        Command::new(&program).arg("--data-dir").arg(folder.path()).args(arguments).output().unwrap()
    };
    assert!(run(&["migrate"]).status.success());
    let database = folder.path().join("aftercall.db");
    let before = bytes(&database);
    for (target, mode) in [(database.as_path(), 0o444), (folder.path(), 0o555)] {
        let usual = std::fs::metadata(target).unwrap().permissions();
        std::fs::set_permissions(target, PermissionsExt::from_mode(mode)).unwrap();
        let served = run(&["serve", "--listen", "127.0.0.1:0"]);
        std::fs::set_permissions(target, usual).unwrap();
        let said = stderr(&served);
        assert_eq!(served.status.code(), Some(1), "{said}");
        assert!(said.contains("must be writable") && said.contains(&format!("mode {mode:o}")), "{said}");
        assert_eq!(bytes(&database), before);
    }
}

#[test]
fn a_second_server_beside_the_first_shares_the_database_and_loses_nothing() {
    let site = Site::new();
    let (one, other) = (site.serve(&["node.name=one"]), site.serve(&["node.name=other"]));
    let response = one.offer("shared");
    assert_eq!(one.answer(&response, "csat", "5").word("question_id"), "solved");
    assert_eq!(other.answer(&response, "solved", "1").word("question_id"), "recommend");
    assert_eq!(one.answer(&response, "recommend", "10").word("answers"), "5:-1:1:10");
    let stored = Stored::open(&site.database());
    assert_eq!(stored.answers(&response).len(), 3);
    stored.sound();
}
