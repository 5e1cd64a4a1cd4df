//! Two plain threads that need nothing from any runtime: one looks for hung children, one ends a stop that hangs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::board::Board;
use super::launch::beat_every;
use super::mail::{Event, Mail, Note};
use super::metrics::{self, millis};
use super::vitals::Vitals;

/// The longest pause between two looks.
const LOOK_MAX: Duration = Duration::from_millis(500);

/// What was last seen of one child.
#[derive(Default)]
struct Seen {
    generation: u64,
    beat: u64,
    /// Looks since the beat moved. Looks, not time: after a pause of the whole machine nobody is hung.
    silent_looks: u32,
    told: bool,
}

/// Watches until the root is gone.
pub(super) fn watch(board: Arc<Board>, start_within: Duration, mail: UnboundedSender<Mail>) {
    let look_every = board
        .children()
        .iter()
        .filter_map(|child| child.heartbeat)
        .map(beat_every)
        .min()
        .map_or(LOOK_MAX, |shortest| shortest.min(LOOK_MAX));
    let watching = std::thread::Builder::new().name("watchdog".into()).spawn(move || {
        let mut seen: Vec<Seen> = board.children().iter().map(|_| Seen::default()).collect();
        while !mail.is_closed() {
            std::thread::park_timeout(look_every);
            for (row, (child, seen)) in board.children().iter().zip(&mut seen).enumerate() {
                if let Some(event) = look(child, seen, look_every, start_within) {
                    let _ = mail.send(Mail::Note(Note { row, generation: seen.generation, event }));
                }
            }
        }
    });
    if let Err(error) = watching {
        tracing::error!("no thread for the watchdog, hung children will not be noticed: {error}");
    }
}

fn look(child: &Vitals, seen: &mut Seen, look_every: Duration, start_within: Duration) -> Option<Event> {
    let line = child.line()?;
    metrics::mailbox_depth(child.name, line.depth.load(Ordering::Relaxed));
    let heartbeat = child.heartbeat?;
    let beat = line.beat.load(Ordering::Relaxed);
    if seen.generation != line.generation {
        *seen = Seen { generation: line.generation, beat, ..Seen::default() };
    } else if seen.beat == beat {
        seen.silent_looks = seen.silent_looks.saturating_add(1);
    } else {
        seen.beat = beat;
        seen.silent_looks = 0;
    }
    let silent = look_every.saturating_mul(seen.silent_looks);
    child.silent_ms.store(millis(silent), Ordering::Relaxed);
    let building = line.building.load(Ordering::SeqCst);
    let allowed = if building { heartbeat.max(start_within) } else { heartbeat };
    if seen.told || line.deposed() || silent <= allowed {
        return None;
    }
    seen.told = true;
    Some(Event::Hung(silent))
}

/// Calls `end` with `code` unless dropped within `limit`.
pub(super) struct StopLimit {
    _armed: Sender<()>,
}

impl StopLimit {
    pub(super) fn arm(limit: Duration, code: i32, end: Arc<dyn Fn(i32) + Send + Sync>) -> Self {
        let (armed, disarmed) = channel::<()>();
        let thread = std::thread::Builder::new().name("stop-limit".into()).spawn(move || {
            if disarmed.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                tracing::error!(limit_ms = millis(limit), "stopping took too long, the process ends now");
                end(code);
            }
        });
        if let Err(error) = thread {
            tracing::error!("no thread for the stop limit: {error}");
        }
        Self { _armed: armed }
    }
}
