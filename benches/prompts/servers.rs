//! The two servers: the release binary with two prompts in its database, and nginx with the same bytes in a folder.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aftercall::config::Config;
use aftercall::domain::prompt::PromptName;
use aftercall::foundation::{Clock, PromptId, SystemChance, SystemClock};
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{PromptAudio, PromptRow, PromptStore};

use crate::client::Client;
use crate::process::cpu_seconds;
use crate::{Outcome, Prompt};

const READY_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A server that runs; it is told to stop when this goes.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) at: SocketAddr,
    child: Child,
}

/// Stores the prompts and serves them; their paths come with it.
pub(crate) fn ours(folder: &Path, prompts: &[Prompt]) -> Outcome<(Server, Vec<String>)> {
    let data = folder.join("data");
    fs::create_dir(&data)?;
    let clock = Arc::new(SystemClock::new());
    let settings = SqliteSettings::new(data.join("aftercall.db"));
    let storage = SqliteStorage::open(&settings, Arc::<SystemClock>::clone(&clock))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut paths = Vec::new();
    for (seed, prompt) in (0..).zip(prompts) {
        let id = PromptId::new(clock.now(), &SystemChance);
        let row = PromptRow {
            id,
            name: PromptName::parse(prompt.name)?,
            language: "en".to_owned(),
            source: "bench".to_owned(),
            source_sha256: [seed; 32],
            source_format: "made up".to_owned(),
            duration: Duration::from_secs(1),
            stored_at: clock.now(),
        };
        let ulaw = prompt.audio.clone();
        let audio = PromptAudio { alaw: ulaw.clone(), pcm: ulaw.clone(), ulaw };
        runtime.block_on(storage.put_prompt(row, audio, None))?;
        paths.push(format!("/prompts/{id}.ulaw.wav"));
    }
    drop(storage);
    let at = free_address()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftercall"));
    command.arg("--data-dir").arg(&data).args([
        "serve",
        "--listen",
        &at.to_string(),
        "--set",
        "portal.enabled=false",
    ]);
    Ok((Server::start("aftercall", command, at, folder, "/health/ready")?, paths))
}

/// The same bytes in a folder behind nginx with as many workers, set up to serve files as fast as it can: `sendfile`, open
/// files kept, nothing logged. `None` where it is not installed.
pub(crate) fn nginx(folder: &Path, prompts: &[Prompt]) -> Outcome<Option<(Server, Vec<String>)>> {
    let program = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];
    let Some(program) = program.into_iter().find(|program| Path::new(program).exists()) else {
        return Ok(None);
    };
    let root = folder.join("files");
    fs::create_dir(&root)?;
    let mut paths = Vec::new();
    for prompt in prompts {
        let file = format!("{}.wav", prompt.name);
        fs::write(root.join(&file), &prompt.audio)?;
        paths.push(format!("/{file}"));
    }
    let at = free_address()?;
    let folder_name = folder.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {folder_name}/{kind};"))
        .concat();
    let configuration = format!(
        "user root; worker_processes {}; daemon off; pid {folder_name}/nginx.pid; error_log stderr crit;
         events {{ worker_connections 1024; }}
         http {{ {temporary} access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
                 keepalive_timeout 75s; keepalive_requests 1000000000;
                 open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;
                 types {{ audio/x-wav wav; }}
                 server {{ listen {at}; root {}; add_header Cache-Control 'public, max-age=31536000, immutable'; }} }}",
        Config::default().ivr_api.workers,
        root.display(),
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration)?;
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).arg("-c").arg(&file);
    let first = paths.first().cloned().unwrap_or_default();
    Ok(Some((Server::start("nginx", command, at, folder, &first)?, paths)))
}

impl Server {
    fn start(
        name: &'static str,
        mut command: Command,
        at: SocketAddr,
        folder: &Path,
        ready: &str,
    ) -> Outcome<Self> {
        let log = fs::File::create(folder.join(format!("{name}.log")))?;
        let child = command.stdout(Stdio::null()).stderr(log).spawn()?;
        let server = Self { name, at, child };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let begun = Instant::now();
        while begun.elapsed() < READY_WITHIN {
            let asked = runtime.block_on(async {
                Client::connect(at).await?.send("GET", ready, "", "").await.map(|reply| reply.status)
            });
            if asked.is_ok_and(|status| status == 200) {
                return Ok(server);
            }
            runtime.block_on(async { tokio::time::sleep(LOOK_EVERY).await });
        }
        let log = fs::read_to_string(folder.join(format!("{name}.log"))).unwrap_or_default();
        Err(format!("{name} did not become ready: {log}").into())
    }

    /// CPU seconds of the server and the workers it has begun.
    pub(crate) fn cpu_seconds(&self) -> Outcome<f64> {
        let pid = self.child.id();
        let workers = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let mut all = cpu_seconds(pid)?;
        for worker in workers.split_whitespace() {
            all += cpu_seconds(worker.parse()?)?;
        }
        Ok(all)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked, not killed: nginx takes its workers with it only then.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}

fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
