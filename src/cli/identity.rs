//! Who this node is, for good: an id kept in its data folder.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::failure::Failure;
use crate::foundation::{Chance, Clock, NodeId};

/// The file of the id.
const FILE: &str = "node.id";

/// The id of the node with this data folder; made when there is none.
pub(super) fn node_id(folder: &Path, clock: &dyn Clock, chance: &dyn Chance) -> Result<NodeId, Failure> {
    let path = folder.join(FILE);
    let failed = |what: &str, error: &dyn std::error::Error| {
        Failure::new(format!("cannot {what} the node's id {}: {error}", path.display()))
    };
    if !path.try_exists().map_err(|error| failed("read", &error))? {
        let id = NodeId::new(clock.now(), chance);
        // Whole or not at all; of two servers that start at once the first one's stays.
        let new = folder.join(format!("{FILE}.{id}"));
        let mut file = File::create_new(&new).map_err(|error| failed("write", &error))?;
        writeln!(file, "{id}").map_err(|error| failed("write", &error))?;
        file.sync_all().map_err(|error| failed("write", &error))?;
        let linked = std::fs::hard_link(&new, &path);
        std::fs::remove_file(&new).map_err(|error| failed("write", &error))?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed("write", &error)),
            _ => {}
        }
    }
    let text = std::fs::read_to_string(&path).map_err(|error| failed("read", &error))?;
    text.trim().parse().map_err(|error| {
        Failure::new(format!(
            "{} does not hold this node's id: {error}; delete the file, and the node gets a new one",
            path.display()
        ))
    })
}
