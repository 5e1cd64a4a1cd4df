//! Two real servers on one database are one service: a call may reach either at any moment.

use std::collections::{BTreeSet, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::support::person::Person;
use super::support::{DN, Server, Site, until};

fn two() -> (Site, Site, [Server; 2]) {
    let site = Site::new();
    let other = site.beside();
    let one = site.serve(&["node.name=one"]);
    let two = other.serve(&["node.name=two"]);
    (site, other, [one, two])
}

#[test]
fn a_call_goes_on_at_the_other_node_at_every_question() {
    let (_site, _other, nodes) = two();
    let mut reply = nodes[0].post("/ivr/v1/survey", &[("dn", DN), ("call_id", "wanders")]);
    let response = reply.word("response_id");
    let mut asked = Vec::new();
    for turn in 1.. {
        if reply.word("result") != "QUESTION" {
            break;
        }
        let question = reply.word("question_id");
        reply = nodes[turn % 2].answer(&response, &question, "1");
        // The same answer again at the other node, as a script does that got no reply: it is a repeat there too.
        let again = nodes[(turn + 1) % 2].answer(&response, &question, "1");
        assert_eq!(again.word("result"), reply.word("result"), "{again:?} and {reply:?}");
        assert_eq!(again.word("question_id"), reply.word("question_id"));
        asked.push(question);
    }
    assert_eq!(reply.word("result"), "DONE", "{reply:?}");
    assert!(asked.len() > 1, "{asked:?}");
}

#[test]
fn a_call_asked_for_at_both_nodes_has_one_response() {
    let (_site, _other, nodes) = two();
    assert_eq!(nodes[0].offer("twice"), nodes[1].offer("twice"));
}

#[test]
fn a_call_goes_on_when_its_node_is_killed() {
    let (_site, _other, [one, two]) = two();
    let reply = one.post("/ivr/v1/survey", &[("dn", DN), ("call_id", "survives")]);
    let (response, question) = (reply.word("response_id"), reply.word("question_id"));
    let next = one.answer(&response, &question, "1").word("question_id");
    one.kill();
    assert_eq!(two.answer(&response, &question, "1").word("question_id"), next);
    assert_ne!(two.answer(&response, &next, "1").word("question_id"), next);
}

#[test]
fn a_pause_and_a_resumption_reach_the_other_node() {
    let (site, _other, nodes) = two();
    let asked = |node: &Server, call: &str| {
        node.post("/ivr/v1/survey", &[("dn", DN), ("call_id", call)]).word("result") == "QUESTION"
    };
    assert!(nodes.iter().all(|node| asked(node, "before")));
    let mut calls = 0;
    for (command, is_asked) in [("pause", false), ("resume", true)] {
        site.run(&["survey", command, "Support"]);
        for node in &nodes {
            until(command, || {
                calls += 1;
                asked(node, &format!("call-{calls}")) == is_asked
            });
        }
    }
}

#[test]
fn who_pauses_a_survey_sees_which_nodes_have_heard_of_it() {
    let (site, _other, nodes) = two();
    let link = site.run(&["user", "add", "olivia", "--role", "manager"]);
    let mut owner = Person::at(&nodes[0].portal());
    let path = link.trim().split_once("/link/").unwrap().1.to_owned();
    owner.comes_by(&format!("{}/link/{path}", nodes[0].portal()), "olivia");
    let followed = |owner: &mut Person| {
        let said = owner.get("/api/v1/services/nodes").json();
        let nodes = said["nodes"].as_array().unwrap().clone();
        let names = nodes.iter().filter(|node| node["follows"] == true).map(|node| node["name"].to_string());
        (nodes.len(), names.collect::<BTreeSet<_>>())
    };
    let (one, two) = (r#""one""#.to_owned(), r#""two""#.to_owned());
    let both = (2, BTreeSet::from([one.clone(), two]));
    until("both ask by the same", || followed(&mut owner) == both);
    nodes[1].pause(&site);
    assert_eq!(owner.calls(Method::POST, "/api/v1/services/Support/pause", &json!({})).status, 204);
    until("the first has heard of it", || followed(&mut owner) == (2, BTreeSet::from([one.clone()])));
    nodes[1].signal(Signal::CONT);
    until("both have", || followed(&mut owner) == both);
}

/// What `aftercall cluster status` says.
fn status(site: &Site) -> Value {
    serde_json::from_str(&site.run(&["cluster", "status", "--json"])).unwrap()
}

/// The status once it has so many nodes.
fn status_of(site: &Site, nodes: usize) -> Value {
    let mut said = Value::Null;
    until("the nodes are recorded", || {
        said = status(site);
        said["nodes"].as_array().unwrap().len() == nodes
    });
    said
}

/// What it warns of, but for a disk of the machine of the tests that is nearly full.
fn warnings(status: &Value) -> Vec<String> {
    let all = status["warnings"].as_array().unwrap().iter().map(|warning| warning.as_str().unwrap());
    all.filter(|warning| !warning.contains(" free on the disk ")).map(str::to_owned).collect()
}

fn change_nodes(site: &Site, sql: &str) {
    let file = rusqlite::Connection::open(site.database()).unwrap();
    file.busy_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(file.execute(sql, []).unwrap(), 1, "{sql}");
}

/// The line of a node in the table.
fn line(site: &Site, node: &str) -> String {
    let said = site.run(&["cluster", "status"]);
    let mut lines = said.lines().filter(|line| line.starts_with(&format!("{node} ")));
    lines.next().unwrap_or_else(|| panic!("{node} is not in {said}")).to_owned()
}

#[test]
fn the_status_shows_both_nodes_and_the_leases_from_either() {
    let (site, other, nodes) = two();
    let said = status_of(&site, 2);
    let names: HashSet<&str> = all(&said, "name").collect();
    assert_eq!(names, HashSet::from(["one", "two"]));
    assert!(all(&said, "version").all(|version| version == env!("CARGO_PKG_VERSION")), "{said}");
    let listen: HashSet<String> = all(&said, "listen").map(|at| format!("http://{at}")).collect();
    assert_eq!(listen, nodes.iter().map(|node| node.url().to_owned()).collect());
    for node in said["nodes"].as_array().unwrap() {
        assert_eq!(node["here"], true, "{node}");
        assert!(node["clock_offset_ms"].as_i64().is_none_or(|offset| offset.abs() < 1_000), "{node}");
        let of = |figure: &str| node["machine"][figure].as_u64().unwrap();
        assert!(of("memory_bytes") <= of("memory_total_bytes") && of("memory_bytes") > 0, "{node}");
        assert!(of("disk_free_bytes") <= of("disk_total_bytes") && of("disk_total_bytes") > 0, "{node}");
        assert!(node["spool"].is_null(), "{node}");
        for address in node["addresses"].as_array().unwrap() {
            let address: IpAddr = address.as_str().unwrap().parse().unwrap();
            assert!(!address.is_loopback(), "{node}");
        }
    }
    assert_eq!(warnings(&said), [] as [&str; 0]);
    assert_eq!(said["leases"][0]["role"], "janitor");

    for (node, name) in [(&nodes[0], "one"), (&nodes[1], "two")] {
        let (line, listen) = (line(&other, name), node.url().trim_start_matches("http://"));
        assert!(line.contains(env!("CARGO_PKG_VERSION")) && line.contains(listen), "{line}");
    }
    assert!(line(&other, "janitor").contains(" 1 "), "the leases stand below");
}

#[test]
fn a_node_that_was_killed_grows_old_and_is_warned_of() {
    let (site, _other, [one, two]) = two();
    status_of(&site, 2);
    two.kill();
    let age = || {
        let said = status(&site);
        let nodes = said["nodes"].as_array().unwrap();
        let gone = nodes.iter().find(|node| node["name"] == "two").unwrap();
        (gone["seen_ago_ms"].as_u64().unwrap(), warnings(&said))
    };
    let before = age().0;
    until("its age grows", || age().0 > before);
    change_nodes(&site, "UPDATE node SET seen_at = seen_at - 15000 WHERE name = 'two'");
    let (old, warned) = age();
    assert!(old > 15_000);
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].starts_with("node two was last seen"), "{warned:?}");
    let gone = line(&site, "two");
    assert!(gone.contains(" - ") && gone.ends_with(" -"), "{gone}");
    assert!(site.run(&["cluster", "status"]).contains("\nwarning: node two was last seen"));

    // The other one, set back as well, is there again with its next word.
    change_nodes(&site, "UPDATE node SET seen_at = seen_at - 60000 WHERE name = 'one'");
    until("the other is seen again", || warnings(&status(&site)).len() == 1);
    drop(one);
}

