//! A call that was made: what its script asked for, what became of it, and what probably happened.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{ended, say_json};
use crate::cli::args_ivr::DoctorArgs;
use crate::cli::engine::{block_on, open_storage};
use crate::cli::failure::Outcome;
use crate::cli::offers::steps;
use crate::cli::output::say;
use crate::config::Config;
use crate::domain::response::{Answer, AnswerValue, ResponseState};
use crate::foundation::{BoundedText, Clock, SystemClock};
use crate::storage::{OfferRow, ResponseRow, ResponseStore, StorageError};

/// Most asks of one call that are shown.
const ASKS_MAX: u32 = 50;
/// How many of the newest asks are named when the call is not among them.
const NEWEST: u32 = 5;
/// A number shorter than this is not shown in part either: too little of it would stay hidden.
const SHORTEST_MASKED: usize = 7;

/// One ask and what came of it.
struct Event {
    offer: OfferRow,
    response: Option<ResponseRow>,
}

/// What the words are said with.
struct Told<'a> {
    config: &'a Config,
    now: DateTime<Utc>,
    show_answers: bool,
}

/// Prints the trail; 0 if the caller was asked.
pub(super) fn run(call: &str, args: &DoctorArgs, config: &Config) -> Outcome {
    let storage = open_storage(config)?;
    let responses: &dyn ResponseStore = &*storage;
    let (events, newest) = block_on(async {
        let events = events(responses, call).await?;
        let newest = if events.is_empty() { responses.offers(None, None, NEWEST).await? } else { Vec::new() };
        Ok::<_, StorageError>((events, newest))
    })??;
    let told = Told { config, now: SystemClock::new().now(), show_answers: args.show_answers };
    let verdict = told.verdict(call, &events, &newest);
    if args.json {
        let asks: Vec<Value> = events.iter().map(|event| told.to_json(event)).collect();
        say_json(&json!({ "call_id": call, "asks": asks, "verdict": verdict }));
    } else {
        for event in &events {
            say!("{}\n", told.lines(event).join("\n"));
        }
        say!("{verdict}");
    }
    Ok(ended(events.iter().any(|event| event.response.is_some())))
}

/// The asks of a call, the oldest first.
async fn events(responses: &dyn ResponseStore, call: &str) -> Result<Vec<Event>, StorageError> {
    let mut events = Vec::new();
    for offer in responses.offers(Some(call.to_owned()), None, ASKS_MAX).await? {
        let response = match offer.response {
            Some(_) => responses.response(offer.id).await?,
            None => None,
        };
        events.push(Event { offer, response });
    }
    events.reverse();
    Ok(events)
}

