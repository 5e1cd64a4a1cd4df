//! A call that is about to be made: would it be surveyed, and with what?

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, Utc};
use form_urlencoded::Serializer;
use serde_json::{Value, json};

use super::prompts::{Heard, Source};
use super::{Check, Verdict, ended, gates, prompts, say_json, server};
use crate::actors::survey_engine::{EngineError, EngineParts, Offer, Preview, preview};
use crate::cli::args_ivr::DoctorArgs;
use crate::cli::client::Server;
use crate::cli::engine::{block_on, open_storage};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::needed_prompts::prompt_index;
use crate::cli::node::{engine_settings, prompt_form};
use crate::cli::output::say;
use crate::config::Config;
use crate::foundation::{Clock, ManualClock, SystemChance, SystemClock};
use crate::http::{PromptLinks, Reply, begun, not_asked, offer_of};
use crate::storage::Storage;

/// All that was found out.
struct Diagnosis {
    checks: Vec<Check>,
    reply: Reply,
    heard: Vec<Heard>,
}

/// Looks at everything, prints it; 0 if the caller would be asked and hear it all.
pub(super) fn run(args: &DoctorArgs, config: &Config) -> Outcome {
    let storage = open_storage(config)?;
    let clock = clock(args.at.as_deref(), config)?;
    let diagnosis = block_on(diagnose(args, config, &storage, clock))??;
    if args.json {
        say_json(&diagnosis.to_json()?);
    } else {
        diagnosis.print()?;
    }
    Ok(ended(diagnosis.is_well()))
}

async fn diagnose(
    args: &DoctorArgs,
    config: &Config,
    storage: &Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
) -> Result<Diagnosis, Failure> {
    let server = Server::at(args.url.as_deref(), &config.ivr_api, server::PATIENCE)?;
    let mut checks = vec![server::ready(&server).await];
    let running = (!checks.iter().any(Check::is_no)).then_some(&server);
    checks.push(server::key(running, args.key.as_deref(), &**storage, config).await?);

    let ask = ask(args, &*clock)?;
    let parts = EngineParts {
        responses: storage.clone(),
        invites: storage.clone(),
        catalog: storage.clone(),
        clock,
        chance: Arc::new(SystemChance),
        stamp: Arc::default(),
        settings: engine_settings(config),
    };
    let seen = preview(parts, &ask).await.map_err(|error| unread(&error))?;
    checks.extend(gates::checks(&seen, &ask, &storage.services().await?));

    // A script calls this server by the address we call it by, unless it was told another.
    let base = config.ivr_api.public_url.as_deref().unwrap_or(&server.url);
    let public = match &config.ivr_api.public_url {
        Some(url) => Server::at(Some(url), &config.ivr_api, server::PATIENCE)?,
        None => server.clone(),
    };
    let index = Arc::new(prompt_index(&**storage).await?);
    let source = Source {
        index: &index,
        form: prompt_form(config),
        base,
        server: running.map(|_| &public),
        store: &**storage,
    };
    let heard = match &seen.turn {
        Some(turn) => Some(source.heard(turn).await?),
        None => None,
    };
    checks.push(match &heard {
        Some(heard) => prompts::check(heard, source.server),
        None => Check::new(Verdict::Skipped, prompts::CHECK, "not reached"),
    });
    let reply =
        reply(&seen, &ask, &PromptLinks::new(Arc::clone(&index), base.to_owned(), prompt_form(config)));
    Ok(Diagnosis { checks, reply, heard: heard.unwrap_or_default() })
}

fn reply(seen: &Preview, ask: &Offer, links: &PromptLinks) -> Reply {
    match &seen.turn {
        Some(turn) => begun(turn, links),
        None => not_asked(ask.id, seen.decision.outcome),
    }
}

fn unread(error: &EngineError) -> Failure {
    Failure::because("cannot read the surveys from the database", error)
}

/// The ask a script makes with these facts, read as the server reads it.
fn ask(args: &DoctorArgs, clock: &dyn Clock) -> Result<Offer, Failure> {
    let facts = [
        ("dn", &args.dn),
        ("service", &args.service),
        ("ani", &args.ani),
        ("lang", &args.lang),
        ("queue", &args.queue),
        ("agent_id", &args.agent_id),
    ];
    let given = facts.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    let query = Serializer::new(String::new()).extend_pairs(given).finish();
    let ask = offer_of(&query, clock, &SystemChance);
    let ask = ask.map_err(|error| Failure::because("the server would refuse this ask", &error))?;
    // Chance is left out of it: the sampling is told of in words.
    Ok(Offer { draw: 0.0, ..ask })
}

/// The time of the call.
fn clock(at: Option<&str>, config: &Config) -> Result<Arc<dyn Clock>, Failure> {
    let Some(at) = at else { return Ok(Arc::new(SystemClock::new())) };
    let zone = config.site.time_zone;
    let exact = DateTime::parse_from_rfc3339(at).ok().map(|at| at.with_timezone(&Utc));
    let local = || {
        let forms = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
        let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(at, form).ok())?;
        Some(local.and_local_timezone(zone).earliest()?.with_timezone(&Utc))
    };
    let time = exact.or_else(local).ok_or_else(|| {
        Failure::usage(format!(
            "--at {at:?} is no time: give one such as \"2026-12-24 09:30\" (in {}) or 2026-12-24T09:30:00+01:00",
            zone.name()
        ))
    })?;
    Ok(Arc::new(ManualClock::at(time)))
}

impl Diagnosis {
    fn is_well(&self) -> bool {
        self.wrong().next().is_none()
    }

    fn wrong(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.is_no())
    }

    fn verdict(&self) -> &'static str {
        if self.is_well() {
            "The caller would be asked, and would hear it all."
        } else if self.wrong().all(|check| check.name == prompts::CHECK) {
            "The caller would be asked, but would not hear everything:"
        } else {
            "The caller would not be asked:"
        }
    }

    fn print(&self) -> Result<(), Failure> {
        for check in &self.checks {
            say!("{}", check.line());
        }
        say!("\nThe script would receive (laid out for reading; ids are examples, nothing was stored):\n");
        let json: Value = self.json()?;
        say!("{json:#}\n");
        let xml = self
            .reply
            .to_indented_xml()
            .map_err(|error| Failure::because("cannot write the reply", &error))?;
        say!("{}", String::from_utf8_lossy(&xml));
        if !self.heard.is_empty() {
            say!("\nIt would play:\n");
        }
        for heard in &self.heard {
            say!("{}", heard.line());
        }
        say!("\n{}", self.verdict());
        // Once more, because a terminal shows the end of all this.
        for check in self.wrong() {
            say!("{}", check.line());
        }
        Ok(())
    }

    fn json(&self) -> Result<Value, Failure> {
        let json = self.reply.to_json().and_then(|json| serde_json::from_slice(&json));
        json.map_err(|error| Failure::because("cannot write the reply", &error))
    }

    fn to_json(&self) -> Result<Value, Failure> {
        let xml = self.reply.to_xml().map_err(|error| Failure::because("cannot write the reply", &error))?;
        Ok(json!({
            "ok": self.is_well(),
            "verdict": self.verdict().trim_end_matches(':'),
            "checks": self.checks.iter().map(Check::to_json).collect::<Vec<_>>(),
            "reply": self.json()?,
            "reply_xml": String::from_utf8_lossy(&xml),
            "prompts": self.heard.iter().map(Heard::to_json).collect::<Vec<_>>(),
        }))
    }
}
