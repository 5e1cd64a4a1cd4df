//! What has to be in order before a node can have the virtual IP, found out one by one, each with what to do.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use ipnet::IpNet;

use super::network::{self, Interface, NetworkError};
use super::render::render;
use crate::foundation::{VipMode, VipSettings};

/// The bits of `CAP_NET_ADMIN` and `CAP_NET_RAW` in a set of capabilities (linux/capability.h).
const NEEDED: [(u32, &str); 2] = [(12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW")];

/// One thing that was looked at: what, and how it was found or what to do about it.
pub type VipCheck = (&'static str, Result<String, String>);

/// Looks at everything but whether somebody else has the addresses. `config` is the file to try keepalived's configuration in.
pub async fn prerequisites(settings: &VipSettings, config: &Path) -> Vec<VipCheck> {
    let mut checks = Vec::new();
    let interface = match found(settings).await {
        Ok(interface) => interface,
        Err(problem) => return vec![("vip interface", Err(problem))],
    };
    let state =
        if interface.is_up { "" } else { ", which is down: until it is up another node has the addresses" };
    checks.push(("vip interface", Ok(format!("{}{state}", settings.interface))));
    checks.push(("vip netmask", netmask(settings, &interface)));
    let source = source(settings, &interface);
    checks.push(("vip source", source.clone().map(|source| source.to_string())));
    if settings.mode == VipMode::System {
        return checks;
    }
    checks.push(("vip rights", rights()));
    let program = version(&settings.keepalived).await;
    let is_there = program.is_ok();
    checks.push(("keepalived", program));
    if let (true, Ok(source)) = (is_there, source) {
        checks.push(("keepalived configuration", tried(settings, source, config).await));
    }
    checks
}

/// Whether a machine that is none of the nodes answers for one of the addresses.
pub async fn strangers(settings: &VipSettings) -> VipCheck {
    ("vip addresses", stranger(settings).await)
}

async fn stranger(settings: &VipSettings) -> Result<String, String> {
    let interface = found(settings).await?;
    // What this machine has itself, it has from a keepalived that did not end in order: the next one removes it.
    let others: Vec<IpAddr> =
        settings.addresses.iter().map(IpNet::addr).filter(|vip| !interface.has(*vip)).collect();
    let asked: Vec<IpAddr> = others.iter().chain(&settings.peers).copied().collect();
    let owners = network::owners(&interface, &asked).await.map_err(|error| told(&error))?;
    let (owners, nodes) = owners.split_at(others.len());
    for (vip, owner) in others.iter().zip(owners) {
        let Some(owner) = owner else { continue };
        if !nodes.iter().flatten().any(|node| node == owner) {
            return Err(format!(
                "{vip} is in use by the machine with the hardware address {}, which is none of vip.peers: take it from that \
                 machine, or set vip.addresses",
                hardware(owner)
            ));
        }
    }
    Ok("nobody but the nodes has them".to_owned())
}

async fn found(settings: &VipSettings) -> Result<Interface, String> {
    let name = &settings.interface;
    if let Some(interface) = network::interface(name).await.map_err(|error| told(&error))? {
        return Ok(interface);
    }
    let names = network::interface_names().await.unwrap_or_default();
    Err(format!(
        "there is no interface {name} on this machine, there are: {}; set vip.interface",
        names.join(", ")
    ))
}

fn told(error: &NetworkError) -> String {
    error.to_string()
}

/// The addresses lie in networks of the interface and have their prefix, or are single ones.
fn netmask(settings: &VipSettings, interface: &Interface) -> Result<String, String> {
    let is_vip = |own: &&IpNet| !settings.addresses.iter().any(|vip| vip.addr() == own.addr());
    let own: Vec<&IpNet> = interface.addresses.iter().filter(is_vip).collect();
    for vip in &settings.addresses {
        let Some(network) = own.iter().find(|own| own.contains(&vip.addr())) else {
            if !interface.is_up {
                // IPv6 addresses come with the line.
                continue;
            }
            let own = own.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            return Err(format!(
                "{vip} is in no network of {}, which has {own}: set vip.addresses or vip.interface",
                settings.interface
            ));
        };
        if vip.prefix_len() != network.prefix_len() && vip.prefix_len() != vip.max_prefix_len() {
            let right = network.prefix_len();
            return Err(format!(
                "{vip} does not have the prefix of its network, as {network} on {} has: write {}/{right} in vip.addresses",
                settings.interface,
                vip.addr()
            ));
        }
    }
    Ok(settings.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
}

/// This node's own address among the nodes.
pub(super) fn source(settings: &VipSettings, interface: &Interface) -> Result<IpAddr, String> {
    let name = &settings.interface;
    if let Some(source) = settings.source {
        return if interface.has(source) {
            Ok(source)
        } else {
            Err(format!("{name} does not have the address {source}: set vip.source or vip.interface"))
        };
    }
    let is_own = |own: &&IpNet| {
        let address = own.addr();
        let is_vip = settings.addresses.iter().any(|vip| vip.addr() == address);
        !is_vip && settings.peers.iter().all(|peer| own.contains(peer))
    };
    let own = interface.addresses.iter().find(is_own).map(IpNet::addr);
    let own = own.ok_or_else(|| {
        format!(
            "{name} has no address in the network of vip.peers: set vip.source to this node's own address"
        )
    })?;
    if settings.peers.contains(&own) {
        return Err(format!("{own} is this node's own address: leave it out of vip.peers"));
    }
    Ok(own)
}

/// keepalived has the rights of root, or those it is handed on by this process.
fn rights() -> Result<String, String> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = if rustix::process::geteuid().is_root() { "CapEff:" } else { "CapAmb:" };
    let missing = missing(&status, set);
    if missing.is_empty() {
        return Ok("this user may move addresses".to_owned());
    }
    Err(format!(
        "keepalived would lack {}: run aftercall as root, or have systemd hand them on (AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW)",
        missing.join(" and ")
    ))
}

fn missing(status: &str, set: &str) -> Vec<&'static str> {
    let bits = status.lines().find_map(|line| line.strip_prefix(set));
    let bits = bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0);
    NEEDED.into_iter().filter(|(bit, _)| bits & (1 << bit) == 0).map(|(_, name)| name).collect()
}

/// The program's own word for its version.
async fn version(program: &Path) -> Result<String, String> {
    let output = output_of(program, vec!["--version".into()]).await.map_err(|error| {
        format!(
            "cannot run {}: {error}; install the package keepalived, or set vip.keepalived to its path",
            program.display()
        )
    })?;
    let words = [output.stdout, output.stderr].concat();
    let words = String::from_utf8_lossy(&words);
    let first = words.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if output.status.success() {
        Ok(first.to_owned())
    } else {
        Err(format!("{} fails: {first}", program.display()))
    }
}

/// Has keepalived read its configuration.
async fn tried(settings: &VipSettings, source: IpAddr, config: &Path) -> Result<String, String> {
    std::fs::write(config, render(settings, source))
        .map_err(|error| format!("cannot write {}: {error}", config.display()))?;
    let arguments = vec!["--config-test".into(), "--use-file".into(), config.into()];
    let output = output_of(&settings.keepalived, arguments)
        .await
        .map_err(|error| format!("cannot run {}: {error}", settings.keepalived.display()))?;
    if output.status.success() {
        return Ok("keepalived takes it".to_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let words: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    Err(format!("keepalived does not take it: {}; `aftercall vip render` shows it", words.join("; ")))
}

/// Runs a program to its end, on a thread for such work.
async fn output_of(program: &Path, arguments: Vec<OsString>) -> std::io::Result<Output> {
    let program = program.to_owned();
    let run = move || Command::new(program).args(arguments).stdin(Stdio::null()).output();
    tokio::task::spawn_blocking(run).await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

/// A hardware address as people write it.
fn hardware(address: &[u8]) -> String {
    address.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}
