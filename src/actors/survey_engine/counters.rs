//! What this life has done, for the observation board; the totals over all lives are metrics.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::offer::Outcome;
use crate::domain::response::ResponseState;
use crate::telemetry::metric_names as names;

use super::messages::StepNote;

#[derive(Default)]
pub(super) struct Counters {
    offers: RefCell<BTreeMap<&'static str, u64>>,
    ended: RefCell<BTreeMap<&'static str, u64>>,
    new: Cell<u64>,
    repeats: Cell<u64>,
    corrections: Cell<u64>,
    refused: Cell<u64>,
}

impl Counters {
    pub(super) fn offer(&self, outcome: Outcome) {
        *self.offers.borrow_mut().entry(outcome.as_str()).or_default() += 1;
        metrics::counter!(names::OFFERS, "result" => outcome.as_str()).increment(1);
    }

    pub(super) fn ended(&self, state: ResponseState) {
        *self.ended.borrow_mut().entry(state.as_str()).or_default() += 1;
        metrics::counter!(names::RESPONSES_ENDED, "state" => state.as_str()).increment(1);
    }

    pub(super) fn note(&self, note: StepNote) {
        let (cell, kind) = match note {
            StepNote::New => (&self.new, "new"),
            StepNote::Repeat => (&self.repeats, "repeat"),
            StepNote::Correction => (&self.corrections, "correction"),
            StepNote::None => return,
        };
        cell.set(cell.get() + 1);
        metrics::counter!(names::ANSWERS, "kind" => kind).increment(1);
    }

    pub(super) fn refused(&self) {
        self.refused.set(self.refused.get() + 1);
        metrics::counter!(names::ANSWERS, "kind" => "refused").increment(1);
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "offers": *self.offers.borrow(),
            "answers": {
                "new": self.new.get(), "repeat": self.repeats.get(),
                "correction": self.corrections.get(), "refused": self.refused.get(),
            },
            "ended": *self.ended.borrow(),
        })
    }
}
