//! The newest responses this node had to do with, in memory: what is known of calls in progress when the database cannot
//! be asked. A bounded number of them; nothing is lost with it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::entry::Content;
use crate::domain::contact::Channel;
use crate::foundation::{BoundedText, ResponseId, ServiceId, SurveyId, WriteId};
use crate::storage::{OfferRow, ResponseRow, ResponseUpdate};

/// Responses kept: at two hundred calls a second more than a minute's, at a busy site's pace hours.
const KEPT: usize = 20_000;

/// A response and the write that last changed it, as far as this node knows.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) row: ResponseRow,
    pub(super) write: Option<WriteId>,
}

/// The newest responses by id; ids sort by time.
#[derive(Debug, Default)]
pub(super) struct Recent(BTreeMap<ResponseId, Known>);

impl Recent {
    pub(super) fn get(&self, id: ResponseId) -> Option<&Known> {
        self.0.get(&id)
    }

    /// Notes a response as it was read.
    pub(super) fn note(&mut self, row: ResponseRow) {
        let known = self.0.get(&row.id);
        if known.is_some_and(|known| known.row.seq > row.seq) {
            return;
        }
        self.keep(Known { row, write: None });
    }

    /// Notes what was stored or spooled.
    pub(super) fn apply(&mut self, content: &Content) {
        match content {
            Content::Offer(offer) => {
                if let Some(row) = begun(offer)
                    && !self.0.contains_key(&row.id)
                {
                    self.keep(Known { row, write: None });
                }
            }
            Content::Change(update) => self.change(update),
        }
    }

    fn change(&mut self, update: &ResponseUpdate) {
        let Some(known) = self.0.get_mut(&update.id) else { return };
        if known.row.seq == update.expected_seq {
            known.row.apply(update);
            known.write = Some(update.write);
        } else if known.row.seq < update.expected_seq {
            // Somebody else wrote in between: what is known here is no longer true.
            self.0.remove(&update.id);
        }
    }

    /// Forgets a response that somebody else changed.
    pub(super) fn forget(&mut self, id: ResponseId) {
        self.0.remove(&id);
    }

    fn keep(&mut self, known: Known) {
        self.0.insert(known.row.id, known);
        while self.0.len() > KEPT {
            self.0.pop_first();
        }
    }

    /// The newest response offered to a call of a service since a moment.
    pub(super) fn of_call(
        &self,
        service: ServiceId,
        channel: Channel,
        call: &str,
        since: DateTime<Utc>,
    ) -> Option<ResponseId> {
        let mut newest_first = self.0.values().rev().map(|known| &known.row);
        let of_call = newest_first.find(|row| {
            row.service == service
                && row.facts.channel == channel
                && row.offered_at >= since
                && row.call.call_id.as_ref().map(BoundedText::as_str) == Some(call)
        });
        of_call.map(|row| row.id)
    }

    /// How many responses of a survey were offered since a moment.
    pub(super) fn offered_since(&self, survey: SurveyId, since: DateTime<Utc>) -> u64 {
        let offered =
            self.0.values().filter(|known| known.row.facts.survey == survey && known.row.offered_at >= since);
        offered.map(|_| 1).sum()
    }

    /// When a customer was last offered a survey, since a moment.
    pub(super) fn last_offer_to(&self, customer: &str, since: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let to_customer = self
            .0
            .values()
            .filter(|known| known.row.call.customer.as_ref().map(BoundedText::as_str) == Some(customer));
        to_customer.map(|known| known.row.offered_at).filter(|at| *at >= since).max()
    }
}

/// The response an ask began, if it did.
pub(super) fn begun(offer: &OfferRow) -> Option<ResponseRow> {
    use crate::domain::response::ResponseState::Offered;
    Some(ResponseRow {
        id: offer.id,
        facts: offer.response.clone()?,
        service: offer.service?,
        call: offer.facts.clone(),
        state: Offered,
        seq: 0,
        offered_at: offer.at,
        started_at: None,
        ended_at: None,
        answers: Vec::new(),
    })
}
