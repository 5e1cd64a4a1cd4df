//! A site goes from one database to another: all of it, once, whatever befalls the copy.

mod site;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Output};
use std::time::Duration;

use aftercall::storage::copy::TABLES;
use aftercall::storage::mssql::Endpoint;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::cli_frame::{stderr, stdout};
use super::support::mssql::{TestDatabase, connect};
use super::support::{Site, until, until_within};
use site::{filled, filled_heavily, number, open, rows_of};

/// What belongs to a database rather than to a site.
const STAY_BEHIND: [&str; 12] = [
    "account_link",
    "account_session",
    "catalog_stamp",
    "lease",
    "node",
    "probe",
    "refinery_schema_history",
    "rollup_group",
    "rollup_period",
    "schema_floor",
    "sign_in_failure",
    "sms_route",
];

/// For a server on a busy test machine, which begins a session and plans a statement in seconds.
const SLOWLY: Duration = Duration::from_mins(3);

fn sqlite(database: &Path) -> String {
    format!("sqlite:{}", database.display())
}

fn mssql(database: &TestDatabase) -> String {
    let settings = &database.settings;
    let Endpoint::Port(port) = settings.endpoint else { panic!("the tests use a port") };
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (user, password) = (encoded(&settings.user), encoded(settings.password.expose()));
    format!("mssql://{user}:{password}@{}:{port}/{}", settings.host, settings.database)
}

fn arguments<'a>(from: &'a str, to: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["copy", "--from", from, "--to", to];
    all.extend(["--set", "database.trust_server_certificate=true"]);
    // A server on a busy test machine may be slow to begin a session.
    all.extend(["--set", "database.connect_timeout_ms=20000"]);
    all.extend(more);
    all
}

fn copy(site: &Site, from: &str, to: &str) -> Output {
    site.command(&arguments(from, to, &[]))
}

fn verify(site: &Site, from: &str, to: &str) -> Output {
    site.command(&arguments(from, to, &["--verify"]))
}

fn went_well(output: &Output) {
    assert!(output.status.success(), "{}{}", stdout(output), stderr(output));
}

/// A copy under way; it does not outlive its test.
struct Copying(Child);

