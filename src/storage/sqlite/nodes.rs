//! What nodes say of themselves, in `SQLite`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::ToSql;

use super::SqliteStorage;
use super::connect::{all, first, run};
use super::fault::Failure;
use super::statements as sql;
use crate::storage::columns::Columns;
use crate::storage::node_columns::{node_figures, node_texts, stamp_column, vip_text};
use crate::storage::{NodeFacts, NodeRow, NodeStore, StorageErrorKind, StoreFuture};

impl NodeStore for SqliteStorage {
    fn database_time(&self) -> StoreFuture<'_, DateTime<Utc>> {
        self.read("cannot read the database's clock", |conn| {
            first(conn, sql::DATABASE_CLOCK, &[], Columns::time)?
                .ok_or_else(|| Failure::Own(StorageErrorKind::Internal, "no time came back".to_owned()))
        })
    }

    fn record_node(&self, facts: NodeFacts, up: Duration) -> StoreFuture<'_, ()> {
        let (texts, (up, figures)) = (node_texts(&facts), node_figures(&facts, up));
        let (vip, stamp) = (vip_text(&facts), stamp_column(&facts));
        self.write("cannot record the node", move |conn| {
            let mut values: Vec<&dyn ToSql> = vec![facts.id.as_bytes(), facts.life.as_bytes()];
            values.extend(texts.iter().map(|text| text as &dyn ToSql));
            values.push(&up);
            values.extend(figures.iter().map(|figure| figure as &dyn ToSql));
            values.extend([&vip as &dyn ToSql, &stamp]);
            if run(conn, sql::NODE_UPDATE, &values)? == 0 {
                run(conn, sql::NODE_INSERT, &values)?;
            }
            Ok(())
        })
    }

    fn nodes(&self) -> StoreFuture<'_, Vec<NodeRow>> {
        self.read("cannot read the nodes", |conn| all(conn, sql::NODES, &[], Columns::node))
    }
}