#[test]
fn a_node_started_anew_is_the_same_node_in_another_life() {
    let site = Site::new();
    let only = |said: Value| {
        let node = said["nodes"][0].clone();
        (node["id"].clone(), node["life"].clone())
    };
    let mut first = site.serve(&["node.name=one"]);
    let (id, life) = only(status_of(&site, 1));
    assert!(first.stop().success());
    let _next = site.serve(&["node.name=renamed"]);
    until("the next life is recorded", || {
        let (again, new) = only(status_of(&site, 1));
        again == id && new != life
    });
    line(&site, "renamed");
}

#[test]
fn nodes_of_one_name_are_warned_of() {
    let site = Site::new();
    let other = site.beside();
    let _nodes = [&site, &other].map(|site| site.serve(&["node.name=twin"]));
    let warned = warnings(&status_of(&site, 2));
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].starts_with("2 nodes are called twin"), "{warned:?}");
}

#[test]
fn mixed_versions_and_clocks_that_are_off_are_warned_of() {
    let (site, _other, nodes) = two();
    status_of(&site, 2);
    drop(nodes);
    change_nodes(&site, "UPDATE node SET version = '0.0.9', clock_offset_ms = -5000 WHERE name = 'two'");
    let warned = warnings(&status(&site));
    assert_eq!(warned.len(), 2, "{warned:?}");
    assert!(warned[0].starts_with("the clock of node two is 5000 ms behind"), "{warned:?}");
    assert!(warned[1].contains("0.0.9 (two)"), "{warned:?}");
}

