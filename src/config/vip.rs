//! `[vip]`: the virtual IP, the address of the site that always leads to a node that serves.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::key::Key;
use super::reader::Reader;
use super::{DatabaseUrl, Node, ivr_api};
use crate::foundation::{VipMode, VipRunDir, VipSettings};

/// As long as an interface's name can be on Linux (`IFNAMSIZ` without its end).
const INTERFACE_MAX: usize = 15;
/// As many addresses as keepalived takes into one advertisement.
const ADDRESSES_MAX: usize = 20;
/// VRRP counts in hundredths of a second.
const ADVERT_STEP_MS: u64 = 10;

const ENABLED: Key = Key::flag(
    "vip",
    "enabled",
    false,
    "Whether this node takes part in the virtual IP: addresses that move to another node when this one cannot serve. Needs \
     keepalived and a database that all nodes share.",
);
const INTERFACE: Key = Key::text(
    "vip",
    "interface",
    ("the name of a network interface, such as eth0", ""),
    "The interface that carries the addresses.",
);
const ADDRESSES: Key = Key::text(
    "vip",
    "addresses",
    ("up to 20 addresses with the length of their network's prefix, separated by commas: 10.0.0.50/24", ""),
    "The addresses that callers use. The same on all nodes; no machine has them as its own.",
);
const PEERS: Key = Key::text(
    "vip",
    "peers",
    ("addresses of one family, separated by commas: 10.0.0.12", ""),
    "The other nodes' own addresses. IP protocol 112 (VRRP) must pass between all nodes.",
);
const SOURCE: Key = Key::text(
    "vip",
    "source",
    ("an address of vip.interface; \"\" for the one in the peers' network", ""),
    "This node's own address, as the other nodes have it among their peers.",
);
const VIRTUAL_ROUTER_ID: Key = Key::integer(
    "vip",
    "virtual_router_id",
    ("", 1, 255, 51),
    "The same on all nodes of the site, and used by nobody else in the same network: routers and firewalls may speak VRRP too.",
);
const ADVERT_MS: Key = Key::integer(
    "vip",
    "advert_ms",
    ("milliseconds", 10, 1_000, 100),
    "How often the holder says that it is there; after ten times as long without a word another node takes over. A multiple of \
     10, the same on all nodes. Longer where snapshots of the virtual machines pause them for a second and more.",
);
const MODE: Key = Key::text(
    "vip",
    "mode",
    (
        "own (aftercall runs a keepalived of its own) or system (the machine's includes `aftercall vip render`)",
        "own",
    ),
    "Who runs keepalived.",
);
const KEEPALIVED: Key = Key::text(
    "vip",
    "keepalived",
    ("the path of the program, or its name if it is in PATH", "keepalived"),
    "The program that moves the addresses, 2.2 or newer.",
);
const TRACK_PROCESS: Key = Key::flag(
    "vip",
    "track_process",
    true,
    "Whether keepalived itself watches that the server's process is there, beside what aftercall does to the same end. Only \
     where keepalived runs in the machine's first network namespace: false in containers.",
);
const RUN_DIR: Key = Key::text(
    "vip",
    "run_dir",
    ("the path of a folder", "/run/aftercall"),
    "The folder of keepalived's configuration, pipe and pid files; best in memory, so that a full or slow disk does not matter.",
);
const SQLITE_IS_SHARED: Key = Key::flag(
    "vip",
    "sqlite_is_shared",
    false,
    "For tests of the virtual IP on one machine only: all nodes have the same SQLite file as their database.",
);

pub(super) const KEYS: [Key; 12] = [
    ENABLED,
    INTERFACE,
    ADDRESSES,
    PEERS,
    SOURCE,
    VIRTUAL_ROUTER_ID,
    ADVERT_MS,
    MODE,
    KEEPALIVED,
    TRACK_PROCESS,
    RUN_DIR,
    SQLITE_IS_SHARED,
];

/// The virtual IP; `None` where this node has no part in it.
pub(super) fn read(reader: &mut Reader, node: &Node, database: &DatabaseUrl) -> Option<VipSettings> {
    let enabled = reader.flag(&ENABLED);
    let shared = reader.flag(&SQLITE_IS_SHARED);
    let settings = VipSettings {
        node: node.name.clone(),
        mode: reader.parsed(&MODE, mode).unwrap_or(VipMode::Own),
        interface: reader.parsed(&INTERFACE, |name| interface(name, enabled)).unwrap_or_default(),
        addresses: reader.parsed(&ADDRESSES, |text| several(text, enabled)).unwrap_or_default(),
        peers: reader.parsed(&PEERS, |text| peers(text, enabled)).unwrap_or_default(),
        source: reader.parsed(&SOURCE, optional).unwrap_or_default(),
        virtual_router_id: reader.number(&VIRTUAL_ROUTER_ID),
        advert: advert(reader),
        keepalived: reader.parsed(&KEEPALIVED, path).unwrap_or_default(),
        run_dir: VipRunDir(reader.parsed(&RUN_DIR, path).unwrap_or_default()),
        track_process: reader.flag(&TRACK_PROCESS),
    };
    if !enabled {
        return None;
    }
    if matches!(database, DatabaseUrl::Sqlite(_)) && !shared {
        let rule = "false with an SQLite database: each node has its own file, and two of them are not one service; \
                    set database.url to a SQL Server";
        reader.refuse(&ENABLED, "true", rule);
    }
    own_and_virtual_are_apart(reader, &settings);
    Some(settings)
}

