//! What came of the played calls: states, latencies, errors.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

use super::caller::Played;
use super::scores::Scores;

/// Figures of a campaign; its `Display` is the report for people.
#[derive(Default)]
pub(in crate::cli) struct Summary {
    /// How long it took.
    pub(super) took: Duration,
    calls: u64,
    offered: u64,
    answers: u64,
    scores: Scores,
    states: BTreeMap<String, u64>,
    not_offered: BTreeMap<String, u64>,
    errors: BTreeMap<String, u64>,
    /// Why requests were sent again; the waits in between are part of the latencies.
    pub(super) repeats: BTreeMap<String, u64>,
    latencies: BTreeMap<&'static str, Latency>,
}

/// Microseconds, to three digits.
struct Latency(Histogram<u64>);

impl Summary {
    pub(super) fn add(&mut self, played: Played) {
        self.calls += 1;
        self.offered += u64::from(played.ended.is_some());
        for given in played.answers {
            self.answers += 1;
            self.scores.add(given);
        }
        for (name, took) in played.took {
            let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            if let Some(latency) = self.latency(name) {
                latency.0.saturating_record(micros);
            }
        }
        for (word, counts) in [
            (played.ended, &mut self.states),
            (played.not_offered, &mut self.not_offered),
            (played.error, &mut self.errors),
        ] {
            if let Some(word) = word {
                *counts.entry(word).or_default() += 1;
            }
        }
    }

    fn latency(&mut self, name: &'static str) -> Option<&mut Latency> {
        if !self.latencies.contains_key(name) {
            self.latencies.insert(name, Latency(Histogram::new_with_bounds(1, 60_000_000, 3).ok()?));
        }
        self.latencies.get_mut(name)
    }

    /// Calls that met an error they could not get over.
    pub(in crate::cli) fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// What was answered to each question.
    pub(super) fn print_scores(&self) {
        self.scores.print();
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = self.answers as f64 / seconds;
        writeln!(
            f,
            "{} calls in {seconds:.1} s, {} offered a survey, {} answers ({rate:.0}/s)",
            self.calls, self.offered, self.answers
        )?;
        for (what, counts) in [
            ("ended as", &self.states),
            ("not offered", &self.not_offered),
            ("sent again", &self.repeats),
            ("failed", &self.errors),
        ] {
            if !counts.is_empty() {
                let counts: Vec<String> = counts.iter().map(|(word, n)| format!("{word} {n}")).collect();
                writeln!(f, "  {what:<12} {}", counts.join(", "))?;
            }
        }
        for (name, Latency(latency)) in &self.latencies {
            let at = |quantile| Duration::from_micros(latency.value_at_quantile(quantile));
            let (p50, p99, max) = (at(0.5), at(0.99), Duration::from_micros(latency.max()));
            writeln!(f, "  {name:<12} p50 {p50:.1?}, p99 {p99:.1?}, slowest {max:.1?}, n {}", latency.len())?;
        }
        Ok(())
    }
}
