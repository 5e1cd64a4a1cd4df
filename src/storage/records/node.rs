//! Nodes as they are stored.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::vip::VipStanding;
use crate::foundation::{LifeId, NodeId};

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeFacts {
    /// The node, whatever it is called.
    pub id: NodeId,
    /// Its present life.
    pub life: LifeId,
    /// What it is called; another node may be called the same.
    pub name: String,
    /// The program's version.
    pub version: String,
    /// The addresses of its network interfaces. So many are stored as have room.
    pub addresses: Vec<IpAddr>,
    /// The address and port it serves calls at.
    pub listen: String,
    /// How far its clock is ahead of the database's, in milliseconds; `None` where it was not measured.
    pub clock_offset_ms: Option<i64>,
    /// What its machine is at.
    pub figures: NodeFigures,
    /// What it keeps until the database has it; `None` without a spool.
    pub spool: Option<NodeSpool>,
    /// Where it stands with the virtual IP; `None` if it has no part in one.
    pub vip: Option<VipStanding>,
    /// The stamp of the surveys it asks by; `None` while it has read none, and where an older program does not say.
    pub catalog_stamp: Option<u64>,
}

/// What a node's machine is at; `None` where the system does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NodeFigures {
    /// How busy its processors are.
    pub cpu_percent: Option<u64>,
    /// Memory in use.
    pub memory_bytes: Option<u64>,
    /// Memory.
    pub memory_total_bytes: Option<u64>,
    /// What is free of the file system with the node's data folder.
    pub disk_free_bytes: Option<u64>,
    /// The size of that file system.
    pub disk_total_bytes: Option<u64>,
}

/// What a node keeps until the database has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NodeSpool {
    /// Entries.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A node as it was last seen; all times are the database's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRow {
    /// What it said of itself.
    pub facts: NodeFacts,
    /// When its life began.
    pub started_at: DateTime<Utc>,
    /// When it said so.
    pub seen_at: DateTime<Utc>,
    /// How long ago that is.
    pub age: Duration,
}
