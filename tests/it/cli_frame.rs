//! The command line as a user meets it: help, exit codes, completion, health.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output};

/// The program, without settings from the environment of the tests.
pub fn aftercall(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftercall"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AFTERCALL__") || name == "CREDENTIALS_DIRECTORY" {
            command.env_remove(name);
        }
    }
    command.args(arguments).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const COMMANDS: [&str; 22] = [
    "serve",
    "demo",
    "check",
    "migrate",
    "apikey",
    "service",
    "survey",
    "ivr",
    "invite",
    "offers",
    "health",
    "backup",
    "restore",
    "copy",
    "cluster",
    "lease",
    "vip",
    "simulate",
    "report",
    "completion",
    "openapi",
    "help",
];

#[test]
fn help_names_every_command_and_every_exit_code() {
    let help = stdout(&aftercall(&["--help"]));
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command}")), "{command} is not in\n{help}");
        assert!(aftercall(&[command, "--help"]).status.success() || command == "help");
    }
    for code in ["0 ", "1 ", "2 ", "70 "] {
        assert!(help.contains(&format!("\n  {code}")), "{help}");
    }
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_2_and_one_that_fails_with_1() {
    for arguments in
        [&["surve"][..], &["survey", "import"], &["--set", "x", "check"], &["service", "add", "A"]]
    {
        assert_eq!(aftercall(arguments).status.code(), Some(2), "{arguments:?}");
    }
    let failed = aftercall(&["survey", "validate", "/nonexistent/survey.json"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(stderr(&failed).contains("/nonexistent/survey.json"), "{}", stderr(&failed));
}

#[test]
fn a_wrong_setting_stops_every_command_with_the_key_the_value_and_the_rule() {
    let output = aftercall(&["serve", "--set", "ivr_api.workers=0"]);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(["ivr_api.workers", "\"0\"", "from 1 to 64"].iter().all(|part| told.contains(part)), "{told}");
}

#[test]
fn completion_scripts_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = aftercall(&["completion", shell]);
        assert!(output.status.success() && stdout(&output).contains("apikey"), "{shell}");
    }
}

/// Answers one request with this status line and body, and returns the URL to ask.
fn server(status: &'static str, body: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let n = client.read(&mut request).unwrap();
        let length = body.len();
        write!(client, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .unwrap();
        String::from_utf8_lossy(&request[..n]).into_owned()
    });
    (url, asked)
}

#[test]
fn health_prints_the_parts_and_ends_with_0_only_when_the_server_is_ready() {
    let body = r#"{"status":"ready","children":[{"name":"survey_engine","state":"running","restarts":2,
        "last_exit":{"cause":"panicked","text":"boom"}},{"name":"janitor","state":"running","restarts":0}]}"#;
    let (url, asked) = server("200 OK", body);
    let output = aftercall(&["health", "--url", &url]);
    assert!(asked.join().unwrap().starts_with("GET /health "));
    assert!(output.status.success(), "{}", stderr(&output));
    let told = stdout(&output);
    assert!(
        told.starts_with("ready ") && told.contains("survey_engine") && told.contains("2 restarts"),
        "{told}"
    );
    assert!(told.contains("panicked: boom") && told.lines().count() == 3, "{told}");

    let (url, asked) = server("503 Service Unavailable", r#"{"status":"starting","children":[]}"#);
    let output = aftercall(&["health", "--url", &url]);
    asked.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).starts_with("starting "), "{}", stdout(&output));
}

#[test]
fn health_needs_no_root_certificates_where_there_is_no_tls() {
    let (url, asked) = server("200 OK", r#"{"status":"ready"}"#);
    let output = Command::new(env!("CARGO_BIN_EXE_aftercall"))
        .args(["health", "--url", &url])
        .envs([("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    asked.join().unwrap();
}

#[test]
fn health_of_a_server_that_is_not_there_ends_with_1_and_says_what_to_look_at() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let output = aftercall(&["health", "--set", &format!("ivr_api.listen={free}")]);
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains(&free) && told.contains("is the server running"), "{told}");
}

#[test]
fn a_reader_who_has_seen_enough_ends_a_command_quietly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aftercall"))
        .args(["completion", "bash"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((stderr(&output).as_str(), output.status.code()), ("", Some(0)));
}
