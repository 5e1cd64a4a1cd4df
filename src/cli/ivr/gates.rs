//! The gates as the engine decides them, each with what to do when it says no.

use super::{Check, Verdict};
use crate::actors::survey_engine::{Offer, Preview};
use crate::domain::contact::{Service, ServiceChannel};
use crate::domain::offer::GateStep;
use crate::domain::survey::SurveyGraph;
use crate::foundation::BoundedText;

/// The gates in their order.
const GATES: [&str; 8] =
    ["service", "survey", "paused", "channel", "schedule", "sampling", "daily_cap", "cool_down"];

/// A check for each gate, and for the language and the first question behind them.
pub(super) fn checks(preview: &Preview, ask: &Offer, services: &[Service]) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for gate in GATES {
        let step = preview.decision.steps.iter().find(|step| step.gate == gate);
        checks.push(match step {
            Some(step) => check(gate, step, preview, ask, services),
            None => Check::new(Verdict::Skipped, gate, "not reached"),
        });
    }
    match &preview.turn {
        Some(turn) => {
            checks.push(language(&turn.version.graph, &turn.language, ask.language.as_deref()));
            let first = turn.next.and_then(|no| turn.version.graph.at(no));
            let detail = first.map(|q| format!("`{}`, {}", q.key, q.kind.as_str()));
            checks.push(Check::ok("question", detail.unwrap_or_default()));
        }
        None => checks
            .extend(["language", "question"].map(|name| Check::new(Verdict::Skipped, name, "not reached"))),
    }
    checks
}

fn check(gate: &'static str, step: &GateStep, preview: &Preview, ask: &Offer, services: &[Service]) -> Check {
    if gate == "service" {
        return service(preview, ask, services);
    }
    let graph = preview.version.as_ref().map(|version| &version.graph);
    if gate == "sampling"
        && let Some(one_in) = graph.and_then(|graph| graph.rules().one_in)
    {
        let detail = format!("one caller in {one_in} is asked, by chance; this one is taken as drawn");
        return Check::new(Verdict::Note, gate, detail);
    }
    let detail = match &preview.version {
        Some(version) if gate == "survey" => format!("{}, version {}", step.detail, version.number),
        _ => step.detail.clone(),
    };
    if step.passed {
        return Check::ok(gate, detail);
    }
    Check::no(gate, format!("{detail}: {}", way_out(gate, preview)))
}

/// What to do when a gate says no.
fn way_out(gate: &str, preview: &Preview) -> String {
    let service = preview.service.as_ref().map_or("All", |service| service.name.as_str());
    match gate {
        "survey" => format!("`aftercall survey activate SURVEY {service:?}` asks its callers"),
        "paused" => format!("`aftercall survey resume {service:?}` goes on"),
        "channel" => {
            "a survey for callers has \"voice\" prompts or tts, and a question for the phone".to_owned()
        }
        "schedule" => "its `schedule` says when; --at tries another time".to_owned(),
        "daily_cap" => "callers are asked again tomorrow, or with a higher `daily_cap`".to_owned(),
        "cool_down" => "this caller was asked not long ago; --ani tries another number".to_owned(),
        _ => "see `aftercall survey export`".to_owned(),
    }
}

/// How the service was found, or why not. Most calls that nobody is asked about fail here: numbers must be alike to the
/// last character.
fn service(preview: &Preview, ask: &Offer, services: &[Service]) -> Check {
    let dn = ask.facts.dn.as_ref().map(BoundedText::as_str);
    let by_number = services.iter().find(|s| s.dn.is_some() && s.dn.as_deref() == dn);
    let by_name = || {
        let name = ask.service.as_deref()?.to_lowercase();
        services.iter().find(|s| s.name.to_lowercase() == name)
    };
    let own = by_number.or_else(by_name);
    let asked = match (dn, ask.service.as_deref()) {
        (Some(dn), _) if by_number.is_some() || ask.service.is_none() => format!("the number {dn}"),
        (_, Some(name)) => format!("the name {name}"),
        _ => "this call".to_owned(),
    };
    let why = match own {
        None => format!("no service has {asked}"),
        Some(own) if own.channel != ServiceChannel::Voice => {
            format!("`{}` has {asked}, but it takes chats, not calls", own.name)
        }
        Some(own) => format!("`{}` has {asked}, but nothing is active on it", own.name),
    };
    match &preview.service {
        Some(found) if preview.via_fallback => {
            Check::new(Verdict::Note, "service", format!("{why}; `{}` stands in", found.name))
        }
        Some(found) => Check::ok("service", format!("`{}` has {asked}", found.name)),
        None => {
            let known: Vec<&str> = services.iter().filter_map(|s| s.dn.as_deref()).collect();
            let known =
                if known.is_empty() { "no service has a number yet".to_owned() } else { known.join(", ") };
            let advice = "`aftercall service add NAME --dn NUMBER` adds one, exactly as the script sends it; the service \
                          All stands in for every other, once a survey is active on it";
            Check::no("service", format!("{why}. Numbers there are: {known}. {advice}"))
        }
    }
}

fn language(graph: &SurveyGraph, chosen: &str, wanted: Option<&str>) -> Check {
    let all = graph.languages().join(", ");
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    match wanted {
        None => Check::ok("language", format!("`{chosen}`, the first of {all}; none was asked for")),
        Some(wanted) if primary(wanted) == primary(chosen) => {
            Check::ok("language", format!("`{chosen}` of {all}, for `{wanted}`"))
        }
        Some(wanted) => {
            let detail = format!("`{chosen}`, because `{wanted}` is none of {all}");
            Check::new(Verdict::Note, "language", detail)
        }
    }
}
