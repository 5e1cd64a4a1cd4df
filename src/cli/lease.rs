//! `aftercall lease`: who may do what only one node at a time does.

use std::process::ExitCode;

use super::args::LeaseCommand;
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::output::say;
use super::table::{moment, print, table, to_the_right};
use crate::config::Config;
use crate::domain::lease::{Fence, LeaseRole};
use crate::storage::{LeaseRow, LeaseStore};

/// Lists or releases.
pub(super) fn run(command: LeaseCommand, config: &Config) -> Outcome {
    let storage = open_storage(config)?;
    match command {
        LeaseCommand::List => {
            list(&block_on(storage.leases())??);
            Ok(ExitCode::SUCCESS)
        }
        LeaseCommand::Release { role } => release(&*storage, &role),
    }
}

/// Prints the leases.
pub(super) fn list(leases: &[LeaseRow]) {
    let mut out = table(&["lease", "held by", "epoch", "since", "renewed", "ends in"]);
    to_the_right(&mut out, [2, 5]);
    for lease in leases {
        let holder = lease.view.holder.as_ref();
        let ends = match holder {
            None => "-".to_owned(),
            Some(_) if lease.view.expired => "over".to_owned(),
            Some(_) => format!("{:.1} s", lease.left.as_secs_f64()),
        };
        let held = |at| holder.and(at);
        out.add_row([
            lease.role.as_str().to_owned(),
            holder.map_or_else(|| "nobody".to_owned(), |holder| holder.name.clone()),
            lease.view.mark.epoch.to_string(),
            moment(held(lease.acquired_at)),
            moment(held(lease.renewed_at)),
            ends,
        ]);
    }
    print(&out);
}

fn release(store: &dyn LeaseStore, role: &str) -> Outcome {
    let roles = || LeaseRole::ALL.map(LeaseRole::as_str).join(", ");
    let role = LeaseRole::parse(role)
        .ok_or_else(|| Failure::usage(format!("there is no lease {role}; there are: {}", roles())))?;
    let lease = block_on(store.lease(role))??;
    let role = role.as_str();
    let Some(holder) = lease.view.holder else {
        say!("nobody holds the lease {role}");
        return Ok(ExitCode::SUCCESS);
    };
    let fence = Fence { role: lease.role, epoch: lease.view.mark.epoch };
    if block_on(store.release_lease(fence))?? {
        say!("released the lease {role}, which {} held; a node that runs takes it at once", holder.name);
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new(format!("the lease {role} changed hands meanwhile; `aftercall lease list` shows it")))
}
