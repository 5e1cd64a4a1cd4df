//! What dials out: mail, and gateways of text messages. Of every failure it is known whether what was to be sent was on its way.

pub mod mail;
pub mod sms;
