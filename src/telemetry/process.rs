//! What the system says of this process, in the names every Prometheus client uses.

use std::fmt::Write;
use std::fs;

/// The figures of a process.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Figures {
    cpu_seconds: f64,
    threads: f64,
    /// Seconds from the start of the machine to the start of the process.
    started_seconds: f64,
    virtual_bytes: f64,
    resident_bytes: f64,
}

/// The figures in Prometheus' text format. A figure the system does not tell (there is no `/proc`) is left out.
pub fn process_figures() -> String {
    let mut text = String::with_capacity(1024);
    let labels = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    add(&mut text, "aftercall_build_info", "gauge", "The program's version; always 1.", &labels, Some(1.0));
    let stat = fs::read_to_string("/proc/self/stat").ok();
    let ticks = count(rustix::param::clock_ticks_per_second());
    let page = count(u64::try_from(rustix::param::page_size()).unwrap_or(u64::MAX));
    let figures = stat.as_deref().and_then(|stat| parse(stat, ticks, page));
    let booted = fs::read_to_string("/proc/stat").ok().and_then(|stat| boot_time(&stat));
    let open = fs::read_dir("/proc/self/fd").ok().and_then(|files| u64::try_from(files.count()).ok());
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let started = figures.zip(booted).map(|(figures, booted)| booted + figures.started_seconds);
    let mut process = |name, kind, help, value| add(&mut text, name, kind, help, "", value);
    process(
        "process_cpu_seconds_total",
        "counter",
        "CPU seconds used, by the program and the system for it.",
        figures.map(|f| f.cpu_seconds),
    );
    process(
        "process_resident_memory_bytes",
        "gauge",
        "Memory in use, in bytes.",
        figures.map(|f| f.resident_bytes),
    );
    process(
        "process_virtual_memory_bytes",
        "gauge",
        "Memory mapped, in bytes.",
        figures.map(|f| f.virtual_bytes),
    );
    process("process_threads", "gauge", "Threads.", figures.map(|f| f.threads));
    process("process_open_fds", "gauge", "Open files and connections.", open.map(count));
    process("process_max_fds", "gauge", "Open files and connections at most.", limit.map(count));
    process("process_start_time_seconds", "gauge", "When it started, in seconds since 1970.", started);
    text
}

fn add(text: &mut String, name: &str, kind: &str, help: &str, labels: &str, value: Option<f64>) {
    let Some(value) = value else { return };
    // Writing to a text cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name}{labels} {value}");
}

/// Reads `/proc/pid/stat`, whose times are in clock ticks and whose memory is in pages.
fn parse(stat: &str, ticks: f64, page: f64) -> Option<Figures> {
    // The name in brackets may hold blanks and brackets. What follows is counted from field 3.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    Some(Figures {
        cpu_seconds: (field(14)? + field(15)?) / ticks,
        threads: field(20)?,
        started_seconds: field(22)? / ticks,
        virtual_bytes: field(23)?,
        resident_bytes: field(24)? * page,
    })
}

/// When the machine started, from `/proc/stat`, in seconds since 1970.
fn boot_time(stat: &str) -> Option<f64> {
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

fn count(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "limits beyond 2^53 need not be exact")]
    let figure = number as f64;
    figure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_found_behind_a_name_with_blanks_and_brackets() {
        let stat =
            "42 (after) call) S 1 42 42 0 -1 4194560 2100 0 0 0 150 50 0 0 20 0 9 0 123400 1048576 256 0";
        let expected = Figures {
            cpu_seconds: 2.0,
            threads: 9.0,
            started_seconds: 1234.0,
            virtual_bytes: 1_048_576.0,
            resident_bytes: 1_048_576.0,
        };
        assert_eq!(parse(stat, 100.0, 4096.0), Some(expected));
        assert_eq!(parse("42 (aftercall) S 1", 100.0, 4096.0), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn every_figure_of_this_process_is_there_and_more_than_nothing() {
        let text = process_figures();
        let figures: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(figures.len(), 8, "{text}");
        for figure in figures.iter().filter(|figure| !figure.contains("cpu_seconds")) {
            let value: f64 = figure.rsplit(' ').next().unwrap().parse().unwrap();
            assert!(value > 0.0, "{figure}");
        }
    }
}
