//! Reports by mail as people set them up, from the page to the letter.

use reqwest::Method;
use serde_json::{Value, json};

use super::{joined, opened};
use crate::support::person::Person;
use crate::support::smtp::PostOffice;
use crate::support::{Site, until};

const PATH: &str = "/api/v1/report-mails";

fn wanted() -> Value {
    json!({"survey": "support", "by": "agent", "rhythm": "day", "hour": 0, "recipients": ["boss@example.com"], "file": "csv"})
}

fn mails(person: &mut Person) -> Vec<Value> {
    person.get(PATH).json()["mails"].as_array().unwrap().clone()
}

/// Settings of a node that sends by this server.
fn by(office: &PostOffice) -> Vec<String> {
    let port = office.port();
    [
        &format!("mail.port={port}"),
        "mail.host=127.0.0.1",
        "mail.tls=none",
        "mail.from=surveys@example.com",
        "mail.every_s=1",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[test]
fn a_report_that_somebody_set_up_arrives_and_what_became_of_it_is_shown() {
    let (site, office) = (Site::new(), PostOffice::open());
    let settings = by(&office);
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let (server, mut admin) = opened(&site, &settings);
    let made = admin.calls(Method::POST, PATH, &wanted());
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.word("id");
    assert_eq!(mails(&mut admin)[0]["last"], Value::Null, "what was due before it was set up is not sent");
    // As if it had been set up the day before yesterday.
    let file = rusqlite::Connection::open(site.database()).unwrap();
    file.busy_timeout(crate::support::SOON).unwrap();
    file.execute("UPDATE report_mail SET changed_at = changed_at - 172800000", []).unwrap();
    until("it is sent", || mails(&mut admin)[0]["last"]["state"] == "sent");
    let got = office.got();
    assert_eq!((got.len(), got[0].to.as_slice()), (1, ["boss@example.com".to_owned()].as_slice()));
    let text = got[0].text();
    assert!(text.contains(&format!("{}/reports?mail={id}", server.portal())), "{text}");
    assert!(!server.log().contains("boss@example.com"), "no address is logged");
    let log = admin.get("/api/v1/audit").json();
    let line =
        log["entries"].as_array().unwrap().iter().find(|line| line["action"] == "report_mail_added").unwrap();
    assert_eq!(line["subject"], "support");
}

#[test]
fn reports_by_mail_are_ones_own_an_admin_sees_and_removes_all_and_each_change_is_in_the_log() {
    let (site, office) = (Site::new(), PostOffice::open());
    let settings = by(&office);
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let (server, mut admin) = opened(&site, &settings);
    let (mut manager, mut supervisor) =
        (joined(&site, &server, "manager"), joined(&site, &server, "supervisor"));
    let made = manager.calls(Method::POST, PATH, &wanted());
    let id = made.word("id");
    let of = format!("{PATH}/{id}");
    assert_eq!(mails(&mut supervisor).len(), 0);
    for (method, body) in [(Method::PUT, wanted()), (Method::DELETE, json!({}))] {
        assert_eq!(supervisor.calls(method, &of, &body).status, 404, "somebody else's");
    }
    let seen = mails(&mut admin);
    assert_eq!((&seen[0]["owner"], &seen[0]["is_own"]), (&json!("a-manager"), &json!(false)));
    assert_eq!(admin.calls(Method::PUT, &of, &wanted()).status, 404, "its figures are those of its person");
    let other = json!({"survey": null, "by": "day", "rhythm": "month", "hour": 23,
        "recipients": ["a@example.com", " A@example.com ", "b@example.com", ""], "file": "xlsx"});
    assert_eq!(manager.calls(Method::PUT, &of, &other).status, 204);
    let shown = &mails(&mut manager)[0];
    assert_eq!(shown["recipients"], json!(["a@example.com", "b@example.com"]), "each once");
    assert_eq!(
        (&shown["survey"], &shown["rhythm"], &shown["hour"]),
        (&json!(null), &json!("month"), &json!(23))
    );
    assert_eq!(admin.calls(Method::DELETE, &of, &json!({})).status, 204);
    assert_eq!(mails(&mut manager).len(), 0);
    assert_eq!(manager.calls(Method::DELETE, &of, &json!({})).status, 404);
    let log = admin.get("/api/v1/audit").json();
    let lines: Vec<(&str, &str)> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["action"].as_str().unwrap(), line["who"].as_str().unwrap()))
        .filter(|(action, _)| action.starts_with("report_mail"))
        .collect();
    assert_eq!(
        lines,
        [
            ("report_mail_removed", "admin"),
            ("report_mail_changed", "a-manager"),
            ("report_mail_added", "a-manager")
        ]
    );
}

#[test]
fn what_cannot_be_sent_is_refused_with_the_reason() {
    let (site, office) = (Site::new(), PostOffice::open());
    let settings = by(&office);
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let (server, mut admin) = opened(&site, &settings);
    let many: Vec<String> = (0..11).map(|no| format!("a{no}@example.com")).collect();
    let wrong = [
        ("recipients", json!([]), "1 to 10 addresses"),
        ("recipients", json!(many), "1 to 10 addresses"),
        ("recipients", json!(["no address"]), "`no address` is no address"),
        ("recipients", json!(["a@example.com\r\nBcc: b@example.com"]), "is no address"),
        ("hour", json!(24), "hour: 0 to 23"),
        ("rhythm", json!("year"), "rhythm: day, week or month"),
        ("by", json!("survey"), "by: one of"),
        ("file", json!("json"), "file: csv or xlsx"),
        ("survey", json!("none"), "survey: there is no none"),
    ];
    for (name, value, why) in wrong {
        let mut body = wanted();
        body[name] = value;
        let reply = admin.calls(Method::POST, PATH, &body);
        assert!(reply.status == 400 && reply.word("message").contains(why), "{name}: {reply:?}");
    }
    for _ in 0..20 {
        assert_eq!(admin.calls(Method::POST, PATH, &wanted()).status, 201);
    }
    assert_eq!(admin.calls(Method::POST, PATH, &wanted()).word("code"), "too_many_reports");
    drop(server);
    let server = site.serve(&[]);
    admin.moves_to(&server.portal());
    assert_eq!(admin.get(PATH).json()["is_on"], false);
    let reply = admin.calls(Method::POST, PATH, &wanted());
    assert!(reply.status == 409 && reply.word("message").contains("mail.host"), "{reply:?}");
}
