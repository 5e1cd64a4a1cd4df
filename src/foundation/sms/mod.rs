//! What is configured of the gateways of text messages.

mod route;

pub use route::{OnUnknown, SenderRule, SmsRoute};
