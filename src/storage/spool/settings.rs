//! How the spool is set up.

use std::path::PathBuf;
use std::time::Duration;

/// The settings of the spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolSettings {
    /// Its file; made when it is not there. On a disk of this node: it is what is left when the network is gone.
    pub path: PathBuf,
    /// Bytes of entries at most; beyond them callers are refused.
    pub bytes_max: u64,
    /// How long the database may take for what a caller waits for, before the spool takes over.
    pub patience: Duration,
}
