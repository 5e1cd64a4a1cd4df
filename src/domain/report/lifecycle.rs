//! How far responses came: the counts of their states and the rates made of them.

use crate::domain::response::ResponseState;

/// How many responses came how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// Offered and neither answered nor ended yet.
    pub waiting: u64,
    /// Answered in part, or a question passed over, and not ended yet.
    pub in_progress: u64,
    /// Every required question on the way was answered.
    pub completed: u64,
    /// Ended with some answers.
    pub partial: u64,
    /// Ended by the customer without an answer.
    pub declined: u64,
    /// Given up by time without an answer.
    pub expired: u64,
}

impl Lifecycle {
    /// Counts `n` responses more.
    pub fn add(&mut self, state: ResponseState, n: u64) {
        let count = match state {
            ResponseState::Offered => &mut self.waiting,
            ResponseState::InProgress => &mut self.in_progress,
            ResponseState::Complete => &mut self.completed,
            ResponseState::Partial => &mut self.partial,
            ResponseState::Declined => &mut self.declined,
            ResponseState::Expired => &mut self.expired,
        };
        *count += n;
    }

    /// All of them: each began with an offer.
    pub fn offered(&self) -> u64 {
        self.started() + self.waiting + self.declined + self.expired
    }

    /// Those that were begun: in progress, completed or partial. Who only passed questions over and then hung up declined.
    pub fn started(&self) -> u64 {
        self.in_progress + self.completed + self.partial
    }

    /// Those that are not over.
    pub fn open(&self) -> u64 {
        self.waiting + self.in_progress
    }

    /// Started of those offered, in percent; `None` when none was offered.
    pub fn response_rate(&self) -> Option<f64> {
        percent(self.started(), self.offered())
    }

    /// Completed of those started, in percent; `None` when none was started.
    pub fn completion_rate(&self) -> Option<f64> {
        percent(self.completed, self.started())
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of responses stay far below 2^53")]
fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| 100.0 * part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_of_those_offered_and_of_those_started() {
        let mut lifecycle = Lifecycle::default();
        assert_eq!((lifecycle.response_rate(), lifecycle.completion_rate()), (None, None));
        for (n, state) in (1u64..).zip(ResponseState::ALL) {
            lifecycle.add(state, n);
        }
        assert_eq!((lifecycle.offered(), lifecycle.started(), lifecycle.open()), (21, 9, 3));
        assert!((lifecycle.response_rate().unwrap() - 900.0 / 21.0).abs() < 1e-9);
        assert!((lifecycle.completion_rate().unwrap() - 300.0 / 9.0).abs() < 1e-9);
    }
}
