//! How a life ends, and how a panic is caught with its text and its place.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use super::ChildError;

/// Why a child's life ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// It ended by itself or was asked to.
    Stopped,
    /// It returned an error: the error and its causes, outermost first.
    Failed(String),
    /// It panicked.
    Panicked {
        /// What the panic said.
        text: String,
        /// File, line and column, when known.
        at: Option<String>,
    },
    /// Its thread gave no sign of life for this long.
    Hung(Duration),
    /// Its thread ended under it.
    ThreadGone,
}

impl Exit {
    /// The kind of exit as one word, for labels.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Failed(_) => "failed",
            Self::Panicked { .. } => "panicked",
            Self::Hung(_) => "hung",
            Self::ThreadGone => "thread_gone",
        }
    }

    /// An exit by `error`, with its chain of causes.
    pub(super) fn failed(error: &ChildError) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        Self::Failed(text)
    }

    fn panicked(payload: &(dyn Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without a text".to_owned());
        Self::Panicked { text, at: PLACE.take() }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("it stopped"),
            Self::Failed(chain) => write!(f, "it failed: {chain}"),
            Self::Panicked { text, at: Some(at) } => write!(f, "it panicked at {at}: {text}"),
            Self::Panicked { text, at: None } => write!(f, "it panicked: {text}"),
            Self::Hung(silent) => {
                write!(f, "its thread gave no sign of life for {} ms", silent.as_millis())
            }
            Self::ThreadGone => f.write_str("its thread ended"),
        }
    }
}

thread_local! {
    /// How many `catch` calls are under way on this thread.
    static CATCHING: Cell<u32> = const { Cell::new(0) };
    /// Where the panic being caught happened.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`; a panic in it becomes an [`Exit::Panicked`]. What `work` borrowed is thrown away by the caller after
/// a panic, so that nothing half-changed is used again.
pub(super) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Exit> {
    CATCHING.set(CATCHING.get() + 1);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(CATCHING.get() - 1);
    outcome.map_err(|payload| Exit::panicked(payload.as_ref()))
}

/// Makes panics inside [`catch`] note their place instead of printing: they are logged once, where they are handled.
/// Every other panic goes to the hook that was there before.
pub(super) fn note_panic_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            if CATCHING.try_with(Cell::get).unwrap_or(0) == 0 {
                return previous(info);
            }
            let place = info.location().map(ToString::to_string);
            let _ = PLACE.try_with(|slot| slot.replace(place));
        }));
    });
}

/// A future whose panic is its result.
pub(super) struct Caught<T>(pub(super) LocalBoxFuture<'static, T>);

impl<T> Future for Caught<T> {
    type Output = Result<T, Exit>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match catch(|| self.0.as_mut().poll(cx)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Err(exit) => Poll::Ready(Err(exit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caught_panic_says_what_and_where() {
        note_panic_places();
        let exit = catch(|| panic!("no {}", "bread")).unwrap_err();
        let Exit::Panicked { text, at } = &exit else { panic!("{exit:?}") };
        assert_eq!(text, "no bread");
        assert!(at.as_deref().unwrap().contains("exit.rs:"), "{at:?}");
    }

    #[test]
    fn a_failure_keeps_its_chain_of_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot open the till")]
        struct Till(#[source] std::io::Error);
        let error: ChildError = Box::new(Till(std::io::Error::other("the drawer is stuck")));
        assert_eq!(Exit::failed(&error), Exit::Failed("cannot open the till: the drawer is stuck".into()));
    }
}
