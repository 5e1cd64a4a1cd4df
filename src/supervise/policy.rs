//! How often a child, or a group, may be rebuilt before its parent is told.

use std::collections::VecDeque;
use std::time::Duration;

use crate::foundation::{Backoff, Chance};

/// At most `times` restarts within any span of `within`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Restarts allowed.
    pub times: u32,
    /// The span they are counted in.
    pub within: Duration,
}

impl Limit {
    /// A limit of `times` restarts within `within`.
    pub const fn per(times: u32, within: Duration) -> Self {
        Self { times, within }
    }
}

/// What to do after an exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Live again after `wait`.
    Again { restart: u32, wait: Duration },
    /// The limit is used up: the parent decides.
    GiveUp,
}

/// The exits still counted against a limit.
#[derive(Debug)]
pub(super) struct History {
    limit: Limit,
    backoff: Backoff,
    exits: VecDeque<Duration>,
}

impl History {
    pub(super) fn new(limit: Limit, backoff: Backoff) -> Self {
        Self { limit, backoff, exits: VecDeque::new() }
    }

    /// Counts an exit at monotonic time `now` and says what follows.
    pub(super) fn record(&mut self, now: Duration, chance: &dyn Chance) -> Verdict {
        self.forget(now);
        self.exits.push_back(now);
        let restart = u32::try_from(self.exits.len()).unwrap_or(u32::MAX);
        if restart > self.limit.times {
            return Verdict::GiveUp;
        }
        Verdict::Again { restart, wait: self.backoff.delay(restart - 1, chance) }
    }

    /// Exits still counted at `now`.
    pub(super) fn counted(&mut self, now: Duration) -> u32 {
        self.forget(now);
        u32::try_from(self.exits.len()).unwrap_or(u32::MAX)
    }

    /// Starts counting afresh: a parent has rebuilt the whole group.
    pub(super) fn forgive(&mut self) {
        self.exits.clear();
    }

    fn forget(&mut self, now: Duration) {
        while self.exits.front().is_some_and(|at| now.saturating_sub(*at) > self.limit.within) {
            self.exits.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    const BACKOFF: Backoff = Backoff { min: Duration::from_millis(100), max: Duration::from_secs(1) };

    #[test]
    fn the_first_restart_is_at_once_and_the_last_is_refused() {
        let chance = SeededChance::new(1);
        let mut history = History::new(Limit::per(2, Duration::from_secs(10)), BACKOFF);
        let at = Duration::from_secs(1);
        assert_eq!(history.record(at, &chance), Verdict::Again { restart: 1, wait: Duration::ZERO });
        let Verdict::Again { restart: 2, wait } = history.record(at, &chance) else {
            panic!("gave up early")
        };
        assert!(wait >= Duration::from_millis(50) && wait <= Duration::from_millis(100), "{wait:?}");
        assert_eq!(history.record(at, &chance), Verdict::GiveUp);
    }

    #[test]
    fn exits_outside_the_span_are_forgotten() {
        let chance = SeededChance::new(1);
        let mut history = History::new(Limit::per(1, Duration::from_secs(10)), BACKOFF);
        let first = Verdict::Again { restart: 1, wait: Duration::ZERO };
        assert_eq!(history.record(Duration::from_secs(1), &chance), first);
        assert_eq!(history.record(Duration::from_secs(12), &chance), first);
        assert_eq!(history.counted(Duration::from_secs(30)), 0);
    }
}
