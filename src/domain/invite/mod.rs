//! Invites: who is offered a survey by a message after the contact, when, and why not.

mod cause;
mod policy;

pub use cause::InviteCause;
pub use policy::{InviteDecision, InviteInput, InviteTimes, channel_of, decide_invite};

#[cfg(test)]
mod tests;
