//! The folder of reports: a file for each period that is over, breakdown and form. What is there is what its files are called,
//! so that any node can go on with it, and nothing about it is kept elsewhere.

mod disk;
mod fault;
mod name;
mod period;

pub use disk::{FoundFile, Listed, ReportFolder};
pub use fault::FolderError;
pub use name::ReportFileName;
pub use period::{ReportPeriod, due};
