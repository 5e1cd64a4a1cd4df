//! `aftercall offers`: why a caller was or was not surveyed.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::args_survey::{ListFormat, OffersArgs};
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::output::say;
use super::table::moment;
use crate::config::Config;
use crate::foundation::BoundedText;
use crate::storage::{OfferRow, ResponseStore};

/// Prints the newest asks for a survey with the trace of every gate.
pub(super) fn run(args: OffersArgs, config: &Config) -> Outcome {
    let storage = open_storage(config)?;
    let offers = block_on(storage.offers(args.call_id, args.caller, args.limit))??;
    match args.format {
        ListFormat::Table if offers.is_empty() => say!("no script has asked for a survey that matches"),
        ListFormat::Table => {
            let responses: &dyn ResponseStore = &*storage;
            for offer in &offers {
                say!("{}", describe(offer, state_of(responses, offer)?.as_deref()));
            }
        }
        ListFormat::Json => {
            let list: Vec<Value> = offers.iter().map(as_json).collect();
            say!("{}", Value::Array(list));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn state_of(responses: &dyn ResponseStore, offer: &OfferRow) -> Result<Option<String>, Failure> {
    if offer.response.is_none() {
        return Ok(None);
    }
    Ok(block_on(responses.response(offer.id))??
        .map(|response| format!("{}, {} answers", response.state.as_str(), response.answers.len())))
}

/// One ask: a line of facts and a line for each gate. The customer's number is not printed.
fn describe(offer: &OfferRow, response: Option<&str>) -> String {
    let facts = &offer.facts;
    let mut lines = vec![format!("{}  {}", moment(Some(offer.at)), offer.result)];
    let named = [
        ("call", facts.call_id.as_ref().map(BoundedText::as_str)),
        ("dn", facts.dn.as_ref().map(BoundedText::as_str)),
        ("agent", facts.agent_id.as_ref().map(BoundedText::as_str)),
        ("queue", facts.queue.as_ref().map(BoundedText::as_str)),
        ("node", Some(offer.node.as_str())),
    ];
    for (name, value) in named {
        lines[0].extend(value.map(|value| format!("  {name} {value}")));
    }
    lines.extend(response.map(|response| format!("  response {}: {response}", offer.id)));
    for step in steps(&offer.trace) {
        let passed = if step["passed"].as_bool().unwrap_or(false) { "passed" } else { "NO    " };
        let (gate, detail) = (step["gate"].as_str().unwrap_or("?"), step["detail"].as_str().unwrap_or(""));
        lines.push(format!("  {passed}  {gate}: {detail}"));
    }
    lines.join("\n")
}

/// The gates of a stored trace, whether it is a list or an object that holds one.
pub(super) fn steps(trace: &str) -> Vec<Value> {
    match serde_json::from_str(trace) {
        Ok(Value::Array(steps)) => steps,
        Ok(Value::Object(mut object)) => match object.remove("steps") {
            Some(Value::Array(steps)) => steps,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn as_json(offer: &OfferRow) -> Value {
    let facts = &offer.facts;
    json!({
        "id": offer.id.to_string(),
        "at": offer.at.to_rfc3339(),
        "result": offer.result,
        "call_id": facts.call_id.as_ref().map(BoundedText::as_str),
        "dn": facts.dn.as_ref().map(BoundedText::as_str),
        "agent_id": facts.agent_id.as_ref().map(BoundedText::as_str),
        "team": facts.team.as_ref().map(BoundedText::as_str),
        "queue": facts.queue.as_ref().map(BoundedText::as_str),
        "node": offer.node,
        "offered": offer.response.is_some(),
        "steps": steps(&offer.trace),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::{CallFacts, ForeignId, Number};
    use crate::foundation::{Clock, ManualClock, ResponseId, SeededChance};

    #[test]
    fn an_offer_says_which_gate_said_no_and_never_the_customers_number() {
        let at = ManualClock::at(chrono::DateTime::UNIX_EPOCH).now();
        let offer = OfferRow {
            id: ResponseId::new(at, &SeededChance::new(1)),
            at,
            facts: CallFacts {
                customer: Number::parse("+34600111222").unwrap(),
                call_id: ForeignId::parse("77").unwrap(),
                ..CallFacts::default()
            },
            service: None,
            result: "sampled_out".to_owned(),
            trace: r#"[{"gate":"sampling","passed":false,"detail":"one in 10 is asked"}]"#.to_owned(),
            node: "a".to_owned(),
            response: None,
            invite: None,
        };
        let text = describe(&offer, None);
        assert!(text.contains("sampled_out") && text.contains("call 77"), "{text}");
        assert!(text.contains("NO      sampling: one in 10 is asked"), "{text}");
        assert!(!text.contains("34600111222") && !as_json(&offer).to_string().contains("34600111222"));
    }
}
