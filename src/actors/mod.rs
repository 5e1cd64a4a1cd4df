//! What runs: one folder for each supervised child, and the table of them all.

pub mod janitor;
pub mod lease_keeper;
pub mod listener;
pub mod node_recorder;
pub mod prompt_folder;
pub mod report_mailer;
pub mod report_writer;
pub mod sms_sender;
pub mod spool_keeper;
pub mod storage_keeper;
pub mod survey_engine;
pub mod tree;
pub mod vip_keeper;
