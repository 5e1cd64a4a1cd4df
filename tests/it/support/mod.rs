//! A site as an operator has it: a data folder prepared by the command line, and the real server on it.

pub mod ado;
pub mod callers;
pub mod disk;
pub mod gateway;
pub mod http;
pub mod kannel;
pub mod mssql;
pub mod person;
pub mod prompt;
pub mod provider;
pub mod proxy;
pub mod smsc;
pub mod smtp;
pub mod snapshot;
pub mod sounds;
pub mod store;
pub mod voicexml;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::cli_frame::{stderr, stdout};
use super::files::top;
use http::{Http, Reply};

/// What comes at once on an idle machine may take this long on a busy one.
pub const SOON: Duration = Duration::from_secs(30);
/// The dialled number of the service on which the survey `support` is active.
pub const DN: &str = "5001";

/// Waits for a condition, and fails with `what` if it does not come in time.
pub fn until_within(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !holds() {
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

pub fn until(what: &str, holds: impl FnMut() -> bool) {
    until_within(SOON, what, holds);
}

/// Waits for a condition among other futures of the same thread.
pub async fn until_then_within(limit: Duration, what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !holds().await {
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub async fn until_then(what: &str, holds: impl AsyncFnMut() -> bool) {
    until_then_within(SOON, what, holds).await;
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A data folder, with a key for it.
pub struct Site {
    folder: tempfile::TempDir,
    data: PathBuf,
    /// For every command and server of this site.
    settings: Vec<String>,
    pub key: String,
}

impl Site {
    /// An empty data folder.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        Self { folder, data, settings: Vec::new(), key: String::new() }
    }

    /// With a key of the scopes ivr and admin, and the survey `support` active on the service of [`DN`].
    pub fn new() -> Self {
        Self::empty().furnished()
    }

    /// The same in a folder that is there already, with settings for every command.
    pub fn at(data: &Path, settings: &'static [&'static str]) -> Self {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        Self { data: data.to_owned(), settings, ..Self::empty() }.furnished()
    }

    /// An empty data folder, with settings for every command.
    pub fn empty_with(settings: Vec<String>) -> Self {
        Self { settings, ..Self::empty() }
    }

    /// A second node, with a data folder of its own, on the database file of this one.
    pub fn beside(&self) -> Self {
        let database = format!("database.url=sqlite:{}", self.database().display());
        Self { key: self.key.clone(), ..Self::empty_with(vec![database]) }
    }

    /// With settings for every command.
    pub fn with(settings: Vec<String>) -> Self {
        Self::empty_with(settings).furnished()
    }

    fn furnished(mut self) -> Self {
        let secret = self.run(&["apikey", "create", "ivr-1", "--scope", "ivr,admin"]);
        secret.trim().clone_into(&mut self.key);
        let survey = top().join("static/demo/support.json");
        self.run(&["survey", "import", survey.to_str().unwrap(), "--publish"]);
        self.run(&["service", "add", "Support", "--dn", DN]);
        self.run(&["survey", "activate", "support", "Support"]);
        self
    }

    /// Everything this site keeps.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// A file of the test's own, outside the data.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn database(&self) -> PathBuf {
        self.data.join("aftercall.db")
    }

    /// Runs a command of the program on this site's data.
    pub fn command(&self, arguments: &[&str]) -> Output {
        self.program(arguments).output().unwrap()
    }

    /// Begins a command and waits for nothing.
    pub fn begin(&self, arguments: &[&str]) -> Child {
        self.program(arguments).stdout(Stdio::null()).spawn().unwrap()
    }

    /// Runs a command that has to work; what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        stdout(&output)
    }

    /// The program on this site, without settings from the environment of the tests.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aftercall"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AFTERCALL__") || name == "CREDENTIALS_DIRECTORY" {
                command.env_remove(name);
            }
        }
        command.arg("--data-dir").arg(&self.data).args(arguments).stdin(Stdio::null());
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command
    }

    /// Stores a survey and publishes it as its next version.
    pub fn publish(&self, document: &serde_json::Value) {
        let file = self.scratch("draft.json");
        std::fs::write(&file, document.to_string()).unwrap();
        self.run(&["survey", "import", file.to_str().unwrap(), "--publish"]);
    }

    /// Starts the server and waits until it is ready.
    pub fn serve(&self, settings: &[&str]) -> Server {
        self.serve_at("127.0.0.1:0", settings)
    }

    /// The same, listening at a given address.
    pub fn serve_at(&self, listen: &str, settings: &[&str]) -> Server {
        let mut server = self.launch_at(listen, settings);
        server.wait_ready();
        server
    }

    /// Starts the server and waits for nothing.
    pub fn launch(&self, settings: &[&str]) -> Server {
        self.launch_at("127.0.0.1:0", settings)
    }

    fn launch_at(&self, listen: &str, settings: &[&str]) -> Server {
        let mut command = self.program(&["serve", "--listen", listen]);
        for setting in
            ["drill.enabled=true", "log.format=json", "portal.listen=127.0.0.1:0"].iter().chain(settings)
        {
            command.args(["--set", setting]);
        }
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| kept.lock().unwrap().push(line));
        });
        let tls = settings.iter().any(|setting| setting.starts_with("ivr_api.tls_cert_file="));
        Server { child, log, key: self.key.clone(), scheme: if tls { "https" } else { "http" }, http: None }
    }
}

