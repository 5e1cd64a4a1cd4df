//! Who has to leave when too many connections are open: the one that has been quiet for longest, so that new callers are
//! always let in. A worker's own; nothing in here is shared between threads.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

/// A connection told to leave may still do so much: longer than the IVR API's own deadline by default, so that a request
/// in progress is answered, and shorter than a script's patience, so that a caller who waits to be let in is.
const LEAVE_WITHIN: Duration = Duration::from_secs(3);

/// The connections of one worker.
#[derive(Clone)]
pub(super) struct Crowd(Rc<RefCell<Seats>>);

struct Seats {
    /// With more than these open, somebody has to leave for each who comes.
    most: usize,
    open: usize,
    /// Rises with every move to the end of the queue.
    next: u64,
    /// Those not told to leave, the quietest first.
    queue: BTreeMap<u64, Rc<Seat>>,
}

/// A connection's place in the queue.
struct Seat {
    place: Cell<u64>,
    /// When it last did something that lets it stay.
    stirred: Cell<Instant>,
    /// When it has to be gone, once told to leave.
    leave_at: Cell<Option<Instant>>,
    /// Wakes the connection to look at `leave_at`.
    waker: RefCell<Option<Waker>>,
}

/// A connection that is open; it is counted until this is dropped.
pub(super) struct Guest {
    crowd: Crowd,
    seat: Rc<Seat>,
}

impl Crowd {
    /// Nobody is there.
    pub(super) fn new(most: usize) -> Self {
        Self(Rc::new(RefCell::new(Seats { most, open: 0, next: 0, queue: BTreeMap::new() })))
    }

    /// One more connection; with too many, the quietest is told to leave.
    pub(super) fn admit(&self) -> Guest {
        let mut seats = self.0.borrow_mut();
        seats.open += 1;
        if seats.open > seats.most {
            seats.tell_the_quietest();
        }
        let seat = Rc::new(Seat {
            place: Cell::new(0),
            stirred: Cell::new(Instant::now()),
            leave_at: Cell::new(None),
            waker: RefCell::new(None),
        });
        seats.seat(&seat);
        Guest { crowd: self.clone(), seat }
    }
}

impl Seats {
    fn seat(&mut self, seat: &Rc<Seat>) {
        seat.place.set(self.next);
        self.queue.insert(self.next, Rc::clone(seat));
        self.next += 1;
    }

    fn tell_the_quietest(&mut self) {
        let Some((_, seat)) = self.queue.pop_first() else { return };
        seat.leave_at.set(Some(seat.stirred.get() + LEAVE_WITHIN));
        if let Some(waker) = seat.waker.take() {
            waker.wake();
        }
    }
}

impl Guest {
    /// A request begins: it goes to the end of the queue.
    pub(super) fn asks(&self) {
        self.stirs(LEAVE_WITHIN);
    }

    /// A reply was taken: it goes to the end of the queue, or away if it was told to leave.
    pub(super) fn was_served(&self) {
        self.stirs(Duration::ZERO);
    }

    /// When it has to be gone.
    pub(super) fn leave_at(&self) -> Option<Instant> {
        self.seat.leave_at.get()
    }

    /// Whom to wake when it is told to leave.
    pub(super) fn wake_with(&self, waker: &Waker) {
        let mut known = self.seat.waker.borrow_mut();
        match &mut *known {
            Some(known) => known.clone_from(waker),
            None => *known = Some(waker.clone()),
        }
    }

    fn stirs(&self, may_stay: Duration) {
        let now = Instant::now();
        self.seat.stirred.set(now);
        if self.seat.leave_at.get().is_some() {
            self.seat.leave_at.set(Some(now + may_stay));
            return;
        }
        let mut seats = self.crowd.0.borrow_mut();
        if let Some(seat) = seats.queue.remove(&self.seat.place.get()) {
            seats.seat(&seat);
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut seats = self.crowd.0.borrow_mut();
        seats.open -= 1;
        seats.queue.remove(&self.seat.place.get());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quietest_has_to_leave_when_one_comes_too_many() {
        let crowd = Crowd::new(3);
        let [first, second, third] = [(); 3].map(|()| crowd.admit());
        first.asks();
        let fourth = crowd.admit();
        let told = |guest: &Guest| guest.leave_at().is_some();
        assert_eq!([&first, &second, &third, &fourth].map(told), [false, true, false, false]);
        drop(second);
        let fifth = crowd.admit();
        assert_eq!([&first, &third, &fourth, &fifth].map(told), [false, true, false, false]);
        drop((third, fourth));
        let sixth = crowd.admit();
        assert!(!told(&first) && !told(&sixth), "there is room for three");
    }

    #[test]
    fn who_has_to_leave_may_end_what_was_begun_and_no_more() {
        let crowd = Crowd::new(1);
        let guest = crowd.admit();
        let _other = crowd.admit();
        let told = guest.leave_at().unwrap();
        guest.asks();
        assert!(guest.leave_at().unwrap() >= told);
        guest.was_served();
        assert!(guest.leave_at().unwrap() <= Instant::now());
    }
}
