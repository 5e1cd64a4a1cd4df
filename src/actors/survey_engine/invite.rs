//! Invites: the gates are asked, the outcome is kept with its trace and its message, and a survey waits for its customer. Of all
//! asks with one reference the first decides.

use chrono::{DateTime, TimeDelta, Utc};

use super::catalog::{Catalog, Found};
use super::messages::{EngineError, Finish, Invite, Invited};
use super::{EndWish, Engine, PublishedVersion};
use crate::domain::contact::{CallFacts, Channel, Number, ServiceChannel};
use crate::domain::invite::{InviteCause, InviteDecision, InviteInput, channel_of, decide_invite};
use crate::domain::offer::{OfferInput, Outcome, day_start};
use crate::domain::outbox::Purpose;
use crate::domain::response::ResponseState;
use crate::domain::sms::{NumberError, PhoneNumber};
use crate::foundation::{BoundedText, MessageId, ResponseId};
use crate::storage::{InviteFacts, InviteRow, MessageRow, OfferRow, ResponseFacts, ResponseRow};

/// How long after a contact its survey is looked for, to see whether it was answered.
const CONTACT_AGE: TimeDelta = TimeDelta::days(7);

/// What an invite is decided for, whatever asked for it.
struct Wanted<'a> {
    id: ResponseId,
    draw: f64,
    seed: i64,
    reference: String,
    cause: InviteCause,
    /// The response that led to it, where the contact was offered a survey before: its gates were passed.
    caused_by: Option<&'a ResponseRow>,
    facts: CallFacts,
    number: Result<PhoneNumber, NumberError>,
    consent: bool,
    language: Option<String>,
}