fn text_of(line: &serde_json::Value, field: &str) -> Option<String> {
    line[field].as_str().map(str::to_owned)
}

/// A running server; killed when it is dropped.
pub struct Server {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    key: String,
    scheme: &'static str,
    http: Option<Http>,
}

impl Server {
    fn wait_ready(&mut self) {
        let deadline = Instant::now() + SOON;
        while self.http.is_none() {
            if let Some(address) = self.logged_address() {
                self.http = Some(Http::new(format!("{}://{address}", self.scheme), &self.key));
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < deadline, "not ready, {ended:?}: {}", self.log());
            std::thread::park_timeout(Duration::from_millis(1));
        }
        until("the server is ready", || self.get("/health/ready").status == 200);
    }

    /// Where it listens, from its own words.
    fn logged_address(&self) -> Option<String> {
        self.logged_lines().find(|line| line["message"] == "ready").and_then(|line| text_of(&line, "listen"))
    }

    /// The portal's address, from its own words: `http://address:port`, wherever people reach it.
    pub fn portal(&self) -> String {
        let mut address = None;
        until("the portal is served", || {
            let told = |line: &serde_json::Value| line["message"] == "the portal is served";
            address = self.logged_lines().find(told).and_then(|line| text_of(&line, "listen"));
            address.is_some()
        });
        format!("http://{}", address.unwrap())
    }

    /// What stands in a field of the first line that has it.
    pub fn logged_field(&self, name: &str) -> Option<String> {
        self.logged_lines().find_map(|line| text_of(&line, name))
    }

    fn logged_lines(&self) -> impl Iterator<Item = serde_json::Value> {
        let log = self.log.lock().unwrap().clone();
        log.into_iter().filter_map(|line| serde_json::from_str(&line).ok())
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    pub fn http(&self) -> &Http {
        self.http.as_ref().unwrap()
    }

    /// `http://address:port`.
    pub fn url(&self) -> &str {
        self.http().base()
    }

    /// How often it said so.
    pub fn logged(&self, message: &str) -> usize {
        let message = format!("\"message\":\"{message}\"");
        self.log.lock().unwrap().iter().filter(|line| line.contains(&message)).count()
    }

    /// One GET with the site's key.
    pub fn get(&self, path: &str) -> Reply {
        block_on(self.http().fresh().get(path))
    }

    /// One call of the IVR API as a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        block_on(async { self.http().fresh().form(path, fields).await.unwrap() })
    }

    /// Offers a survey to a call of the service of [`DN`]; the response's id.
    pub fn offer(&self, call: &str) -> String {
        let reply = self.post("/ivr/v1/survey", &[("dn", DN), ("call_id", call)]);
        assert_eq!(reply.word("result"), "QUESTION", "{reply:?}");
        reply.word("response_id")
    }

    pub fn answer(&self, response: &str, question: &str, value: &str) -> Reply {
        let fields = [("response_id", response), ("question_id", question), ("value", value)];
        self.post("/ivr/v1/answer", &fields)
    }

    /// Sends a signal; nothing waits for what it does.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Pauses it until it is told to go on, but not in the midst of a write: an `SQLite` file would be locked against others as
    /// long.
    pub fn pause(&self, site: &Site) {
        until("the server is paused between two writes", || {
            self.signal(Signal::STOP);
            let file = rusqlite::Connection::open(site.database()).unwrap();
            file.busy_timeout(Duration::from_millis(500)).unwrap();
            let is_free = file.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok();
            if !is_free {
                self.signal(Signal::CONT);
            }
            is_free
        });
    }

    /// Memory it holds, in bytes.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Files and sockets it has open.
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Pulls the plug.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the end of the process.
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        until("the server ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Tells it to stop, and how it ended.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, or to be ended now: either way it is gone afterwards.
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        }
    }
}
