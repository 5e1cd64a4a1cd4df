//! The API for machines: routes on one page, one gate for errors, authentication, limits, health, the IVR API. And the portal
//! for people, with a listener of its own.
//! Handlers parse, ask an actor and render; no rules, no SQL.

mod auth;
mod chat;
pub mod cluster;
mod demo_chat;
mod docs;
mod drill;
mod error;
mod fields;
mod format;
#[cfg(fuzzing)]
pub mod fuzzing;
mod health;
mod invites;
mod ivr;
mod json_call;
mod links;
mod openapi;
pub mod portal;
mod prometheus;
mod prompts;
mod recordings;
mod reply;
mod routes;
mod server;
mod sms_callback;
mod state;
mod tls;
mod watch;

pub use auth::{KeyRing, PresentedKey};
pub use health::{HealthReport, HealthStatus};
pub use ivr::{begun, not_asked, offer_of};
pub use openapi::openapi;
pub use prompts::{PromptLinks, PromptShelf};
pub use reply::Reply;
pub use routes::machines_pages;
pub use server::{Pages, ServerSettings, make_server};
pub use state::{Api, ApiSettings, InFlight};
pub use tls::{TlsError, load_tls, tls_ends};
