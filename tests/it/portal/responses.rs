//! Responses as people find them: by filters, with what each role may see of them; as files; and forgotten.

use std::io::Read;

use reqwest::Method;
use serde_json::{Value, json};

use super::{joined, opened};
use crate::support::{DN, Server, Site};

/// A response of an agent's team, answered by one digit.
fn answered(server: &Server, call: &str, team: &str, digit: &str) -> String {
    let facts = [
        ("dn", DN),
        ("call_id", call),
        ("customer", "+34600111222"),
        ("agent_id", "1001"),
        ("agent_name", "Ámbar"),
        ("team", team),
        ("queue", "Help"),
    ];
    let offered = server.post("/ivr/v1/survey", &facts);
    let id = offered.word("response_id");
    assert_eq!(server.answer(&id, "csat", digit).status, 200, "{offered:?}");
    id
}

fn count(reply: &Value) -> usize {
    reply["responses"].as_array().unwrap().len()
}

#[test]
fn responses_are_found_by_what_is_known_of_them_and_told_as_they_were() {
    let site = Site::new();
    let (server, mut admin) = opened(&site, &[]);
    let id = answered(&server, "call-1", "North", "5");
    answered(&server, "call-2", "South", "1");
    for (query, found) in [
        ("", 2),
        ("?score=5", 1),
        ("?score=1..5", 2),
        ("?question=csat&score=2..4", 0),
        ("?team=North", 1),
        ("?customer=%2B34600111222", 2),
        ("?call_id=call-2", 1),
        ("?until=2001-01-01", 0),
        ("?from=2001-01-01&queue=Help&agent=1001", 2),
        ("?state=expired", 0),
    ] {
        let listed = admin.get(&format!("/api/v1/responses{query}")).json();
        assert_eq!((count(&listed), &listed["count"]), (found, &json!(found)), "{query}: {listed}");
    }
    for bad in ["?score=high", "?from=yesterday", "?state=odd", "?survey=none", "?whatever=1", "?hour=24"] {
        assert_eq!(admin.get(&format!("/api/v1/responses{bad}")).status, 400, "{bad}");
    }
    let one = admin.get(&format!("/api/v1/responses/{id}")).json();
    assert_eq!(one["transcript"][0]["value"], json!({"kind": "number", "value": 5}), "{one}");
    assert!(one["transcript"][0]["text"].as_str().unwrap().len() > 5, "in the words of its version: {one}");
    assert_eq!((&one["call"]["customer"], &one["trail"]["changes"]), (&json!("+34600111222"), &json!(1)));
    assert!(one["trail"]["gates"].is_array() || one["trail"]["gates"].is_object(), "{one}");
    assert_eq!(admin.get("/api/v1/responses/none").status, 404);
}

#[test]
fn a_supervisor_sees_the_own_teams_only_and_a_viewer_no_whole_number() {
    let site = Site::new();
    let (server, mut admin) = opened(&site, &["portal.min_answers=1"]);
    let north = answered(&server, "call-1", "North", "5");
    let south = answered(&server, "call-2", "South", "1");
    let mut supervisor = joined(&site, &server, "supervisor");
    let csv_lines = |text: &str| text.lines().count() - 1;
    assert_eq!(count(&supervisor.get("/api/v1/responses").json()), 0, "no team yet: nothing");
    let teams = json!({"teams": ["North", "North"]});
    assert_eq!(admin.calls(Method::PUT, "/api/v1/users/a-supervisor/teams", &teams).status, 204);
    let listed = supervisor.get("/api/v1/responses").json();
    assert_eq!((count(&listed), &listed["responses"][0]["id"]), (1, &json!(north)));
    assert_eq!(supervisor.get(&format!("/api/v1/responses/{north}")).status, 200);
    assert_eq!(supervisor.get(&format!("/api/v1/responses/{south}")).status, 404);
    assert_eq!(count(&supervisor.get("/api/v1/responses?team=South").json()), 0);
    assert_eq!(csv_lines(&supervisor.get("/api/v1/export/responses.csv").body), 1);
    let report = supervisor.get("/api/v1/reports?by=team").json();
    assert_eq!(report["surveys"][0]["total"]["lifecycle"]["offered"], 1, "{report}");
    assert_eq!(report["surveys"][0]["groups"].as_array().unwrap().len(), 1);
    assert_eq!(supervisor.get("/api/v1/overview").json()["surveys"][0]["offered"], 1);
    let facets = supervisor.get("/api/v1/facets").json();
    assert_eq!(facets["teams"], json!([{"key": "North", "name": null}]), "{facets}");
    let mut viewer = joined(&site, &server, "viewer");
    let listed = viewer.get("/api/v1/responses").json();
    assert_eq!((count(&listed), &listed["responses"][0]["call"]["customer"]), (2, &json!("•••••••••222")));
    let exported = viewer.get("/api/v1/export/responses.csv").body;
    assert!(exported.contains("•••••••••222") && !exported.contains("34600111"), "{exported}");
}

