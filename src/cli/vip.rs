//! `aftercall vip`: the virtual IP from the command line, and the processes that the server runs for it.

use std::io::Write as _;
use std::process::ExitCode;

use super::args::ConfigArgs;
use super::args_vip::VipCommand;
use super::engine::block_on;
use super::failure::{Failure, Outcome};
use super::output::whole;
use crate::actors::vip_keeper::{guard, rendered, tethered};
use crate::foundation::{SystemClock, VipRunDir};

/// Prints the configuration, or is one of the processes.
pub(super) fn run(command: VipCommand, settings: &ConfigArgs) -> Outcome {
    match command {
        VipCommand::Render => render(settings),
        VipCommand::Guard { run_dir, keepalived } => {
            let ended = guard(&VipRunDir(run_dir), keepalived.as_deref(), &SystemClock::new());
            // The server may be gone, and with it who would read this.
            let code = ended.map_or_else(
                |error| {
                    let _ = writeln!(std::io::stderr(), "{error}");
                    ExitCode::FAILURE
                },
                |()| ExitCode::SUCCESS,
            );
            Ok(code)
        }
        VipCommand::Tethered { parent, program, arguments } => {
            Err(Failure::new(tethered(parent, &program, &arguments)))
        }
    }
}

fn render(settings: &ConfigArgs) -> Outcome {
    let config = settings.load()?;
    let vip = config.vip.ok_or_else(|| {
        Failure::new("there is no virtual IP: set vip.enabled, vip.interface, vip.addresses and vip.peers")
    })?;
    whole(block_on(rendered(&vip))?.map_err(Failure::new)?.as_bytes());
    Ok(ExitCode::SUCCESS)
}
