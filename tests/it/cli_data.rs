//! The commands that work on the database, as a user types them one after another.

use std::path::Path;
use std::process::Output;

use super::cli_frame::{aftercall, stderr, stdout};

const SURVEY: &str = r#"{"format":"aftercall.survey/1","key":"support","name":"Support","languages":["en"],"voice":"tts",
    "questions":[{"key":"csat","type":"rating","scale":"1-5","metric":"csat","text":{"en":"How satisfied?"}}]}"#;

/// A data folder and the commands run on it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self.path(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let data = self.path("data");
        aftercall(&[&["--data-dir", &data], arguments].concat())
    }

    /// What a command prints that must succeed.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        stdout(&output)
    }

    /// What a command says that must fail.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", stdout(&output));
        stderr(&output)
    }
}

#[test]
fn a_survey_is_imported_published_activated_paused_and_resumed() {
    let desk = Desk::new();
    let file = desk.file("support.json", SURVEY);
    assert!(desk.done(&["survey", "validate", &file]).contains("support (Support) is valid"));
    desk.done(&["survey", "import", &file]);
    assert!(desk.refused(&["survey", "activate", "support", "All"]).contains("never published"));
    assert!(desk.done(&["survey", "publish", "support"]).contains("version 1"));
    assert!(desk.done(&["survey", "activate", "support", "all"]).contains("active on All"));
    assert!(
        desk.done(&["survey", "import", &file, "--publish"])
            .contains("version 2 of support published; active on All")
    );
    desk.done(&["survey", "pause", "All"]);
    assert!(desk.done(&["survey", "list"]).contains("All (paused)"));
    desk.done(&["survey", "resume", "All"]);
    assert!(desk.done(&["service", "list"]).contains("support version 2  active"));
    assert!(desk.refused(&["survey", "pause", "All-Web"]).contains("nothing is active on All-Web"));
    assert!(desk.refused(&["survey", "publish", "nope"]).contains("there is no survey nope"));
    assert!(desk.refused(&["survey", "activate", "support", "Nope"]).contains("there is no service Nope"));
}

#[test]
fn what_is_exported_can_be_imported_and_gives_the_same_again() {
    let (desk, other) = (Desk::new(), Desk::new());
    desk.done(&["survey", "import", &desk.file("support.json", SURVEY)]);
    let exported = desk.done(&["survey", "export", "support"]);
    other.done(&["survey", "import", &other.file("support.json", &exported)]);
    assert_eq!(other.done(&["survey", "export", "support"]), exported);
    let schema: serde_json::Value = serde_json::from_str(&desk.done(&["survey", "schema"])).unwrap();
    assert!(schema["properties"]["questions"].is_object());
}

