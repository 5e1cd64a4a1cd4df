//! Nodes between rows and records, the same for every engine.

use std::net::IpAddr;
use std::time::Duration;

use super::columns::{Columns, Unreadable, duration_column};
use super::{NodeFacts, NodeFigures, NodeRow, NodeSpool};
use crate::domain::vip::VipStanding;
use crate::foundation::{LifeId, NodeId};

/// The longest text of addresses there is room for.
const ADDRESSES_MAX: usize = 1_000;

/// The texts of a node in the order of their columns: name, version, addresses, where it listens.
pub(super) fn node_texts(facts: &NodeFacts) -> [String; 4] {
    let (name, version) = (facts.name.clone(), facts.version.clone());
    [name, version, addresses_text(&facts.addresses), facts.listen.clone()]
}

/// The figures of a node in the order of their columns, and before them how long it is up.
pub(super) fn node_figures(facts: &NodeFacts, up: Duration) -> (i64, [Option<i64>; 8]) {
    let stored = |figure: Option<u64>| figure.map(|figure| i64::try_from(figure).unwrap_or(i64::MAX));
    let figures = &facts.figures;
    let columns = [
        facts.clock_offset_ms,
        stored(figures.cpu_percent),
        stored(figures.memory_bytes),
        stored(figures.memory_total_bytes),
        stored(figures.disk_free_bytes),
        stored(figures.disk_total_bytes),
        stored(facts.spool.map(|spool| spool.entries)),
        stored(facts.spool.map(|spool| spool.bytes)),
    ];
    (duration_column(up), columns)
}

/// The stamp of the surveys a node asks by, in its column, the last one.
pub(super) fn stamp_column(facts: &NodeFacts) -> Option<i64> {
    facts.catalog_stamp.and_then(|stamp| i64::try_from(stamp).ok())
}

/// Where a node stands with the virtual IP, in its column, the last but one.
pub(super) fn vip_text(facts: &NodeFacts) -> &'static str {
    facts.vip.map_or("", VipStanding::as_str)
}

impl Columns {
    /// A node.
    pub(super) fn node(&mut self) -> Result<NodeRow, Unreadable> {
        let facts = NodeFacts {
            id: self.id(NodeId::from_bytes)?,
            life: self.id(LifeId::from_bytes)?,
            name: self.get()?,
            version: self.get()?,
            addresses: addresses(&self.get::<String>()?),
            listen: self.get()?,
            clock_offset_ms: self.get()?,
            figures: NodeFigures {
                cpu_percent: self.count_or_null()?,
                memory_bytes: self.count_or_null()?,
                memory_total_bytes: self.count_or_null()?,
                disk_free_bytes: self.count_or_null()?,
                disk_total_bytes: self.count_or_null()?,
            },
            spool: {
                let (entries, bytes) = (self.count_or_null()?, self.count_or_null()?);
                entries.zip(bytes).map(|(entries, bytes)| NodeSpool { entries, bytes })
            },
            // What a newer program says and this one does not know is passed over.
            vip: VipStanding::parse(&self.get::<String>()?),
            catalog_stamp: self.count_or_null()?,
        };
        let (started_at, seen_at) = (self.time()?, self.time()?);
        // Below nothing where the database's clock was set back since.
        let age = u64::try_from(self.get::<i64>()?).unwrap_or(0);
        Ok(NodeRow { facts, started_at, seen_at, age: Duration::from_millis(age) })
    }
}

/// As many addresses as there is room for, separated by blanks.
fn addresses_text(addresses: &[IpAddr]) -> String {
    let mut text = String::new();
    for address in addresses {
        let address = address.to_string();
        if text.len() + 1 + address.len() > ADDRESSES_MAX {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&address);
    }
    text
}

/// See [`addresses_text`]; what this program does not know as an address is passed over.
fn addresses(text: &str) -> Vec<IpAddr> {
    text.split_whitespace().filter_map(|address| address.parse().ok()).collect()
}
