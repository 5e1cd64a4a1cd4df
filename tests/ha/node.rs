//! One node: a real server at its place in the network, with a keepalived of its own, and what can befall it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::cli_frame::{stderr, stdout};
use super::lab::{Lab, NODES, VIP, address};
use super::setups::spawn;
use super::support::{until, until_within};

/// Those for which a run can wait: the fast ones of the configuration.
const TIMES: [&str; 5] = [
    "lease.ttl_ms=5000",
    "lease.renew_ms=1000",
    "lease.timeout_ms=1000",
    "lease.stop_ms=3500",
    "lease.look_ms=500",
];

/// Lines of what a node said that are shown when something fails that nobody else tells of.
const TAIL: usize = 40;

/// A planned stop may take so long on a busy machine.
const STOP: Duration = Duration::from_mins(1);

/// A node, running or not.
pub struct Node {
    pub name: &'static str,
    space: String,
    folder: PathBuf,
    settings: Vec<String>,
    server: Option<Child>,
}

impl Node {
    /// A node that is not running yet. `library` is what makes its disk and its clock fail.
    pub fn new(lab: &Lab, name: &'static str, folder: &Path, settings: Vec<String>) -> Self {
        let folder = folder.join(name);
        let peer = NODES.into_iter().find(|node| *node != name).unwrap();
        let of_node = [
            format!("node.name={name}"),
            "log.format=json".to_owned(),
            "drill.enabled=true".to_owned(),
            "spool.use=always".to_owned(),
            "vip.enabled=true".to_owned(),
            "vip.interface=eth0".to_owned(),
            format!("vip.addresses={VIP}/24"),
            format!("vip.peers={}", address(peer)),
            "vip.virtual_router_id=51".to_owned(),
            format!("vip.run_dir={}", folder.join("run").display()),
            format!("vip.keepalived={}", folder.join("keepalived").display()),
            "vip.sqlite_is_shared=true".to_owned(),
            "ivr_api.listen=0.0.0.0:8080".to_owned(),
        ];
        let times = TIMES.iter().map(|time| (*time).to_owned());
        let settings = of_node.into_iter().chain(times).chain(settings).collect();
        let node = Self { name, space: lab.space(name), folder, settings, server: None };
        for part in ["data", "run"] {
            std::fs::create_dir_all(node.folder.join(part)).unwrap();
        }
        node.write_wrapper();
        node
    }

    /// keepalived learns of the ends of processes in the machine's first network namespace only, so it begins there and
    /// moves by itself. Faults of the server's disk and clock are not its own.
    fn write_wrapper(&self) {
        let path = self.folder.join("keepalived");
        let script = format!(
            "#!/bin/sh\nunset LD_PRELOAD\nexec nsenter --net=/proc/{}/ns/net keepalived --namespace {} \"$@\"\n",
            std::process::id(),
            self.space,
        );
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }

    /// Starts a build of the server; nothing waits for it.
    pub fn start(&mut self, program: &Path) {
        self.start_as(&[], program);
    }

    /// The same by way of a program that changes who runs it.
    pub fn start_as(&mut self, before: &[&str], program: &Path) {
        assert!(self.server.is_none(), "{} runs already", self.name);
        let mut command = self.command(before, program, &["serve"]);
        command.env("LD_PRELOAD", self.folder.with_file_name("fault.so")).env("HA_FAULT", self.faults());
        self.server = Some(spawn(&mut command, &self.log()));
    }

    /// Whether `check` finds everything well with these settings besides, and what it says.
    pub fn check(&self, before: &[&str], program: &Path, settings: &[&str]) -> (bool, String) {
        let mut command = self.command(before, program, &["check"]);
        for setting in settings {
            command.args(["--set", setting]);
        }
        let output = command.output().unwrap();
        (output.status.success(), stdout(&output))
    }

