//! What the machine of this node is at, as the system tells it.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use sysinfo::{NetworkData, Networks, System};

use crate::storage::NodeFigures;

/// The machine. How busy it is, is told between one look and the next.
#[derive(Clone)]
pub(super) struct Machine(Arc<Mutex<Gauges>>);

struct Gauges {
    data_dir: PathBuf,
    /// `None` where there is nothing to be had from this kind of system.
    system: Option<System>,
    looked_before: bool,
}

/// What a look saw.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) figures: NodeFigures,
    pub(super) addresses: Vec<IpAddr>,
}

impl Machine {
    pub(super) fn new(data_dir: PathBuf) -> Self {
        Self(Arc::new(Mutex::new(Gauges::new(data_dir))))
    }

    /// Looks, on a thread for such work: a disk that hangs holds up nobody else. Nothing is known where that fails.
    pub(super) async fn look(self) -> Seen {
        let look = move || self.0.lock().unwrap_or_else(PoisonError::into_inner).look();
        tokio::task::spawn_blocking(look).await.unwrap_or_default()
    }
}

impl Gauges {
    fn new(data_dir: PathBuf) -> Self {
        Self { data_dir, system: System::new().ok(), looked_before: false }
    }

    fn look(&mut self) -> Seen {
        let mut figures = NodeFigures::default();
        if let Some(system) = &mut self.system {
            system.refresh_memory();
            system.refresh_cpu_usage();
            figures.cpu_percent = self.looked_before.then(|| percent(system.global_cpu_usage()));
            figures.memory_total_bytes = Some(system.total_memory()).filter(|bytes| *bytes > 0);
            figures.memory_bytes = figures.memory_total_bytes.map(|_| system.used_memory());
        }
        self.looked_before = true;
        // Of this file system only: one that is mounted elsewhere and hangs is none of our business.
        if let Ok(disk) = rustix::fs::statvfs(&self.data_dir) {
            figures.disk_free_bytes = Some(disk.f_bavail.saturating_mul(disk.f_frsize));
            figures.disk_total_bytes = Some(disk.f_blocks.saturating_mul(disk.f_frsize));
        }
        Seen { figures, addresses: addresses() }
    }
}

/// A share of 100 without its fraction.
fn percent(share: f32) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 100")]
    let whole = share.clamp(0.0, 100.0).round() as u64;
    whole
}

/// The addresses of the network's interfaces at which others can find this node.
fn addresses() -> Vec<IpAddr> {
    let Ok(networks) = Networks::new_with_refreshed_list() else { return Vec::new() };
    let all = networks.values().flat_map(NetworkData::ip_networks).map(|network| network.addr);
    let mut found: Vec<IpAddr> = all.filter(is_of_use).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn is_of_use(address: &IpAddr) -> bool {
    let is_link_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !address.is_loopback() && !address.is_unspecified() && !is_link_local
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_lead_nowhere_are_left_out() {
        for (text, of_use) in [
            ("10.0.0.5", true),
            ("2001:db8::1", true),
            ("127.0.0.1", false),
            ("::1", false),
            ("169.254.3.4", false),
            ("fe80::1", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(is_of_use(&text.parse().unwrap()), of_use, "{text}");
        }
    }

    #[test]
    fn a_share_is_a_whole_number_of_a_hundred() {
        assert_eq!([-1.0, 0.4, 12.5, 100.2, f32::NAN].map(percent), [0, 0, 13, 100, 0]);
    }

    #[test]
    fn this_machine_has_memory_and_a_disk_and_is_as_busy_as_may_be() {
        let mut gauges = Gauges::new(std::env::temp_dir());
        assert_eq!(gauges.look().figures.cpu_percent, None, "busy since when?");
        let figures = gauges.look().figures;
        assert!(figures.cpu_percent.unwrap() <= 100, "{figures:?}");
        assert!(figures.memory_bytes.unwrap() <= figures.memory_total_bytes.unwrap(), "{figures:?}");
        assert!(figures.disk_free_bytes.unwrap() <= figures.disk_total_bytes.unwrap(), "{figures:?}");
        assert!(figures.disk_total_bytes.unwrap() > 0);
    }

    #[test]
    fn nothing_is_known_of_the_disk_of_a_folder_that_is_not_there() {
        let mut gauges = Gauges::new("/no/such/folder".into());
        assert_eq!(gauges.look().figures.disk_total_bytes, None);
    }
}
