//! A full disk under a running server.

use super::*;
use crate::support::disk::SmallDisk;

#[test]
fn a_full_disk_refuses_answers_with_503_loses_none_and_is_served_again_once_there_is_space() {
    let Some(disk) = SmallDisk::of_kib(4_096, "ops: a full disk under a running server") else { return };
    let site = Site::at(disk.path(), &["database.free_space_min_mb=0"]);
    let server = site.serve(&[]);
    let callers = Callers::new(server.http(), "before");
    block_on(async {
        let enough = async {
            until_then("callers are answered", async || callers.acknowledged() > 100).await;
            callers.stop();
        };
        futures_util::join!(callers.call(10), enough);
    });
    let open = server.offer("open");

    let ballast = disk.path().join("ballast");
    fill(&ballast);
    // The log may have pages left to write over, enough for an answer when they no longer are for an offer.
    let mut refused = server.answer(&open, "csat", "1");
    let mut values = ["2", "3", "4"].into_iter().cycle();
    until("no answer can be stored", || {
        refused = server.answer(&open, "csat", values.next().unwrap());
        refused.status == 503
    });
    assert_eq!((refused.status, refused.word("result").as_str()), (503, "ERROR"), "{refused:?}");
    assert_eq!(refused.word("code"), "storage_unavailable", "{refused:?}");
    assert!(!refused.word("error_id").is_empty() && refused.header("retry-after") == "1", "{refused:?}");
    assert!(server.log().contains("is full"), "{}", server.log());
    until("health goes down", || server.get("/health/ready").status == 503);

    std::fs::remove_file(ballast).unwrap();
    until("health comes back", || server.get("/health/ready").status == 200);
    assert_eq!(server.answer(&open, "csat", "5").word("question_id"), "solved");
    let records = callers.records();
    let stored = Stored::open(&site.database());
    stored.verify(&records);
    assert_eq!(stored.answers(&open)["csat"], "5");
    stored.sound();
}

/// Takes all the space there is.
fn fill(path: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(path).unwrap();
    while file.write_all(&[0; 1_024]).is_ok() {}
}
