//! The virtual IP: how fit a node is to have it, and what is known of where it is. Pure: times come in as values.
//!
//! The address says who gets calls, never who may act: that is a lease's business. Two nodes that both have it for a moment do
//! no harm, since every node answers every call.

use std::time::Duration;

use serde::Serialize;

/// A node that cannot serve for so long gives the address up: longer than a part takes to be built anew after a crash, and
/// longer than one failed probe of the database lasts (a second).
pub const UNFIT_AFTER: Duration = Duration::from_millis(1_500);
/// A node that can serve again for so long is as good as the others: it does not take and lose the address in turns.
pub const FIT_AFTER: Duration = Duration::from_secs(2);

/// How much a node should have the address, beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VipFitness {
    /// It cannot serve. It keeps the address only where no other node is better: somebody has to tell callers so.
    Unfit,
    /// It serves and is about to stop.
    Leaving,
    /// It serves.
    Fit,
}

impl VipFitness {
    /// What is added to the node's VRRP priority, which is [`PRIORITY`] on every node. A node with a higher sum takes the
    /// address before the other lets it go (measured: none or one request of 100 in a second is lost by that).
    pub fn weight(self) -> i32 {
        match self {
            Self::Fit => 0,
            Self::Leaving => -100,
            Self::Unfit => -200,
        }
    }

    /// The fitness of a weight.
    pub fn of_weight(weight: i32) -> Option<Self> {
        [Self::Fit, Self::Leaving, Self::Unfit].into_iter().find(|fitness| fitness.weight() == weight)
    }

    /// The word people know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Leaving => "leaving",
            Self::Unfit => "unfit",
        }
    }
}

/// The VRRP priority of every node, the same on all: a node that comes back does not take the address from one that serves.
/// As high as leaves room above: the higher, the sooner another node takes over from one that says goodbye.
pub const PRIORITY: u8 = 250;

/// How fit this node is, told from how it is from moment to moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VipJudge {
    fit: bool,
    leaving: bool,
    /// Since when it is otherwise than `fit` says.
    otherwise_since: Option<Duration>,
    /// It was never fit: the first time it is taken at its word.
    new: bool,
}

impl Default for VipJudge {
    fn default() -> Self {
        Self { fit: false, leaving: false, otherwise_since: None, new: true }
    }
}

impl VipJudge {
    /// Whether the node could serve at the moment `now`.
    pub fn see(&mut self, serves: bool, now: Duration) {
        if serves == self.fit {
            self.otherwise_since = None;
            return;
        }
        let since = *self.otherwise_since.get_or_insert(now);
        let wait = if serves { FIT_AFTER } else { UNFIT_AFTER };
        if now.saturating_sub(since) >= wait || (serves && self.new) {
            self.fit = serves;
            self.new = false;
            self.otherwise_since = None;
        }
    }

    /// The node is about to stop.
    pub fn leave(&mut self) {
        self.leaving = true;
    }

    /// The verdict.
    pub fn fitness(&self) -> VipFitness {
        match (self.fit, self.leaving) {
            (false, _) => VipFitness::Unfit,
            (true, true) => VipFitness::Leaving,
            (true, false) => VipFitness::Fit,
        }
    }
}

/// What keepalived says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VrrpState {
    /// It has the address.
    Master,
    /// It stands by.
    Backup,
    /// It cannot: its interface is down, or it was told so.
    Fault,
    /// It ended.
    Stopped,
}

impl VrrpState {
    /// The word people know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Master => "master",
            Self::Backup => "backup",
            Self::Fault => "fault",
            Self::Stopped => "stopped",
        }
    }

    /// The state in a line of keepalived's pipe, `INSTANCE "name" STATE priority`; `None` for what is no news.
    pub fn of_line(line: &str, instance: &str) -> Option<Self> {
        let rest = line.trim().strip_prefix("INSTANCE ")?.strip_prefix('"')?;
        let (name, rest) = rest.split_once('"')?;
        if name != instance {
            return None;
        }
        match rest.split_whitespace().next()? {
            "MASTER" => Some(Self::Master),
            "BACKUP" => Some(Self::Backup),
            "FAULT" => Some(Self::Fault),
            "STOP" | "DELETED" => Some(Self::Stopped),
            _ => None,
        }
    }
}

