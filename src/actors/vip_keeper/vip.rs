//! Where this node stands with the virtual IP: outlives the keeper's lives, so that keepalived goes on while the keeper is
//! built anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::checks::{prerequisites, source, strangers};
use super::keepalived::{Fifo, GuardLine};
use super::network::{self, Interface};
use super::render::{ADVERTS_MISSED, render};
use crate::domain::vip::{VipFitness, VipJudge, VipStanding, VrrpState};
use crate::foundation::{Backoff, Chance, Clock, VipMode, VipSettings};
use crate::telemetry::metric_names as names;

/// Waits before keepalived is started again; the first time at once.
const START_AGAIN: Backoff = Backoff { min: Duration::from_millis(500), max: Duration::from_secs(10) };
/// keepalived that ran for so long is started again at once when it ends.
const RAN_WELL: Duration = Duration::from_mins(1);
/// A guard that answers nothing for so long hangs, and would not notice that the server does.
const GUARD_SILENT: Duration = Duration::from_secs(5);
/// What keepalived says and where the address is may differ for so long: it is said first and done then.
const MAY_DIFFER: Duration = Duration::from_secs(3);
/// At a planned stop: how long another node may take to take the address over, beyond the time after which it does.
const LEAVE_MARGIN: Duration = Duration::from_secs(1);
/// How long the guard may take to end, keepalived with it.
const END_WITHIN: Duration = Duration::from_secs(6);
/// How often is looked while that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The virtual IP as this node sees it.
pub struct Vip {
    settings: VipSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    desk: Mutex<Desk>,
}

#[derive(Default)]
struct Desk {
    judge: VipJudge,
    guard: Option<GuardLine>,
    fifo: Option<Fifo>,
    /// What keepalived said last; `None` while it was not heard of.
    state: Option<VrrpState>,
    /// As it was last seen; `None` while it is not known.
    interface: Option<Interface>,
    /// Why keepalived does not run.
    trouble: Option<String>,
    /// Since when what it says and where the address is differ.
    odd_since: Option<Duration>,
    /// When the present guard was started.
    started: Duration,
    /// When it last answered.
    answered: Duration,
    /// When it is to be started again.
    again_at: Duration,
    tries: u32,
    /// How often it was started.
    starts: u64,
    /// Nobody else has the addresses: looked at before the first start.
    is_free: bool,
    /// Whether the addresses were here at the last look.
    held: bool,
    /// The node stops: nothing is started any more.
    over: bool,
}

impl Vip {
    /// Nothing runs yet.
    pub fn new(settings: VipSettings, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        Self { settings, clock, chance, desk: Mutex::default() }
    }

    /// Where this node stands.
    pub fn standing(&self) -> VipStanding {
        let now = self.clock.monotonic();
        let desk = self.desk();
        if desk.held {
            VipStanding::Holds
        } else if desk.problem(now).is_some() {
            VipStanding::Trouble
        } else if desk.judge.fitness() == VipFitness::Fit {
            VipStanding::Standby
        } else {
            VipStanding::Unfit
        }
    }

    /// Whether something is wrong here with the virtual IP.
    pub fn is_trouble(&self) -> bool {
        let now = self.clock.monotonic();
        self.desk().problem(now).is_some()
    }

    /// Tells the guard how the node is, and hears what there is to be heard.
    pub(super) fn beat(&self, serves: bool) {
        let now = self.clock.monotonic();
        let mut desk = self.desk();
        let before = desk.judge.fitness();
        desk.judge.see(serves, now);
        let fitness = desk.judge.fitness();
        if fitness != before {
            tracing::info!(fitness = fitness.as_str(), "how fit this node is for the virtual IP has changed");
        }
        desk.hear(now);
        self.attend(&mut desk, now);
    }

