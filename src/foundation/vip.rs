//! What is configured of the virtual IP: the addresses that callers use, whichever node has them.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

/// Who runs keepalived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VipMode {
    /// aftercall does: it starts, watches and ends one of its own.
    Own,
    /// The machine does: its keepalived includes what `aftercall vip render` prints.
    System,
}

/// The virtual IP of a site and this node's part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VipSettings {
    /// The node's name, as keepalived's logs show it.
    pub node: String,
    /// Who runs keepalived.
    pub mode: VipMode,
    /// The network interface that carries the addresses.
    pub interface: String,
    /// The addresses, each with the length of its network's prefix; at least one.
    pub addresses: Vec<IpNet>,
    /// The other nodes' own addresses, all of one family; at least one.
    pub peers: Vec<IpAddr>,
    /// This node's own address, of the family of the peers; `None`: the interface's one in the peers' network.
    pub source: Option<IpAddr>,
    /// What tells this site's VRRP from that of others in the same network.
    pub virtual_router_id: u8,
    /// How often the holder tells the others that it is there.
    pub advert: Duration,
    /// The program.
    pub keepalived: PathBuf,
    /// Where its files are.
    pub run_dir: VipRunDir,
    /// Whether keepalived watches that the server's process is there.
    pub track_process: bool,
}

/// As long as a process's name can be on Linux (`TASK_COMM_LEN` without its end).
const PROCESS_NAME_MAX: usize = 15;

impl VipSettings {
    /// What the server's process is called while keepalived watches for it, so that no other command of this program, and no
    /// other node's server on a machine of tests, is taken for it: `aftercall-` and the last letters of the node's name.
    pub fn process_name(&self) -> String {
        let prefix = "aftercall-";
        let letters: Vec<char> = self.node.chars().collect();
        let room = PROCESS_NAME_MAX - prefix.len();
        let last = &letters[letters.len().saturating_sub(room)..];
        format!("{prefix}{}", last.iter().collect::<String>())
    }
}

/// The folder of what only matters while the machine is up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VipRunDir(pub PathBuf);

impl VipRunDir {
    /// The file in which keepalived reads how fit this node is.
    pub fn weight_file(&self) -> PathBuf {
        self.0.join("vrrp.weight")
    }

    /// The pipe in which keepalived says what it does.
    pub fn fifo(&self) -> PathBuf {
        self.0.join("vrrp.fifo")
    }

    /// The configuration of our own keepalived.
    pub fn config_file(&self) -> PathBuf {
        self.0.join("keepalived.conf")
    }

    /// Where our own keepalived writes its processes' ids: its own and that of its VRRP process.
    pub fn pid_files(&self) -> [PathBuf; 2] {
        ["keepalived.pid", "vrrp.pid"].map(|name| self.0.join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_is_short_enough_and_ends_as_the_nodes_name_does() {
        let named = |node: &str| {
            let settings = VipSettings {
                node: node.into(),
                mode: VipMode::Own,
                interface: String::new(),
                addresses: Vec::new(),
                peers: Vec::new(),
                source: None,
                virtual_router_id: 1,
                advert: Duration::ZERO,
                keepalived: PathBuf::new(),
                run_dir: VipRunDir::default(),
                track_process: true,
            };
            settings.process_name()
        };
        assert_eq!(named("a"), "aftercall-a");
        assert_eq!(named("survey-madrid-2"), "aftercall-rid-2");
        assert_eq!(named("survey-madrid-2").len(), PROCESS_NAME_MAX);
    }
}
