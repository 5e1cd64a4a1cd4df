//! How fast: so many a second, evenly, and never more in any second.

use std::collections::VecDeque;
use std::time::Duration;

/// What is looked at for "in any second". A little more than one, so that what was sent evenly and arrives a little closer
/// together still keeps to it; it costs one part in a hundred of the rate.
const SECOND: Duration = Duration::from_millis(1_010);
/// How far the pace may lag behind and catch up: the wake-ups of a busy machine.
const SLACK: Duration = Duration::from_millis(50);

/// Lets `rate` units a second pass, spread evenly. Holds no clock: the caller says what time it is.
#[derive(Debug, Clone)]
pub struct Pace {
    rate: u32,
    /// When the next unit is due.
    next: Duration,
    /// What passed within the last second: when, and how many units.
    passed: VecDeque<(Duration, u32)>,
    units: u32,
}

impl Pace {
    /// At most `rate` units a second, at least one.
    pub fn new(rate: u32) -> Self {
        Self { rate: rate.max(1), next: Duration::ZERO, passed: VecDeque::new(), units: 0 }
    }

    /// Goes on at another rate.
    pub fn set_rate(&mut self, rate: u32) {
        self.rate = rate.max(1);
    }

    /// Units a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Lets `units` pass at once, or says how long to wait before asking again. More units than pass in a second are let
    /// through together once a second without any is over; those after them wait accordingly.
    pub fn take(&mut self, units: u32, now: Duration) -> Result<(), Duration> {
        self.forget(now);
        if let Some(wait) = self.next.checked_sub(now).filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        let fits = self.units == 0 || self.units.saturating_add(units) <= self.rate;
        if !fits {
            // The oldest leaves the second first.
            let leaves = self.passed.front().map_or(now, |(at, _)| *at + SECOND);
            return Err(leaves.saturating_sub(now).max(Duration::from_millis(1)));
        }
        let from = self.next.max(now.saturating_sub(SLACK));
        self.next = from + Duration::from_secs(1).mul_f64(f64::from(units) / f64::from(self.rate));
        self.passed.push_back((now, units));
        self.units += units;
        Ok(())
    }

    fn forget(&mut self, now: Duration) {
        while let Some((at, units)) = self.passed.front().copied()
            && now.saturating_sub(at) >= SECOND
        {
            self.units -= units;
            self.passed.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Asks again and again, waking late by chance; when each unit passed.
    fn run(rate: u32, units: &[u32], late: &[u64], seconds: u64) -> Vec<(Duration, u32)> {
        let mut pace = Pace::new(rate);
        let (mut now, mut passed) = (Duration::from_secs(5), Vec::new());
        let end = now + Duration::from_secs(seconds);
        let mut step = 0;
        while now < end {
            let units = units[passed.len() % units.len()];
            match pace.take(units, now) {
                Ok(()) => passed.push((now, units)),
                Err(wait) => now += wait + Duration::from_micros(late[step % late.len()]),
            }
            step += 1;
        }
        passed
    }

    fn most_in_a_second(passed: &[(Duration, u32)]) -> u32 {
        let within = |from: Duration| {
            let in_it = passed.iter().filter(|(at, _)| *at >= from && *at < from + Duration::from_secs(1));
            in_it.map(|(_, units)| units).sum()
        };
        passed.iter().map(|(at, _)| within(*at)).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn never_more_in_any_second(
            rate in 3u32..300,
            units in prop::collection::vec(1u32..4, 1..5),
            late in prop::collection::vec(0u64..20_000, 1..9),
        ) {
            let passed = run(rate, &units, &late, 4);
            prop_assert!(most_in_a_second(&passed) <= rate);
        }
    }

    #[test]
    fn the_rate_is_kept_within_two_in_a_hundred() {
        for rate in [1, 7, 50, 1_000] {
            let passed = run(rate, &[1], &[300, 900, 50], 10);
            let sum = f64::from(passed.iter().map(|(_, units)| units).sum::<u32>());
            let aim = f64::from(rate) * 10.0;
            assert!((sum - aim).abs() <= aim * 0.02 + 1.0, "{sum} of {aim}");
        }
    }

    #[test]
    fn more_than_pass_in_a_second_pass_together_after_a_silence() {
        let mut pace = Pace::new(2);
        let at = Duration::from_secs(9);
        assert!(pace.take(3, at).is_ok());
        assert!(pace.take(1, at + Duration::from_secs(1)).is_err());
        assert!(pace.take(1, at + Duration::from_millis(1_500)).is_ok());
    }

    #[test]
    fn a_slower_pace_holds_from_the_next_unit_on() {
        let mut pace = Pace::new(10);
        let at = Duration::from_secs(9);
        assert!(pace.take(1, at).is_ok());
        pace.set_rate(1);
        assert!(pace.take(1, at + Duration::from_millis(100)).is_err());
        assert!(pace.take(1, at + Duration::from_millis(1_100)).is_ok());
    }
}
