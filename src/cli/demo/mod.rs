//! `aftercall demo`: the whole product on one machine. Services, surveys and a key of its own, callers over the real
//! API, their scores, and then a server to play with.

mod furnish;
mod guide;
mod key;

use std::cmp::Reverse;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;

use super::args::{ConfigArgs, DemoArgs};
use super::args_invite::LinkArgs;
use super::args_survey::{Profile, ReportBy};
use super::client::Server;
use super::engine::{OpenDatabase, block_on, open_database};
use super::failure::{Failure, Outcome};
use super::invite;
use super::node::Node;
use super::output::say;
use super::portal;
use super::report::tables::{print_scores, print_whole};
use super::report::{Query, gather};
use super::serve::{StopSignals, report as end_of};
use super::settings::setting;
use super::simulate::{ApiClient, Campaign, Crowd, Line, PATIENCE, play};
use crate::config::{Config, Setting};
use crate::domain::report::SurveyScores;
use crate::foundation::{Secret, SystemChance, SystemClock};
use crate::storage::Storage;
use crate::telemetry::start_logs;

/// Where the data stands unless `--data-dir` says otherwise.
const FOLDER: &str = "aftercall-demo";
/// Where it listens unless `--listen` says otherwise or somebody else does.
const LISTEN: &str = "127.0.0.1:8080";
/// The portal's port unless somebody else listens there.
const PORTAL_PORT: u16 = 8090;
/// Where the portal is served unless `--listen` names another machine's address.
const PORTAL: &str = "127.0.0.1:8090";
/// Callers played in an empty folder.
const CALLS: u32 = 300;
/// Callers at once: enough to see group commit at work.
const CONCURRENCY: usize = 32;
/// The share of callers who hang up half way.
const HANGUP_RATE: f64 = 0.15;

/// Plays callers, prints their scores, serves.
pub(super) fn run(args: &DemoArgs, settings: &ConfigArgs) -> Outcome {
    let mut config = load(args, settings)?;
    start_logs(&config.log, Arc::new(SystemClock::new()))
        .map_err(|error| Failure::because("cannot write logs", &error))?;
    let taken = if args.listen.is_none() { step_aside(&mut config.ivr_api.listen) } else { None };
    config.portal.widget_origins = origins(&mut config.ivr_api.listen);
    // Whose own choice it is not may be served anywhere.
    step_aside(&mut config.portal.listen);
    let database = block_on(open_database(&config))??;
    let storage = &*database.storage;
    block_on(furnish::check_folder(storage, &config.node.data_dir))??;
    let key = key::demo_key(storage, &config.node.data_dir)?;
    block_on(furnish::furnish(storage, &SystemClock::new(), &SystemChance))??;
    say!("aftercall demo; its data stands in {}", config.node.data_dir.display());
    say!("  services  {}", furnish::services_text());
    say!("  surveys   {}", furnish::SURVEYS_TEXT);
    if let Some(taken) = taken {
        say!("  {taken} is taken by another program: a free port is used");
    }
    actix_rt::System::new().block_on(show(args, config, &database, key))
}

/// The configuration. What would play callers into a real installation is never taken from its file or environment.
fn load(args: &DemoArgs, settings: &ConfigArgs) -> Result<Config, Failure> {
    let mut sources = settings.sources(args.listen)?;
    if settings.config.is_none() {
        sources.file = None;
    }
    let own = |path: &str, value: &str| setting(path, value, "demo");
    let mut flags: Vec<Setting> = vec![
        own("node.data_dir", FOLDER),
        own("database.url", "sqlite:aftercall.db"),
        own("database.server", ""),
        own("database.name", ""),
        own("database.user", ""),
        own("spool.use", "never"),
        own("ivr_api.listen", LISTEN),
        own("portal.enabled", if args.once { "false" } else { "true" }),
        own("portal.listen", &portal_listen(args.listen)),
        own("drill.enabled", "true"),
    ];
    flags.append(&mut sources.flags);
    sources.flags = flags;
    sources.defaults = vec![own("log.level", "warn")];
    Ok(Config::load(&sources)?)
}

/// Where the portal is served beside a listener for machines: at the same address; at a free port if that is at one.
fn portal_listen(machines: Option<SocketAddr>) -> String {
    match machines {
        None => PORTAL.to_owned(),
        Some(machines) => {
            SocketAddr::new(machines.ip(), if machines.port() == 0 { 0 } else { PORTAL_PORT }).to_string()
        }
    }
}