impl Copying {
    /// Ends it in the midst of its work.
    fn pull_the_plug(mut self) {
        self.0.kill().unwrap();
        assert_eq!(self.0.wait().unwrap().signal(), Some(9), "it was done before the plug was pulled");
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// It failed as a problem does, and said so.
fn refused(output: &Output, why: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", stdout(output));
    assert!(stderr(output).contains(why), "{}", stderr(output));
}

/// The lines of the tables that differ.
fn differing(output: &Output) -> Vec<String> {
    let said = stdout(output);
    let lines = said.lines().filter(|line| line.ends_with("NO"));
    lines.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn every_column_of_every_table_is_copied() {
    let site = Site::new();
    let conn = open(&site.database());
    let columns = |sql: &str| {
        let mut statement = conn.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0));
        names.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    let mut tables = columns("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    tables.retain(|table| !STAY_BEHIND.contains(&table.as_str()));
    let mut copied: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    copied.sort_unstable();
    assert_eq!(copied, tables, "add the new table to storage/copy/tables.rs, or to those that stay behind");
    for table in &TABLES {
        let there = columns(&format!("SELECT name FROM pragma_table_info('{}')", table.name));
        assert_eq!(table.columns, there, "{}", table.name);
    }
}

#[test]
fn a_copy_holds_every_row_of_a_site_and_leaves_the_site_as_it_was() {
    let site = filled_heavily(1_200);
    let (from, to) = (site.database(), site.scratch("copy.db"));
    let before = rows_of(&from);
    let copied = copy(&site, &sqlite(&from), &sqlite(&to));
    went_well(&copied);
    assert!(stderr(&copied).contains("copying answer: "), "{}", stderr(&copied));
    let rows: usize = before.values().map(Vec::len).sum();
    assert!(stdout(&copied).contains(&format!("holds the same {rows} rows")), "{}", stdout(&copied));
    assert!(rows_of(&to) == before && rows_of(&from) == before);
    let stamp = "SELECT stamp FROM catalog_stamp";
    assert!(number(&to, stamp) > number(&from, stamp), "nodes would not read the new catalog");
    // Whatever database the configuration names besides.
    let (source, target) = (sqlite(&from), sqlite(&to));
    let keys =
        ["--set", "database.server=db.example", "--set", "database.name=surveys", "--set", "database.user=u"];
    went_well(&site.command(&arguments(&source, &target, &[&["--verify"], &keys[..]].concat())));
    // A finished copy is copied again by copying nothing, and a site goes on from its copy.
    went_well(&copy(&site, &sqlite(&from), &sqlite(&to)));
    assert!(rows_of(&to) == before);
    std::fs::rename(&to, &from).unwrap();
    let server = site.serve(&[]);
    let response = server.offer("after the copy");
    assert_eq!(server.answer(&response, "csat", "5").status, 200);
}

#[test]
fn a_copy_that_is_cut_off_goes_on_where_it_was() {
    let site = filled(12_000);
    let (from, to) = (site.database(), site.scratch("copy.db"));
    let all = rows_of(&from);
    let stored = |table: &str| {
        let conn = rusqlite::Connection::open_with_flags(&to, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
        let count = conn.and_then(|conn| {
            conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, u32>(0))
        });
        count.unwrap_or(0)
    };
    for (table, least) in [("offer", 1), ("offer", 5_000), ("response", 1), ("answer", 3_000)] {
        let (from, to) = (sqlite(&from), sqlite(&to));
        let copying = Copying(site.begin(&arguments(&from, &to, &[])));
        until("some rows are copied", || stored(table) >= least);
        copying.pull_the_plug();
        assert!((stored("answer") as usize) < all["answer"].len(), "nothing was left to do");
    }
    let rows = stored("answer");
    went_well(&copy(&site, &sqlite(&from), &sqlite(&to)));
    assert!(rows_of(&to) == all, "{rows} answers were there before the last run");
}

#[test]
fn a_target_that_holds_other_rows_is_refused_before_any_is_written() {
    let (site, other) = (filled(40), filled(80));
    let (from, to) = (sqlite(&site.database()), other.database());
    let grown = rows_of(&to);
    refused(&copy(&site, &from, &sqlite(&to)), "table");
    assert!(rows_of(&to) == grown, "something was written");

    let gap = site.scratch("gap.db");
    went_well(&copy(&site, &from, &sqlite(&gap)));
    let lost = "DELETE FROM answer WHERE response_id = (SELECT min(response_id) FROM answer)";
    assert!(open(&gap).execute(lost, []).unwrap() > 0);
    let before = rows_of(&gap);
    refused(&copy(&site, &from, &sqlite(&gap)), "table answer");
    assert!(rows_of(&gap) == before);

    // A site that began to work on its copy is no copy any more.
    let used = site.scratch("used.db");
    went_well(&copy(&site, &from, &sqlite(&used)));
    let offer = "INSERT INTO offer (id, at, result, trace, node) VALUES (zeroblob(16), 0, 'x', '', 'n')";
    open(&used).execute(offer, []).unwrap();
    refused(&copy(&site, &from, &sqlite(&used)), "table offer");
}

#[test]
fn a_planted_difference_is_found_and_its_table_named() {
    let site = filled(200);
    let (from, to) = (sqlite(&site.database()), site.scratch("copy.db"));
    went_well(&copy(&site, &from, &sqlite(&to)));
    let plants = [
        ("UPDATE answer SET text = text || ' ' WHERE text = 'plain' AND question_no = 0", "answer"),
        ("UPDATE response SET write_id = NULL WHERE id = (SELECT max(id) FROM response)", "response"),
        ("UPDATE activation SET paused = 1 - paused", "activation"),
        (
            "DELETE FROM recording_audio WHERE recording_id = (SELECT max(recording_id) FROM recording_audio)",
            "recording_audio",
        ),
    ];
    let mut planted = Vec::new();
    for (sql, table) in plants {
        assert!(open(&to).execute(sql, []).unwrap() > 0, "{sql}");
        planted.push(table);
        let verified = verify(&site, &from, &sqlite(&to));
        refused(&verified, &format!("does not hold the same as {}", site.database().display()));
        let mut named = differing(&verified);
        named.sort_by_key(|name| planted.iter().position(|table| table == name));
        assert_eq!(named, planted, "{}", stdout(&verified));
        assert!(stderr(&verified).contains(table), "{}", stderr(&verified));
    }
    // Copying does not hide it: what is there already is not written again, but compared.
    assert_eq!(differing(&copy(&site, &from, &sqlite(&to))), ["activation", "response", "answer"]);
}

#[test]
fn no_copy_begins_while_a_server_has_one_of_its_files() {
    let (site, other) = (Site::new(), Site::empty());
    let (from, to) = (sqlite(&site.database()), sqlite(&other.database()));
    let server = site.serve(&[]);
    for (from, to) in [(&from, &to), (&to, &from)] {
        // The other direction needs a source.
        other.run(&["migrate"]);
        refused(&copy(&site, from, to), "stop the server first");
        refused(&verify(&site, from, to), "stop the server first");
    }
    server.kill();
    went_well(&copy(&site, &from, &to));
}

#[test]
fn a_source_that_is_none_or_of_another_schema_is_refused_with_what_to_do() {
    let site = Site::new();
    let to = site.scratch("copy.db");
    let from = site.database();
    let same = site.command(&arguments(&sqlite(&from), "sqlite:aftercall.db", &[]));
    assert_eq!(same.status.code(), Some(2), "{}", stderr(&same));
    refused(&copy(&site, "sqlite:none.db", &sqlite(&to)), "there is no such file");
    let foreign = site.scratch("foreign.db");
    open(&foreign).execute_batch("CREATE TABLE theirs (a)").unwrap();
    refused(&copy(&site, &sqlite(&foreign), &sqlite(&to)), "another program");
    let empty = site.scratch("empty.db");
    std::fs::write(&empty, "").unwrap();
    refused(&copy(&site, &sqlite(&empty), &sqlite(&to)), "no tables of aftercall");
    let history = "INSERT INTO refinery_schema_history SELECT 999, name, applied_on, checksum \
                   FROM refinery_schema_history WHERE version = 1";
    open(&from).execute(history, []).unwrap();
    refused(&copy(&site, &sqlite(&from), &sqlite(&to)), "copy with that version");
    open(&from).execute("DELETE FROM refinery_schema_history WHERE version >= 3", []).unwrap();
    refused(&copy(&site, &sqlite(&from), &sqlite(&to)), "run `aftercall migrate`");
    assert!(!to.exists(), "something was written");
}

#[test]
fn a_site_goes_to_sql_server_and_back_and_is_the_same() {
    let test = "copy::a_site_goes_to_sql_server_and_back_and_is_the_same";
    let (Some(database), Some(other)) = (TestDatabase::empty(test), TestDatabase::empty(test)) else {
        return;
    };
    let site = filled_heavily(700);
    let (from, server, back) = (sqlite(&site.database()), mssql(&database), site.scratch("back.db"));
    went_well(&copy(&site, &from, &server));
    // From one server to the next as well.
    went_well(&copy(&site, &server, &mssql(&other)));
    went_well(&copy(&site, &mssql(&other), &sqlite(&back)));
    assert!(rows_of(&back) == rows_of(&site.database()));
    went_well(&verify(&site, &sqlite(&back), &server));
    let stamp = "SELECT stamp FROM catalog_stamp";
    assert!(database.count(stamp) > number(&site.database(), stamp), "nodes would not read the new catalog");

    database.execute("UPDATE answer SET num = num + 1 WHERE num = 0");
    let verified = verify(&site, &from, &server);
    refused(&verified, "in answer:");
    assert_eq!(differing(&verified), ["answer"]);
    database.execute("INSERT INTO offer (id, at, result, trace, node) VALUES (0x00, 0, N'x', N'', N'n')");
    refused(&copy(&site, &from, &server), "table offer");
}

#[test]
fn a_copy_to_sql_server_that_is_cut_off_goes_on_where_it_was() {
    let test = "copy::a_copy_to_sql_server_that_is_cut_off_goes_on_where_it_was";
    let Some(database) = TestDatabase::empty(test) else { return };
    let site = filled(3_000);
    let (from, server, back) = (sqlite(&site.database()), mssql(&database), site.scratch("back.db"));
    let all = rows_of(&site.database());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut client = runtime.block_on(Box::pin(connect(&database.settings)));
    for table in ["offer", "response", "answer"] {
        let copying = Copying(site.begin(&arguments(&from, &server, &[])));
        until_within(SLOWLY, "some rows are copied", || {
            runtime.block_on(async {
                // Before the migration there is no such table.
                let sql = format!("SELECT COUNT(*) FROM {table}");
                let Ok(found) = client.simple_query(sql).await else { return false };
                let Ok(row) = found.into_row().await else { return false };
                row.and_then(|row| row.get::<i32, _>(0)).is_some_and(|rows| rows > 0)
            })
        });
        copying.pull_the_plug();
    }
    let answers = usize::try_from(database.count("SELECT COUNT(*) FROM answer")).unwrap();
    assert!((1..all["answer"].len()).contains(&answers), "{answers} answers: nothing was left to do");
    went_well(&copy(&site, &from, &server));
    went_well(&copy(&site, &server, &sqlite(&back)));
    assert!(rows_of(&back) == all);
}