    /// Sees that the guard is there and hears from us.
    fn attend(&self, desk: &mut Desk, now: Duration) {
        let fitness = desk.judge.fitness();
        let Some(guard) = &mut desk.guard else { return };
        if guard.answered() {
            desk.answered = now;
        }
        let ended = match guard.ended() {
            Some(status) => format!("ended by itself ({status}); its last words are in the log"),
            None if now.saturating_sub(desk.answered) > GUARD_SILENT => {
                guard.kill();
                "had a guard that hung and was ended".to_owned()
            }
            None => match guard.tell(fitness) {
                Ok(()) => return,
                Err(error) => {
                    guard.kill();
                    format!("does not listen ({error}) and was ended")
                }
            },
        };
        let ran = now.saturating_sub(desk.started);
        desk.guard = None;
        desk.state = Some(VrrpState::Stopped);
        self.fails(desk, now, format!("keepalived {ended}"), ran >= RAN_WELL);
    }

    /// Notes a failure to run keepalived, and when it is tried again.
    fn fails(&self, desk: &mut Desk, now: Duration, why: String, ran_well: bool) {
        desk.tries = if ran_well { 0 } else { desk.tries };
        desk.again_at = now + START_AGAIN.delay(desk.tries, &*self.chance);
        desk.tries = desk.tries.saturating_add(1);
        if desk.trouble.as_ref() != Some(&why) {
            tracing::error!(why, "this node cannot have the virtual IP; it is tried again");
        }
        desk.trouble = Some(why);
    }

    /// Looks where the addresses are, and starts keepalived when that is due.
    pub(super) async fn tend(&self) {
        self.look().await;
        let now = self.clock.monotonic();
        let due = {
            let desk = self.desk();
            !desk.over && desk.guard.is_none() && now >= desk.again_at
        };
        if !due {
            return;
        }
        let started = self.start().await;
        let now = self.clock.monotonic();
        let mut desk = self.desk();
        match started {
            Ok(guard) if !desk.over => {
                tracing::info!(interface = self.settings.interface, "the guard of the virtual IP is started");
                if desk.starts > 0 {
                    metrics::counter!(names::VIP_KEEPALIVED_RESTARTS).increment(1);
                }
                desk.guard = Some(guard);
                (desk.started, desk.answered) = (now, now);
                desk.starts += 1;
                desk.is_free = true;
                desk.trouble = None;
                self.attend(&mut desk, now);
            }
            // Dropped, it ends.
            Ok(_) => {}
            Err(why) => {
                desk.is_free = false;
                self.fails(&mut desk, now, why, false);
            }
        }
    }

    async fn start(&self) -> Result<GuardLine, String> {
        let settings = &self.settings;
        let folder = settings.run_dir.0.display().to_string();
        let failed = |what: &str, error: &std::io::Error| {
            format!("cannot {what} in {folder}: {error}; make the folder for this user, or set vip.run_dir")
        };
        std::fs::create_dir_all(&settings.run_dir.0).map_err(|error| failed("work", &error))?;
        let config = settings.run_dir.config_file();
        for (_, outcome) in prerequisites(settings, &config).await {
            outcome?;
        }
        if settings.mode == VipMode::Own && !self.desk().is_free {
            strangers(settings).await.1?;
        }
        if self.desk().fifo.is_none() {
            let fifo =
                Fifo::open(&settings.run_dir.fifo()).map_err(|error| failed("open the pipe", &error))?;
            self.desk().fifo = Some(fifo);
        }
        GuardLine::start(settings).map_err(|error| format!("cannot start the guard of keepalived: {error}"))
    }

    /// Sees where the addresses are. Where that cannot be seen, the last sight stands.
    async fn look(&self) {
        let seen = network::interface(&self.settings.interface).await;
        let now = self.clock.monotonic();
        let mut desk = self.desk();
        match seen {
            Ok(interface) => desk.interface = interface,
            Err(error) => tracing::debug!(error = %error, "the addresses could not be seen"),
        }
        let here =
            |interface: &Interface| self.settings.addresses.iter().all(|vip| interface.has(vip.addr()));
        let held = desk.interface.as_ref().is_some_and(here);
        metrics::gauge!(names::VIP_HELD).set(if held { 1.0 } else { 0.0 });
        if held != desk.held {
            metrics::counter!(names::VIP_CHANGES).increment(1);
            let addresses = addresses(&self.settings);
            if held {
                tracing::info!(addresses, "the virtual IP came to this node");
            } else {
                tracing::info!(addresses, "the virtual IP left this node");
            }
        }
        desk.held = held;
        desk.hear(now);
    }