/// Where a node stands with the virtual IP, as all nodes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VipStanding {
    /// It has the address.
    Holds,
    /// It would take it.
    Standby,
    /// It would not: it cannot serve, or is about to stop.
    Unfit,
    /// It could not: keepalived does not run there, or not as it should.
    Trouble,
}

impl VipStanding {
    const ALL: [Self; 4] = [Self::Holds, Self::Standby, Self::Unfit, Self::Trouble];

    /// The word the database and people know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Standby => "standby",
            Self::Unfit => "unfit",
            Self::Trouble => "trouble",
        }
    }

    /// The standing of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_short_failure_does_not_move_the_address_and_a_long_one_does() {
        let mut judge = VipJudge::default();
        assert_eq!(judge.fitness(), VipFitness::Unfit);
        judge.see(true, ms(0));
        assert_eq!(judge.fitness(), VipFitness::Fit, "a node that has just started waits for nothing");
        judge.see(false, ms(100));
        judge.see(false, ms(1_599));
        judge.see(true, ms(1_600));
        judge.see(false, ms(1_700));
        judge.see(false, ms(3_199));
        assert_eq!(judge.fitness(), VipFitness::Fit, "each failure was shorter than {UNFIT_AFTER:?}");
        judge.see(false, ms(3_200));
        assert_eq!(judge.fitness(), VipFitness::Unfit);
    }

    #[test]
    fn a_node_that_comes_and_goes_stays_unfit_until_it_stays() {
        let mut judge = VipJudge::default();
        judge.see(true, ms(0));
        judge.see(false, ms(1));
        judge.see(false, ms(1_501));
        for round in 0..5 {
            judge.see(true, ms(2_000 + round * 2_000));
            judge.see(true, ms(3_999 + round * 2_000));
            judge.see(false, ms(3_999 + round * 2_000));
        }
        assert_eq!(judge.fitness(), VipFitness::Unfit);
        judge.see(true, ms(20_000));
        judge.see(true, ms(22_000));
        assert_eq!(judge.fitness(), VipFitness::Fit);
    }

    #[test]
    fn a_node_that_leaves_ranks_between_one_that_serves_and_one_that_does_not() {
        let mut judge = VipJudge::default();
        judge.see(true, ms(0));
        judge.leave();
        assert_eq!(judge.fitness(), VipFitness::Leaving);
        let weights = [VipFitness::Fit, VipFitness::Leaving, VipFitness::Unfit].map(VipFitness::weight);
        assert!(weights[0] > weights[1] && weights[1] > weights[2]);
        assert!(i32::from(PRIORITY) + weights[2] > 0, "a priority is at least 1");
        for fitness in [VipFitness::Fit, VipFitness::Leaving, VipFitness::Unfit] {
            assert_eq!(VipFitness::of_weight(fitness.weight()), Some(fitness));
        }
    }

    #[test]
    fn lines_of_the_pipe_are_understood_and_those_of_others_passed_over() {
        for (line, state) in [
            ("INSTANCE \"aftercall\" BACKUP 250\n", Some(VrrpState::Backup)),
            ("INSTANCE \"aftercall\" MASTER 250", Some(VrrpState::Master)),
            ("INSTANCE \"aftercall\" FAULT 250", Some(VrrpState::Fault)),
            ("INSTANCE \"aftercall\" STOP 250", Some(VrrpState::Stopped)),
            ("INSTANCE \"aftercall\" MASTER_RX_LOWER_PRI 250", None),
            ("INSTANCE \"haproxy\" MASTER 100", None),
            ("GROUP \"aftercall\" MASTER 250", None),
            ("INSTANCE \"aftercall\"", None),
            ("", None),
        ] {
            assert_eq!(VrrpState::of_line(line, "aftercall"), state, "{line}");
        }
    }

    #[test]
    fn every_standing_is_found_by_its_word() {
        for standing in VipStanding::ALL {
            assert_eq!(VipStanding::parse(standing.as_str()), Some(standing));
        }
        assert_eq!(VipStanding::parse("somewhere"), None);
    }
}
