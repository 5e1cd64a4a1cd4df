//! The times of a lease, which only exist if they go together.

use std::time::Duration;

/// The times of a lease. Values in which a holder would work on while another has taken over do not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseTiming {
    ttl: Duration,
    renew: Duration,
    timeout: Duration,
    stop: Duration,
    look: Duration,
}

/// Why times do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimingError {
    /// A lost renewal would end the work.
    #[error("a renewal that is lost would end the work")]
    RenewsTooRarely,
    /// A holder would work on when the lease is over.
    #[error("the holder would work on when its lease is nearly over")]
    StopsTooLate,
    /// Others would take over much later than they may.
    #[error("others would take over much later than they may")]
    LooksTooRarely,
}

/// How long before the end of its lease a holder stops at least: for work that is under way, and for clocks that do not go at
/// the very same pace.
const MARGIN: Duration = Duration::from_millis(1_500);

impl Default for LeaseTiming {
    /// Taken over within 11 s of a crash; a database that does not answer for 7 s costs nothing.
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self { ttl: ms(10_000), renew: ms(2_500), timeout: ms(2_000), stop: ms(7_000), look: ms(1_000) }
    }
}

impl LeaseTiming {
    /// The times of a lease: it lasts `ttl`, is renewed every `renew` with a time-out of `timeout`, its holder stops `stop`
    /// after it sent the last renewal that went well, and candidates look every `look`.
    pub fn new(
        ttl: Duration,
        renew: Duration,
        timeout: Duration,
        stop: Duration,
        look: Duration,
    ) -> Result<Self, TimingError> {
        if renew * 2 + timeout > stop {
            return Err(TimingError::RenewsTooRarely);
        }
        if stop + MARGIN > ttl {
            return Err(TimingError::StopsTooLate);
        }
        if look * 2 > ttl {
            return Err(TimingError::LooksTooRarely);
        }
        Ok(Self { ttl, renew, timeout, stop, look })
    }

    /// How long a lease lasts without being renewed.
    pub fn ttl(&self) -> Duration {
        self.ttl
    }

    /// How often its holder renews it.
    pub fn renew(&self) -> Duration {
        self.renew
    }

    /// How long after it sent the last renewal that went well its holder works on.
    pub fn stop(&self) -> Duration {
        self.stop
    }

    /// How long a question to the database may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How often candidates look.
    pub fn look(&self) -> Duration {
        self.look
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_do_not_go_together_are_refused() {
        let ms = Duration::from_millis;
        let timing = |ttl, renew, timeout, stop, look| {
            LeaseTiming::new(ms(ttl), ms(renew), ms(timeout), ms(stop), ms(look)).map(|_| ())
        };
        assert_eq!(timing(10_000, 2_500, 2_000, 7_000, 1_000), Ok(()));
        assert_eq!(timing(5_000, 1_000, 1_000, 3_500, 500), Ok(()));
        assert_eq!(timing(10_000, 2_501, 2_000, 7_000, 1_000), Err(TimingError::RenewsTooRarely));
        assert_eq!(timing(10_000, 2_500, 2_000, 8_501, 1_000), Err(TimingError::StopsTooLate));
        assert_eq!(timing(10_000, 2_500, 2_000, 7_000, 5_001), Err(TimingError::LooksTooRarely));
    }
}
