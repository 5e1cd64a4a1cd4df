//! What has to be in order for the callers' address is looked at before a start and at it, and each way to run keepalived
//! moves the address.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::lab::Lab;
use super::node::Node;
use super::pair::{Builds, build_faults};
use super::support::until_within;

/// The address comes and goes within this time, on a busy machine.
const MOVES: Duration = Duration::from_secs(40);
/// An address of the other kind, beside the callers'.
const OF_IPV6: &str = "fd00:77::100";
/// Runs a program as somebody without rights.
const NOBODY: [&str; 6] = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"];
/// The rights that keepalived needs, handed on.
const RIGHTS: [&str; 4] = ["--inh-caps", "+net_admin,+net_raw", "--ambient-caps", "+net_admin,+net_raw"];

/// What is wrong with a node's settings, and the words in which it is told.
const WRONG: [(&[&str], &str); 7] = [
    (&["vip.interface=eth9"], "there is no interface eth9 on this machine, there are: eth0"),
    (&["vip.addresses=10.77.0.100/16"], "write 10.77.0.100/24 in vip.addresses"),
    (&["vip.addresses=10.78.0.100/24"], "10.78.0.100/24 is in no network of eth0"),
    (&["vip.source=10.77.0.7"], "eth0 does not have the address 10.77.0.7"),
    (&["vip.peers=10.99.0.2"], "no address in the network of vip.peers"),
    (&["vip.peers=10.77.0.1"], "10.77.0.1 is this node's own address"),
    (&["vip.keepalived=/no/such/program"], "install the package keepalived"),
];

/// Plays them all; fails at the first that is not as it should be.
pub fn play(lab: &Arc<Lab>, builds: &Builds) {
    let folder = tempfile::tempdir().unwrap();
    build_faults(&folder.path().join("fault.so"));
    let program = for_everybody(folder.path(), &builds.present);
    // keepalived finds the server by its name, which no other suite on this machine may have.
    let name = format!("node.name=suite-{}", std::process::id());
    let node = |settings: &[&str]| {
        lab.kill_all("one");
        lab.forget_addresses("one");
        let settings = settings.iter().copied().chain([name.as_str()]).map(str::to_owned).collect();
        Node::new(lab, "one", folder.path(), settings)
    };
    what_is_wrong_is_told(lab, &node(&[]), &program);
    println!("check: tells what is wrong with the callers' address");
    a_stranger_keeps_the_address(lab, &mut node(&[]), &program);
    println!("a stranger: keeps the callers' address until it leaves");
    the_machines_own_keepalived_moves_it(lab, &mut node(&["vip.mode=system"]), &program);
    println!("the machine's own keepalived: moves the callers' address");
    let both = format!("vip.addresses=10.77.0.100/24,{OF_IPV6}/64");
    // Started in the node's own namespace, where keepalived hears of no process.
    let plain = ["vip.keepalived=keepalived", "vip.track_process=false", "ivr_api.listen=[::]:8080", &both];
    somebody_with_two_rights_moves_both_addresses(lab, &mut node(&plain), &program);
    println!("not root, IPv4 and IPv6: moves the callers' addresses");
    drop(node(&[]));
}

fn what_is_wrong_is_told(lab: &Lab, node: &Node, program: &Path) {
    let (is_well, said) = node.check(&[], program, &[]);
    assert!(is_well && said.contains("ok    vip addresses: nobody but the nodes has them"), "{said}");
    for (settings, told) in WRONG {
        let (is_well, said) = node.check(&[], program, settings);
        let failed = said.lines().find(|line| line.starts_with("FAIL"));
        assert!(!is_well && failed.is_some_and(|line| line.contains(told)), "not {told:?} in:\n{said}");
    }
    let (is_well, said) = node.check(&NOBODY, program, &[]);
    assert!(!is_well && said.contains("keepalived would lack CAP_NET_ADMIN and CAP_NET_RAW"), "{said}");
    lab.give_vip("caller", true);
    let (is_well, said) = node.check(&[], program, &[]);
    lab.give_vip("caller", false);
    assert!(!is_well && said.contains("in use by the machine with the hardware address"), "{said}");
    lab.give_vip("two", true);
    let (is_well, said) = node.check(&[], program, &[]);
    lab.give_vip("two", false);
    assert!(is_well, "another node may have the address: {said}");
}

fn a_stranger_keeps_the_address(lab: &Lab, node: &mut Node, program: &Path) {
    lab.give_vip("caller", true);
    node.start(program);
    until_within(MOVES, "the node says who has the address", || {
        node.log_text().contains("is none of vip.peers: take it from that machine")
    });
    let health = lab.at("one", super::watch::health).unwrap_or_default();
    assert_eq!(health["status"], "degraded", "it serves all the same: {health}");
    assert!(!lab.has_vip("one"));
    lab.give_vip("caller", false);
    until_within(MOVES, "the node takes the address", || lab.has_vip("one"));
    assert!(node.stop().success());
}

fn the_machines_own_keepalived_moves_it(lab: &Lab, node: &mut Node, program: &Path) {
    node.start(program);
    let mut keepalived = node.keepalived_of_the_machine(program);
    until_within(MOVES, "the node takes the address", || lab.has_vip("one"));
    node.kill();
    until_within(MOVES, "the node gives the address up", || !lab.has_vip("one"));
    node.start(program);
    until_within(MOVES, "the node takes the address again", || lab.has_vip("one"));
    assert!(node.stop().success());
    until_within(MOVES, "a node that stopped gives the address up", || !lab.has_vip("one"));
    end(&mut keepalived);
}

fn somebody_with_two_rights_moves_both_addresses(lab: &Lab, node: &mut Node, program: &Path) {
    lab.give("one", "fd00:77::1/64");
    node.give_to_nobody();
    node.start_as(&[&NOBODY[..], &RIGHTS].concat(), program);
    let have = || lab.has_vip("one") && lab.has("one", OF_IPV6);
    until_within(MOVES, "the node takes both addresses", have);
    node.kill();
    let has_none = || !lab.has_vip("one") && !lab.has("one", OF_IPV6);
    until_within(MOVES, "the node gives both addresses up", has_none);
}

/// The program where everybody may run it.
fn for_everybody(folder: &Path, program: &Path) -> std::path::PathBuf {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let copy = folder.join("aftercall");
    std::fs::copy(program, &copy).unwrap();
    copy
}

fn end(process: &mut Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

/// Starts something and keeps what it says.
pub fn spawn(command: &mut Command, log: &Path) -> Child {
    let log = File::options().create(true).append(true).open(log).unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}
