//! What is stored, read beside the running server and compared with what was acknowledged.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::callers::Record;
use super::snapshot::{self, Snapshot};

/// The answers of a response by question, as `4`, a choice's key, or `skipped`.
pub type Answers = BTreeMap<String, String>;

/// A database opened for reading.
pub struct Stored(Connection);

impl Stored {
    pub fn open(database: &Path) -> Self {
        let conn = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        conn.busy_timeout(super::SOON).unwrap();
        Self(conn)
    }

    /// One number.
    pub fn count(&self, sql: &str) -> i64 {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// A column of words.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let mut statement = self.0.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// The state of a response; `None` if there is no such response.
    pub fn state(&self, response: &str) -> Option<String> {
        let sql = "SELECT state FROM response WHERE id = ?1";
        self.0.query_row(sql, [id(response)], |row| row.get(0)).ok()
    }

    /// One fact kept with an offer.
    pub fn offer(&self, response: &str, column: &str) -> Option<String> {
        let sql = format!("SELECT {column} FROM offer WHERE id = ?1");
        self.0.query_row(&sql, [id(response)], |row| row.get(0)).unwrap()
    }

    pub fn answers(&self, response: &str) -> Answers {
        let sql = "SELECT question_key, kind, num, text FROM answer WHERE response_id = ?1";
        let mut statement = self.0.prepare(sql).unwrap();
        let rows = statement.query_map([id(response)], |row| {
            let (number, text): (Option<i64>, Option<String>) = (row.get(2)?, row.get(3)?);
            let value = number.map(|number| number.to_string()).or(text);
            Ok((row.get::<_, String>(0)?, value.unwrap_or(row.get(1)?)))
        });
        let all: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
        let count = all.len();
        let answers: Answers = all.into_iter().collect();
        assert_eq!(answers.len(), count, "a question of {response} is stored twice");
        answers
    }

    /// How many responses a call has.
    pub fn responses_of(&self, call: &str) -> i64 {
        let sql = "SELECT count(*) FROM response WHERE id IN (SELECT id FROM offer WHERE call_id = ?1)";
        self.0.query_row(sql, [call], |row| row.get(0)).unwrap()
    }

    /// The response of a call, if it has one.
    pub fn response_of(&self, call: &str) -> Option<String> {
        let sql = "SELECT r.id FROM response r JOIN offer o ON o.id = r.id WHERE o.call_id = ?1";
        let found: Result<Vec<u8>, _> = self.0.query_row(sql, [call], |row| row.get(0));
        Some(uuid::Uuid::from_slice(&found.ok()?).unwrap().to_string())
    }

    /// Everything there is of calls.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut statement = self.0.prepare(snapshot::RESPONSES).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            snapshot.response(row.get(0).unwrap(), &row.get::<_, Vec<u8>>(1).unwrap(), row.get(2).unwrap());
        }
        let mut statement = self.0.prepare(snapshot::ANSWERS).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let response: Vec<u8> = row.get(0).unwrap();
            let (question, kind) = (row.get(1).unwrap(), row.get(2).unwrap());
            snapshot.answer(&response, question, kind, row.get(3).unwrap(), row.get(4).unwrap());
        }
        snapshot
    }

    /// See [`Snapshot::verify`].
    pub fn verify(&self, records: &[Record]) {
        self.snapshot().verify(records);
    }

    /// Fails if anything contradicts itself.
    pub fn sound(&self) {
        let checked: String = self.0.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(checked, "ok");
        assert_eq!(self.count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        let ended = "state NOT IN ('offered', 'in_progress')";
        let wrong = format!("SELECT count(*) FROM response WHERE (ended_at IS NOT NULL) <> ({ended})");
        assert_eq!(self.count(&wrong), 0, "an end without its time, or a time without its end");
        let answered =
            "EXISTS (SELECT 1 FROM answer a WHERE a.response_id = response.id AND a.kind <> 'skipped')";
        for (states, has) in [("'complete', 'partial'", "NOT"), ("'offered', 'declined', 'expired'", "")] {
            let sql = format!("SELECT count(*) FROM response WHERE state IN ({states}) AND {has} {answered}");
            assert_eq!(self.count(&sql), 0, "responses in {states} that disagree with their answers");
        }
        let twice = "SELECT count(*) FROM (SELECT call_id FROM offer WHERE call_id IS NOT NULL
                     AND id IN (SELECT id FROM response) GROUP BY service_id, call_id HAVING count(*) > 1)";
        assert_eq!(self.count(twice), 0, "calls with two responses");
    }
}

fn id(response: &str) -> Vec<u8> {
    uuid::Uuid::parse_str(response).unwrap().as_bytes().to_vec()
}
