//! What is written, when, and by whom.

use aftercall::storage::{NodeFacts, NodeSpool, NodeStore};

use super::*;
use crate::storage_contract::nodes::node;

/// Tables of a period.
const TABLES: usize = 7;

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files.get(name).unwrap_or_else(|| panic!("{name} in {:?}", files.keys())).clone())
        .unwrap()
}

#[actix_rt::test]
async fn a_day_is_written_when_its_last_calls_are_over_under_honest_names() {
    let house = House::at("2026-11-26T12:00:00Z").await;
    // Midnight in Madrid is at 23:00: the last is of the day after.
    for (at, agent, value) in [
        ("2026-11-26T08:00:00Z", "1001", 5),
        ("2026-11-26T22:59:00Z", "1001", 1),
        ("2026-11-26T09:00:00Z", "1002", 5),
        ("2026-11-26T23:01:00Z", "1002", 5),
    ] {
        house.call(at, agent, value).await;
    }
    let wanted = Wanted { forms: Form::ALL.to_vec(), ..Wanted::default() };
    let writer = house.writer(&house.folder("reports"), wanted).await;
    house.turn_to("2026-11-27T00:59:59Z");
    writer.rounds().await;
    assert_eq!(writer.files().len(), 0, "calls of its last minute may still go on");
    house.turn_to("2026-11-27T01:00:00Z");
    writer.until_files(3 * TABLES).await;
    let files = writer.files();
    let names: Vec<&str> = files.keys().map(String::as_str).filter(|name| name.contains(".csv")).collect();
    assert_eq!(
        names,
        [
            "2026-11-26_day_agent.csv",
            "2026-11-26_day_agent_queue.csv",
            "2026-11-26_day_hour.csv",
            "2026-11-26_day_queue.csv",
            "2026-11-26_day_service.csv",
            "2026-11-26_day_survey.csv",
            "2026-11-26_day_team.csv",
        ]
    );
    let agents = text(&files, "2026-11-26_day_agent.csv");
    let row = |agent: &str| {
        agents.lines().find(|line| line.contains(agent)).unwrap_or_else(|| panic!("{agents}")).to_owned()
    };
    assert!(row("1001").ends_with("q0,CSAT,50,2"), "{agents}");
    assert!(row("1002").ends_with("q0,CSAT,,1"), "too few answers: {agents}");
    assert!(agents.contains(",2026-11-26,2026-11-26,agent,"), "{agents}");
    let pairs = text(&files, "2026-11-26_day_agent_queue.csv");
    assert!(pairs.contains(",1001,Sales,2,"), "{pairs}");
    let hours: Value = serde_json::from_slice(&files["2026-11-26_day_hour.json"]).unwrap();
    assert_eq!((hours[0]["group"].as_str(), hours.as_array().unwrap().len()), (Some("09"), 3), "{hours}");
    assert!(files["2026-11-26_day_agent.xlsx"].starts_with(b"PK"));
    until_then("it is counted", async || writer.seen()["written"] == 3 * TABLES).await;
    assert_eq!(writer.seen()["last_error"], Value::Null);
    writer.running.stop().await;
}

#[actix_rt::test]
async fn what_was_written_is_never_written_over_and_what_is_taken_away_is_written_anew() {
    let house = House::at("2026-11-27T06:00:00Z").await;
    house.call("2026-11-26T08:00:00Z", "1001", 5).await;
    let writer = house.writer(&house.folder("reports"), Wanted::default()).await;
    writer.until_files(TABLES).await;
    let before = writer.files();
    // What a spool replays days later.
    house.call("2026-11-26T10:00:00Z", "1003", 1).await;
    writer.rounds().await;
    assert_eq!(writer.files(), before);
    std::fs::remove_file(writer.folder.join("2026-11-26_day_agent.csv")).unwrap();
    writer.until_files(TABLES).await;
    let after = writer.files();
    assert!(text(&after, "2026-11-26_day_agent.csv").contains("1003"));
    assert_eq!(after["2026-11-26_day_queue.csv"], before["2026-11-26_day_queue.csv"]);
    writer.running.stop().await;
}

