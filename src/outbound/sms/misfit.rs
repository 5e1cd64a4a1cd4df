//! A gateway to which no line can be made.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

use super::{Gateway, LineState, Submission, Verdict};

/// A gateway to which no line can be made on this machine, and why: a file of certificates is gone, for one. Its messages wait.
pub struct Misfit {
    why: String,
}

impl Misfit {
    /// None, for this reason.
    pub fn new(why: String) -> Self {
        Self { why }
    }
}

impl Gateway for Misfit {
    fn submit(&self, _: Submission) -> LocalBoxFuture<'_, Verdict> {
        ready(Verdict::RouteDown { why: self.why.clone() }).boxed_local()
    }

    fn line(&self) -> LineState {
        LineState::Down(self.why.clone())
    }

    fn close(&self, _: Duration) -> LocalBoxFuture<'_, ()> {
        ready(()).boxed_local()
    }
}
