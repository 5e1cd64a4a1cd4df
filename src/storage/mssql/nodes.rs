//! What nodes say of themselves, in SQL Server.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::catalog::done;
use super::change::{Change, first};
use super::fault::Failure;
use super::responses::all;
use super::value::{Value, values};
use super::{MssqlStorage, statements as sql};
use crate::storage::columns::Columns;
use crate::storage::node_columns::{node_figures, node_texts, stamp_column, vip_text};
use crate::storage::{NodeFacts, NodeRow, NodeStore, StorageErrorKind, StoreFuture};

impl NodeStore for MssqlStorage {
    fn database_time(&self) -> StoreFuture<'_, DateTime<Utc>> {
        self.read("cannot read the database's clock", sql::DATABASE_CLOCK, Vec::new(), |answers| {
            let row = first(answers).map(|mut row| row.time()).transpose()?;
            row.ok_or_else(|| Failure::Own(StorageErrorKind::Internal, "no time came back".to_owned()))
        })
    }

    fn record_node(&self, facts: NodeFacts, up: Duration) -> StoreFuture<'_, ()> {
        let mut values = values![facts.id.as_bytes(), facts.life.as_bytes()];
        values.extend(node_texts(&facts).map(Value::from));
        let (up, figures) = node_figures(&facts, up);
        values.push(up.into());
        values.extend(figures.map(Value::IntegerOrNull));
        values.push(vip_text(&facts).to_owned().into());
        values.push(Value::IntegerOrNull(stamp_column(&facts)));
        Box::pin(async move {
            let record = || {
                let change =
                    Change::of(sql::NODE_UPDATE, values.clone()).instead(sql::NODE_INSERT, values.clone());
                self.change("cannot record the node", change, done)
            };
            match record().await {
                // Somebody else recorded it for the first time meanwhile.
                Err(error) if error.kind == StorageErrorKind::Duplicate => record().await,
                recorded => recorded,
            }
        })
    }

    fn nodes(&self) -> StoreFuture<'_, Vec<NodeRow>> {
        self.read("cannot read the nodes", sql::NODES, Vec::new(), |answers| all(answers, Columns::node))
    }
}
