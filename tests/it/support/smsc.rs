//! A gateway that speaks SMPP, in a process of its own: `tests/smsc`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use serde_json::{Value, json};

use super::super::files::top;

/// The gateway; it ends when it is dropped.
pub struct Smsc {
    child: Child,
    pub port: u16,
    control: u16,
    client: reqwest::Client,
}

impl Smsc {
    /// Whether this machine can run one.
    pub fn can_run() -> bool {
        let runs =
            |program| Command::new(program).arg("--version").output().is_ok_and(|ran| ran.status.success());
        runs("node") && runs("npm")
    }

    /// In the clear, at any port.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With options of the script.
    pub fn with(options: &[&str]) -> Self {
        let folder = installed();
        let mut command = Command::new("node");
        command.arg(folder.join("smsc.mjs")).args(options).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ports: Value = serde_json::from_str(&line).unwrap();
        let port = |name: &str| u16::try_from(ports[name].as_u64().unwrap()).unwrap();
        // Another test may have done it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { child, port: port("smpp"), control: port("control"), client }
    }

    /// Tells it to do something; what it has seen so far.
    pub async fn tell(&self, order: &str, how: Value) -> Value {
        let address = format!("http://127.0.0.1:{}/{order}", self.control);
        let told = self.client.post(address).body(how.to_string()).send().await.unwrap();
        serde_json::from_str(&told.text().await.unwrap()).unwrap()
    }

    pub async fn manners(&self, manners: Value) {
        self.tell("manners", manners).await;
    }

    pub async fn seen(&self) -> Value {
        self.tell("seen", json!({})).await
    }
}

impl Drop for Smsc {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The folder with the script and the library it needs, which is installed once for all tests.
pub fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smsc");
    std::fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    let from = top().join("tests/smsc");
    let is_same = |name: &str| std::fs::read(from.join(name)).ok() == std::fs::read(folder.join(name)).ok();
    let has_library = is_same("package-lock.json") && folder.join("node_modules/smpp/package.json").exists();
    for name in ["package.json", "package-lock.json", "smsc.mjs", "client.mjs"] {
        if !is_same(name) {
            std::fs::copy(from.join(name), folder.join(name)).unwrap();
        }
    }
    if !has_library {
        let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        let done = Command::new("npm").args(install).current_dir(&folder).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    folder
}
