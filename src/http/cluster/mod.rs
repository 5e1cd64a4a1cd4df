//! The nodes that work on the database, as the command line and the portal show them, and what to look after.

mod warnings;

use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::vip::VipStanding;
use crate::storage::{LeaseRow, NodeRow};

#[cfg(test)]
pub(crate) use warnings::tests::node as node_for_tests;
pub use warnings::warnings_of;

/// A node that was not seen for longer than this is gone: one that is here is recorded three times within it.
const GONE_AFTER: Duration = Duration::from_secs(15);

/// Whether it is there, as far as the database knows.
pub fn is_here(node: &NodeRow) -> bool {
    node.age <= GONE_AFTER
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    let unit = [(30, "GiB"), (20, "MiB"), (10, "KiB")].into_iter().find(|(bits, _)| bytes >> bits > 0);
    let Some((bits, unit)) = unit else { return format!("{bytes} B") };
    let tenths = (u128::from(bytes) * 10) >> bits;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A length of time for people, never longer than it is.
pub fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// Nodes, leases and warnings for programs.
pub fn as_json(nodes: &[NodeRow], leases: &[LeaseRow], warnings: &[String]) -> Value {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let node = |node: &NodeRow| {
        let facts = &node.facts;
        json!({
            "id": facts.id, "life": facts.life, "name": facts.name, "version": facts.version,
            "addresses": facts.addresses, "listen": facts.listen, "started_at": node.started_at,
            "seen_at": node.seen_at, "seen_ago_ms": millis(node.age), "here": is_here(node),
            "clock_offset_ms": facts.clock_offset_ms, "machine": facts.figures, "spool": facts.spool,
            "vip": is_here(node).then_some(facts.vip).flatten().map(VipStanding::as_str),
        })
    };
    let lease = |lease: &LeaseRow| {
        let holder = lease.view.holder.as_ref();
        json!({
            "role": lease.role.as_str(), "holder": holder.map(|holder| &holder.name),
            "node": holder.map(|holder| holder.node), "life": holder.map(|holder| holder.life),
            "epoch": lease.view.mark.epoch, "acquired_at": lease.acquired_at, "renewed_at": lease.renewed_at,
            "left_ms": holder.map(|_| millis(lease.left)),
        })
    };
    json!({
        "nodes": nodes.iter().map(node).collect::<Vec<_>>(),
        "leases": leases.iter().map(lease).collect::<Vec<_>>(),
        "warnings": warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_spans_are_told_in_the_largest_unit_that_fits() {
        let sizes = [0, 1_023, 1_024, 1_536, 5 << 20, (3 << 30) - 1, 7 << 30, u64::MAX];
        let told =
            ["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "5.0 MiB", "2.9 GiB", "7.0 GiB", "17179869183.9 GiB"];
        assert_eq!(sizes.map(size), told);
        let spans = [0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(Duration::from_secs);
        assert_eq!(spans.map(span), ["0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 days"]);
    }
}