/// A node that listens at one address only does not answer at one that comes later.
pub(super) fn listens_for(reader: &mut Reader, settings: &VipSettings, listen: SocketAddr) {
    let reached = |address: &IpNet| match listen.ip() {
        IpAddr::V4(ip) => ip.is_unspecified() && address.addr().is_ipv4(),
        // On Linux it takes IPv4 as well.
        IpAddr::V6(ip) => ip.is_unspecified(),
    };
    if let Some(missed) = settings.addresses.iter().find(|address| !reached(address)) {
        let rule = format!(
            "0.0.0.0 or [::] and a port where there is a virtual IP, so that {} is answered as well when this node has it",
            missed.addr()
        );
        reader.refuse(&ivr_api::LISTEN, &listen.to_string(), &rule);
    }
}

fn own_and_virtual_are_apart(reader: &mut Reader, settings: &VipSettings) {
    let own = settings.peers.iter().chain(&settings.source);
    if let Some(both) = own.into_iter().find(|own| settings.addresses.iter().any(|vip| vip.addr() == **own)) {
        reader.refuse(
            &ADDRESSES,
            &both.to_string(),
            "none of the nodes' own addresses: it moves between them",
        );
    }
    let advertised =
        |vip: &IpNet| settings.peers.first().is_none_or(|peer| peer.is_ipv4() == vip.addr().is_ipv4());
    if !settings.addresses.is_empty() && !settings.addresses.iter().any(advertised) {
        let rule = "of the same family as vip.peers, at least one of them";
        reader.refuse(&ADDRESSES, &settings.addresses[0].to_string(), rule);
    }
    if let Some(source) = settings.source {
        if settings.peers.contains(&source) {
            reader.refuse(&PEERS, &source.to_string(), "the other nodes' addresses, without this node's own");
        }
        if settings.peers.iter().any(|peer| peer.is_ipv4() != source.is_ipv4()) {
            reader.refuse(&SOURCE, &source.to_string(), "of the same family as vip.peers");
        }
    }
}

fn mode(word: &str) -> Option<VipMode> {
    match word {
        "own" => Some(VipMode::Own),
        "system" => Some(VipMode::System),
        _ => None,
    }
}

/// The name stands in keepalived's configuration, so it must be one word there.
fn interface(name: &str, needed: bool) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
    let fits = name.len() <= INTERFACE_MAX && name.chars().all(allowed) && !(needed && name.is_empty());
    fits.then(|| name.to_owned())
}

fn several(text: &str, needed: bool) -> Option<Vec<IpNet>> {
    let all = list::<IpNet>(text)?;
    let mut plain: Vec<IpAddr> = all.iter().map(IpNet::addr).collect();
    plain.sort_unstable();
    plain.dedup();
    let fits = plain.len() == all.len() && all.len() <= ADDRESSES_MAX && !(needed && all.is_empty());
    fits.then_some(all)
}

fn peers(text: &str, needed: bool) -> Option<Vec<IpAddr>> {
    let all = list::<IpAddr>(text)?;
    let one_family = all.iter().all(IpAddr::is_ipv4) || all.iter().all(IpAddr::is_ipv6);
    (one_family && !(needed && all.is_empty())).then_some(all)
}

fn list<T: std::str::FromStr>(text: &str) -> Option<Vec<T>> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}

#[expect(clippy::option_option, reason = "not given and not valid are two things")]
fn optional(text: &str) -> Option<Option<IpAddr>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

fn path(text: &str) -> Option<PathBuf> {
    // It stands in quotation marks in keepalived's configuration.
    (!text.is_empty() && !text.contains(['"', '\n'])).then(|| PathBuf::from(text))
}

fn advert(reader: &mut Reader) -> Duration {
    let ms = reader.integer(&ADVERT_MS);
    if !ms.is_multiple_of(ADVERT_STEP_MS) {
        reader.refuse(&ADVERT_MS, &ms.to_string(), "a multiple of 10");
    }
    Duration::from_millis(ms)
}
