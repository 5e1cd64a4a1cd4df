//! Logs: how they are set up, how an error's causes are written; the names of all metrics, and the process' own.

mod chain;
mod logs;
pub mod metric_names;
mod process;

pub use chain::Chain;
pub use logs::{LogsError, start_logs};
pub use process::process_figures;
