//! Files made here or kept as fixtures, converted and decoded again.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "figures of tests are small"
)]

mod files;
mod prompts;
mod recordings;
mod refusals;
