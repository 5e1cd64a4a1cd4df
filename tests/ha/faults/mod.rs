//! What can befall two nodes. The victim is the node that has the callers' address.

mod clock;
mod keepalived;
mod network;
mod process;
mod storage;
mod upgrade;

use super::scene::Scene;

/// What must not happen to a request. Whatever the fault, every acknowledged answer is stored once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// It may be refused for good: its call waits in the spool of a node that is gone.
    Stored,
    /// It may fail until the other node has taken over; every call is finished.
    Finished,
    /// It may fail once.
    ServedAtTheSecondAttempt,
    ServedAtOnce,
}

/// A fault: it happens, and everything that was broken is mended again.
pub struct Fault {
    pub name: &'static str,
    pub title: &'static str,
    pub aim: Aim,
    /// The victim has the janitor's lease as well.
    pub with_lease: bool,
    pub act: fn(&mut Scene<'_>),
}

const fn fault(name: &'static str, title: &'static str, act: fn(&mut Scene<'_>)) -> Fault {
    Fault { name, title, aim: Aim::Finished, with_lease: false, act }
}

impl Fault {
    const fn of_the_lease_holder(self) -> Self {
        Self { with_lease: true, ..self }
    }

    const fn aims_at(self, aim: Aim) -> Self {
        Self { aim, ..self }
    }
}

/// All of them, in the order in which they are played.
pub const ALL: [Fault; 25] = [
    fault("kill", "kill -9 of aftercall", process::is_killed).of_the_lease_holder(),
    fault("pause", "aftercall paused for 8 s", process::is_paused).of_the_lease_holder(),
    fault("kill-all", "kill -9 of everything at a node", process::is_killed_with_all_helpers)
        .of_the_lease_holder(),
    fault("pause-all", "everything at a node paused for 8 s", process::is_paused_with_all_helpers)
        .of_the_lease_holder(),
    fault("stop", "planned stop", process::is_stopped)
        .of_the_lease_holder()
        .aims_at(Aim::ServedAtTheSecondAttempt),
    fault("actor", "crash of an actor", process::loses_an_actor).aims_at(Aim::ServedAtOnce),
    fault("both-one-two", "both killed, one back first", process::die_both_and_one_returns_first),
    fault("both-two-one", "both killed, two back first", process::die_both_and_two_returns_first),
    fault("guard", "kill -9 of the guard", keepalived::loses_its_guard),
    fault("guard-pause", "guard paused for good", keepalived::has_a_guard_that_hangs),
    fault("keepalived", "kill -9 of keepalived", keepalived::loses_its_first_process),
    fault("keepalived-child", "kill -9 of keepalived's child", keepalived::loses_its_second_process),
    fault("keepalived-all", "kill -9 of both", keepalived::loses_all_processes),
    fault("power", "power off", network::loses_power).of_the_lease_holder(),
    fault("cable", "network cable pulled", network::loses_its_cable),
    fault("one-way", "nothing sent arrives", network::is_mute),
    fault("split", "nodes cut from each other", network::are_apart),
    fault("slow-disk", "each durable write takes 200 ms", storage::is_slow),
    fault("database-one", "database cut from the victim", storage::is_cut_from_the_victim)
        .of_the_lease_holder(),
    fault("database-kill", "database cut, then victim killed", storage::is_cut_from_the_victim_that_dies)
        .aims_at(Aim::Stored),
    fault("database-both", "database cut from both", storage::is_cut_from_both),
    fault("clock-forward", "clock 10 minutes ahead", clock::is_ahead).aims_at(Aim::ServedAtTheSecondAttempt),
    fault("clock-back", "clock 10 minutes behind", clock::is_behind).aims_at(Aim::ServedAtTheSecondAttempt),
    fault("clock-other", "clock of the other node ahead", clock::of_the_other_is_ahead)
        .aims_at(Aim::ServedAtTheSecondAttempt),
    fault("upgrade", "rolling upgrade", upgrade::node_by_node).aims_at(Aim::ServedAtTheSecondAttempt),
];
