//! The clients of a fault: a prober and callers, each on a thread of its own at the callers' place.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use super::callers::{Callers, Signs, Tally};
use super::lab::Lab;
use super::prober::longest_gap;
use super::support::{block_on, until_within};

/// Callers are served again within this time.
const SERVED: Duration = Duration::from_mins(1);

/// Clients at work, until they are told to stop or dropped.
pub struct Load {
    signs: Arc<Signs>,
    callers: Option<JoinHandle<Tally>>,
    prober: Option<JoinHandle<Duration>>,
}

impl Load {
    /// At the address `place`, with calls that begin with `name`.
    pub fn begin(lab: &Arc<Lab>, place: &'static str, name: &str, key: &str) -> Self {
        let signs = Arc::new(Signs::default());
        let (there, told, name, key) = (Arc::clone(lab), Arc::clone(&signs), name.to_owned(), key.to_owned());
        let callers = std::thread::spawn(move || {
            there.enter("caller");
            block_on(async { Callers::new(place, &name, &key, told).call().await })
        });
        let (there, told) = (Arc::clone(lab), Arc::clone(&signs));
        let prober = std::thread::spawn(move || {
            there.enter("caller");
            let place = SocketAddr::new(place.parse().unwrap(), 8080);
            block_on(longest_gap(place, &told.stop))
        });
        Self { signs, callers: Some(callers), prober: Some(prober) }
    }

    /// Waits until so many more requests were served.
    pub fn served(&self, requests: u64) {
        let now = || self.signs.acknowledged.load(Ordering::SeqCst);
        let then = now();
        until_within(SERVED, "callers are served", || now() >= then + requests);
    }

    /// No new calls; the longest time nobody answered, and what became of all requests once every call is finished.
    pub fn finish(mut self) -> (Duration, Tally) {
        self.signs.stop.store(true, Ordering::SeqCst);
        let gap = self.prober.take().unwrap().join().unwrap();
        (gap, self.callers.take().unwrap().join().unwrap())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.signs.leave.store(true, Ordering::SeqCst);
        self.signs.stop.store(true, Ordering::SeqCst);
        // After a failed check nobody wants to know what became of them.
        drop(self.prober.take().map(JoinHandle::join));
        drop(self.callers.take().map(JoinHandle::join));
    }
}