    /// A planned stop begins: another node may have the address. Returns when one has, or when nobody takes it.
    pub(super) async fn leave(&self) {
        let began = self.clock.monotonic();
        {
            let mut desk = self.desk();
            desk.judge.leave();
            desk.over = true;
            self.attend(&mut desk, began);
        }
        loop {
            self.look().await;
            let waited = self.clock.monotonic().saturating_sub(began);
            if !self.desk().held {
                return;
            }
            if waited > leave_within(&self.settings) {
                tracing::warn!("no other node took the virtual IP over: calls find nobody until one serves");
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Ends keepalived, when nothing is served any more.
    pub async fn end(&self) {
        let guard = {
            let mut desk = self.desk();
            desk.over = true;
            desk.guard.take()
        };
        let Some(mut guard) = guard else { return };
        guard.dismiss();
        let began = self.clock.monotonic();
        while guard.ended().is_none() {
            if self.clock.monotonic().saturating_sub(began) > END_WITHIN {
                tracing::warn!("the guard of keepalived did not end in time and is cut off");
                guard.kill();
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// How long a planned stop may take until another node has the address.
    pub fn stop_within(&self) -> Duration {
        leave_within(&self.settings) + LEAVE_MARGIN
    }

    /// What the board and the health page show.
    pub fn seen(&self) -> Value {
        let now = self.clock.monotonic();
        let standing = self.standing();
        let desk = self.desk();
        let addresses: Vec<String> = self.settings.addresses.iter().map(ToString::to_string).collect();
        json!({
            "standing": standing.as_str(),
            "held": desk.held,
            "addresses": addresses,
            "interface": self.settings.interface,
            "fitness": desk.judge.fitness().as_str(),
            "vrrp_state": desk.state.map(VrrpState::as_str),
            "keepalived_starts": desk.starts,
            "trouble": desk.problem(now),
        })
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Reads the pipe.
    fn hear(&mut self, now: Duration) {
        if let Some(state) = self.fifo.as_mut().and_then(Fifo::read) {
            self.state = Some(state);
        }
        let odd = self.state.is_some_and(|state| (state == VrrpState::Master) != self.held);
        self.odd_since = odd.then(|| self.odd_since.unwrap_or(now));
    }

    /// What is wrong, and what to do.
    fn problem(&self, now: Duration) -> Option<String> {
        if let Some(trouble) = &self.trouble {
            return Some(trouble.clone());
        }
        let odd = self.odd_since.is_some_and(|since| now.saturating_sub(since) > MAY_DIFFER);
        if odd && self.held {
            return Some(
                "the addresses are on this machine though keepalived does not have them: somebody else put them there, \
                 or keepalived could not take them away"
                    .to_owned(),
            );
        }
        odd.then(|| {
            "keepalived has the addresses and they are not on this machine: somebody took them away; restart aftercall"
                .to_owned()
        })
    }
}

/// How long another node may take to take the address over.
fn leave_within(settings: &VipSettings) -> Duration {
    settings.advert * ADVERTS_MISSED + LEAVE_MARGIN
}

fn addresses(settings: &VipSettings) -> String {
    settings.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// keepalived's configuration for this machine as it is now, or why there is none.
pub async fn rendered(settings: &VipSettings) -> Result<String, String> {
    let interface = network::interface(&settings.interface).await.map_err(|error| error.to_string())?;
    let source = match (settings.source, interface) {
        (Some(source), _) => source,
        (None, Some(interface)) => source(settings, &interface)?,
        (None, None) => {
            return Err(format!(
                "there is no interface {} on this machine to tell its own address from: set vip.interface or vip.source",
                settings.interface
            ));
        }
    };
    Ok(render(settings, source))
}
