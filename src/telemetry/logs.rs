//! Log lines on standard error, as text for people or JSON for collectors.

use std::io::IsTerminal;
use std::sync::Arc;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::recent::keep_recent;
use crate::config::{Log, LogFormat};
use crate::foundation::Clock;

/// Why logs could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// The filter does not parse.
    #[error("log.level is no filter")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// Something else in this process already writes logs.
    #[error("logs are set up already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Sets up logs for the whole process; once.
pub fn start_logs(log: &Log, clock: Arc<dyn Clock>) -> Result<(), LogsError> {
    let filter = EnvFilter::try_new(&log.level)?;
    let registry = tracing_subscriber::registry().with(filter).with(keep_recent(clock));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => registry.with(lines.with_ansi(std::io::stderr().is_terminal())).try_init()?,
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init()?,
    }
    Ok(())
}
