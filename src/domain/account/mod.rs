//! People who sign in: what they are called, what they may do, which passwords will do, how long to wait after wrong
//! ones, and what a provider of single sign-on may say of them.

mod action;
mod name;
mod password;
mod role;
mod single_sign_on;
mod throttle;

pub use action::AuditAction;
pub use name::{UserName, UserNameError};
pub use password::{PASSWORD_MAX, PASSWORD_MIN, WeakPassword, check_password};
pub use role::{Right, Role};
pub use single_sign_on::{ClaimRefusal, ClaimRules, Claimed};
pub use throttle::{Attempts, wait_after};
