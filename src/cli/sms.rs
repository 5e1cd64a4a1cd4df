//! Text messages of a running node: what sends them, and what takes what comes back.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::node::World;
use super::portal;
use crate::actors::lease_keeper::Leases;
use crate::actors::sms_sender::{
    InboxParts, MakeLink, MessageSettings, OpenGateway, OpenLine, SenderParts, SenderSettings, SmsInbox,
};
use crate::actors::survey_engine::SurveyEngine;
use crate::config::Config;
use crate::domain::lease::LeaseRole;
use crate::domain::sms::{Region, SendingHours};
use crate::foundation::{Backoff, RouteGateway};
use crate::links::Links;
use crate::outbound::sms::http::HttpLink;
use crate::outbound::sms::smpp::SmppLink;
use crate::outbound::sms::{Gateway, Misfit};
use crate::supervise::ActorRef;
use crate::telemetry::Chain;

/// The longest wait between two tries of a message.
const WAITS: Duration = Duration::from_hours(1);

/// The region by whose rules numbers without a country code are read.
pub(super) fn region(config: &Config) -> Option<Region> {
    config.sms.default_region.as_deref().and_then(Region::parse)
}

/// The hours of the recipient's day in which invitations go out.
pub(super) fn hours(config: &Config) -> SendingHours {
    let (from, until) = config.sms.hours;
    SendingHours::new(from, until).unwrap_or_else(SendingHours::all_day)
}

/// What takes what comes back from gateways.
pub(super) fn inbox(world: &World, config: &Config, engine: ActorRef<SurveyEngine>) -> Arc<SmsInbox> {
    Arc::new(SmsInbox::new(InboxParts {
        outbox: world.storage.clone(),
        invites: world.storage.clone(),
        engine,
        clock: Arc::clone(&world.clock),
        region: region(config),
        stop_words: config.sms.stop_words.clone(),
        help_text: config.sms.help_text.clone(),
    }))
}

/// The sender, where there are routes. `people`: where this node serves the portal, if it does.
pub(super) fn sender(
    world: &World,
    config: &Config,
    leases: Arc<Leases>,
    inbox: &Arc<SmsInbox>,
    people: Option<std::net::SocketAddr>,
) -> Option<SenderParts> {
    let from = &config.sms;
    if from.routes.is_empty() {
        return None;
    }
    let url = portal::customer_url(config, Some(people.unwrap_or(config.portal.listen))).unwrap_or_default();
    let store = world.storage.clone();
    let links = Links::new(store, Arc::clone(&world.clock), Arc::clone(&world.chance), url);
    Some(SenderParts {
        outbox: world.storage.clone(),
        invites: world.storage.clone(),
        responses: world.storage.clone(),
        catalog: world.storage.clone(),
        routes: from.routes.clone().into(),
        open: opener(world, inbox),
        lease: Arc::new(move || leases.fence(LeaseRole::SmsSender)),
        clock: Arc::clone(&world.clock),
        chance: Arc::clone(&world.chance),
        settings: SenderSettings {
            node: config.node.name.clone(),
            every: from.every,
            batch: from.batch,
            backoff: Backoff { min: from.retry, max: WAITS },
            tries_max: from.tries_max,
            messages: MessageSettings {
                hours: hours(config),
                zone: config.site.time_zone,
                link: link_maker(links, from.short_link.clone()),
            },
        },
    })
}

/// Makes links to the customer's page, which begin as `short` says where it does.
fn link_maker(links: Links, short: Option<String>) -> MakeLink {
    Arc::new(move |response, expires_at| {
        let (links, short) = (links.clone(), short.clone());
        Box::pin(async move {
            let token = links.begin_link(response, expires_at).await?;
            Ok(match short {
                Some(begins) => format!("{begins}{}", token.expose()),
                None => links.address(&token),
            })
        })
    })
}

/// What opens the line of a route.
fn opener(world: &World, inbox: &Arc<SmsInbox>) -> OpenGateway {
    let (clock, chance, inbox) = (Arc::clone(&world.clock), Arc::clone(&world.chance), Arc::clone(inbox));
    Arc::new(move |configured| {
        let route = &configured.route;
        match &configured.gateway {
            RouteGateway::Smpp(gateway) => {
                let (inbox, name) = (Arc::clone(&inbox), route.name.clone());
                let take = Rc::new(move |inbound| {
                    let (inbox, name) = (Arc::clone(&inbox), name.clone());
                    async move {
                        let taken = inbox.take(&name, inbound).await;
                        if let Err(error) = &taken {
                            let error = Chain(error);
                            tracing::warn!(route = name, error = %error, "what came from a gateway could not be stored; it is asked to send it again");
                        }
                        taken.is_ok()
                    }
                    .boxed_local()
                });
                let (link, work) =
                    SmppLink::new(route, (**gateway).clone(), Arc::clone(&clock), Arc::clone(&chance), take);
                OpenLine { gateway: Rc::new(link), work }
            }
            RouteGateway::Http(gateway) => {
                let gateway: Rc<dyn Gateway> =
                    match HttpLink::new(route, (**gateway).clone(), Arc::clone(&clock)) {
                        Ok(link) => Rc::new(link),
                        Err(error) => Rc::new(Misfit::new(Chain(&error).to_string())),
                    };
                OpenLine { gateway, work: std::future::pending().boxed_local() }
            }
        }
    })
}
