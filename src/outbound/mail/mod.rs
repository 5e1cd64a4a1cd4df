//! Letters, and how a mail server takes them. Whatever goes wrong is one of three: it may be tried again, it may not, or nobody
//! knows whether the letter arrived.

mod error;
mod letter;
mod server;

pub use error::MailError;
pub use letter::{Enclosure, Letter, is_address};
pub use server::{Delivered, MailServer};
