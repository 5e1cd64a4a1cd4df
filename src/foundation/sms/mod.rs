//! What is configured of the gateways of text messages.

mod route;
pub mod smpp;

pub use route::{OnUnknown, SenderRule, SmsRoute};
pub use smpp::SmppGateway;
