//! Reports: their figures against the stored answers counted by another way, their formats, and what they say when
//! there is nothing to say.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use aftercall::domain::contact::CallFacts;
use aftercall::domain::response::{Answer, AnswerValue, ResponseState};
use aftercall::foundation::{ResponseId, SurveyId, SystemChance, VersionId, WriteId};
use aftercall::storage::{
    DraftBase, DraftRow, OfferRow, ResponseFacts, ResponseRow, ResponseUpdate, Storage, VersionRow,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::cli_frame::{aftercall, stderr, stdout};
use crate::demo::{PLAYED, data, open, stored};
use crate::storage_contract::{Ground, block_on, name, number};

fn report(data: &Path, arguments: &[&str]) -> Output {
    let output = aftercall(&[&["report", "--data-dir", data.to_str().unwrap()], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    output
}

fn json_report(data: &Path, arguments: &[&str]) -> Value {
    serde_json::from_slice(&report(data, &[arguments, &["--format", "json"]].concat()).stdout).unwrap()
}

/// Rows of a CSV report as maps from column to value.
fn csv_report(data: &Path, arguments: &[&str]) -> Vec<BTreeMap<String, String>> {
    let output = report(data, &[arguments, &["--format", "csv"]].concat());
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    reader.deserialize().map(Result::unwrap).collect()
}

/// The number given to a question, if one was.
fn given(row: &ResponseRow, question: &str) -> Option<i32> {
    row.answers.iter().find_map(|answer| match answer.value {
        AnswerValue::Number(n) if answer.question_key == question => Some(n),
        _ => None,
    })
}

/// Whether anything was answered; a caller who only passes questions over and hangs up declined.
fn gave_an_answer(row: &ResponseRow) -> bool {
    row.answers.iter().any(|answer| answer.value != AnswerValue::Skipped)
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

/// Satisfaction, recommendation and ease as the numbers alone say, each with its n.
fn by_hand(rows: &[&ResponseRow], question: &str) -> Option<(f64, usize)> {
    let all: Vec<i32> = rows.iter().filter_map(|row| given(row, question)).collect();
    let share = |wanted: fn(i32) -> bool| percent(all.iter().filter(|n| wanted(**n)).count(), all.len());
    let value = match question {
        _ if all.is_empty() => return None,
        "csat" => share(|n| n >= 4),
        "solved" => share(|n| n == 1),
        "recommend" => share(|n| n >= 9) - share(|n| n <= 6),
        _ => f64::from(all.iter().sum::<i32>()) / f64::from(u32::try_from(all.len()).unwrap()),
    };
    Some((value, all.len()))
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// Compares every group of a report with the responses that `key` puts into it.
fn check(by: &str, key: impl Fn(&ResponseRow) -> Option<String>) {
    let (folder, _) = &*PLAYED;
    let data = data(folder.path());
    let rows = stored(&data);
    let report = json_report(&data, &["--by", by]);
    let mut seen = 0;
    for survey in report["surveys"].as_array().unwrap() {
        let asked = if survey["survey"] == "sales" {
            vec!["effort", "recommend"]
        } else {
            vec!["csat", "solved", "recommend"]
        };
        for group in survey["groups"].as_array().unwrap() {
            let of_survey = |row: &&ResponseRow| {
                (row.call.dn.as_ref().unwrap().as_str() == "5003") == (survey["survey"] == "sales")
            };
            let mine: Vec<&ResponseRow> = rows
                .iter()
                .filter(of_survey)
                .filter(|row| key(row).as_deref() == group["group"].as_str())
                .collect();
            seen += mine.len();
            let states = |state| mine.iter().filter(|row| row.state == state).count();
            let started = mine.iter().filter(|row| gave_an_answer(row)).count();
            let lifecycle = &group["lifecycle"];
            assert_eq!(lifecycle["offered"], mine.len());
            assert_eq!(lifecycle["started"], started);
            assert_eq!(lifecycle["completed"], states(ResponseState::Complete));
            assert_eq!(lifecycle["declined"], states(ResponseState::Declined));
            assert!(close(lifecycle["response_rate"].as_f64().unwrap(), percent(started, mine.len())));
            for question in &asked {
                let told = group["questions"].as_array().unwrap().iter().find(|q| q["question"] == *question);
                let told =
                    told.map(|q| (q["value"].as_f64(), usize::try_from(q["n"].as_u64().unwrap()).unwrap()));
                match (told, by_hand(&mine, question)) {
                    (Some((Some(value), n)), Some((expected, count))) => {
                        assert!(
                            close(value, expected) && n == count,
                            "{question} of {group}: {expected}, n {count}"
                        );
                    }
                    (None | Some((None, 0)), None) => {}
                    (told, expected) => panic!("{question} of {group}: {told:?}, not {expected:?}"),
                }
            }
        }
    }
    assert_eq!(seen, rows.len(), "every response is in one group");
}

#[test]
fn the_figures_of_every_breakdown_are_those_of_the_stored_answers() {
    check("survey", |_| Some(String::new()));
    check("question", |_| Some(String::new()));
    check("agent", |row| row.call.agent_id.as_ref().map(ToString::to_string));
    check("team", |row| row.call.team.as_ref().map(ToString::to_string));
    check("queue", |row| row.call.queue.as_ref().map(ToString::to_string));
    check("service", |row| {
        let services = [("5001", "Support"), ("5002", "Billing"), ("5003", "Sales")];
        let dn = row.call.dn.as_ref()?.as_str();
        services.iter().find(|(number, _)| *number == dn).map(|(_, name)| (*name).to_owned())
    });
    check("day", |row| Some(row.offered_at.date_naive().to_string()));
}

#[test]
fn csv_has_the_same_figures_as_json_and_a_row_for_each_group_and_question() {
    let (folder, _) = &*PLAYED;
    let data = data(folder.path());
    let (rows, report) = (csv_report(&data, &["--by", "agent"]), json_report(&data, &["--by", "agent"]));
    let mut rows = rows.into_iter();
    for survey in report["surveys"].as_array().unwrap() {
        for group in survey["groups"].as_array().unwrap() {
            let questions = group["questions"].as_array().unwrap();
            if questions.is_empty() {
                let row = rows.next().unwrap();
                assert_eq!((row["question"].as_str(), row["n"].as_str()), ("", ""), "offered, not answered");
                assert_eq!(row["offered"], group["lifecycle"]["offered"].to_string());
            }
            for question in questions {
                let row = rows.next().unwrap();
                assert_eq!(
                    (row["by"].as_str(), row["survey"].as_str()),
                    ("agent", survey["survey"].as_str().unwrap())
                );
                assert_eq!(Some(row["group_name"].as_str()), group["name"].as_str());
                assert_eq!(Some(row["question"].as_str()), question["question"].as_str());
                assert_eq!(row["n"], question["n"].to_string());
                assert_eq!(row["offered"], group["lifecycle"]["offered"].to_string());
                let value =
                    question["value"].as_f64().map_or_else(String::new, |value| format!("{value:.2}"));
                assert_eq!(row["value"], value);
            }
        }
    }
    assert_eq!(rows.next(), None);
}

#[test]
fn no_table_is_wider_than_a_hundred_columns() {
    let (folder, _) = &*PLAYED;
    for by in ["survey", "question", "agent", "team", "queue", "service", "day"] {
        let told = stdout(&report(&data(folder.path()), &["--by", by]));
        assert!(told.contains("Support call (support)") && told.contains("CSAT"), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");
    }
}

/// A survey with these versions, each a list of questions; its id and theirs.
async fn survey(storage: &dyn Storage, versions: &[Value]) -> (SurveyId, Vec<VersionId>) {
    let (survey, at) = (SurveyId::new(DateTime::UNIX_EPOCH, &SystemChance), DateTime::UNIX_EPOCH);
    let mut ids = Vec::new();
    for questions in versions {
        let document =
            json!({"format": "aftercall.survey/1", "key": "s", "name": "S, \"quoted\"", "languages": ["en"],
            "questions": questions})
            .to_string();
        let (key, name) = ("s".to_owned(), "S, \"quoted\"".to_owned());
        let draft = DraftRow {
            survey,
            key,
            name,
            document: document.clone(),
            saved_at: at,
            saved_by: String::new(),
            revision: 0,
        };
        storage.save_draft(draft, DraftBase::Any, None).await.unwrap();
        let id = VersionId::new(at, &SystemChance);
        storage
            .publish(VersionRow { id, survey, number: 0, document, published_at: at }, None)
            .await
            .unwrap();
        ids.push(id);
    }
    (survey, ids)
}

/// Stores a complete response to the first question.
async fn answered(
    storage: &dyn Storage,
    (survey, version): (SurveyId, VersionId),
    at: &str,
    agent: (&str, &str),
    n: i32,
) {
    let at: DateTime<Utc> = at.parse().unwrap();
    let service = storage.services().await.unwrap()[0].id;
    let facts = ResponseFacts { survey, version, ..Ground { service, survey, version }.facts() };
    let call = CallFacts { agent_id: number(agent.0), agent_name: name(agent.1), ..CallFacts::default() };
    let id = ResponseId::new(at, &SystemChance);
    let offer = Ground { service, survey, version }.offer(at);
    storage.insert_offer(OfferRow { id, facts: call, response: Some(facts), ..offer }).await.unwrap();
    let value = AnswerValue::Number(n);
    let answers = vec![Answer { question_no: 0, question_key: "rate".to_owned(), value, at }];
    let update = ResponseUpdate {
        id,
        write: WriteId::new(at, &SystemChance),
        expected_seq: 0,
        answers,
        state: ResponseState::Complete,
        recordings: Vec::new(),
        at,
        follow_up: None,
    };
    storage.update_response(update).await.unwrap();
}

fn rating(scale: &str) -> Value {
    json!([{"key": "rate", "type": "rating", "scale": scale, "text": {"en": "Well?"}}])
}

#[test]
fn a_question_whose_type_was_changed_is_a_row_for_each_type_and_says_its_versions() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let storage = open(folder.path());
        let (id, versions) = survey(&*storage, &[rating("1-5"), rating("1-5"), rating("1-10")]).await;
        for (version, n) in [(0, 5), (1, 4), (2, 10)] {
            answered(&*storage, (id, versions[version]), "2026-05-04T10:00:00Z", ("7", "Ann, \"A\""), n)
                .await;
        }
    });
    let rows = csv_report(folder.path(), &["--by", "agent"]);
    let told: Vec<_> =
        rows.iter().map(|row| [&row["versions"], &row["value"], &row["n"]].map(String::as_str)).collect();
    assert_eq!(told, [["3", "10.00", "1"], ["1 2", "4.50", "2"]]);
    assert_eq!(
        (rows[0]["survey_name"].as_str(), rows[0]["group_name"].as_str()),
        ("S, \"quoted\"", "Ann, \"A\"")
    );
    let table = stdout(&report(folder.path(), &[]));
    assert!(table.contains("(version 3)") && table.contains("(versions 1, 2)"), "{table}");
}

#[test]
fn a_report_of_more_rows_than_a_page_counts_everybody_once() {
    const AGENTS: usize = 10_500;
    let folder = tempfile::tempdir().unwrap();
    let storage = open(folder.path());
    block_on(async {
        let (id, versions) = survey(&*storage, &[rating("1-5")]).await;
        answered(&*storage, (id, versions[0]), "2026-05-04T10:00:00Z", ("0", ""), 5).await;
    });
    drop(storage);
    let file = rusqlite::Connection::open(folder.path().join("aftercall.db")).unwrap();
    let ids = format!(
        "WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < {})
         SELECT n, CAST(printf('%016d', n) AS BLOB) AS id FROM more",
        AGENTS - 1
    );
    file.execute_batch(&format!(
        "CREATE TEMP TABLE more AS {ids};
         INSERT INTO offer (id, at, service_id, agent_id, result, trace, node)
         SELECT m.id, o.at, o.service_id, m.n, o.result, o.trace, o.node FROM offer o, temp.more m;
         INSERT INTO response (id, survey_id, version_id, service_id, channel, language, seed, state, seq, offered_at, updated_at)
         SELECT m.id, r.survey_id, r.version_id, r.service_id, r.channel, r.language, r.seed, r.state, r.seq, r.offered_at, r.updated_at
         FROM response r, temp.more m;
         INSERT INTO answer (response_id, question_no, question_key, kind, num, text, at)
         SELECT m.id, a.question_no, a.question_key, a.kind, a.num, a.text, a.at FROM answer a, temp.more m;"
    ))
    .unwrap();
    let rows = csv_report(folder.path(), &["--by", "agent"]);
    assert_eq!(rows.len(), AGENTS);
    assert!(rows.iter().all(|row| (row["n"].as_str(), row["offered"].as_str()) == ("1", "1")));
}

#[test]
fn days_are_those_of_the_site_and_limits_hold_whole_days() {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let storage = open(folder.path());
        let (id, versions) = survey(&*storage, &[rating("1-5")]).await;
        // Madrid turns the clock back on 2026-10-25: that day lasts from 22:00Z on the 24th to 23:00Z on the 25th.
        for at in
            ["2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"]
        {
            answered(&*storage, (id, versions[0]), at, ("", ""), 5).await;
        }
    });
    let madrid = ["--by", "day", "--set", "site.time_zone=Europe/Madrid"];
    let days = |more: &[&str]| -> Vec<(String, String)> {
        let rows = csv_report(folder.path(), &[&madrid, more].concat());
        rows.into_iter().map(|row| (row["group"].clone(), row["n"].clone())).collect()
    };
    let day = |date: &str, n: &str| (date.to_owned(), n.to_owned());
    assert_eq!(days(&[]), [day("2026-10-24", "1"), day("2026-10-25", "2"), day("2026-10-26", "1")]);
    assert_eq!(days(&["--from", "2026-10-25", "--until", "2026-10-25"]), [day("2026-10-25", "2")]);
    let agents = csv_report(folder.path(), &["--by", "agent"]);
    assert_eq!((agents.len(), agents[0]["group"].as_str()), (1, "(not given)"));
    assert!(stdout(&report(folder.path(), &["--by", "agent"])).contains("(not given)"));
}

#[test]
fn nothing_to_report_says_so_and_what_to_do_next() {
    let folder = tempfile::tempdir().unwrap();
    let told = stdout(&report(folder.path(), &[]));
    assert!(told.contains("nobody was offered any survey") && told.contains("aftercall offers"), "{told}");
    let told = stdout(&report(folder.path(), &["--from", "2026-01-01"]));
    assert!(told.contains("from 2026-01-01 on; leave out"), "{told}");
    assert!(csv_report(folder.path(), &[]).is_empty());
    assert_eq!(json_report(folder.path(), &[])["surveys"], json!([]));
    for (arguments, code, part) in [
        (&["--survey", "none"][..], 1, "there is no survey none"),
        (&["--from", "2026-02-02", "--until", "2026-02-01"], 2, "is after"),
    ] {
        let folder = folder.path().to_str().unwrap();
        let output = aftercall(&[&["report", "--data-dir", folder], arguments].concat());
        assert_eq!(output.status.code(), Some(code));
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
}