#[test]
fn a_node_with_a_spool_says_what_it_keeps() {
    let site = Site::new();
    let server = site.serve(&["node.name=one", "spool.use=always"]);
    let said = status_of(&site, 1);
    assert_eq!(said["nodes"][0]["spool"]["entries"], 0, "{said}");
    assert!(line(&site, "one").trim_end().ends_with(" empty  -"), "{}", line(&site, "one"));
    server.kill();
    change_nodes(&site, "UPDATE node SET spool_entries = 7, spool_bytes = 2048");
    let warned = warnings(&status(&site));
    assert!(warned.iter().any(|warning| warning.contains("7 entries (2.0 KiB)")), "{warned:?}");
}

#[test]
fn no_node_is_shown_where_none_ever_ran() {
    let site = Site::new();
    assert!(site.run(&["cluster", "status"]).starts_with("no node was seen"));
    assert_eq!(status(&site)["nodes"], serde_json::json!([]));
}

#[test]
fn a_recorder_that_crashes_goes_on() {
    let site = Site::new();
    let server = site.serve(&["node.name=one"]);
    status_of(&site, 1);
    change_nodes(&site, "UPDATE node SET seen_at = seen_at - 60000");
    assert_eq!(server.post("/drill/v1/crash?child=node_recorder&kind=panic", &[]).status, 200);
    until("it is recorded again", || warnings(&status(&site)).is_empty());
}

/// A text of each node.
fn all<'a>(status: &'a Value, field: &'a str) -> impl Iterator<Item = &'a str> {
    status["nodes"].as_array().unwrap().iter().map(move |node| node[field].as_str().unwrap())
}
