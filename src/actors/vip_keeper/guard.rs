//! The guard: a small process between the server and keepalived, which outlives the server by the moment it takes to give
//! the address up.
//!
//! It is told several times a second how fit the node is, and writes that where keepalived reads it. When it hears nothing, the
//! server hangs, and the node is unfit; when its input ends, the server is gone, and keepalived is ended in order, so that
//! no dead node keeps the address. keepalived itself is ended by the kernel when the guard dies.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, getppid, kill_process, set_parent_process_death_signal};

use crate::domain::vip::VipFitness;
use crate::foundation::{Clock, VipRunDir};

/// A server that says nothing for so long hangs; it speaks every [`super::BEAT_EVERY`].
const SILENCE_MAX: Duration = Duration::from_secs(2);
/// How often it is seen whether keepalived is there.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long keepalived may take to end; it takes about a second.
const END_WITHIN: Duration = Duration::from_secs(4);

/// Why the guard ended though the server is there.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// keepalived ended.
    #[error("keepalived ended by itself: {0}")]
    Ended(ExitStatus),
    /// It could not be begun.
    #[error("cannot start keepalived: {0}")]
    Start(#[source] std::io::Error),
    /// The process that was to be there is another one.
    #[error("the process that started this one is gone")]
    Orphan,
}

/// Guards until standard input ends. Without a program it only says how fit the node is, to a keepalived that somebody else
/// runs.
pub fn guard(run_dir: &VipRunDir, keepalived: Option<&Path>, clock: &dyn Clock) -> Result<(), GuardError> {
    // It would be called `exe`. Should it not be called otherwise, that changes nothing.
    let _ = rustix::thread::set_name(c"vip-guard");
    let mut weight = WeightFile::new(run_dir.weight_file());
    weight.write(VipFitness::Unfit);
    let told = listen();
    let mut keepalived = match keepalived {
        Some(program) => {
            end_earlier(run_dir, clock);
            Some(start(program, run_dir).map_err(GuardError::Start)?)
        }
        None => None,
    };
    let mut heard = clock.monotonic();
    loop {
        match told.recv_timeout(LOOK_EVERY) {
            Ok(fitness) => {
                heard = clock.monotonic();
                weight.write(fitness);
                answer();
            }
            Err(RecvTimeoutError::Timeout) if clock.monotonic().saturating_sub(heard) > SILENCE_MAX => {
                if weight.write(VipFitness::Unfit) {
                    say("the server hangs: another node is to have the virtual IP");
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if let Some(Ok(Some(status))) = keepalived.as_mut().map(Child::try_wait) {
            return Err(GuardError::Ended(status));
        }
    }
    weight.write(VipFitness::Unfit);
    if let Some(keepalived) = &mut keepalived {
        end(keepalived, clock);
    }
    Ok(())
}

/// Replaces this process by a program that ends when its parent does. `parent` is who is to be that.
pub fn tethered(parent: i32, program: &Path, arguments: &[String]) -> GuardError {
    if let Err(error) = set_parent_process_death_signal(Some(Signal::TERM)) {
        return GuardError::Start(error.into());
    }
    // It may have died before the kernel was asked.
    if getppid() != Pid::from_raw(parent) {
        return GuardError::Orphan;
    }
    GuardError::Start(Command::new(program).args(arguments).exec())
}

/// What the server says, from standard input; the channel ends with it.
fn listen() -> Receiver<VipFitness> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let fitness = line.trim().parse().ok().and_then(VipFitness::of_weight);
            if fitness.is_some_and(|fitness| tell.send(fitness).is_err()) {
                break;
            }
        }
    });
    told
}

/// The file that keepalived reads.
struct WeightFile {
    path: PathBuf,
    written: Option<VipFitness>,
}

impl WeightFile {
    fn new(path: PathBuf) -> Self {
        Self { path, written: None }
    }

    /// Writes what is new, and says whether it did; what could not be written is new the next time as well.
    fn write(&mut self, fitness: VipFitness) -> bool {
        if self.written == Some(fitness) {
            return false;
        }
        let whole = self.path.with_extension("new");
        let written = std::fs::write(&whole, format!("{}\n", fitness.weight()))
            .and_then(|()| std::fs::rename(&whole, &self.path));
        if let Err(error) = &written {
            say(&format!("cannot write {}: {error}", self.path.display()));
        }
        self.written = written.ok().map(|()| fitness).or(self.written);
        self.written == Some(fitness)
    }
}

fn start(program: &Path, run_dir: &VipRunDir) -> std::io::Result<Child> {
    let [pid, vrrp_pid] = run_dir.pid_files();
    // This very program, also when its file was replaced meanwhile.
    let mut child = Command::new("/proc/self/exe")
        .args(["vip", "tethered", &std::process::id().to_string()])
        .arg(program)
        .args(["--dont-fork", "--log-console", "--no-syslog", "--vrrp", "--use-file"])
        .arg(run_dir.config_file())
        .arg("--pid")
        .arg(pid)
        .arg("--vrrp_pid")
        .arg(vrrp_pid)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(words) = child.stderr.take() {
        // Read on when the server is gone: keepalived must not be stopped by words that nobody takes.
        std::thread::spawn(move || {
            BufReader::new(words).lines().map_while(Result::ok).for_each(|line| say(&line));
        });
    }
    Ok(child)
}

/// Ends a keepalived with our files that an earlier guard could not end.
fn end_earlier(run_dir: &VipRunDir, clock: &dyn Clock) {
    for file in run_dir.pid_files() {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let Some(pid) = text.trim().parse().ok().and_then(Pid::from_raw) else { continue };
        if is_keepalived(pid) {
            say(&format!("an earlier keepalived (process {}) is there still and is ended", text.trim()));
            until_gone(pid, clock, || !is_keepalived(pid));
        }
    }
}

fn is_keepalived(pid: Pid) -> bool {
    let name = std::fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_nonzero()));
    name.is_ok_and(|name| name.starts_with("keepalived"))
}

fn end(keepalived: &mut Child, clock: &dyn Clock) {
    until_gone(Pid::from_child(keepalived), clock, || !matches!(keepalived.try_wait(), Ok(None)));
}

/// Asks a process to end, and makes it end when it does not.
fn until_gone(pid: Pid, clock: &dyn Clock, mut is_gone: impl FnMut() -> bool) {
    let began = clock.monotonic();
    // Refused when it is gone already.
    let _ = kill_process(pid, Signal::TERM);
    while !is_gone() {
        if clock.monotonic().saturating_sub(began) > END_WITHIN {
            let _ = kill_process(pid, Signal::KILL);
            return;
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
}

/// Lets the server know that it was heard. It may be gone.
fn answer() {
    let mut out = std::io::stdout();
    let _ = out.write_all(b"\n").and_then(|()| out.flush());
}

/// Says something to the server, which logs it. It may be gone.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
