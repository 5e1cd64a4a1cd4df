//! `aftercall check` on folders, ports, files and settings, good and bad.

use std::net::TcpListener;
use std::path::Path;

use super::cli_frame::{aftercall, stderr, stdout};

const SECRET: &str = "correct-horse-battery-staple";

/// Checks with a data folder and more settings; the lines it prints and its exit code.
fn check(folder: &Path, settings: &[&str]) -> (Vec<String>, i32) {
    let folder = folder.to_str().unwrap();
    let mut arguments = vec![
        "check",
        "--data-dir",
        folder,
        "--set",
        "ivr_api.listen=127.0.0.1:0",
        "--set",
        "portal.listen=127.0.0.1:0",
    ];
    arguments.extend(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = aftercall(&arguments);
    assert_eq!(stderr(&output), "");
    (stdout(&output).lines().map(str::to_owned).collect(), output.status.code().unwrap())
}

fn failed(lines: &[String]) -> Vec<&str> {
    lines.iter().filter_map(|line| line.strip_prefix("FAIL  ")).collect()
}

#[test]
fn a_machine_that_is_ready_passes_and_is_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (lines, code) =
        check(folder.path(), &["database.free_space_min_mb=0", "site.time_zone=Europe/Madrid"]);
    assert_eq!((failed(&lines), code), (vec![], 0));
    for what in ["config", "data folder", "database", "listen address", "time zone: Europe/Madrid"] {
        assert!(lines.iter().any(|line| line.starts_with(&format!("ok    {what}"))), "{what} in {lines:#?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn each_finding_is_one_line_that_names_the_trouble_and_the_exit_code_is_1() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("ivr_api.listen={}", taken.local_addr().unwrap());
    let (lines, code) = check(
        &folder.path().join("file/below"),
        &[&listen, "ivr_api.tls_cert_file=/nonexistent/c.pem", "ivr_api.tls_key_file=/nonexistent/k.pem"],
    );
    assert_eq!(code, 1);
    let failed = failed(&lines);
    for part in ["data folder: ", "is in use by it", "/nonexistent/c.pem"] {
        assert!(failed.iter().any(|line| line.contains(part)), "{part} in {lines:#?}");
    }
}

#[test]
fn every_wrong_setting_has_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let (lines, code) = check(folder.path(), &["survey.idle_minutes=0", "log.format=xml", "nothing.here=1"]);
    assert_eq!((lines.len(), failed(&lines).len(), code), (3, 3, 1), "{lines:#?}");
}

#[test]
fn no_secret_is_printed_by_a_check_that_passes_or_fails() {
    let folder = tempfile::tempdir().unwrap();
    for key in [SECRET, &SECRET[..10]] {
        let (lines, _) = check(folder.path(), &[&format!("ivr_api.static_key={key}")]);
        assert!(!lines.concat().contains(key), "{lines:#?}");
    }
}

#[test]
fn the_printed_defaults_are_a_file_that_can_be_started_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.toml");
    std::fs::write(&file, aftercall(&["check", "--print-defaults"]).stdout).unwrap();
    let output = aftercall(&[
        "check",
        "--config",
        file.to_str().unwrap(),
        "--data-dir",
        folder.path().to_str().unwrap(),
    ]);
    assert!(stdout(&output).contains(&format!("ok    config: {}", file.display())), "{}", stdout(&output));
}
