//! The figures as a table for people and one line of JSON for programs.

use std::time::Duration;

use comfy_table::Table;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::load::{Encoding, Plan};
use crate::process::{CpuUse, load_average};

/// One measurement.
pub(crate) struct Row {
    connections: u32,
    encoding: Encoding,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    cpu_ms_each: f64,
    resident_mib: f64,
    /// CPUs kept busy by others.
    others: f64,
    load: String,
}

/// Milliseconds from start to ready, over some rounds.
#[derive(Default)]
pub(crate) struct Starts {
    median_ms: f64,
    max_ms: f64,
    /// Bytes of the write-ahead log found at the start, at most.
    pub(crate) log_bytes: u64,
}

/// All of a run.
#[derive(Default)]
pub(crate) struct Report {
    began_at_load: String,
    /// Milliseconds the disk takes to make 4 KiB durable.
    pub(crate) sync_ms: f64,
    rows: Vec<Row>,
    pub(crate) first_starts: Starts,
    pub(crate) starts: Starts,
    pub(crate) after_kill: Starts,
    pub(crate) resident_max_mib: f64,
    pub(crate) acknowledged: u64,
    pub(crate) stored: u64,
}

/// Median and maximum.
pub(crate) fn spread(took: &[Duration]) -> Starts {
    let mut took = took.to_vec();
    took.sort_unstable();
    let ms = |at: usize| took.get(at).map_or(0.0, |t| t.as_secs_f64() * 1e3);
    Starts { median_ms: ms(took.len() / 2), max_ms: ms(took.len().saturating_sub(1)), log_bytes: 0 }
}

impl Row {
    pub(crate) fn new(
        plan: &Plan,
        answers: u64,
        micros: &Histogram<u64>,
        used: &CpuUse,
        resident_mib: f64,
        load: String,
    ) -> Self {
        let count = number(answers);
        let ms = |micros: u64| number(micros) / 1e3;
        Self {
            connections: plan.connections,
            encoding: plan.encoding,
            per_second: count / plan.measure.as_secs_f64(),
            p50_ms: ms(micros.value_at_quantile(0.5)),
            p99_ms: ms(micros.value_at_quantile(0.99)),
            max_ms: ms(micros.max()),
            cpu_ms_each: used.server * 1e3 / count.max(1.0),
            resident_mib,
            others: used.others,
            load,
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "connections": self.connections, "encoding": self.encoding.as_str(),
            "per_second": self.per_second.round(), "p50_ms": self.p50_ms, "p99_ms": self.p99_ms,
            "max_ms": self.max_ms, "cpu_ms_each": rounded(self.cpu_ms_each), "resident_mib": rounded(self.resident_mib),
            "other_cpus_busy": rounded(self.others), "load_average": self.load,
        })
    }
}

impl Report {
    pub(crate) fn new(began_at_load: String) -> Self {
        Self { began_at_load, ..Self::default() }
    }

    /// Keeps a row and says it at once: a run takes minutes.
    pub(crate) fn add(&mut self, row: Row) {
        eprintln!("{}", row.to_json());
        self.rows.push(row);
    }

    /// A row's throughput as a share of the bare endpoint's at as many connections.
    fn share(&self, row: &Row) -> Option<f64> {
        let bare =
            self.rows.iter().find(|r| r.encoding == Encoding::Bare && r.connections == row.connections);
        bare.filter(|_| row.encoding != Encoding::Bare).map(|bare| row.per_second / bare.per_second.max(1.0))
    }

    /// Prints everything.
    pub(crate) fn finish(&self) {
        println!("{}", self.table());
        println!("the disk makes 4 KiB durable in {:.2} ms", self.sync_ms);
        let starts = |what: &str, starts: &Starts| {
            println!("{what}: median {:.0} ms, at most {:.0} ms", starts.median_ms, starts.max_ms);
        };
        starts("ready after the first start of all", &self.first_starts);
        starts("ready after a start", &self.starts);
        let log_mib = number(self.after_kill.log_bytes) / 1024.0 / 1024.0;
        starts(&format!("ready after kill -9 under load, log of {log_mib:.1} MiB"), &self.after_kill);
        println!("resident memory at most: {:.1} MiB", self.resident_max_mib);
        println!("answers acknowledged: {}, stored: {}", self.acknowledged, self.stored);
        println!("{}", self.to_json());
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED).set_header([
            "connections",
            "request",
            "answers/s",
            "of bare",
            "p50 ms",
            "p99 ms",
            "max ms",
            "CPU ms each",
            "RSS MiB",
            "other CPUs busy",
            "load",
        ]);
        for row in &self.rows {
            table.add_row([
                row.connections.to_string(),
                row.encoding.as_str().to_owned(),
                format!("{:.0}", row.per_second),
                self.share(row).map_or_else(String::new, |share| format!("{share:.2}")),
                format!("{:.2}", row.p50_ms),
                format!("{:.2}", row.p99_ms),
                format!("{:.1}", row.max_ms),
                format!("{:.3}", row.cpu_ms_each),
                format!("{:.1}", row.resident_mib),
                format!("{:.2}", row.others),
                row.load.clone(),
            ]);
        }
        table
    }

    fn to_json(&self) -> Value {
        let with_share = |row: &Row| {
            let mut value = row.to_json();
            value["share_of_bare"] = json!(self.share(row).map(rounded));
            value
        };
        let starts = |s: &Starts| json!({"median_ms": rounded(s.median_ms), "max_ms": rounded(s.max_ms)});
        json!({
            "rows": self.rows.iter().map(with_share).collect::<Vec<_>>(),
            "first_start": starts(&self.first_starts), "start": starts(&self.starts),
            "after_kill": starts(&self.after_kill), "log_bytes_after_kill": self.after_kill.log_bytes,
            "resident_max_mib": rounded(self.resident_max_mib),
            "sync_ms": rounded(self.sync_ms), "acknowledged": self.acknowledged, "stored": self.stored,
            "load_average": {"begin": self.began_at_load, "end": load_average()},
        })
    }
}

/// Thousandths are enough.
fn rounded(figure: f64) -> f64 {
    (figure * 1e3).round() / 1e3
}

/// A count as a figure; counts stay far below 2^32 here.
pub(crate) fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
