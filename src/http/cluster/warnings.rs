//! What somebody should look after, told from what the nodes said last.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{is_here, size, span};
use crate::domain::vip::VipStanding;
use crate::storage::NodeRow;

/// A clock that differs from the database's by more than this, in milliseconds.
const CLOCK_OFF_MS: u64 = 1_000;

/// A node that was seen longer ago may not have the virtual IP any more: one that runs is recorded every 5 s.
const VIP_SEEN: Duration = Duration::from_secs(6);

/// All warnings. Of a node that is gone only that it is, and what it keeps: how it is now is not known.
pub fn warnings_of(nodes: &[NodeRow]) -> Vec<String> {
    let mut warnings = Vec::new();
    for node in nodes {
        warnings.extend(gone(node));
        warnings.extend(spool(node));
        if is_here(node) {
            warnings.extend(clock(node));
            warnings.extend(disk(node));
        }
    }
    let here: Vec<&NodeRow> = nodes.iter().filter(|node| is_here(node)).collect();
    warnings.extend(vip(&here));
    warnings.extend(names(&here));
    warnings.extend(versions(&here));
    warnings
}

fn gone(node: &NodeRow) -> Option<String> {
    let (name, age) = (&node.facts.name, span(node.age));
    (!is_here(node)).then(|| {
        format!(
            "node {name} was last seen {age} ago: it does not run, or does not reach the database; \
             after 30 days it is not listed any more"
        )
    })
}

fn spool(node: &NodeRow) -> Option<String> {
    let spool = node.facts.spool.filter(|spool| spool.entries > 0)?;
    let (name, entries, bytes) = (&node.facts.name, spool.entries, size(spool.bytes));
    Some(if is_here(node) {
        format!("node {name} keeps {entries} entries ({bytes}) that are not in the database yet")
    } else {
        format!(
            "node {name} kept {entries} entries ({bytes}) that were not in the database when it was last seen; \
             it stores them once it runs again with its data folder"
        )
    })
}

fn clock(node: &NodeRow) -> Option<String> {
    let offset = node.facts.clock_offset_ms.filter(|offset| offset.unsigned_abs() > CLOCK_OFF_MS)?;
    let (name, by) = (&node.facts.name, offset.unsigned_abs());
    let side = if offset > 0 { "ahead of" } else { "behind" };
    Some(format!(
        "the clock of node {name} is {by} ms {side} the database's; have both machines set their clocks by the same server"
    ))
}

fn disk(node: &NodeRow) -> Option<String> {
    let figures = &node.facts.figures;
    let (free, total) = figures.disk_free_bytes.zip(figures.disk_total_bytes)?;
    (u128::from(free) * 10 < u128::from(total)).then(|| {
        format!(
            "node {} has {} of {} free on the disk with its data folder: make room, or give it a larger one",
            node.facts.name,
            size(free),
            size(total)
        )
    })
}

/// Where the virtual IP is. A node that died cannot say that it does not have it any more.
fn vip(nodes: &[&NodeRow]) -> Vec<String> {
    let stands = |standing: VipStanding| nodes.iter().filter(move |node| node.facts.vip == Some(standing));
    let mut warnings = Vec::new();
    for node in stands(VipStanding::Trouble) {
        let name = &node.facts.name;
        warnings
            .push(format!("node {name} could not take the virtual IP: `aftercall health` there says why"));
    }
    if stands(VipStanding::Holds).count() == 0 && nodes.iter().any(|node| node.facts.vip.is_some()) {
        warnings.push("no node has the virtual IP: callers reach nobody through it".to_owned());
    }
    let holders: Vec<&str> = stands(VipStanding::Holds)
        .filter(|node| node.age <= VIP_SEEN)
        .map(|node| node.facts.name.as_str())
        .collect();
    if let [_, _, ..] = holders.as_slice() {
        warnings.push(format!(
            "{} nodes have the virtual IP ({}): they do not hear each other; have IP protocol 112 (VRRP) pass between them",
            holders.len(),
            holders.join(", ")
        ));
    }
    let without: Vec<&&NodeRow> = nodes.iter().filter(|node| node.facts.vip.is_none()).collect();
    if without.len() < nodes.len() {
        warnings.extend(without.iter().map(|node| {
            format!(
                "node {} has no part in the virtual IP that others share: set vip.enabled there",
                node.facts.name
            )
        }));
    }
    warnings
}

fn names(nodes: &[&NodeRow]) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes {
        *times.entry(&node.facts.name).or_default() += 1;
    }
    let several = times.into_iter().filter(|(_, times)| *times > 1);
    several
        .map(|(name, times)| {
            format!("{times} nodes are called {name}: give each a name of its own (`node.name`)")
        })
        .collect()
}

