//! `IvrApi` is the listener of the machines' API: it holds the server and keeps the API keys fresh.
//!
//! Owns nothing durable. The listening socket outlives it, so that callers who connect while it is rebuilt wait in the
//! socket's queue instead of being refused. Messages: none. VIP-critical.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::supervise::{Child, ChildError, Life};

/// Builds a server on a listening socket; called on the thread that will run it.
pub type MakeServer = Arc<dyn Fn(TcpListener) -> std::io::Result<Server> + Send + Sync>;
/// Work done every [`IvrApiParts::refresh_every`]: re-reads the API keys and notes when they were used.
pub type Refresh = Arc<dyn Fn() -> LocalBoxFuture<'static, ()> + Send + Sync>;

/// What the listener works with.
#[derive(Clone)]
pub struct IvrApiParts {
    /// The socket, bound before the tree starts and shared by all lives.
    pub socket: Arc<TcpListener>,
    /// Builds the server.
    pub make_server: MakeServer,
    /// Keeps what the handlers look up fresh.
    pub refresh: Refresh,
    /// How often.
    pub refresh_every: Duration,
}

/// The supervised child.
pub struct IvrApi {
    parts: IvrApiParts,
    server: Option<ServerHandle>,
    refreshing: Arc<AtomicBool>,
}

impl IvrApi {
    /// A fresh life; the server begins in `started`.
    pub fn new(parts: IvrApiParts) -> Self {
        Self { parts, server: None, refreshing: Arc::default() }
    }

    fn refresh(&self, life: &mut Life<'_, Self>) {
        if self.refreshing.swap(true, Ordering::AcqRel) {
            return;
        }
        let (work, busy) = ((self.parts.refresh)(), Arc::clone(&self.refreshing));
        life.spawn(async move {
            work.await;
            busy.store(false, Ordering::Release);
        });
    }
}

impl Child for IvrApi {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let socket = self.parts.socket.try_clone()?;
        let (handle, ended) = run_on_own_thread(Arc::clone(&self.parts.make_server), socket)?;
        self.server = Some(handle);
        life.spawn_then(ended, |me, why, life| {
            // At a planned stop the server was taken away before it ended; else it ended by itself.
            if me.server.take().is_some() {
                let why = why.unwrap_or_else(|_| "its thread ended".to_owned());
                life.fail(format!("the listener stopped: {why}"));
            }
        });
        self.refresh(life);
        life.every(self.parts.refresh_every, |me, life| me.refresh(life));
        Ok(())
    }

    fn drain(&mut self, _life: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        match self.server.take() {
            Some(server) => server.stop(true).boxed_local(),
            None => std::future::ready(()).boxed_local(),
        }
    }

    fn observe(&self) -> Value {
        json!({"listening": self.server.is_some()})
    }
}

impl Drop for IvrApi {
    fn drop(&mut self) {
        // A life that ends in a panic leaves its server running: requests in it are finished, new ones are the next
        // life's. The command is sent at once, nobody needs to wait for its end.
        if let Some(server) = self.server.take() {
            drop(server.stop(true));
        }
    }
}

/// The server has a thread and a runtime of its own, so that it can finish its requests when this actor's life is over.
fn run_on_own_thread(
    make: MakeServer,
    socket: TcpListener,
) -> Result<(ServerHandle, oneshot::Receiver<String>), ChildError> {
    let (started, has_started) = std::sync::mpsc::sync_channel(1);
    let (ended, has_ended) = oneshot::channel();
    let thread = std::thread::Builder::new().name("ivr-api".to_owned());
    let run = move || {
        actix_rt::System::new().block_on(async move {
            match make(socket) {
                Ok(server) => {
                    let _ = started.send(Ok(server.handle()));
                    let outcome = server.await;
                    let _ = ended.send(outcome.map_or_else(|e| e.to_string(), |()| "no error".to_owned()));
                }
                Err(error) => drop(started.send(Err(error))),
            }
        });
    };
    thread.spawn(run)?;
    Ok((has_started.recv()??, has_ended))
}
