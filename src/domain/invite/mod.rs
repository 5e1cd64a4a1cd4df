//! Invites: who is offered a survey by a message after the contact, when, and why not.

mod cause;

pub use cause::InviteCause;
