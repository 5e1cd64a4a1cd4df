//! `aftercall serve`: the node in the foreground, until it is told to stop.

use std::ffi::CString;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::engine::open_database;
use super::failure::{EXIT_GAVE_UP, EXIT_PROBLEM, Failure};
use super::node::Node;
use super::portal;
use crate::config::Config;
use crate::foundation::SystemClock;
use crate::supervise::RootExit;
use crate::telemetry::{Chain, start_logs};

/// Serves until told to stop, or until the tree gives up.
pub(super) fn run(config: &Config) -> ExitCode {
    if let Err(error) = start_logs(&config.log, Arc::new(SystemClock::new())) {
        eprintln!("aftercall: cannot write logs: {}", Chain(&error));
        return ExitCode::from(EXIT_PROBLEM);
    }
    match actix_rt::System::new().block_on(serve(config)) {
        Ok(code) => code,
        Err(failure) => {
            tracing::error!("{failure}");
            ExitCode::from(failure.code())
        }
    }
}

async fn serve(config: &Config) -> Result<ExitCode, Failure> {
    // Listened for from the start: a stop during the start is not lost.
    let mut signals = StopSignals::listen()?;
    name_process(config);
    let database = open_database(config).await?;
    let node = Node::start(config, &database).await?;
    tracing::info!(listen = %node.address(), node = config.node.name, version = env!("CARGO_PKG_VERSION"), "ready");
    if let Some(address) = node.portal() {
        tracing::info!(listen = %address, url = portal::url(config, address), "the portal is served");
    }
    notify(sd_notify::NotifyState::Ready);
    tokio::select! {
        exit = node.ended() => Ok(report(&exit)),
        name = signals.next() => {
            tracing::info!(signal = name, "stopping: no new requests, those in flight are finished");
            notify(sd_notify::NotifyState::Stopping);
            Ok(signals.stop(&node).await)
        }
    }
}

/// Takes the name by which keepalived knows the server's process: that of its first thread, which this is.
fn name_process(config: &Config) {
    let Some(vip) = config.vip.as_ref().filter(|vip| vip.track_process) else { return };
    let named = CString::new(vip.process_name()).map(|name| rustix::thread::set_name(&name));
    if !matches!(named, Ok(Ok(()))) {
        tracing::warn!("the process cannot be named for keepalived; set vip.track_process to false");
    }
}

/// The signals that ask for a stop.
pub(super) struct StopSignals {
    term: Signal,
    int: Signal,
}

impl StopSignals {
    /// Takes the signals over; from here on they no longer end the process by themselves.
    pub(super) fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|e| Failure::because("cannot listen for signals", &e));
        Ok(Self { term: listen(SignalKind::terminate())?, int: listen(SignalKind::interrupt())? })
    }

    /// The name of the next one.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.term.recv() => "SIGTERM",
            _ = self.int.recv() => "SIGINT",
        }
    }

    /// Stops the node; a signal meanwhile ends the process at once.
    pub(super) async fn stop(&mut self, node: &Node) -> ExitCode {
        tokio::select! {
            () = node.stop() => ExitCode::SUCCESS,
            name = self.next() => {
                tracing::warn!(signal = name, "told to stop a second time, ending at once");
                std::process::exit(i32::from(EXIT_PROBLEM))
            }
        }
    }
}

/// What the end of the tree means for the process.
pub(super) fn report(exit: &RootExit) -> ExitCode {
    match exit {
        RootExit::Stopped(_) => ExitCode::SUCCESS,
        RootExit::GaveUp { child, group, last } => {
            tracing::error!(child, group, cause = %last, "gave up: restarts did not help; the service manager should start this program anew");
            ExitCode::from(EXIT_GAVE_UP)
        }
    }
}

fn notify(state: sd_notify::NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::debug!(error = %error, "the service manager could not be told");
    }
}