#[test]
fn files_hold_what_is_shown_with_numbers_that_are_numbers() {
    let site = Site::new();
    let (server, mut admin) = opened(&site, &["portal.min_answers=1"]);
    answered(&server, "call-1", "=1+1", "5");
    answered(&server, "call-2", "South", "1");
    let csv = admin.get("/api/v1/export/responses.csv");
    assert!(csv.header("content-disposition").contains("responses.csv"), "{csv:?}");
    let mut lines = csv.body.trim_start_matches('\u{feff}').lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let at =
        |name: &str| head.iter().position(|column| *column == name).unwrap_or_else(|| panic!("{head:?}"));
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0][at("csat")], rows[1][at("csat")]), ("1", "5"), "the newest first");
    assert_eq!(
        (rows[1][at("team")], rows[0][at("customer")]),
        ("'=1+1", "+34600111222"),
        "no formula, but numbers"
    );
    let listed = admin.get("/api/v1/export/responses.json?team=South").json();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["csat"]), (1, &json!(1.0)), "{listed}");
    let none = admin.get("/api/v1/export/responses.json?team=Nobody");
    assert_eq!(none.json(), json!([]));
    let sheet = sheet_of(&admin.get("/api/v1/export/responses.xlsx").bytes);
    assert!(
        sheet.contains("ySplit=\"1\"") && sheet.contains("state=\"frozen\""),
        "the header stays: {sheet}"
    );
    assert!(sheet.contains("<v>5</v>"), "a number is a number: {sheet}");
    let report = admin.get("/api/v1/export/report.csv?by=team").body;
    assert!(report.contains("csat,CSAT,100,1") && report.contains("csat,CSAT,0,1"), "{report}");
    assert_eq!(admin.get("/api/v1/export/responses.pdf").status, 404);
    let told = admin.get("/api/v1/audit").json();
    let exports = told["entries"].as_array().unwrap().iter().filter(|e| e["action"] == "responses_exported");
    assert_eq!(exports.count(), 4, "who takes data out is told");
}

