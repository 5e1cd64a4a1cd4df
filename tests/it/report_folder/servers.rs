//! Real servers, each with a folder.

use super::files;
use crate::cli_frame::stdout;
use crate::support::{Server, Site, block_on, until};

const FAST: [&str; 7] = [
    "lease.ttl_ms=5000",
    "lease.renew_ms=1000",
    "lease.timeout_ms=1000",
    "lease.stop_ms=3500",
    "lease.look_ms=500",
    "janitor.every_s=1",
    "reports.periods=day",
];
const DAY_MS: i64 = 86_400_000;

/// A call that was three days ago, and the name of the file that is written last of the days that are over since.
fn surveyed(site: &Site, server: &Server) -> String {
    let response = server.offer("long-ago");
    assert_eq!(server.answer(&response, "csat", "5").status, 200);
    let file = rusqlite::Connection::open(site.database()).unwrap();
    file.busy_timeout(crate::support::SOON).unwrap();
    let moved = file.execute("UPDATE response SET offered_at = offered_at - ?1", [3 * DAY_MS]).unwrap();
    assert_eq!(moved, 1);
    let day = "SELECT date(offered_at / 1000, 'unixepoch') FROM response";
    let day: String = file.query_row(day, [], |row| row.get(0)).unwrap();
    format!("{day}_day_hour.csv")
}

fn seen(server: &Server) -> serde_json::Value {
    block_on(server.http().child("report_writer"))["observed"].clone()
}

#[test]
fn a_node_that_dies_leaves_the_files_to_the_other_which_writes_them_into_its_folder() {
    let site = Site::new();
    let other = site.beside();
    let start = |site: &Site, name: &str| {
        let folder = site.scratch("reports");
        std::fs::create_dir_all(&folder).unwrap();
        let (name, set) = (format!("node.name={name}"), format!("reports.folder={}", folder.display()));
        (site.serve(&[&FAST[..], &[name.as_str(), set.as_str()]].concat()), folder)
    };
    let (first, its) = start(&site, "one");
    let last = surveyed(&site, &first);
    until("the first has written all", || files(&its).contains_key(&last));
    let (second, own) = start(&other, "two");
    until("the second stands by", || seen(&second)["lease"] == "not held by this node");
    assert_eq!(files(&own).len(), 0);
    first.kill();
    until("the second has all files", || files(&own).keys().eq(files(&its).keys()));
    assert!(files(&own).iter().all(|(name, bytes)| files(&its)[name] == *bytes));
}

#[test]
fn check_says_whether_files_can_be_written_and_what_mends_it() {
    let site = Site::empty();
    let folder = site.scratch("reports");
    let set = format!("reports.folder={}", folder.display());
    let check = || {
        let output = site.command(&[
            "check",
            "--set",
            &set,
            "--set",
            "ivr_api.listen=127.0.0.1:0",
            "--set",
            "portal.listen=127.0.0.1:0",
        ]);
        let text = stdout(&output);
        text.lines()
            .find(|line| line.contains("  report folder: "))
            .unwrap_or_else(|| panic!("{text}"))
            .to_owned()
    };
    assert!(
        check().starts_with("FAIL  report folder: cannot write in ") && check().contains("install -d -o ")
    );
    std::fs::write(&folder, "").unwrap();
    assert!(check().contains("it is a file"), "{}", check());
    std::fs::remove_file(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(check(), format!("ok    report folder: {}", folder.display()));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "the probe is taken away");
}

#[test]
fn a_server_whose_folder_is_missing_serves_and_says_so_at_its_start() {
    let site = Site::new();
    let folder = site.scratch("reports");
    let server = site.serve(&[&format!("reports.folder={}", folder.display())]);
    until("it is told", || {
        seen(&server)["last_error"].as_str().is_some_and(|told| told.contains("install -d"))
    });
    assert!(server.log().contains("report files are not written until this is mended"), "{}", server.log());
    let response = server.offer("call");
    assert_eq!(server.answer(&response, "csat", "5").status, 200);
}