fn versions(nodes: &[&NodeRow]) -> Option<String> {
    let mut of_version: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in nodes {
        of_version.entry(&node.facts.version).or_default().push(&node.facts.name);
    }
    let each = of_version.iter().map(|(version, names)| format!("{version} ({})", names.join(", ")));
    (of_version.len() > 1).then(|| {
        let each = each.collect::<Vec<_>>().join(", ");
        format!("the nodes have different versions: {each}; bring all to the newest")
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::foundation::{LifeId, NodeId, SystemChance};
    use crate::storage::{NodeFacts, NodeFigures, NodeSpool};

    /// A node that is well.
    pub(crate) fn node(name: &str) -> NodeRow {
        let now = DateTime::from_timestamp_millis(1_790_000_000_000).unwrap();
        NodeRow {
            facts: NodeFacts {
                id: NodeId::new(now, &SystemChance),
                life: LifeId::new(now, &SystemChance),
                name: name.into(),
                version: "0.1.0".into(),
                addresses: vec!["10.0.0.5".parse().unwrap()],
                listen: "10.0.0.5:8080".into(),
                clock_offset_ms: Some(-1_000),
                figures: NodeFigures {
                    cpu_percent: Some(7),
                    memory_bytes: Some(2 << 30),
                    memory_total_bytes: Some(8 << 30),
                    disk_free_bytes: Some(10),
                    disk_total_bytes: Some(100),
                },
                spool: Some(NodeSpool { entries: 0, bytes: 0 }),
                vip: None,
                catalog_stamp: Some(3),
            },
            started_at: now,
            seen_at: now,
            age: Duration::from_secs(15),
        }
    }

    fn one(change: impl FnOnce(&mut NodeRow)) -> Vec<String> {
        let mut node = node("one");
        change(&mut node);
        warnings_of(&[node])
    }

    #[track_caller]
    fn warned(warnings: &[String], of: &[&str]) {
        assert_eq!(warnings.len(), of.len(), "{warnings:?}");
        for (warning, part) in warnings.iter().zip(of) {
            assert!(warning.contains(part), "{warning}, not {part}");
        }
    }

    #[test]
    fn nodes_that_are_just_well_enough_are_not_warned_of() {
        warned(&warnings_of(&[node("one"), node("two")]), &[]);
        warned(&warnings_of(&[]), &[]);
    }

    #[test]
    fn each_thing_that_is_wrong_with_a_node_is_warned_of() {
        warned(&one(|node| node.age += Duration::from_millis(1)), &["one was last seen 15 s ago"]);
        warned(&one(|node| node.facts.clock_offset_ms = Some(-1_001)), &["one is 1001 ms behind"]);
        warned(&one(|node| node.facts.clock_offset_ms = Some(2_500)), &["one is 2500 ms ahead of"]);
        warned(&one(|node| node.facts.figures.disk_free_bytes = Some(9)), &["one has 9 B of 100 B free"]);
        let kept = Some(NodeSpool { entries: 12, bytes: 2_048 });
        warned(&one(|node| node.facts.spool = kept), &["one keeps 12 entries (2.0 KiB)"]);
    }

    #[test]
    fn of_a_node_that_is_gone_it_is_said_what_it_kept_and_nothing_of_what_may_have_changed() {
        let warnings = one(|node| {
            node.age = Duration::from_hours(50);
            node.facts.clock_offset_ms = Some(9_999);
            node.facts.figures.disk_free_bytes = Some(0);
            node.facts.spool = Some(NodeSpool { entries: 3, bytes: 100 });
        });
        warned(&warnings, &["last seen 2 days ago", "kept 3 entries (100 B)"]);
    }

    #[test]
    fn nodes_are_held_against_each_other_while_they_are_here() {
        let mut same = [node("one"), node("one"), node("two")];
        warned(&warnings_of(&same), &["2 nodes are called one"]);
        same[1].age = Duration::from_mins(1);
        warned(&warnings_of(&same), &["one was last seen"]);
        let mut mixed = [node("one"), node("two"), node("three")];
        mixed[2].facts.version = "0.2.0".into();
        warned(&warnings_of(&mixed), &["different versions: 0.1.0 (one, two), 0.2.0 (three)"]);
    }

    #[test]
    fn the_virtual_ip_is_with_one_node_or_it_is_said_that_it_is_not() {
        let standing = |standings: &[Option<VipStanding>]| {
            let nodes = standings.iter().zip(["one", "two"]);
            let nodes = nodes.map(|(vip, name)| {
                let mut node = node(name);
                node.facts.vip = *vip;
                node.age = VIP_SEEN;
                node
            });
            warnings_of(&nodes.collect::<Vec<_>>())
        };
        let (holds, standby) = (Some(VipStanding::Holds), Some(VipStanding::Standby));
        warned(&standing(&[holds, standby]), &[]);
        warned(&standing(&[holds, Some(VipStanding::Unfit)]), &[]);
        warned(&standing(&[holds, holds]), &["2 nodes have the virtual IP (one, two)"]);
        warned(&standing(&[standby, standby]), &["no node has the virtual IP"]);
        let trouble = Some(VipStanding::Trouble);
        warned(&standing(&[holds, trouble]), &["two could not take the virtual IP"]);
        warned(&standing(&[holds, None]), &["two has no part in the virtual IP"]);
        let [mut one, mut two] = ["one", "two"].map(node);
        (one.facts.vip, two.facts.vip, two.age) = (holds, holds, VIP_SEEN);
        one.age = VIP_SEEN + Duration::from_millis(1);
        warned(&warnings_of(&[one, two]), &[]);
        let mut gone = node("one");
        (gone.facts.vip, gone.age) = (holds, Duration::from_mins(1));
        warned(&warnings_of(&[gone]), &["one was last seen"]);
    }

    #[test]
    fn what_is_not_known_is_not_warned_of() {
        let warnings = one(|node| {
            node.facts.clock_offset_ms = None;
            node.facts.figures = NodeFigures::default();
            node.facts.spool = None;
        });
        warned(&warnings, &[]);
    }
}
