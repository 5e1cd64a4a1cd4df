//! Requests on their way: before they are written, until they are answered, and after nobody waits for them any more.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use rusmpp_core::pdus::owned::SubmitSm;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::outbound::sms::{Inbound, Verdict};

/// Requests that were given up and may be answered yet, remembered at most.
const LATE: usize = 10_000;

/// What became of one request: the gateway's id, or a verdict that is not [`Verdict::Accepted`].
pub(super) type Answer = Result<String, Verdict>;

/// The parts of a message.
pub(super) struct Group {
    key: String,
    ids: RefCell<Vec<Option<String>>>,
    /// Whether its verdict was given, or nobody waits for it any more.
    settled: Cell<bool>,
}

impl Group {
    pub(super) fn new(key: String, parts: usize) -> Rc<Self> {
        Rc::new(Self { key, ids: RefCell::new(vec![None; parts]), settled: Cell::new(false) })
    }

    /// Nobody waits for its verdict any more.
    pub(super) fn settle(&self) {
        self.settled.set(true);
    }

    pub(super) fn is_settled(&self) -> bool {
        self.settled.get()
    }

    /// Takes the id of a part. What is to be told where this makes all of them accepted after its verdict was given.
    fn accept(&self, part: usize, id: &str) -> Option<Inbound> {
        let mut ids = self.ids.borrow_mut();
        *ids.get_mut(part)? = Some(id.to_owned());
        if !self.settled.get() {
            return None;
        }
        let ids: Option<Vec<String>> = ids.iter().cloned().collect();
        let ids = ids?.into_iter().filter(|id| !id.is_empty()).collect();
        Some(Inbound::Accepted { key: self.key.clone(), ids })
    }
}

/// A request that is to be written.
pub(super) struct Item {
    pub(super) pdu: SubmitSm,
    pub(super) group: Rc<Group>,
    /// Which part of its message it is, from 0.
    pub(super) part: usize,
    /// When nobody waits for its answer any more.
    pub(super) deadline: Instant,
    /// Set once its octets are on their way to the line.
    pub(super) begun: Rc<Cell<bool>>,
    pub(super) tell: oneshot::Sender<Answer>,
}

impl Item {
    /// Answers it.
    pub(super) fn answer(self, answer: Answer) {
        let _ = self.tell.send(answer);
    }

    /// Whether anybody waits for it.
    pub(super) fn is_wanted(&self) -> bool {
        !self.tell.is_closed() && !self.group.is_settled()
    }
}

/// Requests that are to be written, in order.
#[derive(Default)]
pub(super) struct Queue {
    items: RefCell<VecDeque<Item>>,
}

impl Queue {
    pub(super) fn put(&self, item: Item) {
        self.items.borrow_mut().push_back(item);
    }

    /// The next that somebody waits for.
    pub(super) fn next(&self) -> Option<Item> {
        let mut items = self.items.borrow_mut();
        while let Some(item) = items.pop_front() {
            if item.is_wanted() {
                return Some(item);
            }
        }
        None
    }

    /// Answers all of them.
    pub(super) fn answer_all(&self, verdict: &Verdict) {
        let items: Vec<Item> = self.items.borrow_mut().drain(..).collect();
        for item in items {
            item.answer(Err(verdict.clone()));
        }
    }
}

/// A request on the line.
struct UnderWay {
    item: Item,
    /// Octets of the line before it.
    starts_at: u64,
}

/// Requests on the line, and those given up, by their sequence numbers.
#[derive(Default)]
pub(super) struct Pending {
    under_way: HashMap<u32, UnderWay>,
    deadlines: BTreeSet<(Instant, u32)>,
    late: HashMap<u32, (Rc<Group>, usize)>,
    late_order: VecDeque<u32>,
}

/// What an answer was for.
pub(super) enum Answered {
    /// A request that was waited for.
    InTime,
    /// One that was given up before; what is to be told, if it was the last of its message.
    Late(Option<Inbound>),
    /// Nothing that was asked.
    Nothing,
}

impl Pending {
    pub(super) fn len(&self) -> usize {
        self.under_way.len()
    }

    pub(super) fn has(&self, sequence: u32) -> bool {
        self.under_way.contains_key(&sequence) || self.late.contains_key(&sequence)
    }

    /// Notes a request that begins at this octet of the line.
    pub(super) fn put(&mut self, sequence: u32, item: Item, starts_at: u64) {
        self.deadlines.insert((item.deadline, sequence));
        self.under_way.insert(sequence, UnderWay { item, starts_at });
    }

