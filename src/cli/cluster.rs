//! `aftercall cluster`: the nodes that work on the database, and what to look after.

use std::process::ExitCode;

use super::args::ClusterCommand;
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::lease;
use super::output::say;
use super::table::{moment, print, table, to_the_right};
use crate::config::Config;
use crate::http::cluster::{as_json, is_here, size, span, warnings_of};
use crate::storage::{NodeRow, NodeSpool};

/// What is not known.
const UNKNOWN: &str = "-";

/// Prints the status.
pub(super) fn run(command: &ClusterCommand, config: &Config) -> Outcome {
    let ClusterCommand::Status { json } = command;
    let storage = open_storage(config)?;
    let nodes = block_on(storage.nodes())??;
    let leases = block_on(storage.leases())??;
    let warnings = warnings_of(&nodes);
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::vip::VipStanding;
    use crate::http::cluster::node_for_tests;

    #[test]
    fn what_is_not_known_is_a_dash_and_of_a_node_that_is_gone_nothing_is() {
        let mut known = node_for_tests("one");
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
