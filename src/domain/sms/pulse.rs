//! How a route is: whether messages may be handed to it now, and how fast, by what its gateway said of the last ones. Pure:
//! times come in as values of a clock that never goes back.

use std::time::Duration;

/// The shortest wait after a gateway said that it was too much.
const THROTTLED: Duration = Duration::from_secs(1);
/// How long is waited before a gateway is tried again that wants somebody to look.
const DOWN: Duration = Duration::from_mins(1);
/// Failures in a row after which the whole route waits: one may be the message's own.
const IN_A_ROW: u32 = 3;
/// The first and the longest wait after failures in a row.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// The longest wait that a gateway may ask for.
const LONGEST: Duration = Duration::from_mins(10);
/// The lowest share of its rate to which a route is slowed down.
const SLOWEST: f64 = 0.05;
/// The share of its rate that a route gets back in a second without being told off.
const RECOVERS: f64 = 0.05;

/// What a gateway's word on a message says of the route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beat {
    /// It took a message, or refused one for good: it works.
    Works,
    /// Too much at once; to wait for so long, where it said so.
    Throttled(Option<Duration>),
    /// Not now, or nobody knows; to wait for so long, where it said so.
    Failed(Option<Duration>, String),
    /// No message is taken before somebody looks.
    Down(String),
}

/// How people are told that a route is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Messages are handed over.
    Up,
    /// They wait, and go on by themselves; why.
    Waiting(String),
    /// Somebody has to look; why.
    Down(String),
}

/// How a route is.
#[derive(Debug, Clone)]
pub struct Pulse {
    paused_until: Duration,
    /// The share of the rate, and since when.
    share: (f64, Duration),
    failures: u32,
    health: Health,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { paused_until: Duration::ZERO, share: (1.0, Duration::ZERO), failures: 0, health: Health::Up }
    }
}

impl Pulse {
    /// Takes in what a gateway said at `now`.
    pub fn note(&mut self, beat: Beat, now: Duration) {
        match beat {
            Beat::Works => {
                self.failures = 0;
                self.health = Health::Up;
            }
            Beat::Throttled(wait) => {
                // All that was under way is told off for the same thing: it counts once.
                if self.paused_until <= now {
                    self.share = ((self.share(now) / 2.0).max(SLOWEST), now);
                }
                self.pause(wait.unwrap_or_default().max(THROTTLED), now);
                self.health = Health::Waiting("the gateway says that it is too much at once".to_owned());
            }
            Beat::Failed(wait, why) => {
                self.failures = self.failures.saturating_add(1);
                let wait = wait.or_else(|| self.after_failures());
                if let Some(wait) = wait {
                    self.pause(wait, now);
                    self.health = Health::Waiting(why);
                }
            }
            Beat::Down(why) => {
                self.pause(DOWN, now);
                self.health = Health::Down(why);
            }
        }
    }

    fn after_failures(&self) -> Option<Duration> {
        let more = self.failures.checked_sub(IN_A_ROW)?;
        Some(WAITS.0.saturating_mul(1u32.checked_shl(more).unwrap_or(u32::MAX)).min(WAITS.1))
    }

    fn pause(&mut self, wait: Duration, now: Duration) {
        self.paused_until = self.paused_until.max(now + wait.min(LONGEST));
    }

    /// For how long nothing may be handed over; zero: now.
    pub fn waits(&self, now: Duration) -> Duration {
        self.paused_until.saturating_sub(now)
    }

    /// The share of its rate at which a route is used.
    pub fn share(&self, now: Duration) -> f64 {
        let (share, since) = self.share;
        // What it was told off for is over when the pause is.
        let calm = now.saturating_sub(since.max(self.paused_until)).as_secs_f64();
        (share + calm * RECOVERS).min(1.0)
    }

    /// Parts a second, of so many at most; at least one.
    pub fn rate(&self, most: u32, now: Duration) -> u32 {
        let rate = f64::from(most) * self.share(now);
        // Between one and `most`.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in 0..=most")]
        let rate = rate as u32;
        rate.clamp(1, most.max(1))
    }

    /// How people are told that it is.
    pub fn health(&self) -> &Health {
        &self.health
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Duration = Duration::from_secs(100);

    fn secs(seconds: u64) -> Duration {
        AT + Duration::from_secs(seconds)
    }

    fn failed() -> Beat {
        Beat::Failed(None, "away".to_owned())
    }

    #[test]
    fn one_failure_is_the_messages_own_and_three_are_the_routes() {
        let mut pulse = Pulse::default();
        pulse.note(failed(), AT);
        pulse.note(failed(), AT);
        assert_eq!(pulse.waits(AT), Duration::ZERO);
        assert_eq!(*pulse.health(), Health::Up);
        pulse.note(failed(), AT);
        assert_eq!(pulse.waits(AT), Duration::from_secs(1));
        assert_eq!(*pulse.health(), Health::Waiting("away".to_owned()));
        for _ in 0..200 {
            pulse.note(failed(), AT);
        }
        assert_eq!(pulse.waits(AT), Duration::from_mins(1));
        pulse.note(Beat::Works, secs(60));
        assert_eq!(*pulse.health(), Health::Up);
        pulse.note(failed(), secs(60));
        assert_eq!(pulse.waits(secs(60)), Duration::ZERO);
    }

    #[test]
    fn told_off_it_halves_once_for_all_that_was_under_way_and_recovers() {
        let mut pulse = Pulse::default();
        for _ in 0..10 {
            pulse.note(Beat::Throttled(None), AT);
        }
        assert_eq!(pulse.waits(AT), Duration::from_secs(1));
        assert_eq!(pulse.rate(100, secs(1)), 50);
        pulse.note(Beat::Works, secs(1));
        assert_eq!(pulse.rate(100, secs(3)), 60);
        assert_eq!(pulse.rate(100, secs(30)), 100);
        pulse.note(Beat::Throttled(Some(Duration::from_secs(7))), secs(30));
        assert_eq!(pulse.waits(secs(30)), Duration::from_secs(7));
    }

    #[test]
    fn however_often_it_is_told_off_something_passes() {
        let mut pulse = Pulse::default();
        for second in 0..100 {
            pulse.note(Beat::Throttled(None), secs(second));
        }
        assert_eq!(pulse.rate(3, secs(100)), 1);
    }

    #[test]
    fn a_gateway_cannot_ask_for_ever() {
        let mut pulse = Pulse::default();
        pulse.note(Beat::Throttled(Some(Duration::from_hours(99))), AT);
        assert_eq!(pulse.waits(AT), LONGEST);
    }

    #[test]
    fn down_is_tried_again_after_a_minute_and_says_why_till_then() {
        let mut pulse = Pulse::default();
        pulse.note(Beat::Down("no credit".to_owned()), AT);
        assert_eq!(pulse.waits(AT), DOWN);
        assert_eq!(*pulse.health(), Health::Down("no credit".to_owned()));
        assert_eq!(pulse.waits(secs(60)), Duration::ZERO);
    }
}