#[test]
fn a_wrong_document_is_refused_with_all_its_problems_and_stores_nothing() {
    let desk = Desk::new();
    let wrong = SURVEY.replace("]}", r#",{"key":"csat","type":"nps","text":{"es":"Hola"}}]}"#);
    let told = desk.refused(&["survey", "import", &desk.file("wrong.json", &wrong)]);
    assert!(told.contains("questions[1].key") && told.contains("questions[1].text"), "{told}");
    assert!(!desk.done(&["survey", "list"]).contains("support"));
}

#[test]
fn a_survey_whose_prompts_are_missing_is_not_published_and_the_ways_out_are_told() {
    let desk = Desk::new();
    let file = desk.file("support.json", &SURVEY.replace(r#""voice":"tts","#, ""));
    assert!(
        desk.done(&["survey", "validate", &file])
            .contains("note: to be published it needs 1 prompt: 1 in en")
    );
    let told = desk.refused(&["survey", "import", &file, "--publish"]);
    assert!(told.contains("en  support.csat  \"How satisfied?\""), "{told}");
    assert!(
        told.contains("aftercall prompt synthesize support") && told.contains("\"voice\": \"tts\""),
        "{told}"
    );
    assert_eq!(
        desk.refused(&["survey", "publish", "support"]),
        told,
        "the draft is kept, for prompts to be made of it"
    );
    assert!(desk.refused(&["survey", "activate", "support", "All"]).contains("never published"));
}

#[test]
fn a_survey_that_is_not_for_callers_is_published_and_who_activates_it_for_them_is_warned() {
    let desk = Desk::new();
    let file = desk.file("support.json", &SURVEY.replace(r#""voice":"tts""#, r#""voice":"none""#));
    desk.done(&["survey", "import", &file, "--publish"]);
    assert!(
        desk.done(&["survey", "activate", "support", "All"]).contains("warning: callers of this service")
    );
    assert!(!desk.done(&["survey", "activate", "support", "All-Web"]).contains("warning"));
}

#[test]
fn services_are_unique_by_name_and_number() {
    let desk = Desk::new();
    desk.done(&["service", "add", "Billing", "--dn", "3010"]);
    desk.done(&["service", "add", "Shop", "--channel", "chat"]);
    for taken in [["service", "add", "BILLING", "--dn", "3011"], ["service", "add", "Other", "--dn", "3010"]]
    {
        assert!(desk.refused(&taken).contains("taken"));
    }
    let list = desk.done(&["service", "list"]);
    for service in ["All ", "All-Web", "Billing", "Shop"] {
        assert!(list.contains(service), "{list}");
    }
}

#[test]
fn a_key_is_shown_once_and_neither_listed_nor_stored() {
    let desk = Desk::new();
    let secret = desk.done(&["apikey", "create", "uccx", "--scope", "admin,ivr"]);
    let secret = secret.trim();
    assert!(secret.starts_with("ack_") && secret.len() == 36, "{secret}");
    assert!(desk.refused(&["apikey", "create", "uccx", "--scope", "ivr"]).contains("in use already"));
    let list = desk.done(&["apikey", "list"]);
    assert!(list.contains("ivr,admin") && !list.contains(secret), "{list}");
    for file in std::fs::read_dir(desk.path("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    desk.done(&["apikey", "revoke", "uccx"]);
    assert!(desk.refused(&["apikey", "revoke", "uccx"]).contains("no key uccx in use"));
    desk.done(&["apikey", "create", "uccx", "--scope", "admin"]);
}

#[test]
fn a_backup_restores_what_was_there_and_nothing_is_overwritten_without_force() {
    let desk = Desk::new();
    let backup = desk.path("backup.db");
    assert!(desk.refused(&["backup", &backup]).contains("there is no database"));
    assert!(!Path::new(&desk.path("data")).exists(), "a backup of nothing made a database");
    desk.done(&["service", "add", "Before", "--dn", "1"]);
    desk.done(&["backup", &backup]);
    assert!(desk.refused(&["backup", &backup]).contains("exists already"));
    desk.done(&["service", "add", "After", "--dn", "2"]);
    assert!(desk.refused(&["restore", &backup]).contains("--force"));
    assert!(desk.done(&["restore", &backup, "--force"]).contains("is kept as"));
    let list = desk.done(&["service", "list"]);
    assert!(list.contains("Before") && !list.contains("After"), "{list}");
}

#[test]
fn migrations_are_shown_before_and_after_and_status_makes_no_database() {
    let desk = Desk::new();
    assert!(desk.done(&["migrate", "status"]).contains("pending  0001"));
    assert!(!Path::new(&desk.path("data")).exists());
    assert!(desk.done(&["migrate"]).contains("applied  0001"));
    let status = desk.done(&["migrate", "status"]);
    assert!(status.contains("applied  0001") && status.contains("up to date") && !status.contains("pending"));
}

#[test]
fn a_database_that_is_damaged_fails_the_check_with_its_name() {
    let desk = Desk::new();
    desk.done(&["migrate"]);
    std::fs::write(desk.path("data/aftercall.db"), "this is no database, whatever its name says").unwrap();
    let output =
        desk.run(&["check", "--set", "ivr_api.listen=127.0.0.1:0", "--set", "portal.listen=127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("FAIL  database"), "{}", stdout(&output));
}
