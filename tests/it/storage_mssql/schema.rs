//! Migrations: by one node at a time, whole or not at all, and without breaking the program before.

use std::sync::Barrier;

use aftercall::domain::response::{AnswerValue, ResponseState};
use aftercall::foundation::{SystemChance, SystemClock};
use aftercall::storage::mssql::status;
use aftercall::storage::sqlite::newest_schema;
use aftercall::storage::{MaintenanceStore, ResponseStore, StorageErrorKind, UpdateOutcome};

use super::open;
use crate::storage_contract::{Ground, answer, block_on, start, update};
use crate::support::mssql::TestDatabase;

fn applied(database: &TestDatabase) -> Vec<u32> {
    let status = status(
        &database.settings,
        std::sync::Arc::new(SystemClock::new()),
        std::sync::Arc::new(SystemChance),
    )
    .unwrap();
    status.applied.iter().map(|migration| migration.version).collect()
}

#[test]
fn nodes_that_start_at_once_on_an_empty_database_all_come_up_and_migrate_once() {
    let Some(database) = TestDatabase::empty("storage_mssql: nodes that start at once") else { return };
    let gate = Barrier::new(3);
    std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    gate.wait();
                    let storage = open(&database.settings).unwrap();
                    block_on(storage.probe()).unwrap();
                })
            })
            .collect();
        for node in nodes {
            node.join().unwrap();
        }
    });
    assert_eq!(applied(&database), (1..=newest_schema()).collect::<Vec<_>>());
}

#[test]
fn a_migration_that_fails_half_way_leaves_the_schema_as_it_was() {
    let Some(database) = TestDatabase::empty("storage_mssql: a migration that fails") else { return };
    drop(database.open());
    // Back to an old schema, and something in the way of the second statement of what comes next. Whoever adds a migration
    // undoes it here as well.
    database.execute("DELETE FROM refinery_schema_history WHERE version >= 9");
    for table in [
        "sms_part",
        "sms_receipt",
        "sms_inbound",
        "sms_route",
        "opt_out",
        "outbox",
        "invite",
        "rollup_group",
        "rollup_period",
        "account_identity",
        "report_mail_sending",
        "report_mail",
        "response_link",
    ] {
        database.execute(&format!("DROP TABLE {table}"));
    }
    database.execute("DELETE FROM lease WHERE role = 'sms_sender'");
    database.execute("ALTER TABLE node DROP COLUMN catalog_stamp");
    database.execute("CREATE TABLE obstacle (id INT NOT NULL CONSTRAINT pk_rollup_group PRIMARY KEY)");
    let error = open(&database.settings).unwrap_err();
    assert_eq!(error.kind, StorageErrorKind::Internal, "{error}");
    assert_eq!(applied(&database), (1..9).collect::<Vec<_>>());
    let made = "SELECT COUNT(*) FROM sys.tables WHERE name = 'rollup_period'";
    assert_eq!(database.count(made), 0, "its first statement is undone");
    database.execute("DROP TABLE obstacle");
    drop(database.open());
    assert_eq!(applied(&database), (1..=newest_schema()).collect::<Vec<_>>());
    assert_eq!(database.count(made), 1);
}

#[test]
fn this_program_works_with_the_next_schema_until_the_database_asks_for_a_newer_one() {
    let Some(database) = TestDatabase::empty("storage_mssql: the next schema") else { return };
    drop(database.open());
    database.execute("ALTER TABLE response ADD mood NVARCHAR(20) NULL");
    database.execute("CREATE TABLE mood (id INT NOT NULL CONSTRAINT pk_mood PRIMARY KEY)");
    let next = newest_schema() + 1;
    database.execute(&format!(
        "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES ({next}, N'moods', N'2030', N'1')"
    ));
    let storage = database.open();
    block_on(async {
        let ground = Ground::with_survey(&*storage, "csat").await;
        let id = ground.answered(&*storage, ground.offer(start()), &[AnswerValue::Number(4)]).await;
        let more = update(id, 1, ResponseState::Complete, vec![answer(1, AnswerValue::Skipped)]);
        assert_eq!(storage.update_response(more).await.unwrap(), UpdateOutcome::Stored);
        assert_eq!(storage.response(id).await.unwrap().unwrap().answers.len(), 2);
    });
    drop(storage);
    database.execute(&format!("UPDATE schema_floor SET lowest = {next}"));
    let error = open(&database.settings).unwrap_err();
    assert_eq!(error.kind, StorageErrorKind::NewerSchema);
    assert!(error.to_string().contains("start the newer aftercall"), "{error}");
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_is() {
    let Some(database) = TestDatabase::empty("storage_mssql: another program's database") else { return };
    database.execute("CREATE TABLE theirs (id INT NOT NULL)");
    let error = open(&database.settings).unwrap_err();
    assert!(error.to_string().contains("another program"), "{error}");
    assert_eq!(database.count("SELECT COUNT(*) FROM sys.tables"), 1);
}