/// The origins of the demo's chat, whose page has to be named before anybody opens it: so a port is chosen where any would do.
fn origins(listen: &mut SocketAddr) -> Vec<String> {
    if listen.port() == 0 {
        let free = TcpListener::bind(*listen).and_then(|socket| socket.local_addr());
        listen.set_port(free.map_or(0, |address| address.port()));
    }
    vec![format!("http://{listen}"), format!("http://localhost:{}", listen.port())]
}

/// Takes a free port where another program listens; the address it could not have.
fn step_aside(listen: &mut SocketAddr) -> Option<SocketAddr> {
    let wanted = *listen;
    let taken = TcpListener::bind(wanted).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse);
    taken.then(|| {
        listen.set_port(0);
        wanted
    })
}

async fn show(args: &DemoArgs, mut config: Config, database: &OpenDatabase, key: Secret<String>) -> Outcome {
    let mut signals = StopSignals::listen()?;
    let node = Node::start(&config, database).await?;
    // Asked for before the portal would say it in the log.
    let link = node.invite_first_admin().await?;
    config.ivr_api.listen = node.address();
    let server = Server::at(None, &config.ivr_api, PATIENCE)?;
    let url = server.url.clone();
    let asked = LinkArgs {
        service: Some(furnish::PAGE.0.to_owned()),
        key: key.expose().clone(),
        ..LinkArgs::default()
    };
    let page = server.clone();
    let client = ApiClient::new(server, key);
    let failed = tokio::select! {
        failed = result(args.calls, &config, &*database.storage, &client) => failed?,
        _ = signals.next() => return Ok(signals.stop(&node).await),
        exit = node.ended() => return Ok(end_of(&exit)),
    };
    if args.once {
        node.stop().await;
        return Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    // A demo with another server's key, or paused by somebody, has no page to show, and says nothing of one.
    let page = invite::link(&page, &asked).await.ok();
    let portal =
        node.portal().map(|address| guide::Portal { url: portal::url(&config, address), link, page });
    node.serve_demo_chat(furnish::PAGE.0);
    guide::print(&url, portal.as_ref(), &config.node.data_dir);
    tokio::select! {
        _ = signals.next() => Ok(signals.stop(&node).await),
        exit = node.ended() => Ok(end_of(&exit)),
    }
}

/// Plays callers where there were none, or as many as were asked for, and prints what there is; how many calls failed.
async fn result(
    calls: Option<u32>,
    config: &Config,
    storage: &dyn Storage,
    client: &ApiClient,
) -> Result<u64, Failure> {
    let before = storage.facts().await?.responses;
    let calls = calls.unwrap_or(if before == 0 { CALLS } else { 0 });
    let mut failed = 0;
    say!("");
    if calls > 0 {
        let lines = furnish::LINES.map(|line| Line {
            dn: Some(line.dn.to_owned()),
            queue: line.queue.to_owned(),
            weight: line.weight,
        });
        let campaign = Campaign {
            calls,
            concurrency: CONCURRENCY,
            hangup_rate: HANGUP_RATE,
            crowd: Crowd::of_lines(lines.into(), Profile::Mixed),
            // Other callers than in the runs before, else they would be known by their call ids.
            seed: before + 1,
        };
        let summary = play(client, &campaign, &SystemClock::new()).await?;
        failed = summary.failed();
        say!("{summary}");
    } else {
        say!("no callers played (--calls N plays more); this is what is there");
        say!("");
    }
    print_result(config, storage).await?;
    Ok(failed)
}

async fn print_result(config: &Config, storage: &dyn Storage) -> Result<(), Failure> {
    let query = |by| Query { by, survey: None, from: None, until: None, zone: config.site.time_zone };
    let mut whole = gather(storage, &query(ReportBy::Question)).await?;
    // The survey most callers were asked comes first.
    whole.surveys.sort_by_key(|survey| Reverse(offered(survey)));
    for survey in &whole.surveys {
        say!("{} ({})", whole.name(&survey.survey), survey.survey);
        print_whole(survey, true);
        say!("");
    }
    for (by, word) in [(ReportBy::Agent, "agent"), (ReportBy::Queue, "queue")] {
        let mut report = gather(storage, &query(by)).await?;
        report.surveys.sort_by_key(|survey| Reverse(offered(survey)));
        for survey in &report.surveys {
            say!("{} by {word}", report.name(&survey.survey));
            print_scores(survey, word, true);
            say!("");
        }
    }
    Ok(())
}

fn offered(survey: &SurveyScores) -> u64 {
    survey.groups.iter().map(|group| group.lifecycle.offered()).sum()
}
