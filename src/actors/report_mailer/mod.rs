//! `ReportMailer` sends the reports that people have sent by mail.
//!
//! Works only while its node holds the lease of the janitor, and takes each mail in hand in the database before it speaks to the
//! mail server: so no mail is sent by two. What became of one that was in hand when its node died is not known, and it is not
//! sent again. Owns nothing; not VIP-critical: no call waits for it. Messages: none, a timer.

mod outcome;
mod sending;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::domain::lease::Fence;
use crate::foundation::{Backoff, Chance, Clock, SendingId};
use crate::outbound::mail::MailServer;
use crate::storage::{AccountStore, CatalogStore, ReportMailStore, ReportStore, SendingEnd, StorageError};
use crate::supervise::{Child, ChildError, Life};

/// Tries of one mail at most.
const TRIES_MOST: u32 = 10;
/// Mails in a row that the server does not take for the time being, after which a round is over: it is away.
const REFUSED_IN_A_ROW: u32 = 3;
/// Whoever has had a mail in hand for so long does not tell any more what became of it.
const LOST_AFTER: TimeDelta = TimeDelta::minutes(10);

/// What the mailer is told at start.
#[derive(Debug, Clone)]
pub struct MailerSettings {
    /// How often it looks.
    pub every: Duration,
    /// Waits between two tries of a mail.
    pub backoff: Backoff,
    /// The site's zone.
    pub zone: Tz,
    /// No score is shown for fewer answers.
    pub min_answers: u64,
    /// Where the portal is.
    pub portal: String,
}

/// What it works with.
#[derive(Clone)]
pub struct MailerParts {
    /// Who has what sent.
    pub mails: Arc<dyn ReportMailStore>,
    /// People, for what they may see.
    pub accounts: Arc<dyn AccountStore>,
    /// Surveys.
    pub catalog: Arc<dyn CatalogStore>,
    /// Counts of answers.
    pub reports: Arc<dyn ReportStore>,
    /// The lease in hand; `None` while this node does not hold it.
    pub lease: Arc<dyn Fn() -> Option<Fence> + Send + Sync>,
    /// The mail server.
    pub server: MailServer,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// Settings.
    pub settings: MailerSettings,
}

/// The supervised child.
pub struct ReportMailer {
    work: Rc<Work>,
}

struct Work {
    parts: MailerParts,
    /// Held while a round is under way.
    round: Mutex<()>,
    /// Whether no further mail is begun.
    stops: Cell<bool>,
    leads: Cell<bool>,
    sent: Cell<u64>,
    not_sent: Cell<u64>,
    /// What became of mails, where the database could not be told.
    untold: RefCell<Vec<(SendingId, SendingEnd)>>,
    last_error: RefCell<Option<String>>,
}

impl ReportMailer {
    /// A fresh life.
    pub fn new(parts: MailerParts) -> Self {
        Self {
            work: Rc::new(Work {
                parts,
                round: Mutex::default(),
                stops: Cell::default(),
                leads: Cell::default(),
                sent: Cell::default(),
                not_sent: Cell::default(),
                untold: RefCell::default(),
                last_error: RefCell::default(),
            }),
        }
    }
}

impl Child for ReportMailer {
    fn started(&mut self, life: &mut Life<'_, Self>) -> Result<(), ChildError> {
        let work = Rc::clone(&self.work);
        life.repeat(self.work.parts.settings.every, move || {
            let work = Rc::clone(&work);
            async move { work.round().await }
        });
        Ok(())
    }

    /// The mail in hand is handed over; no other is begun.
    fn drain(&mut self, _: &mut Life<'_, Self>) -> LocalBoxFuture<'static, ()> {
        let work = Rc::clone(&self.work);
        work.stops.set(true);
        async move { drop(work.round.lock().await) }.boxed_local()
    }

    fn observe(&self) -> Value {
        json!({
            "lease": if self.work.leads.get() { "held" } else { "not held by this node" },
            "sent": self.work.sent.get(),
            "not_sent": self.work.not_sent.get(),
            "last_error": *self.work.last_error.borrow(),
        })
    }
}

impl Work {
    async fn round(&self) {
        let _round = self.round.lock().await;
        let outcome = self.try_round(self.parts.clock.now()).await;
        if let Err(error) = &outcome {
            tracing::warn!(error = %error, "reports could not be looked at to be sent, will try again");
        }
        *self.last_error.borrow_mut() = outcome.err().map(|error| error.to_string());
    }

    async fn try_round(&self, now: DateTime<Utc>) -> Result<(), StorageError> {
        self.tell().await?;
        let Some(fence) = self.fence() else { return Ok(()) };
        self.parts.mails.lose_sendings(fence, now - LOST_AFTER).await?;
        let mut refused = 0;
        for mail in self.parts.mails.report_mails(None).await? {
            if self.stops.get() || refused >= REFUSED_IN_A_ROW {
                break;
            }
            match self.look_at(&mail, self.parts.clock.now()).await? {
                Some(end) if end.is_for_now() => refused += 1,
                Some(_) => refused = 0,
                None => {}
            }
        }
        Ok(())
    }

    /// Tells what the database could not be told before.
    async fn tell(&self) -> Result<(), StorageError> {
        loop {
            let Some((claim, end)) = self.untold.borrow().first().cloned() else { return Ok(()) };
            self.parts.mails.end_sending(claim, end).await?;
            self.untold.borrow_mut().retain(|(told, _)| *told != claim);
        }
    }

    fn fence(&self) -> Option<Fence> {
        let fence = (self.parts.lease)();
        self.leads.set(fence.is_some());
        fence
    }
}