/// The first sheet of a workbook.
fn sheet_of(book: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, book).unwrap();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_customer_is_forgotten_with_proof_and_the_log_does_not_know_the_number() {
    let site = Site::new();
    let (server, mut admin) = opened(&site, &[]);
    let id = answered(&server, "call-1", "North", "5");
    let number = json!({"number": "+34600111222"});
    let there = admin.calls(Method::POST, "/api/v1/customers/look-up", &number).json();
    assert_eq!(there, json!({"responses": 1, "asks": 1}));
    let anonymise = json!({"number": "+34600111222", "how": "anonymise"});
    let proof = admin.calls(Method::POST, "/api/v1/customers/forget", &anonymise).json();
    assert_eq!(proof["erased"], json!({"asks": 1, "responses": 1, "answers": 1, "recordings": 0}), "{proof}");
    assert_eq!((&proof["left"], &proof["customer"]), (&json!(0), &json!("…22")));
    let kept = admin.get(&format!("/api/v1/responses/{id}")).json();
    assert_eq!((&kept["call"]["customer"], &kept["answers"][0]["value"]["value"]), (&json!(null), &json!(5)));
    let log = admin.get("/api/v1/audit").body;
    assert!(log.contains("customer_anonymised") && !log.contains("34600111222"), "{log}");
    let unknown = json!({"number": "+34600111222", "how": "delete"});
    assert_eq!(admin.calls(Method::POST, "/api/v1/customers/forget", &unknown).json()["erased"]["asks"], 0);
    let bad = json!({"number": "+34600111222", "how": "hide"});
    assert_eq!(admin.calls(Method::POST, "/api/v1/customers/forget", &bad).status, 400);
}

#[test]
fn filters_are_saved_by_each_person_for_themselves() {
    let site = Site::empty();
    let (server, mut admin) = opened(&site, &[]);
    let view = |query: &str| json!({"page": "responses", "name": "Bad ones", "query": query});
    assert_eq!(admin.calls(Method::POST, "/api/v1/views", &view("score=1")).status, 204);
    assert_eq!(admin.calls(Method::POST, "/api/v1/views", &view("score=1..2")).status, 204);
    let views = admin.get("/api/v1/views").json();
    assert_eq!(
        (views["views"].as_array().unwrap().len(), &views["views"][0]["query"]),
        (1, &json!("score=1..2"))
    );
    let mut other = joined(&site, &server, "viewer");
    assert_eq!(other.get("/api/v1/views").json()["views"], json!([]));
    let path = format!("/api/v1/views/{}", views["views"][0]["id"].as_str().unwrap());
    assert_eq!(other.calls(Method::DELETE, &path, &json!({})).status, 404, "somebody else's");
    assert_eq!(admin.calls(Method::DELETE, &path, &json!({})).status, 204);
}

#[test]
fn a_report_breaks_figures_down_and_stands_beside_the_period_before() {
    let site = Site::new();
    let (server, mut admin) = opened(&site, &["portal.min_answers=2"]);
    answered(&server, "call-1", "North", "5");
    answered(&server, "call-2", "North", "1");
    answered(&server, "call-3", "South", "4");
    for by in ["day", "agent", "team", "queue", "service", "hour", "weekday", "language", "channel"] {
        let report = admin.get(&format!("/api/v1/reports?by={by}")).json();
        let survey = &report["surveys"][0];
        let offered: u64 = survey["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| group["lifecycle"]["offered"].as_u64().unwrap())
            .sum();
        assert_eq!((offered, &survey["total"]["lifecycle"]["offered"]), (3, &json!(3)), "{by}: {report}");
    }
    let report = admin.get("/api/v1/reports?by=team&from=2020-01-01").json();
    let survey = &report["surveys"][0];
    let csat = survey["measures"].as_array().unwrap().iter().position(|m| m["question"] == "csat").unwrap();
    let of = |group: usize| &survey["groups"][group]["scores"][csat];
    assert_eq!((&of(0)["value"], &of(0)["n"]), (&json!(50.0), &json!(2)), "{survey}");
    assert_eq!((&of(1)["value"], &of(1)["n"]), (&json!(null), &json!(1)), "too few for a score");
    assert_eq!(survey["previous"], json!(null), "nobody was asked before");
    let narrowed = admin.get("/api/v1/reports?by=day&team=South").json();
    assert_eq!(narrowed["surveys"][0]["total"]["lifecycle"]["offered"], 1);
    for bad in ["?by=moon", "?from=2026-02-02&until=2026-01-01", "?survey=none", "?channel=fax"] {
        assert_eq!(admin.get(&format!("/api/v1/reports{bad}")).status, 400, "{bad}");
    }
}
