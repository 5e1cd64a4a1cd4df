//! `simulate`: callers who are not there, over the real API, and crashes on purpose.

mod caller;
mod client;
mod crowd;
mod scores;
mod summary;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args_survey::{CrashKind, ServerArgs, SimulateCallsArgs, SimulateCommand, SimulateCrashArgs};
use super::client::Server;
use super::failure::{Failure, Outcome};
use super::output::{say, whole};
use crate::config::Config;
use crate::foundation::{Chance, Clock, Secret, SeededChance, SystemClock};

pub(super) use client::{ApiClient, PATIENCE};
pub(super) use crowd::{Crowd, Line};
pub(super) use summary::Summary;

/// What is played.
pub(super) struct Campaign {
    /// How many callers.
    pub(super) calls: u32,
    /// How many at once.
    pub(super) concurrency: usize,
    /// The share of callers who hang up half way.
    pub(super) hangup_rate: f64,
    /// Who calls, whom, and how content they are.
    pub(super) crowd: Crowd,
    /// Where their chances come from; the same seed plays the same callers.
    pub(super) seed: u64,
}

/// `simulate calls` and `simulate crash`.
pub(super) fn run(command: SimulateCommand, config: &Config) -> Outcome {
    match command {
        SimulateCommand::Calls(args) => calls(&args, config),
        SimulateCommand::Crash(args) => crash(&args, config),
    }
}

fn calls(args: &SimulateCallsArgs, config: &Config) -> Outcome {
    if !(0.0..=1.0).contains(&args.hangup_rate) {
        return Err(Failure::usage(format!(
            "--hangup-rate is a share from 0 to 1, not {}",
            args.hangup_rate
        )));
    }
    let client = client_of(&args.server, config)?;
    let campaign = Campaign {
        calls: args.calls,
        concurrency: usize::try_from(args.concurrency).unwrap_or(usize::MAX),
        hangup_rate: args.hangup_rate,
        crowd: Crowd::of_number(args.dn.clone(), args.profile),
        seed: args.seed,
    };
    let summary = super::block_on(play(&client, &campaign, &SystemClock::new()))??;
    whole(summary.to_string().as_bytes());
    summary.print_scores();
    Ok(if summary.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn crash(args: &SimulateCrashArgs, config: &Config) -> Outcome {
    let client = client_of(&args.server, config)?;
    let kind = match args.kind {
        CrashKind::Panic => "panic",
        CrashKind::PanicInFuture => "panic_in_future",
        CrashKind::Fail => "fail",
        CrashKind::Hang => "hang",
        CrashKind::KillThread => "kill_thread",
    };
    let said = super::block_on(client.crash(&args.child, kind))??;
    say!("{said}");
    Ok(ExitCode::SUCCESS)
}

fn client_of(args: &ServerArgs, config: &Config) -> Result<ApiClient, Failure> {
    let key = args.key.clone().map(Secret::new).or_else(|| config.ivr_api.static_key.clone());
    let key = key.ok_or_else(|| {
        Failure::usage(
            "an API key is needed: --key, or ivr_api.static_key; `aftercall apikey create` makes one",
        )
    })?;
    Ok(ApiClient::new(Server::at(args.url.as_deref(), &config.ivr_api, PATIENCE)?, key))
}

/// Plays all callers, with a progress bar where there is a terminal.
pub(super) async fn play(
    client: &ApiClient,
    campaign: &Campaign,
    clock: &dyn Clock,
) -> Result<Summary, Failure> {
    client.reachable().await?;
    let chance: Arc<dyn Chance> = Arc::new(SeededChance::new(campaign.seed));
    let bar = progress_bar(campaign.calls);
    let begun = clock.monotonic();
    let run = u32::try_from(chance.bits() >> 40).unwrap_or(0);
    let mut summary = Summary::default();
    let plays = stream::iter(0..campaign.calls).map(|no| {
        let call = campaign.crowd.caller(run, no, campaign.hangup_rate, &*chance);
        let chance = Arc::clone(&chance);
        async move { call.play(client, &*chance, clock).await }
    });
    let mut plays = plays.buffer_unordered(campaign.concurrency);
    while let Some(played) = plays.next().await {
        summary.add(played);
        bar.inc(1);
    }
    bar.finish_and_clear();
    summary.repeats = client.take_repeats();
    summary.took = clock.monotonic().saturating_sub(begun);
    Ok(summary)
}

fn progress_bar(calls: u32) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(u64::from(calls)), ProgressDrawTarget::stderr_with_hz(10));
    let style = "{spinner} callers surveyed {bar:32} {pos}/{len}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
