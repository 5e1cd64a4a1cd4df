//! A token bucket: so many a second, with a burst.

use std::time::Duration;

/// Allows `rate` takes a second on average and up to `burst` at once. Holds no clock: the caller says what time it is.
#[derive(Debug, Clone)]
pub struct TokenBucket {
    rate: f64,
    burst: f64,
    tokens: f64,
    at: Duration,
}

impl TokenBucket {
    /// A full bucket at monotonic time `now`.
    pub fn new(rate: u32, burst: u32, now: Duration) -> Self {
        Self { rate: f64::from(rate), burst: f64::from(burst), tokens: f64::from(burst), at: now }
    }

    /// Takes one token, or says how long to wait until there is one.
    pub fn take(&mut self, now: Duration) -> Result<(), Duration> {
        let passed = now.saturating_sub(self.at);
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed.as_secs_f64() * self.rate).min(self.burst);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - self.tokens) / self.rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_only_the_rate() {
        let mut bucket = TokenBucket::new(10, 3, Duration::ZERO);
        assert!((0..3).all(|_| bucket.take(Duration::ZERO).is_ok()));
        let wait = bucket.take(Duration::ZERO).unwrap_err();
        assert!(wait > Duration::from_millis(99) && wait <= Duration::from_millis(100), "{wait:?}");
        assert!(bucket.take(wait).is_ok());
        assert!(bucket.take(wait).is_err());
    }
}
