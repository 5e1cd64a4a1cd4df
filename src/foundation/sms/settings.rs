//! What is configured of text messages as a whole.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveTime;

use super::super::Secret;
use super::SmsRoute;
use super::http::HttpGateway;
use super::smpp::SmppGateway;

/// What a route speaks, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteGateway {
    /// HTTP. In a box, for it is much larger than a route.
    Http(Box<HttpGateway>),
    /// SMPP 3.4.
    Smpp(Box<SmppGateway>),
}

impl RouteGateway {
    /// The word for what it speaks.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Smpp(_) => "smpp",
        }
    }

    /// Whether the gateway takes a message once however often it comes.
    pub fn knows_key(&self) -> bool {
        match self {
            Self::Http(gateway) => gateway.knows_key,
            Self::Smpp(_) => false,
        }
    }
}

/// A route as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredRoute {
    /// The route.
    pub route: SmsRoute,
    /// The gateway at its end.
    pub gateway: RouteGateway,
}

/// Text messages as they are configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsSettings {
    /// The folder of the routes' files; `None`: there is none.
    pub folder: Option<PathBuf>,
    /// The routes, the one with the lowest order first; none: no messages are sent.
    pub routes: Vec<ConfiguredRoute>,
    /// The region by whose rules numbers without a country's code are read (ISO 3166-1 alpha-2); `None`: they are refused.
    pub default_region: Option<String>,
    /// How the address of a customer's page begins in messages; `None`: as the portal's.
    pub short_link: Option<String>,
    /// From when until when messages go out, by the clock of their recipient.
    pub hours: (NaiveTime, NaiveTime),
    /// How long nobody is invited again who was; nothing: as surveys say.
    pub cool_down: Duration,
    /// Messages taken from the outbox at once.
    pub batch: u32,
    /// How often the outbox is looked at.
    pub every: Duration,
    /// How long is waited before the second try; each next wait is twice as long.
    pub retry: Duration,
    /// How often a message is tried.
    pub tries_max: u32,
    /// Words by which people say that they want no more messages, besides those that are known.
    pub stop_words: Vec<String>,
    /// What is replied to who asks for help; `None`: nothing, it is an answer.
    pub help_text: Option<String>,
    /// By what the addresses are signed that gateways call; `None`: none does.
    pub callback_secret: Option<Secret<String>>,
}

impl SmsSettings {
    /// The route of this name.
    pub fn route(&self, name: &str) -> Option<&ConfiguredRoute> {
        self.routes.iter().find(|route| route.route.name == name)
    }
}
