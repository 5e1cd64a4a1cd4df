//! Gateways that are spoken to over HTTP: the request by a template, the verdict by rules of status and body, and what they send by
//! themselves.
//!
//! Whether a message was on its way when something went wrong is what the line knows of its connection. Until one stands, with
//! its name looked up and encrypted, nothing was written: what fails there was certainly not taken. Once it stands, the request
//! may have been written, wholly or in part, and then only an answer says what became of the message; a limit of time, a reset or
//! half an answer leave it unknown. A connection that was kept and that the other side closed meanwhile is noticed before the
//! request is given to it, and another is made; one that is closed at that very moment leaves the message unknown, which is why
//! connections are kept for a shorter time than gateways do (`HttpGateway::idle`).

mod answer;
mod callback;
mod failure;
mod filled;
mod link;
mod scrub;
mod signature;

#[cfg(test)]
mod tests_of;

pub use callback::{Callback, CallbackError, callback_reply, read_callback};
pub use link::{HttpLink, HttpLinkError, HttpLinkState};
