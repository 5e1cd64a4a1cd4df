//! Logs: how they are set up, how an error's causes are written, and the names of all metrics.

mod chain;
mod logs;
pub mod metric_names;

pub use chain::Chain;
pub use logs::{LogsError, start_logs};
