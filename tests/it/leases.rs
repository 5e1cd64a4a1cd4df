//! Two real servers share one database: what one node at a time may do is done by one, whatever befalls it.

use std::collections::HashSet;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use super::cli_frame::{stderr, stdout};
use super::support::{Server, Site, until_within};

/// Times of a lease that a test can wait for: the fast ones of the configuration.
const FAST: [&str; 5] = [
    "lease.ttl_ms=5000",
    "lease.renew_ms=1000",
    "lease.timeout_ms=1000",
    "lease.stop_ms=3500",
    "lease.look_ms=500",
];
/// A lease that no test waits for the end of.
const LASTS: [&str; 2] = ["lease.ttl_ms=300000", "lease.stop_ms=290000"];
const SOON: Duration = Duration::from_secs(20);

fn start(site: &Site, name: &str, times: &[&str]) -> Server {
    let name = format!("node.name={name}");
    site.serve(&[times, &[name.as_str()]].concat())
}

/// What the node says of the janitor's lease.
fn lease(server: &Server) -> Value {
    let health = server.get("/health").json();
    let children = health["children"].as_array().unwrap();
    let keeper = children.iter().find(|child| child["name"] == "lease_keeper").unwrap();
    keeper["observed"]["janitor"].clone()
}

fn holds(server: &Server) -> bool {
    lease(server)["held"] == true
}

fn epoch(server: &Server) -> i64 {
    lease(server)["epoch"].as_i64().unwrap()
}

fn until_held(server: &Server) {
    until_within(SOON, "the node holds the lease", || holds(server));
}

/// How often the node's log says this of the janitor's lease.
fn said_of_janitor(server: &Server, message: &str) -> usize {
    server.logged(&format!("{message}\",\"role\":\"janitor"))
}

/// The line of `aftercall lease list` about the janitor.
fn listed(site: &Site) -> String {
    let list = site.run(&["lease", "list"]);
    list.lines().find(|line| line.starts_with("janitor")).unwrap().to_owned()
}

#[test]
fn a_node_that_dies_loses_its_lease_to_the_other() {
    let site = Site::new();
    let other = site.beside();
    let first = start(&site, "one", &FAST);
    until_held(&first);
    let second = start(&other, "two", &FAST);
    assert!(listed(&site).contains(" one "), "{}", listed(&site));
    let before = epoch(&first);
    first.kill();
    until_held(&second);
    assert_eq!(epoch(&second), before + 1);
    assert!(listed(&other).contains(" two "), "{}", listed(&other));

    // Back again, it waits for its turn.
    let first = start(&site, "one", &FAST);
    until_within(SOON, "the first node looked", || lease(&first)["epoch"] == before + 1);
    assert!(!holds(&first) && holds(&second));
}

#[test]
fn a_planned_stop_hands_the_lease_over_at_once() {
    let site = Site::new();
    let other = site.beside();
    let times = [&LASTS[..], &["lease.renew_ms=300", "lease.look_ms=200"]].concat();
    let mut first = start(&site, "one", &times);
    until_held(&first);
    let second = start(&other, "two", &times);
    assert!(first.stop().success());
    assert_eq!(said_of_janitor(&first, "the lease is given back"), 1);
    // Not by its end, which is minutes away.
    until_held(&second);
}

#[test]
fn a_node_that_was_paused_longer_than_its_lease_stays_out_of_the_others_way() {
    let site = Site::new();
    let other = site.beside();
    let first = start(&site, "one", &FAST);
    until_held(&first);
    let second = start(&other, "two", &FAST);
    first.pause(&site);
    until_held(&second);
    let taken = epoch(&second);
    first.signal(Signal::CONT);
    until_within(SOON, "the first node knows", || lease(&first)["epoch"] == taken);
    assert!(!holds(&first) && holds(&second));
    assert_eq!(said_of_janitor(&first, "this node does not hold the lease any more"), 1);
}

#[test]
fn a_keeper_that_crashes_goes_on_with_the_lease_it_has() {
    let site = Site::new();
    let server = start(&site, "one", &FAST);
    until_held(&server);
    let before = epoch(&server);
    assert_eq!(server.post("/drill/v1/crash?child=lease_keeper&kind=panic", &[]).status, 200);
    let mut seen = HashSet::new();
    until_within(SOON, "the lease is renewed for longer than it lasts", || {
        assert_eq!(epoch(&server), before);
        seen.insert(listed(&site));
        let renewed: HashSet<_> = seen.iter().map(|line| line.split_whitespace().nth(6).unwrap()).collect();
        renewed.len() > 4
    });
    assert!(holds(&server));
}

#[test]
fn a_node_that_starts_anew_after_a_crash_takes_its_own_lease_at_once() {
    let site = Site::new();
    // Its own spool proves that no earlier life of it runs.
    let settings = [&LASTS[..], &["spool.use=always"]].concat();
    let first = start(&site, "one", &settings);
    until_held(&first);
    let before = epoch(&first);
    first.kill();
    let next = start(&site, "one", &settings);
    until_held(&next);
    assert_eq!(epoch(&next), before + 1);
}

#[test]
fn a_person_can_take_a_lease_from_a_node_that_is_gone() {
    let site = Site::new();
    let other = site.beside();
    let first = start(&site, "one", &LASTS);
    until_held(&first);
    first.kill();
    let second = start(&other, "two", &LASTS);
    assert!(!holds(&second));
    let said = other.run(&["lease", "release", "janitor"]);
    assert!(said.contains("which one held"), "{said}");
    until_held(&second);

    let unknown = other.command(&["lease", "release", "cook"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", stdout(&unknown));
    assert!(stderr(&unknown).contains("there are: janitor"), "{}", stderr(&unknown));
}

#[test]
fn nobody_holds_a_lease_where_no_server_runs() {
    let site = Site::new();
    assert!(listed(&site).contains("nobody"), "{}", listed(&site));
    let said = site.run(&["lease", "release", "janitor"]);
    assert!(said.contains("nobody holds"), "{said}");
}

#[test]
fn times_that_do_not_go_together_are_refused_at_the_start() {
    let site = Site::empty();
    for (setting, why) in [
        ("lease.stop_ms=9000", "at most 8500"),
        ("lease.renew_ms=2600", "at most 2500"),
        ("lease.look_ms=6000", "at most 5000"),
    ] {
        let checked = site.command(&["check", "--set", setting]);
        assert!(!checked.status.success());
        assert!(stdout(&checked).contains(why), "{setting}: {}{}", stdout(&checked), stderr(&checked));
    }
}
