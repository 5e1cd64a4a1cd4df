//! How long to wait before trying again.

use std::time::Duration;

use super::Chance;

/// Doubling waits from `min` to `max`, half of each being jitter, so that two nodes which failed together do not
/// come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The wait before the second try (the first retry comes at once).
    pub min: Duration,
    /// The longest wait.
    pub max: Duration,
}

impl Backoff {
    /// The wait before retry number `retry`: zero for the first (0), then `min` doubled each time up to `max`, of
    /// which at least half is waited and the rest is chance.
    pub fn delay(&self, retry: u32, chance: &dyn Chance) -> Duration {
        let Some(doublings) = retry.checked_sub(1) else { return Duration::ZERO };
        let whole = self.min.saturating_mul(1u32.checked_shl(doublings).unwrap_or(u32::MAX)).min(self.max);
        whole / 2 + (whole / 2).mul_f64(chance.fraction())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::SeededChance;

    #[test]
    fn waits_double_within_their_bounds_and_never_overflow() {
        let backoff = Backoff { min: Duration::from_millis(100), max: Duration::from_secs(5) };
        let chance = SeededChance::new(1);
        assert_eq!(backoff.delay(0, &chance), Duration::ZERO);
        for retry in 1..200 {
            let whole = (100u128 << (retry - 1).min(20)).min(5_000);
            let waited = backoff.delay(retry, &chance).as_millis();
            assert!(waited >= whole / 2 && waited <= whole, "retry {retry} waited {waited} of {whole}");
        }
    }
}
