//! Text messages: how a text is written in them, whom they go to and when, what is said back, and how a route is used.

mod confirmation;
mod encoding;
mod fold;
mod gsm;
mod number;
mod pulse;
mod quiet;
mod receipt_id;
mod stop;
mod template;
mod words;
mod zones;

pub use confirmation::{Confirmed, confirmation};
pub use encoding::{Coding, Encoded, Measured, PARTS_MOST, TextFault, Writing, as_sent, encode, measure};
pub use gsm::{decode, decode_ucs2};
pub use number::{NumberError, PhoneNumber, Region, digit, masked};
pub use pulse::{Beat, Health, Pulse};
pub use quiet::{SendingHours, next_allowed};
pub use receipt_id::receipt_ids;
pub use stop::{Wish, wish_of};
pub use template::{Place, Template, TemplateFault, Values};
pub(in crate::domain) use words::{first_said, plain, without_courtesy};
