//! What a gateway's verdict means for the message and for its route.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::outbox::MessageState;
use crate::domain::sms::Beat;
use crate::foundation::OnUnknown;
use crate::outbound::sms::Verdict;
use crate::storage::Settled;

/// How long a receipt is waited for before a message is sent again of which nobody knows.
const UNKNOWN_WAITS: TimeDelta = TimeDelta::minutes(1);

/// What is known of a try beside its verdict.
#[derive(Debug, Clone, Copy)]
pub(super) struct Try {
    /// Tries with this one.
    pub(super) attempt: u32,
    /// Tries at most.
    pub(super) tries_max: u32,
    /// When it ended.
    pub(super) at: DateTime<Utc>,
    /// The wait before the next try, where the gateway names none.
    pub(super) wait: Duration,
    /// What the route does with a message of which nobody knows.
    pub(super) on_unknown: OnUnknown,
    /// Whether the gateway takes a message once however often it comes: then it may be sent again without harm.
    pub(super) knows_key: bool,
    /// Whether it was sent again once before, although it may have been taken.
    pub(super) was_doubled: bool,
}

/// What a verdict leads to: what is written down of the message, and what it says of the route.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) settled: Settled,
    pub(super) beat: Beat,
    /// Whether the recipient wants no messages, as the gateway knows.
    pub(super) opted_out: bool,
}

pub(super) fn outcome(verdict: Verdict, this: Try) -> Outcome {
    let settled = |state, cause: &str| Settled {
        state,
        due_at: this.at,
        cause: cause.to_owned(),
        gateway_ids: Vec::new(),
        may_be_double: false,
        is_try: true,
    };
    let again = |wait: Duration, why: &str| Settled {
        due_at: after(this.at, wait),
        ..settled(MessageState::Queued, why)
    };
    let (settled, beat) = match verdict {
        Verdict::Accepted(gateway_ids) => {
            (Settled { gateway_ids, ..settled(MessageState::Accepted, "") }, Beat::Works)
        }
        // Not the message's fault: it does not count as a try of it.
        Verdict::Throttled { why, wait } => {
            let waits = Settled { is_try: false, ..again(wait.unwrap_or(Duration::from_secs(1)), &why) };
            (waits, Beat::Throttled(wait))
        }
        Verdict::RouteDown { why } => (Settled { is_try: false, ..again(this.wait, &why) }, Beat::Down(why)),
        Verdict::NotNow { why, wait } => {
            let next = if this.attempt >= this.tries_max {
                settled(MessageState::Refused, &format!("given up after {} tries: {why}", this.attempt))
            } else {
                again(wait.unwrap_or(this.wait), &why)
            };
            (next, Beat::Failed(wait, why))
        }
        Verdict::Refused { why, opted_out } => {
            let settled = settled(MessageState::Refused, &why);
            return Outcome { settled, beat: Beat::Works, opted_out };
        }
        Verdict::Unknown { why } => {
            let is_harmless = this.knows_key && this.attempt < this.tries_max;
            let resend = this.on_unknown == OnUnknown::Resend && !this.was_doubled && !this.knows_key;
            let next = if is_harmless || resend {
                let due_at = this.at + UNKNOWN_WAITS;
                Settled { due_at, may_be_double: resend, ..settled(MessageState::Queued, &why) }
            } else {
                settled(MessageState::Unknown, &why)
            };
            (next, Beat::Failed(None, why))
        }
    };
    Outcome { settled, beat, opted_out: false }
}

/// A moment so much later.
pub(super) fn after(at: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(wait).ok().and_then(|wait| at.checked_add_signed(wait)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn this() -> Try {
        Try {
            attempt: 1,
            tries_max: 5,
            at: DateTime::UNIX_EPOCH,
            wait: Duration::from_secs(30),
            on_unknown: OnUnknown::Hold,
            knows_key: false,
            was_doubled: false,
        }
    }

    fn why() -> String {
        "away".to_owned()
    }

    #[test]
    fn what_may_have_been_taken_is_held_or_sent_once_more_and_never_twice_more() {
        let held = outcome(Verdict::Unknown { why: why() }, this());
        assert_eq!((held.settled.state, held.settled.may_be_double), (MessageState::Unknown, false));
        let resend = Try { on_unknown: OnUnknown::Resend, ..this() };
        let again = outcome(Verdict::Unknown { why: why() }, resend);
        assert_eq!((again.settled.state, again.settled.may_be_double), (MessageState::Queued, true));
        assert_eq!(again.settled.due_at, DateTime::UNIX_EPOCH + UNKNOWN_WAITS);
        let twice = outcome(Verdict::Unknown { why: why() }, Try { was_doubled: true, ..resend });
        assert_eq!(twice.settled.state, MessageState::Unknown);
    }

    #[test]
    fn a_gateway_that_knows_our_key_is_asked_again_and_nothing_counts_as_double() {
        let knows = Try { knows_key: true, ..this() };
        for this in [knows, Try { on_unknown: OnUnknown::Resend, ..knows }, Try { attempt: 4, ..knows }] {
            let again = outcome(Verdict::Unknown { why: why() }, this).settled;
            assert_eq!((again.state, again.may_be_double), (MessageState::Queued, false), "{this:?}");
            assert_eq!(again.due_at, DateTime::UNIX_EPOCH + UNKNOWN_WAITS);
        }
        let last = outcome(Verdict::Unknown { why: why() }, Try { attempt: 5, ..knows });
        assert_eq!(last.settled.state, MessageState::Unknown);
    }

    #[test]
    fn what_was_certainly_not_taken_is_tried_again_until_it_was_tried_often_enough() {
        let first = outcome(Verdict::NotNow { why: why(), wait: None }, this());
        assert_eq!(first.settled.state, MessageState::Queued);
        assert_eq!(first.settled.due_at, DateTime::UNIX_EPOCH + TimeDelta::seconds(30));
        let last = outcome(Verdict::NotNow { why: why(), wait: None }, Try { attempt: 5, ..this() });
        assert_eq!(last.settled.state, MessageState::Refused);
        assert!(last.settled.cause.contains("5 tries"), "{}", last.settled.cause);
        let throttled = outcome(Verdict::Throttled { why: why(), wait: None }, Try { attempt: 99, ..this() });
        assert_eq!(throttled.settled.state, MessageState::Queued, "a busy route is not the message's fault");
        assert!(!throttled.settled.is_try && first.settled.is_try);
        let down = outcome(Verdict::RouteDown { why: why() }, Try { attempt: 99, ..this() });
        assert_eq!((down.settled.state, down.beat), (MessageState::Queued, Beat::Down(why())));
    }

    #[test]
    fn a_gateways_word_for_an_opt_out_is_heard() {
        let refused = outcome(Verdict::Refused { why: why(), opted_out: true }, this());
        assert!(refused.opted_out);
        assert_eq!((refused.settled.state, refused.beat), (MessageState::Refused, Beat::Works));
    }
}
