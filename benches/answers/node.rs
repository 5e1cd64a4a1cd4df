//! The program under load: the release binary with a database of its own on a disk.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::{Outcome, survey};

/// The program as it was built with this benchmark.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_aftercall");
/// How often readiness is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(2);
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A data folder with a survey and a key; it goes when this goes.
pub(crate) struct Data {
    folder: tempfile::TempDir,
    program: PathBuf,
    pub(crate) key: String,
    pub(crate) listen: SocketAddr,
}

/// A server that runs; it is killed when this goes.
pub(crate) struct Node {
    child: Child,
    /// From the start of the process to the first 200 of `/health/ready`.
    pub(crate) ready_after: Duration,
}

impl Data {
    /// A new folder with a survey and a key.
    pub(crate) fn new(program: &Path) -> Outcome<Self> {
        let mut data = Self::empty(program)?;
        let document = data.path().join("survey.json");
        fs::write(&document, survey::document().to_string())?;
        let secret = data.command(&["apikey", "create", "bench", "--scope", "ivr"])?;
        secret.trim().clone_into(&mut data.key);
        data.command(&["survey", "import", &document.to_string_lossy(), "--publish"])?;
        data.command(&["service", "add", "Bench", "--dn", survey::DN])?;
        data.command(&["survey", "activate", "bench", "Bench"])?;
        Ok(data)
    }

    /// A new folder with nothing in it, below `target/`, which is on a disk where `/tmp` may be memory.
    pub(crate) fn empty(program: &Path) -> Outcome<Self> {
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        Ok(Self { folder, program: program.to_owned(), key: String::new(), listen: free_address()? })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path().join("aftercall.db")
    }

    /// How long this disk takes to make 4 KiB durable, at the median: no durable answer can be faster.
    pub(crate) fn sync_time(&self) -> Outcome<Duration> {
        use std::io::Write;
        let mut file = fs::File::create(self.path().join("sync"))?;
        let mut took = Vec::new();
        for _ in 0..101 {
            let begun = Instant::now();
            file.write_all(&[7; 4096])?;
            file.sync_data()?;
            took.push(begun.elapsed());
        }
        took.sort_unstable();
        Ok(took[took.len() / 2])
    }

    /// Bytes of the write-ahead log.
    pub(crate) fn log_bytes(&self) -> u64 {
        fs::metadata(self.path().join("aftercall.db-wal")).map_or(0, |data| data.len())
    }

    /// Runs a command of the program; its output.
    fn command(&self, words: &[&str]) -> Outcome<String> {
        let output = Command::new(&self.program).arg("--data-dir").arg(self.path()).args(words).output()?;
        if !output.status.success() {
            return Err(format!("{words:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Starts the server and waits until it is ready.
    pub(crate) fn serve(&self) -> Outcome<Node> {
        let mut command = Command::new(&self.program);
        command.arg("--data-dir").arg(self.path()).args([
            "serve",
            "--listen",
            &self.listen.to_string(),
            "--set",
            "portal.enabled=false",
        ]);
        // The limit by key is there for a script gone wild, which is what this is.
        for limit in ["ivr_api.rate_per_key_per_s=1000000", "ivr_api.rate_burst=2000000"] {
            command.args(["--set", limit]);
        }
        let log = fs::File::options().create(true).append(true).open(self.path().join("server.log"))?;
        let begun = Instant::now();
        let child = command.stdout(Stdio::null()).stderr(log).spawn()?;
        let mut node = Node { child, ready_after: Duration::ZERO };
        node.wait_until_ready(self.listen, begun, "/health/ready")?;
        Ok(node)
    }
}

impl Node {
    /// This program once more, as the bare endpoint.
    pub(crate) fn bare(listen: SocketAddr, workers: usize) -> Outcome<Self> {
        let begun = Instant::now();
        let program = std::env::current_exe()?;
        let child = Command::new(program)
            .args([crate::BARE, &listen.to_string(), &workers.to_string()])
            .stdout(Stdio::null())
            .spawn()?;
        let mut node = Self { child, ready_after: Duration::ZERO };
        node.wait_until_ready(listen, begun, "/")?;
        Ok(node)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop and waits for its end.
    pub(crate) fn stop(&mut self) -> Outcome<()> {
        let asked = Command::new("kill").arg(self.pid().to_string()).status()?;
        if !asked.success() || !self.child.wait()?.success() {
            return Err("the server did not stop as it should".into());
        }
        Ok(())
    }

    fn wait_until_ready(&mut self, at: SocketAddr, begun: Instant, path: &str) -> Outcome<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        while begun.elapsed() < READY_WITHIN {
            // The bare endpoint knows no such path: any reply of it will do.
            let ready = runtime.block_on(async {
                let mut client = Client::connect(at).await?;
                let reply = client.send("GET", path, "", "").await?;
                std::io::Result::Ok(reply.status == 200 || path == "/")
            });
            if ready.unwrap_or(false) {
                self.ready_after = begun.elapsed();
                return Ok(());
            }
            if self.child.try_wait()?.is_some() {
                break;
            }
            runtime.block_on(async { tokio::time::sleep(LOOK_EVERY).await });
        }
        Err("the server did not become ready; its log is in server.log of the data folder".into())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address nobody listens on at this moment.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
