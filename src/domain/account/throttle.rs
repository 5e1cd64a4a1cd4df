//! How long somebody waits after wrong passwords. Wrong ones are counted for the account and for the address they came
//! from, so that neither one account can be guessed at length nor many accounts from one place.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Wrong passwords are forgotten this long after the last one.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(24);
/// The wait after the first wrong password too many; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// Nobody waits longer than this, so that nobody can lock a person out for good by guessing.
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// Wrong passwords of late, for an account or from an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many.
    pub failures: u32,
    /// When the last one was.
    pub last_at: DateTime<Utc>,
}

impl Attempts {
    /// Wrong passwords before this time do not count any more.
    pub fn forgotten_before(now: DateTime<Utc>) -> DateTime<Utc> {
        now - FORGOTTEN_AFTER
    }
}

/// How long to wait still until another password is looked at; zero: not at all. `free` wrong ones cost nothing.
pub fn wait_after(attempts: Attempts, free: u32, now: DateTime<Utc>) -> Duration {
    let beyond = attempts.failures.saturating_sub(free);
    if beyond == 0 || attempts.last_at < Attempts::forgotten_before(now) {
        return Duration::ZERO;
    }
    let wait = FIRST_WAIT.saturating_mul(1 << (beyond - 1).min(16)).min(LONGEST_WAIT);
    // A last one that lies in the future is another node's clock.
    let since = (now - attempts.last_at).to_std().unwrap_or(Duration::ZERO);
    wait.saturating_sub(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(failures: u32, seconds_ago: i64) -> u64 {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(10);
        wait_after(Attempts { failures, last_at: now - TimeDelta::seconds(seconds_ago) }, 5, now).as_secs()
    }

    #[test]
    fn waits_double_up_to_a_bound_and_pass() {
        assert_eq!([0, 4, 5, 6, 7, 8].map(|failures| wait(failures, 0)), [0, 0, 0, 2, 4, 8]);
        assert_eq!([40, u32::MAX].map(|failures| wait(failures, 0)), [900, 900]);
        assert_eq!([wait(8, 3), wait(8, 8), wait(8, 9)], [5, 0, 0]);
    }

    #[test]
    fn wrong_passwords_are_forgotten_and_a_clock_ahead_adds_nothing() {
        assert_eq!(wait(100, 25 * 3600), 0);
        assert_eq!(wait(8, -600), 8);
    }
}