impl Told<'_> {
    /// One ask: its facts, its gates, its answers.
    fn lines(&self, event: &Event) -> Vec<String> {
        let Event { offer, response } = event;
        let facts = &offer.facts;
        let mut lines = vec![format!("{}  asked for a survey: {}", self.time(offer.at), offer.result)];
        let known = [
            ("dialled", facts.dn.as_ref().map(BoundedText::to_string)),
            ("caller", facts.customer.as_ref().map(|number| masked(number.as_str()))),
            ("agent", facts.agent_id.as_ref().map(BoundedText::to_string)),
            ("queue", facts.queue.as_ref().map(BoundedText::to_string)),
            ("node", Some(offer.node.clone())),
        ];
        let known: Vec<String> =
            known.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?))).collect();
        lines.push(format!("  {}", known.join(", ")));
        for step in steps(&offer.trace) {
            let word = if step["passed"].as_bool().unwrap_or(false) { "ok" } else { "NO" };
            let (gate, detail) =
                (step["gate"].as_str().unwrap_or("?"), step["detail"].as_str().unwrap_or(""));
            lines.push(format!("  {word}  {gate:<10} {detail}"));
        }
        let Some(response) = response else { return lines };
        lines.push(format!("  response {}, in `{}`", response.id, response.facts.language));
        for answer in &response.answers {
            lines.push(format!(
                "  {}  {}: {}",
                self.time(answer.at),
                answer.question_key,
                self.shown(answer)
            ));
        }
        let state = response.state.as_str();
        lines.push(match response.ended_at {
            Some(at) => format!("  {}  ended: {state}", self.time(at)),
            None => format!("  not ended: {state}"),
        });
        lines
    }

    fn shown(&self, answer: &Answer) -> String {
        match &answer.value {
            AnswerValue::Skipped => "no answer (empty or -1)".to_owned(),
            _ if !self.show_answers => "answered".to_owned(),
            AnswerValue::Number(number) => number.to_string(),
            AnswerValue::Choice(text) | AnswerValue::Text(text) | AnswerValue::Recording(text) => {
                text.clone()
            }
        }
    }

    fn time(&self, at: DateTime<Utc>) -> String {
        let zone: Tz = self.config.site.time_zone;
        at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string()
    }

    /// What probably happened, and what to look at.
    fn verdict(&self, call: &str, events: &[Event], newest: &[OfferRow]) -> String {
        match events.iter().rev().find_map(|event| event.response.as_ref()) {
            Some(response) => self.of_response(response),
            None => match events.last() {
                Some(event) => refused(event),
                None => self.never_asked(call, newest),
            },
        }
    }

    /// No script asked with this id; the ids that did come often show why.
    fn never_asked(&self, call: &str, newest: &[OfferRow]) -> String {
        let days = self.config.janitor.keep_fruitless_offers.as_secs() / 86_400;
        let mut words = format!(
            "Nothing was asked for the call id {call} in the last {days} days: the script did not reach this server, or \
             sent another id or none. Check in the script: the server's address, the API key, the name `call_id`, and that \
             the step which calls `survey` is reached at all. `aftercall ivr doctor --dn NUMBER` tries the rest."
        );
        if newest.is_empty() {
            words.push_str("\nNo call has asked for a survey yet.");
            return words;
        }
        let asks = newest.iter().map(|offer| {
            let id = offer.facts.call_id.as_ref().map_or("no call id", BoundedText::as_str);
            format!("\n  {}  {id}", self.time(offer.at))
        });
        format!("{words}\nThe newest asks, to compare:{}", asks.collect::<String>())
    }

    fn of_response(&self, response: &ResponseRow) -> String {
        let given_no = response.answers.iter().filter(|a| a.value != AnswerValue::Skipped).count();
        let asked = response.answers.len();
        let given = answers(given_no);
        let last = response.answers.iter().map(|a| a.at).max().unwrap_or(response.offered_at);
        let idle = TimeDelta::from_std(self.config.survey.idle).unwrap_or(TimeDelta::MAX);
        // Nobody said `complete`: it was given up by time.
        let by_time = response.ended_at.is_some_and(|at| at - last >= idle);
        match response.state {
            _ if asked > 0 && given_no == 0 => format!(
                "{} came, all of them empty: the caller pressed nothing, or the script sends another variable \
                 than the one with the digits. Check the parameter `value` of the step that calls `answer`.",
                answers(asked)
            ),
            ResponseState::Complete => format!("All went well: {given}, and nothing required is missing."),
            ResponseState::Declined => "The script said that the caller declined. If the caller did not, look at which \
                                        key or hang-up leads to `complete` with status=declined."
                .to_owned(),
            ResponseState::Offered if self.now - last < idle => format!(
                "A survey was offered {} ago and no answer has come yet: the call may still be in its first question.",
                ago(self.now - last)
            ),
            ResponseState::Offered | ResponseState::Expired => {
                "A survey was offered, but no answer ever came and nobody ended it: the script did not send any, or the \
                 caller hung up before the first one. Check the step after `survey`: does it play the prompt, collect \
                 digits and call `answer` with this response_id? And on hang-up, does it call `complete`?"
                    .to_owned()
            }
            ResponseState::InProgress => format!(
                "In progress: {given}, the last {} ago. Without another it ends as partial after {} minutes.",
                ago(self.now - last),
                idle.num_minutes()
            ),
            ResponseState::Partial if by_time => format!(
                "{given}, then nothing more until it was ended by time: the caller hung up, or the script stopped, \
                 after the last answer above. A script that calls `complete` on hang-up ends it at once."
            ),
            ResponseState::Partial => format!(
                "{given}, then the script ended it with required questions open: the caller hung up, or passed \
                 questions over."
            ),
        }
    }

    fn to_json(&self, event: &Event) -> Value {
        let Event { offer, response } = event;
        let facts = &offer.facts;
        json!({
            "at": offer.at.to_rfc3339(),
            "result": offer.result,
            "dn": facts.dn.as_ref().map(BoundedText::as_str),
            "caller": facts.customer.as_ref().map(|number| masked(number.as_str())),
            "agent_id": facts.agent_id.as_ref().map(BoundedText::as_str),
            "queue": facts.queue.as_ref().map(BoundedText::as_str),
            "node": offer.node,
            "steps": steps(&offer.trace),
            "response": response.as_ref().map(|response| json!({
                "id": response.id.to_string(),
                "state": response.state.as_str(),
                "language": response.facts.language,
                "ended_at": response.ended_at.map(|at| at.to_rfc3339()),
                "answers": response.answers.iter().map(|answer| json!({
                    "question": answer.question_key,
                    "at": answer.at.to_rfc3339(),
                    "answer": self.shown(answer),
                })).collect::<Vec<_>>(),
            })),
        })
    }
}

/// The call was asked about, and the answer was no each time.
fn refused(event: &Event) -> String {
    let steps = steps(&event.offer.trace);
    let no = steps.iter().find(|step| step["passed"].as_bool() == Some(false));
    let why = no.and_then(|step| step["detail"].as_str()).unwrap_or("its trace is gone");
    format!(
        "The script asked, and the caller was not surveyed: {} ({why}). `aftercall ivr doctor --dn NUMBER` says whether \
         that would be so now, and what to do about it.",
        event.offer.result
    )
}

/// The end of a number, by which who knows it knows it again.
fn masked(number: &str) -> String {
    let count = number.chars().count();
    if count < SHORTEST_MASKED {
        return "…".to_owned();
    }
    format!("…{}", number.chars().skip(count - 3).collect::<String>())
}

fn answers(count: usize) -> String {
    if count == 1 { "1 answer".to_owned() } else { format!("{count} answers") }
}

fn ago(time: TimeDelta) -> String {
    match time.num_seconds() {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds => format!("{} minutes", seconds / 60),
    }
}