impl Engine {
    pub(super) async fn invite(&self, ask: Invite) -> Result<Invited, EngineError> {
        let catalog = self.catalog_at_hand().await?;
        let found = find(&catalog, &ask);
        let reference = reference(&ask, &found);
        if let Some(known) = self.parts.invites.invite_of(reference.clone()).await? {
            return Ok(invited(&known, true));
        }
        let raw = ask.number.as_deref().or(ask.facts.customer.as_ref().map(BoundedText::as_str));
        let number = PhoneNumber::read(raw.unwrap_or_default(), self.parts.settings.region);
        let mut facts = ask.facts;
        if facts.customer.is_none()
            && let Ok(number) = &number
        {
            facts.customer = Number::parse(number.as_str()).ok().flatten();
        }
        let wanted = Wanted {
            id: ask.id,
            draw: ask.draw,
            seed: ask.seed,
            reference: reference.clone(),
            cause: ask.cause,
            caused_by: None,
            facts,
            number,
            consent: ask.consent,
            language: ask.language,
        };
        let row = self.decide_invite(&wanted, &found).await?;
        self.parts.responses.insert_offer(row).await?;
        // Somebody else may have been first with this reference: then that holds.
        let stored = self.parts.invites.invite_of(reference).await?;
        let stored = stored.ok_or(EngineError::Busy)?;
        if stored.id == ask.id
            && let Some(outcome) = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == stored.result)
        {
            self.counters.offer(outcome);
        }
        Ok(invited(&stored, stored.id != ask.id))
    }

    /// The ask by another way that follows when a caller hangs up before the survey is over; `None` where there is none.
    pub(super) async fn follow_up(&self, finish: &Finish) -> Result<Option<Box<OfferRow>>, EngineError> {
        if finish.wish != EndWish::HungUp {
            return Ok(None);
        }
        // Nearly every survey invites nobody; what is in memory says so, without a read at each end of a call.
        if !self.invites_after_hang_up(finish.response).await? {
            return Ok(None);
        }
        let Some(response) = self.parts.responses.response(finish.response).await? else { return Ok(None) };
        if !response.state.is_open() || response.facts.channel != Channel::Voice {
            return Ok(None);
        }
        let catalog = self.catalog_at_hand().await?;
        let Some(found) = catalog.of_service(response.service) else { return Ok(None) };
        let raw = response.call.customer.as_ref().map_or("", BoundedText::as_str);
        let chance = &*self.parts.chance;
        let wanted = Wanted {
            id: ResponseId::new(self.parts.clock.now(), chance),
            draw: 0.0,
            seed: chance.bits().cast_signed(),
            reference: format!("response:{}", response.id),
            cause: InviteCause::HangUp,
            caused_by: Some(&response),
            facts: response.call.clone(),
            number: PhoneNumber::read(raw, self.parts.settings.region),
            consent: false,
            language: Some(response.facts.language.clone()),
        };
        Ok(Some(Box::new(self.decide_invite(&wanted, &found).await?)))
    }

    async fn invites_after_hang_up(&self, id: ResponseId) -> Result<bool, EngineError> {
        let turn = self.where_it_stands(id).await?;
        Ok(turn.version.graph.invitation().is_some_and(|invitation| invitation.after_hang_up))
    }

    async fn decide_invite(&self, wanted: &Wanted<'_>, found: &Found<'_>) -> Result<OfferRow, EngineError> {
        let now = self.parts.clock.now();
        let zone = self.parts.settings.site_zone;
        let version = found.listing.and_then(|listing| listing.active.as_ref());
        let invitation = version.and_then(|version| version.graph.invitation());
        let channel = channel_of(invitation);
        let opted_out = match &wanted.number {
            Ok(number) => match self.parts.invites.opt_out(number.as_str().to_owned()).await {
                Ok(row) => row.map(|row| row.at),
                // The end of a call is written down whatever else cannot be read; before a message goes out, it is looked again.
                Err(_) if wanted.caused_by.is_some() => None,
                Err(error) => return Err(error.into()),
            },
            Err(_) => None,
        };
        let (offered_today, last_offer) = match (version, wanted.caused_by) {
            // Caller and day are those of the offer that led to this one.
            (_, Some(_)) | (None, _) => (0, None),
            (Some(version), None) => self.before(wanted, version, now).await?,
        };
        let input = InviteInput {
            offer: OfferInput {
                service: found.listing.map(|listing| listing.service.name.as_str()),
                via_fallback: found.via_fallback,
                survey: version.map(|version| &version.graph),
                paused: found.listing.is_some_and(|listing| listing.paused),
                channel,
                now,
                site_zone: zone,
                draw: wanted.draw,
                offered_today,
                customer_known: wanted.number.is_ok(),
                last_offer_to_customer: last_offer,
            },
            cause: wanted.cause,
            number: wanted.number.as_ref(),
            consent: wanted.consent,
            opted_out,
            answered: self.is_answered(wanted, found, now).await?,
            hours: self.parts.settings.hours,
            cool_down: self.parts.settings.invite_cool_down,
        };
        let decided = decide_invite(&input);
        Ok(self.row(wanted, found, version.map(|version| &**version), channel, &decided, now))
    }

    /// Offers of the survey today, and the last one of any survey to this customer.
    async fn before(
        &self,
        wanted: &Wanted<'_>,
        version: &PublishedVersion,
        now: DateTime<Utc>,
    ) -> Result<(u64, Option<DateTime<Utc>>), EngineError> {
        let rules = version.graph.rules();
        let since = day_start(now, rules.schedule.zone(self.parts.settings.site_zone));
        let today = match rules.daily_cap {
            Some(_) => self.parts.responses.offered_since(version.survey, since).await?,
            None => 0,
        };
        let site = Some(self.parts.settings.invite_cool_down).filter(|wait| !wait.is_zero());
        let last = match rules.cool_down.max(site) {
            Some(wait) => {
                let customer = wanted.facts.customer.as_ref().map(|customer| customer.as_str().to_owned());
                self.last_offer_to_any(customer, wanted.number.as_ref().ok(), now - wait).await?
            }
            None => None,
        };
        Ok((today, last))
    }

    /// When a customer was last offered any survey on any channel, however the number was written then.
    pub(super) async fn last_offer_to_any(
        &self,
        customer: Option<String>,
        number: Option<&PhoneNumber>,
        since: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, EngineError> {
        let mut ways: Vec<String> = customer.into_iter().collect();
        for way in number.map(PhoneNumber::spellings).unwrap_or_default() {
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        let mut last = None;
        for way in ways {
            last = last.max(self.parts.responses.last_offer_to(way, since).await?);
        }
        Ok(last)
    }

    /// Whether the survey that this contact was offered in the call or chat itself, or by a link in it, was answered to its end.
    async fn is_answered(
        &self,
        wanted: &Wanted<'_>,
        found: &Found<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool, EngineError> {
        let (Some(listing), Some(call), None) = (found.listing, &wanted.facts.call_id, wanted.caused_by)
        else {
            return Ok(false);
        };
        let own = match listing.service.channel {
            ServiceChannel::Voice => Channel::Voice,
            ServiceChannel::Chat => Channel::Chat,
        };
        let since = now - CONTACT_AGE;
        for channel in [own, Channel::Web] {
            let (service, call) = (listing.service.id, call.as_str().to_owned());
            let offered = self.parts.responses.response_of_call(service, channel, call, since).await?;
            let Some(id) = offered else { continue };
            let response = self.parts.responses.response(id).await?;
            if response.is_some_and(|response| response.state == ResponseState::Complete) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn row(
        &self,
        wanted: &Wanted<'_>,
        found: &Found<'_>,
        version: Option<&PublishedVersion>,
        channel: Channel,
        decided: &InviteDecision,
        now: DateTime<Utc>,
    ) -> OfferRow {
        let language = version.map_or("", |version| version.graph.language_for(wanted.language.as_deref()));
        let begins = version.filter(|_| decided.times.is_some()).map(|version| ResponseFacts {
            survey: version.survey,
            version: version.id,
            channel,
            language: language.to_owned(),
            seed: wanted.seed,
        });
        let number = wanted.number.as_ref().ok().map(|number| number.as_str().to_owned());
        let message = decided.times.zip(number.clone()).map(|(times, number)| MessageRow {
            id: MessageId::of(wanted.id.as_bytes(), Purpose::Invite.as_str()),
            response: Some(wanted.id),
            purpose: Purpose::Invite,
            number,
            language: language.to_owned(),
            text: None,
            route: None,
            created_at: now,
            due_at: times.send_at,
            expires_at: times.expires_at,
        });
        let facts = InviteFacts {
            reference: wanted.reference.clone(),
            cause: wanted.cause,
            caused_by: wanted.caused_by.map(|response| response.id),
            number,
            language: language.to_owned(),
            expires_at: decided.times.map(|times| times.expires_at),
            remind_at: decided.times.and_then(|times| times.remind_at),
            message,
        };
        OfferRow {
            id: wanted.id,
            at: now,
            facts: wanted.facts.clone(),
            service: found.listing.map(|listing| listing.service.id),
            result: decided.decision.outcome.as_str().to_owned(),
            trace: decided.decision.to_json(),
            node: self.parts.settings.node.clone(),
            response: begins,
            invite: Some(Box::new(facts)),
        }
    }
}

/// Where the contact leads: calls by number or name, chats by name. One who only asks by name may mean either.
fn find<'a>(catalog: &'a Catalog, ask: &Invite) -> Found<'a> {
    let dn = ask.facts.dn.as_ref().map(BoundedText::as_str);
    let service = ask.service.as_deref();
    let by_channel = |channel| catalog.find(dn, service, channel);
    match ask.cause {
        InviteCause::ChatEnded => by_channel(ServiceChannel::Chat),
        InviteCause::Api | InviteCause::List if dn.is_none() => {
            let chat = by_channel(ServiceChannel::Chat);
            let is_own = chat.listing.is_some() && !chat.via_fallback;
            if is_own { chat } else { by_channel(ServiceChannel::Voice) }
        }
        _ => by_channel(ServiceChannel::Voice),
    }
}

/// By what a repetition of the ask is known.
fn reference(ask: &Invite, found: &Found<'_>) -> String {
    if let Some(given) = &ask.reference {
        return format!("given:{given}");
    }
    match (&ask.facts.call_id, found.listing) {
        (Some(call), Some(listing)) => format!("contact:{}:{}", listing.service.id, call.as_str()),
        _ => format!("ask:{}", ask.id),
    }
}

fn invited(row: &InviteRow, repeated: bool) -> Invited {
    Invited { id: row.id, result: row.result.clone(), expires_at: row.facts.expires_at, is_repeat: repeated }
}
