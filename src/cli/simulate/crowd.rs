//! Who calls: numbers, languages, and the agents who served them, each with a hand of their own.

use super::caller::Caller;
use crate::cli::args_survey::Profile;
use crate::foundation::Chance;

/// Agents: login, name, team, and how much better or worse than the rest they are liked.
const AGENTS: [(&str, &str, &str, f64); 8] = [
    ("1001", "Amira Haddad", "North", 0.16),
    ("1002", "Ben Castillo", "North", 0.05),
    ("1003", "Carla Núñez", "North", -0.04),
    ("1004", "David Okafor", "North", -0.18),
    ("1005", "Elena Petrova", "South", 0.10),
    ("1006", "Farid Mansour", "South", 0.00),
    ("1007", "Grace Lin", "South", 0.08),
    ("1008", "Hugo Morel", "South", -0.10),
];

/// Languages and how often callers speak them.
const LANGUAGES: [(&str, f64); 3] = [("en", 0.60), ("es", 0.25), ("ar", 0.15)];

/// A service that is called.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Line {
    /// The dialled number.
    pub(in crate::cli) dn: Option<String>,
    /// The queue its callers wait in.
    pub(in crate::cli) queue: String,
    /// Its share of all calls, in parts.
    pub(in crate::cli) weight: f64,
}

/// The callers of a campaign.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Crowd {
    lines: Vec<Line>,
    profile: Profile,
}

impl Crowd {
    /// Callers of several services.
    pub(in crate::cli) fn of_lines(lines: Vec<Line>, profile: Profile) -> Self {
        Self { lines, profile }
    }

    /// Callers of one number.
    pub(super) fn of_number(dn: Option<String>, profile: Profile) -> Self {
        Self { lines: vec![Line { dn, queue: "Simulated".to_owned(), weight: 1.0 }], profile }
    }

    /// Caller number `no` of run number `run`.
    pub(super) fn caller(&self, run: u32, no: u32, hangup_rate: f64, chance: &dyn Chance) -> Caller {
        let (agent_id, agent_name, team, liked) = AGENTS[pick(AGENTS.len(), chance)];
        let line = &self.lines[weighted(self.lines.iter().map(|l| l.weight), chance)];
        let mood = match self.profile {
            Profile::Happy => 0.85,
            Profile::Mixed => 0.70,
            Profile::Angry => 0.30,
        };
        Caller {
            dn: line.dn.clone(),
            queue: line.queue.clone(),
            // Numbers nobody has (country code 999 is not assigned).
            ani: format!("+999{:03}{no:07}", run % 1000),
            call_id: format!("sim-{run}-{no}"),
            language: LANGUAGES[weighted(LANGUAGES.iter().map(|l| l.1), chance)].0,
            agent_id,
            agent_name,
            team,
            content: (mood + liked).clamp(0.02, 0.98),
            hangs_up: chance.fraction() < hangup_rate,
        }
    }
}

fn pick(len: usize, chance: &dyn Chance) -> usize {
    usize::try_from(chance.below(u64::try_from(len).unwrap_or(1))).unwrap_or(0)
}

/// An index, drawn by weight.
fn weighted(weights: impl Iterator<Item = f64> + Clone, chance: &dyn Chance) -> usize {
    let mut left = chance.fraction() * weights.clone().sum::<f64>();
    let mut last = 0;
    for (index, weight) in weights.enumerate() {
        last = index;
        left -= weight;
        if left < 0.0 {
            break;
        }
    }
    last
}
