//! `aftercall cluster`: the nodes that work on the database, and what to look after.

mod warnings;

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use super::args::ClusterCommand;
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::lease;
use super::output::say;
use super::table::{moment, print, table, to_the_right};
use crate::config::Config;
use crate::domain::vip::VipStanding;
use crate::storage::{LeaseRow, NodeRow, NodeSpool};

/// A node that was not seen for longer than this is gone: one that is here is recorded three times within it.
const GONE_AFTER: Duration = Duration::from_secs(15);

/// What is not known.
const UNKNOWN: &str = "-";

/// Prints the status.
pub(super) fn run(command: &ClusterCommand, config: &Config) -> Outcome {
    let ClusterCommand::Status { json } = command;
    let storage = open_storage(config)?;
    let nodes = block_on(storage.nodes())??;
    let leases = block_on(storage.leases())??;
    let warnings = warnings::of(&nodes);
    if *json {
        let text = serde_json::to_string_pretty(&as_json(&nodes, &leases, &warnings));
        say!("{}", text.map_err(|error| Failure::because("cannot print the status", &error))?);
        return Ok(ExitCode::SUCCESS);
    }
    print_nodes(&nodes);
    say!("");
    lease::list(&leases);
    if !warnings.is_empty() {
        say!("");
    }
    for warning in warnings {
        say!("warning: {warning}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether it is there, as far as the database knows.
fn is_here(node: &NodeRow) -> bool {
    node.age <= GONE_AFTER
}

fn print_nodes(nodes: &[NodeRow]) {
    if nodes.is_empty() {
        say!("no node was seen within 30 days");
        return;
    }
    let mut out = table(&[
        "node",
        "version",
        "listens at",
        "up since",
        "seen",
        "clock",
        "cpu",
        "memory",
        "disk free",
        "spool",
        "virtual ip",
    ]);
    to_the_right(&mut out, [4, 5, 6, 7, 8]);
    for node in nodes {
        out.add_row(cells(node));
    }
    print(&out);
}

/// A node's row. Of a node that is gone nobody knows how it is now.
fn cells(node: &NodeRow) -> Vec<String> {
    let facts = &node.facts;
    let here = is_here(node).then_some(facts);
    let figures = here.map(|facts| facts.figures).unwrap_or_default();
    let unknown = || UNKNOWN.to_owned();
    vec![
        facts.name.clone(),
        facts.version.clone(),
        facts.listen.clone(),
        moment(here.map(|_| node.started_at)),
        format!("{} ago", span(node.age)),
        here.and_then(|facts| facts.clock_offset_ms).map_or_else(unknown, |offset| format!("{offset:+} ms")),
        figures.cpu_percent.map_or_else(unknown, |percent| format!("{percent} %")),
        of_all(figures.memory_bytes, figures.memory_total_bytes),
        of_all(figures.disk_free_bytes, figures.disk_total_bytes),
        here.and_then(|facts| facts.spool).map_or_else(unknown, spooled),
        here.and_then(|facts| facts.vip).map_or_else(unknown, |vip| vip.as_str().to_owned()),
    ]
}

/// A part of a whole, where both are known.
fn of_all(part: Option<u64>, whole: Option<u64>) -> String {
    part.zip(whole)
        .map_or_else(|| UNKNOWN.to_owned(), |(part, whole)| format!("{} of {}", size(part), size(whole)))
}

fn spooled(spool: NodeSpool) -> String {
    match spool.entries {
        0 => "empty".to_owned(),
        entries => format!("{entries} entries, {}", size(spool.bytes)),
    }
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    let unit = [(30, "GiB"), (20, "MiB"), (10, "KiB")].into_iter().find(|(bits, _)| bytes >> bits > 0);
    let Some((bits, unit)) = unit else { return format!("{bytes} B") };
    let tenths = (u128::from(bytes) * 10) >> bits;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A length of time for people, never longer than it is.
fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

fn as_json(nodes: &[NodeRow], leases: &[LeaseRow], warnings: &[String]) -> Value {
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

    #[test]
    fn what_is_not_known_is_a_dash_and_of_a_node_that_is_gone_nothing_is() {
        let mut known = warnings::tests::node("one");
        known.facts.vip = Some(VipStanding::Holds);
        assert!(!cells(&known).contains(&UNKNOWN.to_owned()), "{:?}", cells(&known));
        let mut unknown = known.clone();
        unknown.facts.figures = crate::storage::NodeFigures::default();
        (unknown.facts.clock_offset_ms, unknown.facts.spool, unknown.facts.vip) = (None, None, None);
        assert_eq!(cells(&unknown)[5..], [UNKNOWN; 6]);
        let gone = NodeRow { age: Duration::from_secs(16), ..known };
        assert_eq!((&cells(&gone)[3], &cells(&gone)[4]), (&UNKNOWN.to_owned(), &"16 s ago".to_owned()));
        assert_eq!(cells(&gone)[5..], [UNKNOWN; 6]);
    }
}
