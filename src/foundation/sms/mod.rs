//! What is configured of the gateways of text messages.

pub mod http;
mod route;
mod settings;
pub mod smpp;

pub use http::HttpGateway;
pub use route::{OnUnknown, SenderRule, SmsRoute};
pub use settings::{ConfiguredRoute, RouteGateway, SmsSettings};
pub use smpp::SmppGateway;
