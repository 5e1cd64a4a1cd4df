//! Offers: the gates are asked, the outcome is kept with its trace, and a survey begins.

use std::rc::Rc;
use std::sync::Arc;

use crate::domain::contact::{Channel, ServiceChannel};
use crate::domain::offer::{self, Decision, OfferInput, Outcome};
use crate::domain::response::ResponseState;
use crate::domain::sms::PhoneNumber;
use crate::domain::survey::Progress;
use crate::foundation::{BoundedText, ResponseId};
use crate::storage::{OfferRow, ResponseFacts};

use super::catalog::{Catalog, Found};
use super::messages::{EngineError, Offer, Offered, Seen, StepNote, Turn};
use super::sessions::{CallKey, Session};
use super::{Engine, PublishedVersion};

impl Engine {
    pub(super) async fn offer(&self, ask: Offer) -> Result<Offered, EngineError> {
        let catalog = self.catalog_at_hand().await?;
        let found = find(&catalog, &ask);
        let call = call_key(&ask, &found);
        let lock = call.as_ref().map(|call| self.calls.of(call));
        let _one_at_a_time = match &lock {
            Some(lock) => Some(lock.lock().await),
            None => None,
        };
        if let Some(turn) = self.offered_before(call, ask.channel).await? {
            return Ok(Offered::Survey(turn));
        }
        let decision = self.decide(&ask, &found).await?;
        let version = found.listing.and_then(|l| l.active.clone());
        match (decision.outcome, version) {
            (Outcome::Offered, Some(version)) => self.begin(ask, &found, &decision, version).await,
            (outcome, _) => {
                let id = ask.id;
                // This message may come a second time, when the life that had offered it ended before its reply: then
                // the cap or the cool-down that says no now is this very offer.
                if self.parts.responses.response(id).await?.is_some() {
                    return Ok(Offered::Survey(self.where_it_stands(id).await?));
                }
                self.parts.responses.insert_offer(self.offer_row(ask, &found, &decision, None)).await?;
                self.counters.offer(outcome);
                Ok(Offered::None { offer: id, outcome })
            }
        }
    }

    /// In the first moments of a life there is no catalog yet: read it rather than refuse the caller.
    pub(super) async fn catalog_at_hand(&self) -> Result<Rc<Catalog>, EngineError> {
        if let Some(catalog) = self.catalog.current() {
            return Ok(catalog);
        }
        self.refresh_catalog_now().await?;
        self.catalog.current().ok_or(EngineError::Starting)
    }

