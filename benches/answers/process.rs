//! What `/proc` says of a process and of the machine. Linux only, as the program's packages are.

use std::fs;
use std::time::{Duration, Instant};

use crate::Outcome;

/// Clock ticks of `/proc` in a second, on every Linux there is (`getconf CLK_TCK`).
const TICKS: f64 = 100.0;

/// CPU seconds a process has used, in user and in kernel mode.
pub(crate) fn cpu_seconds(pid: u32) -> Outcome<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in brackets may hold blanks; the fields after it are counted from 3.
    let (_, rest) = text.rsplit_once(')').ok_or("no name in /proc/pid/stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| -> Outcome<f64> { Ok(fields.get(at).ok_or("a short /proc/pid/stat")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

/// A figure of `/proc/pid/status` in MiB, such as `VmRSS` or `VmHWM` (the most there was).
pub(crate) fn mebibytes(pid: u32, name: &str) -> Outcome<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib: f64 = line.and_then(|l| l.split_whitespace().next()).ok_or("no such figure")?.parse()?;
    Ok(kib / 1024.0)
}

/// The load average of the last minute, as the machine's word on who else is at work.
pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_owned()
}

/// CPU seconds all of the machine's processes have used.
fn machine_seconds() -> Outcome<f64> {
    let text = fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().ok_or("an empty /proc/stat")?;
    let ticks: Vec<f64> = line.split_whitespace().skip(1).filter_map(|t| t.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, steal: all but the two that are idle.
    let busy = [0, 1, 2, 5, 6, 7].iter().filter_map(|at| ticks.get(*at)).sum::<f64>();
    Ok(busy / TICKS)
}

/// Measures what a server, this client and everybody else use of the CPUs meanwhile.
pub(crate) struct CpuWatch {
    server: u32,
    begun: Instant,
    at_start: (f64, f64, f64),
}

/// What was used.
pub(crate) struct CpuUse {
    /// CPU seconds of the server.
    pub(crate) server: f64,
    /// CPUs that processes without a part in the measurement kept busy, on average.
    pub(crate) others: f64,
}

impl CpuWatch {
    pub(crate) fn start(server: u32) -> Outcome<Self> {
        Ok(Self { server, begun: Instant::now(), at_start: now(server)? })
    }

    pub(crate) fn stop(&self) -> Outcome<CpuUse> {
        let (server, own, all) = now(self.server)?;
        let (server, own, all) = (server - self.at_start.0, own - self.at_start.1, all - self.at_start.2);
        let took = self.begun.elapsed().max(Duration::from_millis(1)).as_secs_f64();
        Ok(CpuUse { server, others: ((all - server - own) / took).max(0.0) })
    }
}

fn now(server: u32) -> Outcome<(f64, f64, f64)> {
    Ok((cpu_seconds(server)?, cpu_seconds(std::process::id())?, machine_seconds()?))
}
