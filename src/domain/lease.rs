//! Leases: what one node at a time may do, and when a node takes, keeps and gives up that right. Pure: the database and the
//! clocks are elsewhere, every answer and every time comes in as a value.
//!
//! A lease expires by the database's clock. Its holder stops by its own monotonic clock before that, reckoned from the
//! moment it *sent* the renewal. Every change of holder raises the epoch, and every write under a lease names the epoch: one
//! that is stale touches nothing. So even a holder that was paused and does not know it yet does no harm.

use std::time::Duration;

use crate::foundation::{LeaseTiming, LifeId, NodeId};

/// What may be done by one node at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeaseRole {
    /// Ending idle responses, deleting what is past its retention.
    Janitor,
    /// Sending the text messages of the outbox.
    SmsSender,
}

impl LeaseRole {
    /// All roles.
    pub const ALL: [Self; 2] = [Self::Janitor, Self::SmsSender];

    /// The word the database and people know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Janitor => "janitor",
            Self::SmsSender => "sms_sender",
        }
    }

    /// The role of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Who holds a lease: one life of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseHolder {
    /// The node's name, for people.
    pub name: String,
    /// The node, whatever it is called.
    pub node: NodeId,
    /// The life: another one after each start.
    pub life: LifeId,
}

/// What a write under a lease carries: it takes effect only while this is the lease's epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    /// The lease.
    pub role: LeaseRole,
    /// Its epoch at the time.
    pub epoch: i64,
}

/// What tells one state of a lease from every other: any acquisition raises the epoch, any renewal the sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseMark {
    /// Rises with every change of holder.
    pub epoch: i64,
    /// Rises with every acquisition and renewal.
    pub seq: i64,
}

/// A lease as somebody who looks finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseView {
    /// Who holds it; `None` when it was released, or never held.
    pub holder: Option<LeaseHolder>,
    /// Its state.
    pub mark: LeaseMark,
    /// Whether its time is over by the database's clock.
    pub expired: bool,
}

/// What to ask the database next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseMove {
    /// How the lease stands.
    Look,
    /// For the lease, if it still stands so.
    Acquire {
        /// As it was found.
        found: LeaseMark,
        /// Whether it may be taken from an earlier life of this node.
        heir: bool,
    },
    /// To prolong it.
    Renew(Fence),
}

/// One node's part in one lease: candidate or holder. Times are its own monotonic clock's.
#[derive(Debug, Clone)]
pub struct Tenure {
    role: LeaseRole,
    me: LeaseHolder,
    timing: LeaseTiming,
    /// Earlier lives of this node are surely over.
    heir: bool,
    state: State,
    next_at: Duration,
}

#[derive(Debug, Clone)]
enum State {
    /// Waits for the lease to become free; since when it has been unchanged.
    Candidate { unchanged: Option<(LeaseMark, Duration)>, acquire: Option<(LeaseMark, bool)> },
    /// Found as its own, though it does not know since when: it is prolonged before anything is done under it.
    Doubtful { epoch: i64 },
    /// Holds it until then, and knows it.
    Holder { epoch: i64, until: Duration },
}

impl Tenure {
    /// A candidate that looks at once. `heir`: an earlier life of this node is surely over.
    pub fn new(role: LeaseRole, me: LeaseHolder, timing: LeaseTiming, heir: bool, now: Duration) -> Self {
        let state = State::Candidate { unchanged: None, acquire: None };
        Self { role, me, timing, heir, state, next_at: now }
    }

    /// Who this is.
    pub fn me(&self) -> &LeaseHolder {
        &self.me
    }

    /// What lets writes take effect; `None` unless the lease is held, and for long enough still.
    pub fn fence(&self, now: Duration) -> Option<Fence> {
        match self.state {
            State::Holder { epoch, until } if now < until => Some(self.fence_of(epoch)),
            _ => None,
        }
    }