    /// A script that asks again for the same call (its first try timed out) gets the same response.
    async fn offered_before(
        &self,
        call: Option<CallKey>,
        channel: Channel,
    ) -> Result<Option<Turn>, EngineError> {
        let Some((service, call)) = call else { return Ok(None) };
        let since = self.parts.clock.now() - self.parts.settings.call_repeat;
        match self.parts.responses.response_of_call(service, channel, call, since).await? {
            Some(id) => self.where_it_stands(id).await.map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn decide(&self, ask: &Offer, found: &Found<'_>) -> Result<Decision, EngineError> {
        let now = self.parts.clock.now();
        let zone = self.parts.settings.site_zone;
        let version = found.listing.and_then(|l| l.active.as_ref());
        let rules = version.map(|v| v.graph.rules());
        let offered_today = match (version, rules.and_then(|r| r.daily_cap)) {
            (Some(v), Some(_)) => {
                self.parts
                    .responses
                    .offered_since(
                        v.survey,
                        offer::day_start(now, rules.map_or(zone, |r| r.schedule.zone(zone))),
                    )
                    .await?
            }
            _ => 0,
        };
        let customer = ask.facts.customer.as_ref().map(|c| c.as_str().to_owned());
        let last_offer_to_customer = match (&customer, rules.and_then(|r| r.cool_down)) {
            (Some(customer), Some(wait)) => {
                let number = PhoneNumber::read(customer, self.parts.settings.region).ok();
                self.last_offer_to_any(Some(customer.clone()), number.as_ref(), now - wait).await?
            }
            _ => None,
        };
        Ok(offer::decide(&OfferInput {
            service: found.listing.map(|l| l.service.name.as_str()),
            via_fallback: found.via_fallback,
            survey: version.map(|v| &v.graph),
            paused: found.listing.is_some_and(|l| l.paused),
            channel: ask.channel,
            now,
            site_zone: zone,
            draw: ask.draw,
            offered_today,
            customer_known: customer.is_some(),
            last_offer_to_customer,
        }))
    }

    async fn begin(
        &self,
        ask: Offer,
        found: &Found<'_>,
        decision: &Decision,
        version: Arc<PublishedVersion>,
    ) -> Result<Offered, EngineError> {
        let id = ask.id;
        let (channel, seed) = (ask.channel, ask.seed);
        let language: Arc<str> = version.graph.language_for(ask.language.as_deref()).into();
        let facts = ResponseFacts {
            survey: version.survey,
            version: version.id,
            channel,
            language: language.to_string(),
            seed,
        };
        let row = self.offer_row(ask, found, decision, Some(facts));
        self.parts.responses.insert_offer(row).await?;
        self.counters.offer(Outcome::Offered);
        let session = Session::begin(version, channel, language, seed);
        let turn = session.turn(id, StepNote::None);
        // A repeat of this message may have gone on already; then its session is newer and stays.
        self.sessions.slot(id).lock().await.get_or_insert(session);
        Ok(Offered::Survey(turn))
    }

    fn offer_row(
        &self,
        ask: Offer,
        found: &Found<'_>,
        decision: &Decision,
        response: Option<ResponseFacts>,
    ) -> OfferRow {
        OfferRow {
            id: ask.id,
            at: self.parts.clock.now(),
            facts: ask.facts,
            service: found.listing.map(|l| l.service.id),
            result: decision.outcome.as_str().to_owned(),
            trace: decision.to_json(),
            node: self.parts.settings.node.clone(),
            response,
            invite: None,
        }
    }

    /// A response as the database has it now.
    pub(super) async fn look(&self, id: ResponseId) -> Result<Seen, EngineError> {
        let slot = self.sessions.slot(id);
        let mut guard = slot.lock().await;
        *guard = None;
        let session = self.load(id, &mut guard).await?;
        let (progress, seed) = (session.progress.clone(), session.seed);
        Ok(Seen { turn: session.turn(id, StepNote::None), progress, seed })
    }

    /// A response as this node knows it.
    pub(super) async fn where_it_stands(&self, id: ResponseId) -> Result<Turn, EngineError> {
        let slot = self.sessions.slot(id);
        let mut guard = slot.lock().await;
        let session = self.load(id, &mut guard).await?;
        Ok(session.turn(id, StepNote::None))
    }
}

impl Session {
    /// Offered, nothing answered.
    pub(super) fn begin(
        version: Arc<PublishedVersion>,
        channel: Channel,
        language: Arc<str>,
        seed: i64,
    ) -> Self {
        Self {
            progress: Progress::new(channel),
            version,
            channel,
            language,
            seed,
            state: ResponseState::Offered,
            seq: 0,
            ended_at: None,
        }
    }
}

/// Where a contact leads by what its script knows.
pub(super) fn find<'a>(catalog: &'a Catalog, ask: &Offer) -> Found<'a> {
    let dn = ask.facts.dn.as_ref().map(BoundedText::as_str);
    let by_channel = |channel| catalog.find(dn, ask.service.as_deref(), channel);
    let is_own = |found: &Found<'_>| found.listing.is_some() && !found.via_fallback;
    match ask.channel {
        Channel::Voice => by_channel(ServiceChannel::Voice),
        Channel::Chat | Channel::Sms => by_channel(ServiceChannel::Chat),
        // A page may follow a chat as well as a call.
        Channel::Web => {
            let chat = by_channel(ServiceChannel::Chat);
            let call = by_channel(ServiceChannel::Voice);
            if !is_own(&chat) && is_own(&call) { call } else { chat }
        }
    }
}

fn call_key(ask: &Offer, found: &Found<'_>) -> Option<CallKey> {
    let call = ask.facts.call_id.as_ref()?;
    Some((found.listing?.service.id, call.as_str().to_owned()))
}
