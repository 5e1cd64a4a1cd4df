//! Machines and a network between them, made of network namespaces: two nodes, a caller and a place for the database, all
//! of them at one switch.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::Command;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// What the names of all namespaces of this suite begin with.
const PREFIX: &str = "aftercall-ha-";
const BRIDGE: &str = "bridge";
/// Every place at the switch, and its address.
const PLACES: [(&str, &str); 4] =
    [("one", "10.77.0.1"), ("two", "10.77.0.2"), ("caller", "10.77.0.9"), ("database", "10.77.0.254")];

/// The address that callers use.
pub const VIP: &str = "10.77.0.100";
/// The nodes.
pub const NODES: [&str; 2] = ["one", "two"];

/// The network; it goes away with everything that runs in it.
pub struct Lab(u32);

impl Lab {
    /// A new network, after what earlier runs left behind was cleared away.
    pub fn new() -> Self {
        clear_away(|process| !Path::new(&format!("/proc/{process}")).exists());
        let lab = Self(std::process::id());
        let bridge = lab.space(BRIDGE);
        ip(&format!("netns add {bridge}"));
        ip(&format!("-n {bridge} link add br0 type bridge"));
        ip(&format!("-n {bridge} link set br0 up"));
        for (place, address) in PLACES {
            let space = lab.space(place);
            ip(&format!("netns add {space}"));
            ip(&format!("-n {space} link set lo up"));
            ip(&format!("link add eth0 netns {space} type veth peer name {place} netns {bridge}"));
            ip(&format!("-n {bridge} link set {place} master br0 up"));
            ip(&format!("-n {space} link set eth0 up"));
            ip(&format!("-n {space} addr add {address}/24 dev eth0"));
        }
        lab
    }

    /// The name of a place's namespace.
    pub fn space(&self, place: &str) -> String {
        format!("{PREFIX}{}-{place}", self.0)
    }

    /// Moves this thread to a place: the sockets it opens from now on are there.
    pub fn enter(&self, place: &str) {
        let space = File::open(format!("/run/netns/{}", self.space(place))).unwrap();
        move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
    }

    /// Does something at a place.
    pub fn at<T: Send>(&self, place: &str, does: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let there = scope.spawn(|| {
                self.enter(place);
                does()
            });
            there.join().unwrap()
        })
    }

    /// Pulls a node's network cable, or plugs it in again.
    pub fn plug(&self, node: &str, is_in: bool) {
        ip(&format!("-n {} link set eth0 {}", self.space(node), if is_in { "up" } else { "down" }));
    }

    /// Takes every address of a node away but its own, as a start of the machine does.
    pub fn forget_addresses(&self, node: &str) {
        let own = PLACES.iter().find(|(place, _)| *place == node).unwrap().1;
        let space = self.space(node);
        ip(&format!("-n {space} addr flush dev eth0"));
        ip(&format!("-n {space} addr add {own}/24 dev eth0"));
    }

    /// Gives the callers' address to a place, or takes it away, past keepalived.
    pub fn give_vip(&self, place: &str, gives: bool) {
        let what = if gives { "add" } else { "del" };
        ip(&format!("-n {} addr {what} {VIP}/24 dev eth0", self.space(place)));
    }

    /// Gives an address of IPv6 to a place.
    pub fn give(&self, place: &str, address: &str) {
        ip(&format!("-n {} addr add {address} dev eth0 nodad", self.space(place)));
    }

    /// Drops whatever a node sends; what is sent to it arrives.
    pub fn mute(&self, node: &str, is_mute: bool) {
        let space = self.space(node);
        if is_mute {
            // No packet is as small as what this queue lets through.
            ip(&format!("netns exec {space} tc qdisc add dev eth0 root tbf rate 8bit burst 1 limit 1"));
        } else {
            ip(&format!("netns exec {space} tc qdisc del dev eth0 root"));
        }
    }

    /// Cuts the nodes from each other, or joins them; both reach everybody else all the time.
    pub fn part(&self, are_apart: bool) {
        for node in NODES {
            let isolated = if are_apart { "on" } else { "off" };
            let bridge = self.space(BRIDGE);
            run("bridge", &format!("-n {bridge} link set dev {node} isolated {isolated}"));
        }
    }

    /// Joins everything that was cut.
    pub fn mend(&self) {
        self.part(false);
        for node in NODES {
            self.plug(node, true);
            let queue = ip(&format!("netns exec {} tc qdisc show dev eth0", self.space(node)));
            if queue.contains("tbf") {
                self.mute(node, false);
            }
        }
    }

    /// Whether a node has the address that callers use.
    pub fn has_vip(&self, node: &str) -> bool {
        self.has(node, VIP)
    }

    /// Whether a node has an address.
    pub fn has(&self, node: &str, address: &str) -> bool {
        ip(&format!("-n {} -j addr show dev eth0", self.space(node))).contains(&format!("\"{address}\""))
    }

    /// Ends everything that runs at a node at once.
    pub fn kill_all(&self, node: &str) {
        kill_all(&self.space(node));
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        clear_away(|process| process == self.0);
    }
}

/// The address of a node.
pub fn address(node: &str) -> &'static str {
    PLACES.iter().find(|(place, _)| *place == node).unwrap().1
}

/// Whether this machine lets us make networks; else why not.
pub fn missing() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root can make network namespaces".to_owned());
    }
    let tools = [("ip", "-V"), ("tc", "-V"), ("bridge", "-V"), ("nsenter", "-V"), ("cc", "--version")];
    for (tool, version) in tools.into_iter().chain([("keepalived", "--version")]) {
        if Command::new(tool).arg(version).output().is_err() {
            return Some(format!("{tool} is not installed"));
        }
    }
    let space = format!("{PREFIX}{}-try", std::process::id());
    let made = Command::new("ip").args(["netns", "add", &space]).output().unwrap();
    if !made.status.success() {
        return Some("this machine does not let us make network namespaces".to_owned());
    }
    ip(&format!("netns del {space}"));
    None
}

/// Removes the namespaces of those suites that `of` picks by their process, and all that runs in them.
fn clear_away(of: impl Fn(u32) -> bool) {
    for line in ip("netns list").lines() {
        let space = line.split(' ').next().unwrap_or_default();
        let process = space.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse().ok());
        if process.is_some_and(&of) {
            kill_all(space);
            ip(&format!("netns del {space}"));
        }
    }
}

fn kill_all(space: &str) {
    let mut command = Command::new("kill");
    command.arg("-9");
    let pids = ip(&format!("netns pids {space}"));
    // All at once, and those last that began first: none of them has the time to do anything about the others' end.
    command.args(pids.lines().rev());
    if !pids.is_empty() {
        // Some may have ended by themselves.
        drop(command.output());
    }
}

fn ip(arguments: &str) -> String {
    run("ip", arguments)
}

/// Runs a tool that has to work; what it printed.
fn run(tool: &str, arguments: &str) -> String {
    let output = Command::new(tool).args(arguments.split(' ')).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
