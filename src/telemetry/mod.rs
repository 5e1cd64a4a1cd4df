//! Logs: how they are set up, the last of what was wrong, how an error's causes are written; the names of all metrics, and the process' own.

mod chain;
mod logs;
pub mod metric_names;
mod process;
mod recent;

pub use chain::Chain;
pub use logs::{LogsError, start_logs};
pub use process::process_figures;
pub use recent::{RecentLine, recent_lines};
