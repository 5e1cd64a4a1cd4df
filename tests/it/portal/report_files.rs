//! The folder of reports in the portal: listed, downloaded and told of; nothing else of the disk is reached by it.

use std::os::unix::fs::symlink;

use serde_json::json;

use super::{joined, opened};
use crate::support::Site;

const NAME: &str = "2026-11-26_day_agent.csv";

#[test]
fn files_are_listed_and_downloaded_and_who_took_one_is_told() {
    let site = Site::empty();
    let folder = site.scratch("reports");
    std::fs::create_dir(&folder).unwrap();
    for name in [NAME, "2026-11-25_day_queue.json", "2026-11-23_week_agent.csv", "notes.txt"] {
        std::fs::write(folder.join(name), "figures").unwrap();
    }
    let (server, mut admin) =
        opened(&site, &[&format!("reports.folder={}", folder.display()), "node.name=one"]);
    let listed = admin.get("/api/v1/report-files").json();
    assert_eq!((&listed["on"], &listed["is_unreadable"]), (&json!(true), &json!(false)), "{listed}");
    let days: Vec<&str> =
        listed["periods"].as_array().unwrap().iter().map(|period| period["from"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-11-26", "2026-11-25"]);
    let file = &listed["periods"][0]["files"][0];
    assert_eq!(file, &json!({"name": NAME, "by": "agent", "form": "csv", "bytes": 7}));
    assert_eq!(admin.get("/api/v1/report-files?period=week").json()["periods"][0]["until"], "2026-11-29");
    assert_eq!(admin.get("/api/v1/report-files?period=year").status, 400);
    let mut viewer = joined(&site, &server, "viewer");
    let taken = viewer.get(&format!("/api/v1/report-files/{NAME}"));
    assert_eq!((taken.status, taken.body.as_str()), (200, "figures"));
    assert_eq!(taken.header("content-disposition"), format!("attachment; filename=\"{NAME}\""));
    assert_eq!(taken.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(admin.get("/api/v1/report-files/2026-11-24_day_agent.csv").status, 404);
    let mut supervisor = joined(&site, &server, "supervisor");
    for path in ["/api/v1/report-files", &format!("/api/v1/report-files/{NAME}")] {
        let refused = supervisor.get(path);
        assert_eq!((refused.status, refused.word("code").as_str()), (403, "no_right"), "{refused:?}");
    }
    let told = admin.get("/api/v1/audit").json();
    let taken: Vec<_> =
        told["entries"].as_array().unwrap().iter().filter(|e| e["action"] == "report_file_taken").collect();
    assert_eq!(taken.len(), 1, "what was refused or not there was not taken: {told}");
    assert_eq!((&taken[0]["who"], &taken[0]["subject"]), (&json!("a-viewer"), &json!(NAME)));
}

#[test]
fn no_name_leads_out_of_the_folder_and_no_link_is_followed() {
    let site = Site::empty();
    let folder = site.scratch("reports");
    std::fs::create_dir_all(folder.join("2026-11-22_day_agent.csv")).unwrap();
    let secret = site.scratch(NAME);
    std::fs::write(&secret, "a secret").unwrap();
    std::fs::write(folder.join("notes.txt"), "a secret").unwrap();
    symlink(&secret, folder.join("2026-11-24_day_agent.csv")).unwrap();
    symlink("/etc/passwd", folder.join("2026-11-23_day_agent.csv")).unwrap();
    let (_server, mut admin) = opened(&site, &[&format!("reports.folder={}", folder.display())]);
    for name in [
        "2026-11-24_day_agent.csv",
        "2026-11-23_day_agent.csv",
        "2026-11-22_day_agent.csv",
        "notes.txt",
        &format!("..%2f{NAME}"),
        &format!("%2e%2e%2f{NAME}"),
        &format!("..%5c{NAME}"),
        &format!("../{NAME}"),
        "..%2f..%2fetc%2fpasswd",
        "%2fetc%2fpasswd",
        &format!("{NAME}%00"),
        &format!(".%2f{NAME}"),
        "..",
    ] {
        let reply = admin.get(&format!("/api/v1/report-files/{name}"));
        assert!(reply.status == 404 && !reply.body.contains("secret"), "{name}: {reply:?}");
    }
    let listed = admin.get("/api/v1/report-files").json();
    assert_eq!(listed["periods"], json!([]), "links and folders are no files: {listed}");
    let told = admin.get("/api/v1/audit").body;
    assert!(!told.contains("report_file_taken"), "{told}");
}

#[test]
fn a_folder_that_is_off_or_cannot_be_read_is_told_and_the_rest_goes_on() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    assert_eq!(admin.get("/api/v1/report-files").json()["on"], false);
    assert_eq!(admin.get(&format!("/api/v1/report-files/{NAME}")).status, 404);
    drop(server);
    let folder = site.scratch("file");
    std::fs::write(&folder, "in its place").unwrap();
    let server = site.serve(&[&format!("reports.folder={}", folder.display())]);
    admin.moves_to(&server.portal());
    let listed = admin.get("/api/v1/report-files").json();
    assert_eq!(listed["is_unreadable"], true, "{listed}");
    assert!(listed["problem"].as_str().unwrap().contains("it is a file"), "{listed}");
    let mut viewer = joined(&site, &server, "viewer");
    let listed = viewer.get("/api/v1/report-files").json();
    assert_eq!((&listed["is_unreadable"], &listed["problem"]), (&json!(true), &json!(null)), "{listed}");
}
