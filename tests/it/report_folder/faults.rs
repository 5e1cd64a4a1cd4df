//! What befalls a folder: gone, a file in its place, full, read-only; and what is deleted from it.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::*;
use crate::support::disk::SmallDisk;

async fn until_told(writer: &Writer, part: &str) {
    until_then(&format!("it tells: {part}"), async || {
        writer.seen()["last_error"].as_str().is_some_and(|told| told.contains(part))
    })
    .await;
}

#[actix_rt::test]
async fn a_folder_that_vanishes_or_is_a_file_is_told_with_what_mends_it_and_tried_again() {
    let house = House::at("2026-11-27T06:00:00Z").await;
    house.call("2026-11-25T08:00:00Z", "1001", 5).await;
    let folder = house.folder("reports");
    let writer = house.writer(&folder, Wanted::default()).await;
    writer.until_files(14).await;
    let away = house.place.path().join("away");
    std::fs::rename(&folder, &away).unwrap();
    until_told(&writer, "install -d -o ").await;
    std::fs::write(&folder, "a file").unwrap();
    until_told(&writer, "it is a file").await;
    house.turn_to("2026-11-28T06:00:00Z");
    assert_eq!(std::fs::read(&folder).unwrap(), b"a file");
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&away, &folder).unwrap();
    writer.until_files(21).await;
    until_then("it is well again", async || writer.seen()["last_error"] == Value::Null).await;
    writer.has_never_crashed();
    writer.running.stop().await;
}

#[actix_rt::test]
async fn a_node_that_only_stands_by_finds_out_that_it_could_not_write() {
    let house = House::at("2026-11-27T06:00:00Z").await;
    let writer = house.writer(&house.place.path().join("missing"), Wanted::default()).await;
    writer.leads(false);
    until_told(&writer, "cannot write in the folder of reports").await;
    assert!(!writer.folder.exists(), "a share that is not mounted is not made up for");
    writer.running.stop().await;
}

#[actix_rt::test]
async fn a_full_or_read_only_disk_is_told_leaves_no_half_file_and_is_written_to_once_it_is_mended() {
    let Some(disk) = SmallDisk::of_kib(256, "report_folder: a full disk") else { return };
    let house = House::at("2026-11-27T06:00:00Z").await;
    house.call("2026-11-26T08:00:00Z", "1001", 5).await;
    let ballast = disk.path().join("ballast");
    drop(std::fs::write(&ballast, vec![0; 1 << 20]));
    let writer = house.writer(disk.path(), Wanted::default()).await;
    until_told(&writer, "make room").await;
    let names: Vec<String> = writer.files().into_keys().collect();
    assert_eq!(names, ["ballast"]);
    std::fs::remove_file(ballast).unwrap();
    writer.until_files(7).await;
    let remount = |how: &str| {
        let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(disk.path()).status();
        assert!(done.unwrap().success(), "remount,{how}");
    };
    remount("ro");
    house.turn_to("2026-11-28T06:00:00Z");
    until_told(&writer, "remount,rw").await;
    remount("rw");
    writer.until_files(14).await;
    until_then("it is well again", async || writer.seen()["last_error"] == Value::Null).await;
    writer.has_never_crashed();
    writer.running.stop().await;
}

#[actix_rt::test]
async fn what_is_past_its_time_goes_and_nothing_that_is_not_ours() {
    let house = House::at("2026-11-27T06:00:00Z").await;
    house.call("2026-11-26T08:00:00Z", "1001", 5).await;
    let folder = house.folder("reports");
    let elsewhere = house.place.path().join("elsewhere");
    std::fs::write(&elsewhere, "e").unwrap();
    let foreign = [
        "2020-01-01_day_agent.csv.bak",
        "2020-01-01_day_agents.csv",
        "2020-01-07_week_agent.csv",
        "copy of 2020-01-01_day_agent.csv",
        "notes.txt",
    ];
    let old = ["2026-10-26_day_agent.csv", "2020-01-06_week_queue.xlsx", "2026-09-01_month_day.json"];
    // The last day of October is kept for 31 days.
    let kept = ["2026-10-27_day_agent.csv", "2026-10-01_month_agent.csv", "2026-10-26_week_agent.json"];
    for name in foreign.iter().chain(&old).chain(&kept) {
        std::fs::write(folder.join(name), "x").unwrap();
    }
    symlink(&elsewhere, folder.join("2020-01-02_day_agent.csv")).unwrap();
    std::fs::create_dir(folder.join("2020-01-03_day_agent.csv")).unwrap();
    let writer = house.writer(&folder, Wanted { keep_days: 31, ..Wanted::default() }).await;
    until_then("the old ones are gone", async || old.iter().all(|name| !folder.join(name).exists())).await;
    writer.rounds().await;
    for name in foreign.iter().chain(&kept) {
        assert!(folder.join(name).exists(), "{name} is gone");
    }
    assert!(folder.join("2020-01-02_day_agent.csv").is_symlink() && elsewhere.exists());
    assert!(folder.join("2020-01-03_day_agent.csv").is_dir());
    until_then("it is counted", async || writer.seen()["deleted"] == 3).await;
    writer.running.stop().await;
}
