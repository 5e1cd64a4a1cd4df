//! What the engine would say to an ask, by the same gates, with nothing stored: for those who look for what is wrong.

use std::sync::Arc;

use crate::domain::contact::Service;
use crate::domain::offer::{Decision, Outcome};

use super::messages::{EngineError, Offer, StepNote, Turn};
use super::offer::find;
use super::sessions::Session;
use super::{Engine, EngineParts, PublishedVersion};

/// What would become of an ask.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The service it leads to.
    pub service: Option<Service>,
    /// Whether that is the fall-back.
    pub via_fallback: bool,
    /// What is active there.
    pub version: Option<Arc<PublishedVersion>>,
    /// What the gates say.
    pub decision: Decision,
    /// The beginning, if the survey would be offered.
    pub turn: Option<Turn>,
}

/// What an engine of these parts would say to an ask at the time of its clock. A call that was asked before would in truth
/// get its response of then; that is not looked for here.
pub async fn preview(parts: EngineParts, ask: &Offer) -> Result<Preview, EngineError> {
    let engine = Engine::new(parts);
    let catalog = engine.catalog_at_hand().await?;
    let found = find(&catalog, ask);
    let decision = engine.decide(ask, &found).await?;
    let version = found.listing.and_then(|listing| listing.active.clone());
    let offered = version.clone().filter(|_| decision.outcome == Outcome::Offered);
    let turn = offered.map(|version| {
        let language: Arc<str> = version.graph.language_for(ask.language.as_deref()).into();
        Session::begin(version, ask.channel, language, ask.seed).turn(ask.id, StepNote::None)
    });
    let service = found.listing.map(|listing| listing.service.clone());
    Ok(Preview { service, via_fallback: found.via_fallback, version, decision, turn })
}