#[actix_rt::test]
async fn after_a_downtime_missing_periods_are_caught_up_as_far_back_as_is_said() {
    let house = House::at("2026-11-27T06:00:00Z").await;
    house.call("2026-03-01T08:00:00Z", "1001", 5).await;
    house.call("2026-10-31T08:00:00Z", "1001", 5).await;
    let wanted = Wanted { periods: Rhythm::ALL.to_vec(), ..Wanted::default() };
    let writer = house.writer(&house.folder("reports"), wanted).await;
    // 31 days, 8 weeks, 3 months; over several rounds.
    writer.until_files((31 + 8 + 3) * TABLES).await;
    let files = writer.files();
    let first_of = |kind: &str| {
        files.keys().find(|name| name.contains(&format!("_{kind}_"))).unwrap().split_once('_').unwrap().0
    };
    assert_eq!(
        (first_of("day"), first_of("week"), first_of("month")),
        ("2026-10-27", "2026-09-28", "2026-08-01")
    );
    let october = text(&files, "2026-10-01_month_day.csv");
    assert!(october.contains(",2026-10-01,2026-10-31,day,2026-10-31,"), "{october}");
    assert_eq!(
        text(&files, "2026-11-20_day_agent.csv").lines().count(),
        1,
        "a header says that nothing came"
    );
    writer.running.stop().await;
}

#[actix_rt::test]
async fn without_the_lease_nothing_is_written_and_who_takes_over_goes_on_in_its_own_folder() {
    let house = House::at("2026-11-27T06:00:00Z").await;
    house.call("2026-11-26T08:00:00Z", "1001", 5).await;
    let shared = house.folder("shared");
    let first = house.writer(&shared, Wanted::default()).await;
    first.until_files(TABLES).await;
    let same = house.writer(&shared, Wanted::default()).await;
    let own = house.writer(&house.folder("own"), Wanted::default()).await;
    own.leads(false);
    first.leads(false);
    same.leads(false);
    house.turn_to("2026-11-28T06:00:00Z");
    for writer in [&first, &same, &own] {
        writer.rounds().await;
    }
    own.rounds().await;
    assert_eq!(first.files().len(), TABLES);
    until_then("it is shown", async || first.seen()["lease"] == "not held by this node").await;
    assert_eq!(first.seen()["last_error"], Value::Null, "that is no error");
    // The one with the same folder writes what is missing there, the other all there is to be.
    let before = first.files();
    same.leads(true);
    same.until_files(2 * TABLES).await;
    until_then("what was there is left", async || same.seen()["written"] == TABLES).await;
    assert!(before.iter().all(|(name, bytes)| same.files()[name] == *bytes));
    same.leads(false);
    own.leads(true);
    until_then("all days are in the other folder", async || own.files().keys().eq(same.files().keys())).await;
    for writer in [first, same, own] {
        writer.running.stop().await;
    }
}

#[actix_rt::test]
async fn a_period_waits_a_day_for_what_a_node_keeps_while_the_database_is_away() {
    let house = House::at("2026-11-27T06:00:00Z").await;
    house.call("2026-11-26T08:00:00Z", "1001", 5).await;
    let two = node("two");
    let facts = |entries| NodeFacts { spool: Some(NodeSpool { entries, bytes: 9 }), ..two.clone() };
    house.storage.record_node(facts(3), Duration::ZERO).await.unwrap();
    let writer = house.writer(&house.folder("reports"), Wanted::default()).await;
    writer.rounds().await;
    until_then("it is shown", async || writer.seen()["awaits_spool"] == true).await;
    assert_eq!(writer.files().len(), 0);
    house.turn_to("2026-11-28T01:00:00Z");
    writer.until_files(TABLES).await;
    house.turn_to("2026-11-28T02:00:00Z");
    house.storage.record_node(facts(0), Duration::ZERO).await.unwrap();
    writer.until_files(2 * TABLES).await;
    writer.running.stop().await;
}
