//! The running server, which outlives the actor that watches over it: when that actor crashes, its next life takes the
//! server over as it is, and no connection notices.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::dev::{Server, ServerHandle};
use tokio::sync::watch;

use super::ListenerParts;

/// Builds a server on a listening socket; called on the thread that will run it.
pub type MakeServer = Arc<dyn Fn(TcpListener) -> std::io::Result<Server> + Send + Sync>;

/// A server on a thread of its own. Clones are the same server.
#[derive(Clone)]
pub(super) struct Serving {
    handle: ServerHandle,
    /// Why it ended, once it has.
    ended: watch::Receiver<Option<String>>,
}

impl Serving {
    /// Waits until the server has ended, and says why.
    pub(super) async fn ended(mut self) -> String {
        let why = self.ended.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        why.unwrap_or_else(|| "its thread ended".to_owned())
    }

    /// Stops it: nothing new is accepted, requests in flight are finished.
    pub(super) fn stop(&self) -> impl Future<Output = ()> + use<> {
        self.handle.stop(true)
    }

    fn runs(&self) -> bool {
        self.ended.borrow().is_none() && self.ended.has_changed().is_ok()
    }
}

/// Where the lives of the actor leave the server for each other.
#[derive(Clone, Default)]
pub struct ServerSlot(Arc<Mutex<Option<Serving>>>);

impl ServerSlot {
    /// The server that runs, or a new one on the socket.
    pub(super) fn take_over_or_start(&self, parts: &ListenerParts) -> std::io::Result<Serving> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(serving) = slot.as_ref().filter(|serving| serving.runs()) {
            return Ok(serving.clone());
        }
        let serving = start(parts)?;
        *slot = Some(serving.clone());
        Ok(serving)
    }

    /// Takes the server away, to be stopped.
    pub(super) fn take(&self) -> Option<Serving> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether a server runs.
    pub(super) fn is_serving(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(Serving::runs)
    }
}

/// The server has a thread and a runtime of its own, so that it goes on whatever becomes of the actor.
fn start(parts: &ListenerParts) -> std::io::Result<Serving> {
    let (make, socket) = (Arc::clone(&parts.make_server), parts.socket.try_clone()?);
    let (started, has_started) = std::sync::mpsc::sync_channel(1);
    let (ended, has_ended) = watch::channel(None);
    let run = move || {
        actix_rt::System::new().block_on(async move {
            match make(socket) {
                Ok(server) => {
                    let _ = started.send(Ok(server.handle()));
                    let outcome = server.await;
                    ended.send_replace(Some(
                        outcome.map_or_else(|e| e.to_string(), |()| "no error".to_owned()),
                    ));
                }
                Err(error) => drop(started.send(Err(error))),
            }
        });
    };
    std::thread::Builder::new().name(format!("{}-server", parts.name)).spawn(run)?;
    let handle = has_started.recv().map_err(std::io::Error::other)??;
    Ok(Serving { handle, ended: has_ended })
}
