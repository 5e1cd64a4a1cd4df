//! The demo as a stranger meets it: the real program in an empty folder, without a network, and its result against
//! what is stored.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aftercall::foundation::SystemClock;
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{MaintenanceStore, ResponseRow, ResponseStore};
use rustix::process::{Pid, Signal, kill_process};

use crate::cli_frame::{stderr, stdout};
use crate::storage_contract::block_on;

const CALLERS: usize = 120;

/// The demo in `folder`, on a machine without root certificates and with a proxy that leads nowhere, whose
/// environment is that of a real installation.
fn demo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftercall"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AFTERCALL__") {
            command.env_remove(name);
        }
    }
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(name, "http://127.0.0.1:9");
    }
    command
        .env("AFTERCALL__NODE__DATA_DIR", "/nonexistent")
        .env("AFTERCALL__DATABASE__URL", "sqlite:/nonexistent");
    command.envs([("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")]);
    command.current_dir(folder).arg("demo").args(arguments).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    demo(folder, arguments).output().unwrap()
}

/// Where the demo keeps its data when it is started in `folder`.
pub fn data(folder: &Path) -> PathBuf {
    folder.join("aftercall-demo")
}

/// The data of a demo.
pub fn open(data: &Path) -> Arc<SqliteStorage> {
    SqliteStorage::open(&SqliteSettings::new(data.join("aftercall.db")), Arc::new(SystemClock::new()))
        .unwrap()
}

/// All responses with their answers, read one by one.
pub fn stored(data: &Path) -> Vec<ResponseRow> {
    let storage = open(data);
    block_on(async {
        let offers = storage.offers(None, None, 1_000_000).await.unwrap();
        let mut rows = Vec::new();
        for offer in offers.iter().filter(|offer| offer.response.is_some()) {
            rows.push(storage.response(offer.id).await.unwrap().unwrap());
        }
        rows
    })
}

/// A demo that was played once in an empty folder, and what it printed.
pub static PLAYED: LazyLock<(tempfile::TempDir, String)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let calls = CALLERS.to_string();
    let output = run(folder.path(), &["--once", "--calls", &calls, "--listen", "127.0.0.1:0"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    (folder, stdout(&output))
});

#[test]
fn the_demo_plays_its_callers_in_an_empty_folder_and_its_result_has_all_answers() {
    let (folder, told) = &*PLAYED;
    let rows = stored(&data(folder.path()));
    assert_eq!(rows.len(), CALLERS);
    let answers: usize = rows.iter().map(|row| row.answers.len()).sum();
    assert!(answers > CALLERS, "{answers} answers are too few to tell anything");
    let first = format!("{CALLERS} calls in ");
    let line = told.lines().find(|line| line.starts_with(&first)).expect(told);
    assert!(line.contains(&format!("{CALLERS} offered a survey, {answers} answers ")), "{line}");
    // Each line of a question ends in how many answered, how many passed over, and the answers.
    let questions = told.lines().filter(|line| {
        ["csat ", "reason ", "solved ", "recommend ", "effort "].iter().any(|key| line.starts_with(key))
    });
    let counted = questions.map(|line| {
        let numbers = line.split_whitespace().filter_map(|word| word.parse::<usize>().ok());
        numbers.rev().take(2).sum::<usize>()
    });
    assert_eq!(counted.sum::<usize>(), answers, "{told}");
    for group in ["1001 Amira Haddad", "1008 Hugo Morel", "Technical support", "Invoices", "New orders"] {
        assert!(told.contains(group), "{group} is not in\n{told}");
    }
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
}

#[test]
fn the_demos_key_is_for_its_owner_only_and_is_kept() {
    let (folder, _) = &*PLAYED;
    let file = data(folder.path()).join("api-key");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let secret = std::fs::read_to_string(&file).unwrap();
    assert!(secret.starts_with("ack_"));
}

#[test]
fn a_second_run_plays_nobody_and_leaves_one_key_unless_callers_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = run(folder.path(), &[&["--once", "--listen", "127.0.0.1:0"], arguments].concat());
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
        stdout(&output)
    };
    run(&["--calls", "10"]);
    let facts = || block_on(open(&data(folder.path())).facts()).unwrap();
    let (before, secret) = (facts(), std::fs::read(data(folder.path()).join("api-key")).unwrap());
    let told = run(&[]);
    assert!(told.contains("no callers played") && told.contains("Support call (support)"), "{told}");
    assert_eq!((facts().responses, facts().answers), (before.responses, before.answers));
    assert_eq!(std::fs::read(data(folder.path()).join("api-key")).unwrap(), secret);
    run(&["--calls", "5"]);
    assert_eq!(facts().responses, 15, "five more, other callers than the ten");

    std::fs::remove_file(data(folder.path()).join("api-key")).unwrap();
    run(&["--calls", "1"]);
    let list =
        crate::cli_frame::aftercall(&["apikey", "list", "--data-dir", data(folder.path()).to_str().unwrap()]);
    assert_eq!(
        stdout(&list).lines().filter(|line| line.starts_with("demo ")).count(),
        2,
        "the lost one is revoked"
    );
}

#[test]
fn a_port_that_is_taken_is_stepped_aside_unless_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output =
        run(folder.path(), &["--once", "--calls", "1", "--set", &format!("ivr_api.listen={address}")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains(&format!("{address} is taken")), "{}", stdout(&output));
    let output = run(folder.path(), &["--once", "--calls", "1", "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains(&address), "{}", stderr(&output));
}

#[test]
fn a_folder_somebody_works_in_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let survey = concat!(env!("CARGO_MANIFEST_DIR"), "/static/demo/sales.json");
    let dir = folder.path().to_str().unwrap();
    let import = crate::cli_frame::aftercall(&["survey", "import", survey, "--data-dir", dir]);
    assert!(import.status.success(), "{}", stderr(&import));
    let output = run(folder.path(), &["--once", "--data-dir", dir]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("holds surveys that are not the demo's"), "{}", stderr(&output));
    assert_eq!(block_on(open(folder.path()).facts()).unwrap().responses, 0);
}

#[test]
fn the_demo_serves_until_it_is_interrupted_and_says_how_to_call_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = demo(folder.path(), &["--calls", "1", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let guide: Vec<String> = lines.by_ref().take_while(|line| !line.contains("kill -9")).collect();
    let set = guide.iter().find_map(|line| line.trim().strip_prefix("U=http://")).expect("the line to paste");
    let address: SocketAddr = set.split_whitespace().next().unwrap().parse().unwrap();
    assert!(set.contains("K=$(cat aftercall-demo/api-key)"), "{set}");
    let key = std::fs::read_to_string(data(folder.path()).join("api-key")).unwrap();
    let reply = get(address, &format!("/ivr/v1/survey?dn=5003&call_id=try&lang=ar&key={}", key.trim()));
    assert!(reply.contains(r#""result":"QUESTION""#) && reply.contains("سهّلنا"), "{reply}");
    assert!(get(address, "/health").starts_with("HTTP/1.1 200"));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert!(child.wait().unwrap().success());
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: demo\r\nconnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}
