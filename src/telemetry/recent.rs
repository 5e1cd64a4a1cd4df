//! The last warnings and errors of this process, kept in memory: for who looks at the portal at night and has no shell at hand.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::foundation::Clock;

/// Lines kept; the oldest make room.
const KEPT: usize = 50;
/// Characters kept of a line.
const LONGEST: usize = 1_000;

/// Fields by which somebody could sign in: not for everybody who may see the system.
const SECRETS: [&str; 1] = ["link"];

/// The lines of this process: logs are set up once, and so are these.
static LINES: OnceLock<Lines> = OnceLock::new();

/// A warning or an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecentLine {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Whether it is an error.
    pub error: bool,
    /// Its words, and its fields as `name=value`.
    pub text: String,
}

/// The last warnings and errors, the newest first; none where logs were not set up.
pub fn recent_lines() -> Vec<RecentLine> {
    LINES.get().map(Lines::newest_first).unwrap_or_default()
}

/// The layer that keeps them.
pub(super) fn keep_recent(clock: Arc<dyn Clock>) -> Keeper {
    Keeper { clock, lines: LINES.get_or_init(Lines::default) }
}

#[derive(Default)]
struct Lines(Mutex<VecDeque<RecentLine>>);

impl Lines {
    fn add(&self, line: RecentLine) {
        let mut lines = self.locked();
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn newest_first(&self) -> Vec<RecentLine> {
        self.locked().iter().rev().cloned().collect()
    }

    fn locked(&self) -> MutexGuard<'_, VecDeque<RecentLine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`keep_recent`].
pub(super) struct Keeper {
    clock: Arc<dyn Clock>,
    lines: &'static Lines,
}

impl<S: Subscriber> Layer<S> for Keeper {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if level > Level::WARN {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        self.lines.add(RecentLine {
            at: self.clock.now(),
            error: level == Level::ERROR,
            text: words.into_text(),
        });
    }
}

/// An event's message, and its fields as they come.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Words {
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value}"),
            name if SECRETS.contains(&name) => write!(self.fields, " {name}=(only in the log)"),
            name => write!(self.fields, " {name}={value}"),
        };
    }

    fn into_text(self) -> String {
        let text = format!("{}{}", self.message, self.fields);
        text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::foundation::ManualClock;

    #[test]
    fn the_newest_warnings_and_errors_are_kept_in_words() {
        let at = DateTime::from_timestamp_millis(1_790_000_000_000).unwrap();
        let lines: &'static Lines = Box::leak(Box::default());
        let keeper = Keeper { clock: Arc::new(ManualClock::at(at)), lines };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(keeper), || {
            tracing::info!("nothing to see");
            tracing::warn!(error = %"disk\nfull", tries = 3, "cannot write");
            tracing::error!(link = "https://x/link/secret", "it is over");
        });
        let kept = lines.newest_first();
        let told: Vec<_> = kept.iter().map(|line| (line.at, line.error, line.text.as_str())).collect();
        assert_eq!(
            told,
            [
                (at, true, "it is over link=(only in the log)"),
                (at, false, "cannot write error=diskfull tries=3")
            ]
        );
        for no in 0..KEPT {
            lines.add(RecentLine { at, error: false, text: no.to_string() });
        }
        let kept = lines.newest_first();
        assert_eq!((kept.len(), kept[0].text.as_str(), kept[KEPT - 1].text.as_str()), (KEPT, "49", "0"));
    }
}
