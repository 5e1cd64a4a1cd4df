//! The server's end of what runs keepalived: the guard's process and input, and the pipe in which keepalived says what it does.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use rustix::fs::{Mode, OFlags, fcntl_setfl, mknodat};

use super::render::INSTANCE;
use crate::domain::vip::{VipFitness, VrrpState};
use crate::foundation::{VipMode, VipSettings};

/// Length of the time that keepalived puts before its words, as in `Thu Nov 26 08:36:50 2026: `.
const STAMP: usize = 26;

/// A running guard.
pub(super) struct GuardLine {
    process: Child,
    input: Option<ChildStdin>,
    answers: Option<ChildStdout>,
}

impl GuardLine {
    /// Starts a guard, in a process group of its own: what is typed at a terminal is meant for the server.
    pub(super) fn start(settings: &VipSettings) -> std::io::Result<Self> {
        // This very program, also when its file was replaced meanwhile.
        let mut command = Command::new("/proc/self/exe");
        command.arg0("aftercall").args(["vip", "guard", "--run-dir"]).arg(&settings.run_dir.0);
        if settings.mode == VipMode::Own {
            command.arg("--keepalived").arg(&settings.keepalived);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut process = command.spawn()?;
        if let Some(words) = process.stderr.take() {
            log(words)?;
        }
        let (input, answers) = (process.stdin.take(), process.stdout.take());
        // A guard that hangs must not hold up the server.
        if let Some(input) = &input {
            fcntl_setfl(input, OFlags::NONBLOCK)?;
        }
        if let Some(answers) = &answers {
            fcntl_setfl(answers, OFlags::NONBLOCK)?;
        }
        Ok(Self { process, input, answers })
    }

    /// Tells the guard how fit the node is.
    pub(super) fn tell(&mut self, fitness: VipFitness) -> std::io::Result<()> {
        let Some(input) = &mut self.input else { return Ok(()) };
        writeln!(input, "{}", fitness.weight())
    }

    /// Whether it answered since the last time: it answers whatever it is told.
    pub(super) fn answered(&mut self) -> bool {
        let mut any = false;
        let mut chunk = [0; 256];
        while let Some(answers) = &mut self.answers
            && let Ok(length) = answers.read(&mut chunk)
            && length > 0
        {
            any = true;
        }
        any
    }

    /// How it ended, if it did.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().ok().flatten()
    }

    /// Has it give the address up, end keepalived, and end.
    pub(super) fn dismiss(&mut self) {
        self.input = None;
    }

    /// Ends it at once; keepalived ends with it.
    pub(super) fn kill(&mut self) {
        // Refused when it has ended already. It ends at once, and is not to be left as one that nobody asked how it ended.
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// Logs what the guard and keepalived say, as long as they do.
fn log(words: ChildStderr) -> std::io::Result<()> {
    let read = move || {
        for line in BufReader::new(words).lines().map_while(Result::ok) {
            let line =
                line.get(STAMP..).filter(|_| line.get(STAMP - 2..STAMP) == Some(": ")).unwrap_or(&line);
            if !line.trim().is_empty() {
                tracing::info!(line = line.trim(), "keepalived");
            }
        }
    };
    std::thread::Builder::new().name("keepalived-log".into()).spawn(read).map(drop)
}

/// The pipe.
pub(super) struct Fifo {
    file: File,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
}

impl Fifo {
    /// Opens the pipe, and makes it if need be: keepalived would make one that only root can read.
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        match mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0) {
            Err(error) if error != rustix::io::Errno::EXIST => return Err(error.into()),
            _ => {}
        }
        // For writing too: it never ends, though nobody writes to it.
        let mut options = File::options();
        options.read(true).write(true).custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0));
        let file = options.open(path)?;
        if !file.metadata()?.file_type().is_fifo() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        Ok(Self { file, rest: Vec::new() })
    }

    /// What keepalived has become since the last time, if it said so.
    pub(super) fn read(&mut self) -> Option<VrrpState> {
        let mut chunk = [0; 1_024];
        while let Ok(length) = self.file.read(&mut chunk)
            && length > 0
        {
            self.rest.extend_from_slice(&chunk[..length]);
        }
        let mut last = None;
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            last = VrrpState::of_line(&String::from_utf8_lossy(&line), INSTANCE).or(last);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_state_that_was_said_counts_and_half_a_line_waits_for_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        let mut fifo = Fifo::open(&path).unwrap();
        assert_eq!(fifo.read(), None);
        let mut keepalived = File::options().write(true).open(&path).unwrap();
        keepalived.write_all(b"INSTANCE \"aftercall\" BACKUP 250\nINSTANCE \"aftercall\" MAS").unwrap();
        assert_eq!(fifo.read(), Some(VrrpState::Backup));
        keepalived.write_all(b"TER 250\nINSTANCE \"other\" FAULT 1\n").unwrap();
        assert_eq!(fifo.read(), Some(VrrpState::Master));
        assert_eq!(fifo.read(), None);
        let again = Fifo::open(&path);
        assert!(again.is_ok(), "a pipe that is there is used");
    }

    #[test]
    fn a_file_in_the_place_of_the_pipe_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        std::fs::write(&path, "").unwrap();
        assert!(Fifo::open(&path).is_err());
    }
}
