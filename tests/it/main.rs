//! Integration tests: the real parts together, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]
#![allow(missing_docs, unreachable_pub, reason = "nothing outside uses a test binary")]

mod abuse;
mod chaos;
mod chat;
mod cli_check;
mod cli_data;
mod cli_frame;
mod cli_mail;
mod cli_prompt;
mod config;
mod copy;
mod crash;
mod demo;
mod edges;
mod files;
mod guides;
mod http_ivr;
mod invites;
mod ivr_doctor;
mod janitor;
mod kill9;
mod lease_keeper;
mod leases;
mod nodes;
mod ops;
mod page;
mod portal;
mod prompt_folder;
mod prompts;
mod recordings;
mod report;
mod report_folder;
mod report_mailer;
mod scripts;
mod smpp;
mod sms_chaos;
mod sms_http;
mod sms_sender;
mod spool;
mod storage_contract;
mod storage_engines;
mod storage_mssql;
mod storage_sqlite;
mod supervise;
mod support;
mod survey_engine;
mod tidy;
mod voicexml;
