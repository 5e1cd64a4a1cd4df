//! One connection: requests one after the other, each with a time limit, and never used again once it is not known what
//! is left on its line.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use tiberius::error::Error;
use tiberius::{Client, Row, ToSql};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::compat::Compat;

use super::fault::Failure;
use super::packed::TextUnits;
use super::responses::all;
use super::statements;
use super::value::{Value, columns};
use crate::storage::StorageErrorKind;
use crate::storage::columns::Columns;

/// The driver's connection.
pub(super) type Wire = Client<Compat<TcpStream>>;

/// All result sets of a request.
pub(super) type Answers = Vec<Vec<Columns>>;

/// An open connection.
pub(super) struct Link {
    wire: Wire,
    /// How long a request may take.
    limit: Duration,
    /// Which generation of connections it belongs to; see `Dialer`.
    pub(super) generation: u64,
    /// Monotonic time of the last request that went well.
    pub(super) used_at: Duration,
    /// How its database counts the places of a text.
    pub(super) text_units: TextUnits,
    /// The server's handles of texts that were prepared on it, by the text and the types of its parameters.
    prepared: HashMap<(&'static str, String), i32>,
    /// A request is under way, or was and did not come to its end: what is left on the line is nobody's.
    halfway: bool,
}

impl Link {
    pub(super) fn new(wire: Wire, limit: Duration, generation: u64, now: Duration) -> Self {
        Self {
            wire,
            limit,
            generation,
            used_at: now,
            text_units: TextUnits::Utf16,
            prepared: HashMap::new(),
            halfway: false,
        }
    }

    /// Whether it must not be used again.
    pub(super) fn is_broken(&self) -> bool {
        self.halfway
    }

    /// Gives every request from now on this long.
    pub(super) fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Runs a statement, or several; all rows they return.
    pub(super) async fn ask(&mut self, sql: &str, values: &[Value]) -> Result<Answers, Failure> {
        self.ask_with(sql, &parameters(values)).await
    }

    async fn ask_with(&mut self, sql: &str, parameters: &[&dyn ToSql]) -> Result<Answers, Failure> {
        self.halfway = true;
        let asked = async { self.wire.query(sql, parameters).await?.into_results().await };
        let answered = timeout(self.limit, asked).await;
        self.halfway = is_left_halfway(&answered);
        let rows = answered.map_err(|_| Failure::Late(self.limit))??;
        Ok(rows.into_iter().map(in_columns).collect())
    }

    /// The same for a text that comes again and again: the server reads it once for each connection (and each list of types
    /// of its parameters, which have few).
    pub(super) async fn ask_prepared(
        &mut self,
        sql: &'static str,
        values: &[Value],
    ) -> Result<Answers, Failure> {
        if values.is_empty() {
            // Nothing is gained: it is planned once as it is.
            return self.ask(sql, values).await;
        }
        let declared: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(place, value)| format!("@P{} {}", place + 1, value.declared()))
            .collect();
        let key = (sql, declared.join(", "));
        let handle = match self.prepared.get(&key) {
            Some(handle) => *handle,
            None => self.prepare(key).await?,
        };
        let mut text = "EXEC sp_execute @P1".to_owned();
        for parameter in 2..=values.len() + 1 {
            // Writing into a String cannot fail.
            let _ = write!(text, ", @P{parameter}");
        }
        let handle = Value::Int(handle);
        let mut all = parameters(values);
        all.insert(0, &handle);
        self.ask_with(&text, &all).await
    }

    async fn prepare(&mut self, key: (&'static str, String)) -> Result<i32, Failure> {
        let parameters = [Value::Text(key.1.clone()), Value::Text(key.0.to_owned())];
        let answers = self.ask(statements::PREPARE, &parameters).await?;
        let handles: Vec<i32> = all(answers, Columns::get)?;
        let handle = handles.first().copied().ok_or_else(|| {
            let what = "the server gave no handle for a statement it was to prepare".to_owned();
            Failure::Own(StorageErrorKind::Internal, what)
        })?;
        self.prepared.insert(key, handle);
        Ok(handle)
    }

    /// Runs a statement that returns no rows; how many rows it touched.
    pub(super) async fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64, Failure> {
        let parameters = parameters(values);
        self.halfway = true;
        let asked = self.wire.execute(sql, &parameters);
        let answered = timeout(self.limit, asked).await;
        self.halfway = is_left_halfway(&answered);
        Ok(answered.map_err(|_| Failure::Late(self.limit))??.total())
    }

    /// Runs a text without parameters as a batch of its own: settings, transactions, migrations.
    pub(super) async fn batch(&mut self, sql: &str) -> Result<Answers, Failure> {
        self.halfway = true;
        let asked = async { self.wire.simple_query(sql).await?.into_results().await };
        let answered = timeout(self.limit, asked).await;
        self.halfway = is_left_halfway(&answered);
        let rows = answered.map_err(|_| Failure::Late(self.limit))??;
        Ok(rows.into_iter().map(in_columns).collect())
    }

    /// Undoes what is open after a failure: not every error ends its transaction by itself. A line on which not even
    /// this goes well is not used again.
    pub(super) async fn undo(&mut self) {
        if !self.halfway {
            drop(self.batch("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION").await);
        }
    }
}

/// Values as the driver takes them.
fn parameters(values: &[Value]) -> Vec<&dyn ToSql> {
    values.iter().map(|value| value as &dyn ToSql).collect()
}

fn in_columns(rows: Vec<Row>) -> Vec<Columns> {
    rows.into_iter().map(columns).collect()
}

/// After an error that the server reported below severity 20 the reply is whole and the line in step.
fn is_left_halfway<T, E>(answered: &Result<Result<T, Error>, E>) -> bool {
    match answered {
        Ok(Ok(_)) => false,
        Ok(Err(Error::Server(token))) => token.class() >= 20,
        Ok(Err(_)) | Err(_) => true,
    }
}
