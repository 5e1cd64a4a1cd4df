//! `Listener` watches over one of the two servers, the machines' API or the portal, and keeps fresh what its handlers look up.
//!
//! Owns nothing durable. Socket and server outlive it: a crash of this actor disturbs no connection, its next life takes
//! the running server over; a server that ended by itself is a crash of this actor, and its next life starts another on the
//! same socket, in whose queue clients wait meanwhile. Messages: none.

mod server;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};

use crate::supervise::{Child, ChildError, Life};

pub use server::{MakeServer, ServerSlot};

/// Work done again and again: re-reads what handlers look up.
pub type Refresh = Arc<dyn Fn() -> LocalBoxFuture<'static, ()> + Send + Sync>;

/// What the listener works with.
#[derive(Clone)]
pub struct ListenerParts {
    /// What it is called, for the name of its thread.
    pub name: &'static str,
    /// The socket, bound before the tree starts and shared by all lives.
    pub socket: Arc<TcpListener>,
    /// Builds the server.
    pub make_server: MakeServer,
    /// Holds the server over all lives.
    pub server: ServerSlot,
    /// Keeps what the handlers look up fresh, and how often.
    pub refresh: Option<(Refresh, Duration)>,
}

/// The supervised child.
pub struct Listener {
    parts: ListenerParts,
}

impl Listener {
    /// A fresh life; it looks for the server in `started`.
    pub fn new(parts: ListenerParts) -> Self {
        Self { parts }
    }
}

impl Child for Listener {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let serving = self.parts.server.take_over_or_start(&self.parts)?;
        life.spawn_then(serving.ended(), |me, why, life| {
            // At a planned stop the server was taken away before it ended; else it ended by itself.
            if me.parts.server.take().is_some() {
                life.fail(format!("the server stopped: {why}"));
            }
        });
        if let Some((refresh, every)) = self.parts.refresh.clone() {
            life.repeat(every, move || refresh());
        }
        Ok(())
    }

    fn drain(&mut self, _life: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        match self.parts.server.take() {
            Some(server) => server.stop().boxed_local(),
            None => std::future::ready(()).boxed_local(),
        }
    }

    fn observe(&self) -> Value {
        json!({"serving": self.parts.server.is_serving()})
    }
}
