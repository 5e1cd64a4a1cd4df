//! The cases of what nodes say of themselves.

use std::net::{IpAddr, Ipv4Addr};

use aftercall::domain::vip::VipStanding;

use super::*;

const MINUTE: Duration = Duration::from_mins(1);

pub fn node(name: &str) -> NodeFacts {
    let LeaseHolder { name, node, life } = life_of_a_node(name);
    NodeFacts {
        id: node,
        life,
        name,
        version: "0.1.0".into(),
        addresses: vec!["10.0.0.5".parse().unwrap(), "2001:db8::5".parse().unwrap()],
        listen: "0.0.0.0:8080".into(),
        clock_offset_ms: Some(-12),
        figures: NodeFigures {
            cpu_percent: Some(7),
            memory_bytes: Some(1 << 30),
            memory_total_bytes: Some(8 << 30),
            disk_free_bytes: Some(3 << 40),
            disk_total_bytes: Some(5 << 40),
        },
        spool: Some(NodeSpool { entries: 12, bytes: 3_456 }),
        vip: Some(VipStanding::Holds),
        catalog_stamp: Some(1 << 40),
    }
}

async fn record(storage: &dyn Storage, facts: &NodeFacts) {
    storage.record_node(facts.clone(), MINUTE).await.unwrap();
}

async fn only(storage: &dyn Storage) -> NodeRow {
    let mut nodes = storage.nodes().await.unwrap();
    assert_eq!(nodes.len(), 1, "{nodes:?}");
    nodes.remove(0)
}

/// Has all nodes seen so much earlier.
async fn set_back(engine: &Engine, by: TimeDelta) {
    engine.execute(&format!("UPDATE node SET seen_at = seen_at - {}", by.num_milliseconds())).await;
}

pub async fn a_node_comes_back_as_it_went_in(engine: &Engine) {
    let storage = &*engine.storage;
    let known = node("nœud-1 🙂");
    let unknown = NodeFacts {
        addresses: Vec::new(),
        clock_offset_ms: None,
        figures: NodeFigures::default(),
        spool: None,
        vip: None,
        catalog_stamp: None,
        ..node("two")
    };
    for facts in [&known, &unknown] {
        record(storage, facts).await;
        let nodes = engine.another().nodes().await.unwrap();
        assert!(nodes.iter().any(|row| row.facts == *facts), "{nodes:?}");
    }
}

pub async fn a_node_that_is_recorded_again_is_one_node_as_it_is_now(engine: &Engine) {
    let storage = &*engine.storage;
    let first = node("one");
    record(storage, &first).await;
    record(storage, &first).await;
    assert_eq!(only(storage).await.facts, first);
    // All of it may change but the node.
    let now = NodeFacts {
        id: first.id,
        version: "0.2.0".into(),
        addresses: Vec::new(),
        listen: "127.0.0.1:1".into(),
        clock_offset_ms: Some(4_000),
        figures: NodeFigures { cpu_percent: Some(100), ..NodeFigures::default() },
        spool: None,
        vip: None,
        ..node("other")
    };
    record(storage, &now).await;
    assert_eq!(only(storage).await.facts, now);
}

pub async fn a_life_began_when_it_was_first_recorded_and_a_new_one_later(engine: &Engine) {
    let storage = &*engine.storage;
    let first = node("one");
    record(storage, &first).await;
    let seen = only(storage).await;
    assert_eq!(seen.seen_at - seen.started_at, TimeDelta::minutes(1));
    // Its own clock may run faster than the database's.
    storage.record_node(first.clone(), MINUTE * 5).await.unwrap();
    let again = only(storage).await;
    assert_eq!(again.started_at, seen.started_at);
    assert!(again.seen_at >= seen.seen_at);
    let next = NodeFacts { life: life_of_a_node("one").life, ..first };
    storage.record_node(next, Duration::ZERO).await.unwrap();
    let seen = only(storage).await;
    assert_eq!(seen.started_at, seen.seen_at);
}

pub async fn a_node_that_many_record_at_once_for_the_first_time_is_one(engine: &Engine) {
    let nodes = [Arc::clone(&engine.storage), engine.another(), engine.another()];
    for turn in 1..=3 {
        let facts = node("one");
        let tries = (0..9).map(|try_no| {
            let (storage, facts) = (Arc::clone(&nodes[try_no % 3]), facts.clone());
            #[expect(clippy::disallowed_methods, reason = "the test awaits its tasks itself")]
            tokio::spawn(async move { storage.record_node(facts, MINUTE).await })
        });
        for one in tries.collect::<Vec<_>>() {
            one.await.unwrap().unwrap();
        }
        assert_eq!(engine.storage.nodes().await.unwrap().len(), turn);
    }
}

pub async fn nodes_are_seen_by_the_databases_clock_the_newest_first(engine: &Engine) {
    let storage = &*engine.storage;
    let (early, late) = (node("a"), node("b"));
    record(storage, &early).await;
    set_back(engine, TimeDelta::minutes(2)).await;
    let before = storage.database_time().await.unwrap();
    record(storage, &late).await;
    let after = engine.another().database_time().await.unwrap();
    let nodes = storage.nodes().await.unwrap();
    let names: Vec<&str> = nodes.iter().map(|row| row.facts.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
    assert!((before..=after).contains(&nodes[0].seen_at), "{before} {after} {nodes:?}");
    assert!(nodes[0].age < MINUTE && nodes[1].age >= 2 * MINUTE, "{nodes:?}");
    record(storage, &early).await;
    assert_eq!(storage.nodes().await.unwrap()[0].facts.name, "a", "it was seen again");
    // Somebody set the database's clock back.
    set_back(engine, TimeDelta::days(-1)).await;
    assert!(storage.nodes().await.unwrap().iter().all(|row| row.age == Duration::ZERO));
}

pub async fn a_node_that_was_not_seen_for_thirty_days_is_left_out_until_it_is_back(engine: &Engine) {
    let storage = &*engine.storage;
    let facts = node("one");
    record(storage, &facts).await;
    set_back(engine, TimeDelta::days(30) - TimeDelta::hours(1)).await;
    assert!(only(storage).await.age > 29 * 24 * Duration::from_hours(1));
    set_back(engine, TimeDelta::hours(1)).await;
    assert_eq!(storage.nodes().await.unwrap(), []);
    record(storage, &facts).await;
    assert!(only(storage).await.age < MINUTE);
}

pub async fn more_addresses_than_there_is_room_for_are_cut_between_two(engine: &Engine) {
    let storage = &*engine.storage;
    let addresses: Vec<IpAddr> = (0..200).map(|n| IpAddr::V4(Ipv4Addr::new(192, 168, 100, n))).collect();
    record(storage, &NodeFacts { addresses: addresses.clone(), ..node("one") }).await;
    let stored = only(storage).await.facts.addresses;
    assert!((60..100).contains(&stored.len()), "{}", stored.len());
    assert_eq!(stored, addresses[..stored.len()]);
}