    /// What to ask now; `None` before it is due. A holder whose time is over is a candidate from here on.
    pub fn next(&mut self, now: Duration) -> Option<LeaseMove> {
        if let State::Holder { epoch, until } = self.state
            && now >= until
        {
            self.state = State::Doubtful { epoch };
            self.next_at = now;
        }
        if now < self.next_at {
            return None;
        }
        match &self.state {
            State::Candidate { acquire: Some((found, heir)), .. } => {
                Some(LeaseMove::Acquire { found: *found, heir: *heir })
            }
            State::Candidate { .. } => Some(LeaseMove::Look),
            State::Doubtful { epoch } | State::Holder { epoch, .. } => {
                Some(LeaseMove::Renew(self.fence_of(*epoch)))
            }
        }
    }

    /// How the lease stands, as it was asked at `sent` and answered `now`.
    pub fn looked(&mut self, view: &LeaseView, sent: Duration, now: Duration) {
        let holder = view.holder.as_ref();
        if holder.is_some_and(|holder| (holder.node, holder.life) == (self.me.node, self.me.life)) {
            // An acquisition whose answer was lost, or a time when renewals were. Nobody else has had it since.
            self.next_at = now;
            self.state = if view.expired {
                State::Candidate { unchanged: None, acquire: Some((view.mark, false)) }
            } else {
                State::Doubtful { epoch: view.mark.epoch }
            };
            return;
        }
        let since = match &self.state {
            State::Candidate { unchanged: Some((mark, since)), .. } if *mark == view.mark => *since,
            // Not since it was asked: it may have changed on the way.
            _ => now,
        };
        // The database's clock may jump, as with a failover to another machine: that it says a lease is over is not enough.
        let silent = sent.saturating_sub(since) >= self.timing.ttl();
        let inherits = self.heir && holder.is_some_and(|holder| holder.node == self.me.node);
        let free = holder.is_none() || inherits || (view.expired && silent);
        // The moment from which it is long enough is met exactly.
        let enough = Some(since + self.timing.ttl()).filter(|enough| *enough > sent);
        let look = sent + self.timing.look();
        self.next_at = if free { now } else { enough.map_or(look, |enough| look.min(enough)) };
        self.state = State::Candidate {
            unchanged: Some((view.mark, since)),
            acquire: free.then_some((view.mark, inherits)),
        };
    }

    /// What became of an acquisition that was sent at `sent`: the new epoch, or that somebody else was faster.
    pub fn acquired(&mut self, epoch: Option<i64>, sent: Duration) {
        match epoch {
            Some(epoch) => self.hold(epoch, sent),
            None => self.stand(sent),
        }
    }

    /// What became of a renewal that was sent at `sent`.
    pub fn renewed(&mut self, still: bool, sent: Duration) {
        match self.state {
            State::Doubtful { epoch } | State::Holder { epoch, .. } if still => self.hold(epoch, sent),
            _ => self.stand(sent),
        }
    }

    /// No answer came, or an error. A holder asks again soon, it has its time still; whether an acquisition was done is not
    /// known, a look tells.
    pub fn failed(&mut self, now: Duration) {
        match self.state {
            State::Holder { .. } => self.next_at = now + self.timing.renew() / 4,
            _ => self.stand(now),
        }
    }

    /// It was given back: others first.
    pub fn released(&mut self, now: Duration) {
        self.stand(now);
        self.next_at = now + self.timing.look() * 3;
    }

    fn fence_of(&self, epoch: i64) -> Fence {
        Fence { role: self.role, epoch }
    }

    fn hold(&mut self, epoch: i64, sent: Duration) {
        self.state = State::Holder { epoch, until: sent + self.timing.stop() };
        self.next_at = sent + self.timing.renew();
    }

    /// A candidate again. What it knows of how long the lease has been unchanged it keeps.
    fn stand(&mut self, at: Duration) {
        let unchanged = match self.state {
            State::Candidate { unchanged, .. } => unchanged,
            _ => None,
        };
        self.state = State::Candidate { unchanged, acquire: None };
        self.next_at = at + self.timing.look();
    }
}

#[cfg(test)]
mod tests;
