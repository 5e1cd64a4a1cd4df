//! aftercall: asks customers after a contact how it went, and loses no answer.
//!
//! Code map, from the inside out; each part may use only those above it (tests/it/edges.rs holds this):
//!
//! - [`foundation`]: clock, chance, ids, secrets, backoff, bounded text. Knows nothing of surveys.
//! - [`domain`]: the rules of surveys as pure functions. No I/O, no async, no SQL, reads no clock.
//! - [`audio`]: from the files people have to what phones and browsers play.
//! - [`storage`]: narrow traits by need, the engines behind them (SQLite, SQL Server) and the spool, statements in `storage/sql`.
//! - [`audit`]: lines of the audit log: who did what.
//! - [`links`]: the links by which customers come to their survey page.
//! - [`reports`]: from the counts in the database to figures.
//! - [`outbound`]: what dials out: mail, and gateways of text messages.
//! - [`supervise`]: the supervision tree: restarts, limits, escalation, `ActorRef`, the observation board.
//! - [`actors`]: what runs: survey engine, the two listeners, janitor, storage and spool keepers, and their table.
//! - [`http`]: routes, the one error gate, authentication, limits, health, the IVR API, the portal.
//! - [`config`], [`telemetry`]: settings and logs.
//! - [`cli`]: the commands; wires everything together. Nothing uses it.

pub mod actors;
pub mod audio;
pub mod audit;
pub mod cli;
pub mod config;
pub mod domain;
pub mod foundation;
pub mod http;
pub mod links;
pub mod outbound;
pub mod reports;
pub mod storage;
pub mod supervise;
pub mod telemetry;
