//! Two real servers on one database are one service: a call may reach either at any moment.

use std::time::Duration;

use super::support::{DN, Server, Site, until_within};

/// Within this, what was published or paused on one node is what the other asks, and half a second for a busy machine.
const KNOWN_WITHIN: Duration = Duration::from_millis(1_500);

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
            until_within(KNOWN_WITHIN, command, || {
                calls += 1;
                asked(node, &format!("call-{calls}")) == is_asked
            });
        }
    }
}
