//! A person at the portal, by the callers' address: signed in once, and still so after every fault.

use std::sync::Arc;

use super::lab::{Lab, VIP};
use super::support::person::Person;
use super::support::until;

/// The port of the portal.
const PORT: u16 = 8090;

/// Somebody who is signed in.
pub struct Visitor(Person);

impl Visitor {
    /// Comes in by the link that somebody was given.
    pub fn comes_by(lab: &Arc<Lab>, link: &str) -> Self {
        let base = format!("http://{VIP}:{PORT}");
        let (_, token) = link.trim().split_once("/link/").unwrap();
        let link = format!("{base}/link/{token}");
        let mut person = Person::at(&base);
        Self(outside(lab, move || {
            person.comes_by(&link, NAME);
            person
        }))
    }

    /// Fails unless the session goes on, at whichever node.
    pub fn is_still_there(&self, lab: &Arc<Lab>) {
        let mut person = self.0.clone();
        outside(lab, move || {
            until("the portal's session goes on", || {
                let me = person.get("/api/v1/me");
                assert_ne!(me.status, 401, "the portal's session is over: {me:?}");
                me.status == 200 && me.json()["name"] == NAME
            });
        });
    }
}

/// What the person signs in by.
pub const NAME: &str = "visitor";

/// Runs something at the callers' place.
fn outside<T: Send + 'static>(lab: &Arc<Lab>, work: impl FnOnce() -> T + Send + 'static) -> T {
    let lab = Arc::clone(lab);
    let there = std::thread::spawn(move || {
        lab.enter("caller");
        work()
    });
    there.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