    /// Takes the gateway's answer.
    pub(super) fn answer(&mut self, sequence: u32, answer: Answer) -> Answered {
        if let Some(UnderWay { item, .. }) = self.under_way.remove(&sequence) {
            self.deadlines.remove(&(item.deadline, sequence));
            let told = answer.as_ref().ok().and_then(|id| item.group.accept(item.part, id));
            item.answer(answer);
            return told.map_or(Answered::InTime, |told| Answered::Late(Some(told)));
        }
        match self.late.remove(&sequence) {
            Some((group, part)) => Answered::Late(answer.ok().and_then(|id| group.accept(part, &id))),
            None => Answered::Nothing,
        }
    }

    /// When the first of them is given up.
    pub(super) fn due(&self) -> Option<Instant> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Gives up what nobody waits for any more; how many those are. Fails where one of them has not even begun to leave: the
    /// gateway does not read, and what is written would arrive some day.
    pub(super) fn give_up(&mut self, now: Instant, written: u64) -> Result<u64, ()> {
        let mut given_up = 0;
        while let Some((at, sequence)) = self.deadlines.first().copied() {
            if at > now {
                break;
            }
            if self.under_way.get(&sequence).is_some_and(|one| one.starts_at >= written) {
                return Err(());
            }
            self.deadlines.pop_first();
            let Some(UnderWay { item, .. }) = self.under_way.remove(&sequence) else { continue };
            item.group.settle();
            self.late.insert(sequence, (Rc::clone(&item.group), item.part));
            self.late_order.push_back(sequence);
            if self.late_order.len() > LATE {
                self.late_order.pop_front().and_then(|oldest| self.late.remove(&oldest));
            }
            item.answer(Err(Verdict::Unknown {
                why: "the gateway did not say in time whether it took it".to_owned(),
            }));
            given_up += 1;
        }
        Ok(given_up)
    }

    /// Answers all of them as the line is gone: of what had begun to leave nobody knows, the rest was not sent.
    pub(super) fn end(self, written: u64, why: &str) {
        for (_, UnderWay { item, starts_at }) in self.under_way {
            let verdict = if starts_at < written {
                Verdict::Unknown { why: format!("the line broke before the gateway answered: {why}") }
            } else {
                Verdict::NotNow { why: why.to_owned(), wait: None }
            };
            item.answer(Err(verdict));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn item(group: &Rc<Group>, part: usize, deadline: Instant) -> (Item, oneshot::Receiver<Answer>) {
        let (tell, told) = oneshot::channel();
        let (pdu, group) = (SubmitSm::default(), Rc::clone(group));
        (Item { pdu, group, part, deadline, begun: Rc::default(), tell }, told)
    }

    #[test]
    fn a_late_answer_is_told_of_once_all_parts_are_accepted_and_is_nobody_elses() {
        let now = Instant::now();
        let group = Group::new("key".to_owned(), 2);
        let mut pending = Pending::default();
        let mut told = Vec::new();
        for part in 0..2 {
            let (item, receiver) = item(&group, part, now);
            pending.put(u32::try_from(part).unwrap() + 5, item, 0);
            told.push(receiver);
        }
        assert_eq!(pending.give_up(now, 10), Ok(2));
        assert!(told.iter_mut().all(|told| matches!(told.try_recv(), Ok(Err(Verdict::Unknown { .. })))));
        assert!(matches!(pending.answer(9, Ok("x".to_owned())), Answered::Nothing));
        assert!(matches!(pending.answer(6, Ok("b".to_owned())), Answered::Late(None)));
        let Answered::Late(Some(inbound)) = pending.answer(5, Ok("a".to_owned())) else { panic!("not told") };
        assert_eq!(
            inbound,
            Inbound::Accepted { key: "key".to_owned(), ids: vec!["a".to_owned(), "b".to_owned()] }
        );
        assert!(matches!(pending.answer(5, Ok("a".to_owned())), Answered::Nothing));
    }

    #[test]
    fn a_broken_line_tells_what_had_left_from_what_had_not() {
        let group = Group::new("key".to_owned(), 2);
        let later = Instant::now() + Duration::from_secs(5);
        let mut pending = Pending::default();
        let (first, mut of_first) = item(&group, 0, later);
        let (second, mut of_second) = item(&group, 1, later);
        pending.put(1, first, 0);
        pending.put(2, second, 100);
        // One octet of the first is enough for it to be unknown.
        pending.end(1, "reset");
        assert!(matches!(of_first.try_recv(), Ok(Err(Verdict::Unknown { .. }))));
        assert!(matches!(of_second.try_recv(), Ok(Err(Verdict::NotNow { .. }))));
    }

    #[test]
    fn a_gateway_that_does_not_read_is_noticed() {
        let now = Instant::now();
        let group = Group::new("key".to_owned(), 1);
        let mut pending = Pending::default();
        let (item, _told) = item(&group, 0, now);
        pending.put(1, item, 100);
        assert_eq!(pending.give_up(now, 100), Err(()));
        assert_eq!(pending.len(), 1);
    }
}
