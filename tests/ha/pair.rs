//! Two nodes that share a database and an address, and how they are when they are well.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::database::Database;
use super::lab::{Lab, NODES};
use super::node::Node;
use super::support::until_within;
use super::visitor::Visitor;
use super::watch::{Look, Watch};

/// Everything is as before a fault within this time after it, on a busy machine.
const WELL: Duration = Duration::from_mins(1);
/// The same with a server, which may share this machine and plans every statement anew for a session that is new.
const WELL_WITH_SERVER: Duration = Duration::from_mins(4);

/// The builds that nodes start with.
#[derive(Debug, Clone)]
pub struct Builds {
    pub present: PathBuf,
    /// The one before, where the rolling upgrade has one.
    pub older: Option<PathBuf>,
}

/// The nodes.
pub struct Pair {
    // Dropped in this order: first who uses the database, then the database.
    pub nodes: [Node; 2],
    pub database: Database,
    visitor: Option<Visitor>,
    lab: Arc<Lab>,
    folder: tempfile::TempDir,
    builds: Builds,
}

impl Pair {
    /// Two nodes that were just started, on a new database.
    pub fn start(lab: &Arc<Lab>, builds: &Builds) -> Self {
        let folder = tempfile::tempdir().unwrap();
        build_faults(&folder.path().join("fault.so"));
        lab.mend();
        for node in NODES {
            lab.kill_all(node);
            lab.forget_addresses(node);
        }
        let database = Database::new(lab);
        let nodes = [0, 1].map(|node| Node::new(lab, NODES[node], folder.path(), database.settings(node)));
        let mut pair =
            Self { nodes, database, visitor: None, lab: Arc::clone(lab), folder, builds: builds.clone() };
        pair.start_node(0);
        pair.start_node(1);
        pair
    }

    pub fn start_node(&mut self, node: usize) {
        self.nodes[node].start(&self.builds.present);
    }

    /// The person at the portal, who comes in when somebody first asks; both nodes are well then.
    pub fn visitor(&mut self) -> &Visitor {
        let Self { visitor, lab, database, .. } = self;
        visitor.get_or_insert_with(|| Visitor::comes_by(lab, &database.invite()))
    }

    /// Whether nodes can start with an older build.
    pub fn has_older(&self) -> bool {
        self.builds.older.is_some()
    }

    pub fn start_build(&mut self, node: usize, older: bool) {
        let build = self.builds.older.as_ref().filter(|_| older).unwrap_or(&self.builds.present);
        self.nodes[node].start(build);
    }

    /// The nodes that have the callers' address.
    pub fn with_vip(&self) -> Vec<usize> {
        // Each question is a process of its own, which must not take the time of what is measured.
        std::thread::park_timeout(Duration::from_millis(20));
        (0..NODES.len()).filter(|node| self.lab.has_vip(NODES[*node])).collect()
    }

    /// Waits until one node alone has the callers' address, and every node is well and knows who has it.
    pub fn until_well(&self, watch: &Watch) {
        let since = Instant::now();
        let mut last = String::new();
        let limit = if self.database.folder().is_some() { WELL } else { WELL_WITH_SERVER };
        let deadline = since + limit;
        until_within(limit + Duration::from_secs(1), "both nodes are well", || {
            let ails = self.ails(watch, since);
            last = ails.clone().unwrap_or_default();
            assert!(Instant::now() < deadline, "not well within {limit:?}: {last}");
            ails.is_none()
        });
    }

    /// What is not as it should be.
    fn ails(&self, watch: &Watch, since: Instant) -> Option<String> {
        let looks = [0, 1].map(|node| watch.last(node, since));
        for (look, name) in looks.iter().zip(NODES) {
            match look {
                None => return Some(format!("node {name} does not answer")),
                Some(look) if !look.is_well() => return Some(format!("node {name}: {}", look.health)),
                Some(_) => {}
            }
        }
        let holders = self.with_vip();
        if holders.len() != 1 {
            return Some(format!("{} nodes have the callers' address", holders.len()));
        }
        if looks.iter().flatten().map(Look::has_vip).ne([0, 1].map(|node| holders.contains(&node))) {
            return Some(format!("only {} has the callers' address, and not both know", NODES[holders[0]]));
        }
        let holders = watch.lease_holders().len();
        (holders != 1).then(|| format!("{holders} nodes have the lease"))
    }

    /// What both nodes said last, and where everything they said is, for as long as this runs.
    pub fn tails(&self, lines: usize) -> String {
        let tails = self
            .nodes
            .each_ref()
            .map(|node| format!("the end of {}:\n{}\n", node.log().display(), node.tail(lines)));
        tails.concat()
    }

    /// Keeps the logs after the end of the suite; where they are.
    pub fn keep_logs(&mut self) -> PathBuf {
        self.folder.disable_cleanup(true);
        self.folder.path().to_owned()
    }
}

/// Builds what makes a server's disk and clock fail.
pub fn build_faults(library: &Path) {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ha/fault.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", source, "-ldl", "-o"]).arg(library);
    let built = compiler.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}
