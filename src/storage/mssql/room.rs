//! Which writes of the response flow go together into one transaction.

use std::collections::HashSet;

use super::packed::ROWS_MAX;
use crate::domain::response::{Answer, AnswerValue};
use crate::foundation::ResponseId;
use crate::storage::{OfferRow, ResponseUpdate};

/// A batch with more bytes of texts and audio than this is full.
const BYTES_MAX: usize = 1 << 20;

/// One write of the response flow.
#[derive(Debug)]
pub(super) enum Write {
    Offer(Box<OfferRow>),
    Update(Box<ResponseUpdate>),
}

impl Write {
    /// The response it is about.
    pub(super) fn response(&self) -> ResponseId {
        match self {
            Self::Offer(offer) => offer.id,
            Self::Update(update) => update.id,
        }
    }
}

/// By what the invite that a write brings, if it brings one, is told from others.
fn reference(write: &Write) -> Option<&str> {
    let offer = match write {
        Write::Offer(offer) => Some(offer),
        Write::Update(update) => update.follow_up.as_ref(),
    };
    offer?.invite.as_ref().map(|invite| invite.reference.as_str())
}

/// Which writes may go together: one for each response and of each reference, and no more than a request holds.
#[derive(Default)]
pub(super) struct Room {
    /// Those that are in it or wait.
    responses: HashSet<ResponseId>,
    /// Of which those that are in it bring invites.
    references: HashSet<String>,
    writes: usize,
    answers: usize,
    bytes: usize,
}

impl Room {
    /// Takes a write in, unless it has to wait for another batch. The first one always fits; none passes an earlier one on its
    /// response that has to wait.
    pub(super) fn takes(&mut self, write: &Write) -> bool {
        if !self.responses.insert(write.response()) {
            return false;
        }
        let answers = self.answers + answers(write);
        let full = self.writes >= ROWS_MAX || answers > ROWS_MAX || self.bytes > BYTES_MAX;
        if self.writes > 0 && full {
            return false;
        }
        // Of two asks with one reference the second has to find the first.
        if reference(write).is_some_and(|reference| !self.references.insert(reference.to_owned())) {
            return false;
        }
        self.writes += 1;
        self.answers = answers;
        self.bytes += bytes(write);
        true
    }
}

/// How many answers it carries. A recording comes with an answer, so there are no more of those.
fn answers(write: &Write) -> usize {
    match write {
        Write::Offer(_) => 0,
        Write::Update(update) => update.answers.len().max(update.recordings.len()),
    }
}

/// About how many bytes a write carries.
fn bytes(write: &Write) -> usize {
    match write {
        Write::Offer(offer) => offer_bytes(offer),
        Write::Update(update) => {
            let text = |answer: &Answer| match &answer.value {
                AnswerValue::Text(text) => text.len(),
                _ => 0,
            };
            let audio: usize = update.recordings.iter().map(|recording| recording.audio.len()).sum();
            let follow_up = update.follow_up.as_ref().map_or(0, |offer| offer_bytes(offer));
            audio + follow_up + update.answers.iter().map(text).sum::<usize>()
        }
    }
}

fn offer_bytes(offer: &OfferRow) -> usize {
    let message = offer.invite.as_ref().and_then(|invite| invite.message.as_ref());
    offer.trace.len() + message.and_then(|message| message.text.as_ref()).map_or(0, String::len)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::contact::CallFacts;
    use crate::domain::response::ResponseState;
    use crate::foundation::{SeededChance, WriteId};

    #[test]
    fn no_write_passes_an_earlier_one_on_its_response() {
        let (at, chance) = (DateTime::UNIX_EPOCH, SeededChance::new(7));
        let [one, other, third] = [1, 2, 3].map(|_| ResponseId::new(at, &chance));
        let answer =
            |question_no| Answer { question_no, question_key: "q".into(), value: AnswerValue::Skipped, at };
        let update = |id, answers: usize| {
            Write::Update(Box::new(ResponseUpdate {
                id,
                write: WriteId::new(at, &chance),
                expected_seq: 0,
                answers: (0..answers).map(|n| answer(u16::try_from(n).unwrap())).collect(),
                state: ResponseState::InProgress,
                recordings: Vec::new(),
                at,
                follow_up: None,
            }))
        };
        let offer = |id| {
            Write::Offer(Box::new(OfferRow {
                id,
                at,
                facts: CallFacts::default(),
                service: None,
                result: "offered".into(),
                trace: "[]".into(),
                node: "a".into(),
                response: None,
                invite: None,
            }))
        };
        let mut room = Room::default();
        assert!(room.takes(&update(one, 1)));
        assert!(!room.takes(&update(one, 1)), "a response is in a batch once");
        assert!(!room.takes(&update(other, ROWS_MAX)), "more answers than a request holds");
        assert!(!room.takes(&offer(other)), "an earlier write on its response waits");
        assert!(room.takes(&offer(third)), "who does not wait behind anybody goes");
    }
}
