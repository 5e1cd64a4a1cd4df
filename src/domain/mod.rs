//! The rules: what a survey is, who is asked, what comes next, what the answers amount to.
//! Pure functions of their arguments: no I/O, no async, no SQL; time and chance come in as values.

pub mod account;
pub mod api_key;
pub mod contact;
pub mod invite;
pub mod lease;
pub mod offer;
pub mod outbox;
pub mod prompt;
pub mod prompt_library;
pub mod report;
pub mod report_mail;
pub mod response;
pub mod sms;
pub mod survey;
pub mod vip;