    /// A command of the program at this node's place, with its settings.
    fn command(&self, before: &[&str], program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.space]).args(before).arg(program);
        command.arg("--data-dir").arg(self.folder.join("data")).args(arguments);
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command
    }

    /// Starts a keepalived that nobody but the machine runs, and that includes what `vip render` prints.
    pub fn keepalived_of_the_machine(&self, program: &Path) -> Child {
        let output = self.command(&[], program, &["vip", "render"]).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let (included, config) = (self.folder.join("included.conf"), self.folder.join("machine.conf"));
        std::fs::write(&included, &output.stdout).unwrap();
        std::fs::write(&config, format!("include {}\n", included.display())).unwrap();
        let mut command = Command::new("keepalived");
        command.args(["--namespace", &self.space, "--dont-fork", "--log-console", "--no-syslog", "--vrrp"]);
        command.arg("--use-file").arg(config);
        command.arg("--pid").arg(self.folder.join("machine.pid"));
        command.arg("--vrrp_pid").arg(self.folder.join("machine-vrrp.pid"));
        spawn(&mut command, &self.log())
    }

    /// Gives everything it keeps to somebody without rights.
    pub fn give_to_nobody(&self) {
        let given = Command::new("chown").args(["-R", "nobody"]).arg(&self.folder).status().unwrap();
        assert!(given.success());
    }

    /// Where what the server says is kept.
    pub fn log(&self) -> PathBuf {
        self.folder.with_file_name(format!("{}.log", self.name))
    }

    fn faults(&self) -> PathBuf {
        self.folder.join("faults")
    }

    /// Makes the disk or the clock fail in this way until [`Node::heal`].
    pub fn ail(&self, fault: &str) {
        let draft = self.folder.join("faults.new");
        std::fs::write(&draft, fault).unwrap();
        std::fs::rename(draft, self.faults()).unwrap();
    }

    pub fn heal(&self) {
        self.ail("");
    }

    fn pid(&self) -> Pid {
        Pid::from_child(self.server.as_ref().unwrap())
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Ends the server at once, as a crash does.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// Tells the server to stop, and how it ended.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        let mut server = self.server.take().unwrap();
        let mut status = None;
        until_within(STOP, "the server stops", || {
            status = server.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// The processes that descend from the server, once all are there: the guard, keepalived, and the one that keepalived
    /// begins.
    pub fn helpers(&self) -> [Pid; 3] {
        let server = self.pid();
        let mut found = Vec::new();
        until("the guard and keepalived run", || {
            let below = processes().into_iter().filter_map(|pid| Some((steps_up(pid, server)?, pid)));
            found = below.filter(|(steps, _)| *steps > 0).collect();
            found.sort_unstable_by_key(|(steps, _)| *steps);
            // Each one's child is the next; besides, keepalived is begun for a moment to check its configuration.
            found.iter().map(|(steps, _)| *steps).eq(1..=3) && is_keepalived(found[1].1)
        });
        [0, 1, 2].map(|place| found[place].1)
    }

    /// Sends a signal to the server and to all that descends from it.
    pub fn signal_all(&self, signal: Signal) {
        self.signal(signal);
        for helper in self.helpers() {
            kill_process(helper, signal).unwrap();
        }
    }

    /// What the server said.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// The last lines of it.
    pub fn tail(&self, lines: usize) -> String {
        let log = self.log_text();
        let all: Vec<&str> = log.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the end of what {} said:\n{}", self.name, self.tail(TAIL));
        }
        self.kill();
    }
}

fn processes() -> Vec<Pid> {
    let entries = std::fs::read_dir("/proc").unwrap().map_while(Result::ok);
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter_map(Pid::from_raw).collect()
}

fn is_keepalived(pid: Pid) -> bool {
    let name = std::fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_nonzero()));
    name.is_ok_and(|name| name.starts_with("keepalived"))
}

fn parent_of(pid: Pid) -> Option<Pid> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    Pid::from_raw(parent.trim().parse().ok()?)
}

/// How many parents it is from a process up to another one; `None` if the other is none of its ancestors.
fn steps_up(from: Pid, to: Pid) -> Option<usize> {
    let ancestors = std::iter::successors(Some(from), |pid| parent_of(*pid));
    ancestors.take_while(|pid| *pid != Pid::INIT).position(|pid| pid == to)
}
