//! Who has to leave when too many connections are open: the one that has been quiet for longest, so that new callers are
//! always let in. A worker's own; nothing in here is shared between threads.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

/// A connection is not made to leave sooner than this after it did something: longer than the IVR API's own deadline by
/// default, so that a request in progress is answered, and shorter than a script's patience, so that a caller who waits to be
/// let in is.
const LEAVE_WITHIN: Duration = Duration::from_secs(3);

/// The connections of one worker.
#[derive(Clone)]
pub(super) struct Crowd(Rc<RefCell<Seats>>);

struct Seats {
    /// With so many who may stay, somebody has to leave for each who comes.
    most: usize,
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

/// A connection that is open; it has its place until this is dropped.
pub(super) struct Guest {
    crowd: Crowd,
    seat: Rc<Seat>,
}

impl Crowd {
    /// Nobody is there.
    pub(super) fn new(most: usize) -> Self {
        Self(Rc::new(RefCell::new(Seats { most, next: 0, queue: BTreeMap::new() })))
    }

    /// One more connection; with too many, the quietest is told to leave.
    pub(super) fn admit(&self) -> Guest {
        let mut seats = self.0.borrow_mut();
        // Those told to leave do not count: they are on their way, and to tell more would soon reach the busy ones.
        if seats.queue.len() >= seats.most {
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
    /// It did something that nobody does who is forgotten: a request began, or a reply was taken. It goes to the end of the
    /// queue, and if it was told to leave, another leaves in its place: whoever is busy is not cut off between two requests.
    pub(super) fn stirs(&self) {
        let mut seats = self.crowd.0.borrow_mut();
        self.seat.stirred.set(Instant::now());
        seats.queue.remove(&self.seat.place.get());
        seats.seat(&self.seat);
        if self.seat.leave_at.take().is_some() {
            seats.tell_the_quietest();
        }
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
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut seats = self.crowd.0.borrow_mut();
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
        first.stirs();
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
    fn who_was_told_to_leave_and_is_busy_after_all_stays_and_another_leaves() {
        let crowd = Crowd::new(2);
        let [busy, quiet] = [(); 2].map(|()| crowd.admit());
        let newest = crowd.admit();
        let told = |guest: &Guest| guest.leave_at().is_some();
        assert_eq!([&busy, &quiet, &newest].map(told), [true, false, false]);
        busy.stirs();
        assert_eq!([&busy, &quiet, &newest].map(told), [false, true, false]);
    }
}
