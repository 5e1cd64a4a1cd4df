//! People who sign in: what they are called, what they may do, which passwords will do, and how long to wait after wrong ones.

mod action;
mod name;
mod password;
mod role;
mod throttle;

pub use action::AuditAction;
pub use name::{UserName, UserNameError};
pub use password::{PASSWORD_MAX, PASSWORD_MIN, WeakPassword, check_password};
pub use role::{Right, Role};
pub use throttle::{Attempts, wait_after};
