//! The commands. This is where everything is wired together; nothing uses it but `main` and tests.

pub mod args;
pub mod args_invite;
pub mod args_ivr;
pub mod args_mail;
pub mod args_prompt;
pub mod args_survey;
pub mod args_user;
pub mod args_vip;

mod apikey;
mod backup;
mod check;
mod chores;
mod client;
mod cluster;
mod completion;
mod copy;
mod demo;
mod engine;
mod failure;
mod health;
mod identity;
mod invite;
mod ivr;
mod lease;
mod mail;
mod migrate;
mod needed_prompts;
mod node;
mod offers;
mod open_files;
mod openapi;
mod output;
mod portal;
mod prompt;
mod report;
mod report_folder;
mod serve;
mod service;
mod settings;
mod simulate;
mod single_sign_on;
mod sms;
mod survey;
mod table;
mod user;
mod vip;

use std::process::ExitCode;

pub use engine::{block_on, open_storage};
pub use failure::{EXIT_GAVE_UP, EXIT_PROBLEM, EXIT_USAGE, Failure, Outcome};

use args::{Cli, Command};

/// Runs a parsed command line and says how it ended; problems go to standard error.
pub fn run(cli: Cli) -> ExitCode {
    // TLS needs one cryptography provider per process; a second attempt changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    dispatch(cli).unwrap_or_else(|failure| {
        eprintln!("aftercall: {failure}");
        ExitCode::from(failure.code())
    })
}

fn dispatch(cli: Cli) -> Outcome {
    let Cli { config, command } = cli;
    match command {
        Command::Serve(args) => Ok(serve::run(&config.load_listening(args.listen)?)),
        Command::Demo(args) => demo::run(&args, &config),
        Command::Check(args) => check::run(&args, &config),
        Command::Migrate(args) => migrate::run(&args, &config.load()?),
        Command::Apikey(command) => apikey::run(command, &config.load()?),
        Command::User(command) => user::run(command, &config.load()?),
        Command::Service(command) => service::run(command, &config.load()?),
        Command::Survey(command) => survey::run(command, &config),
        Command::Prompt(command) => prompt::run(command, &config.load()?),
        Command::Ivr(command) => ivr::run(command, &config.load()?),
        Command::Invite(command) => invite::run(command, &config.load()?),
        Command::Offers(args) => offers::run(args, &config.load()?),
        Command::Health(args) => health::run(&args, &config.load()?),
        Command::Backup(args) => backup::backup(&args, &config.load()?),
        Command::Copy(args) => copy::run(&args, &config),
        Command::Restore(args) => backup::restore(&args, &config.load()?),
        Command::Cluster(command) => cluster::run(&command, &config.load()?),
        Command::Lease(command) => lease::run(command, &config.load()?),
        Command::Mail(command) => mail::run(command, &config.load()?),
        Command::Vip(command) => vip::run(command, &config),
        Command::Simulate(command) => simulate::run(command, &config.load()?),
        Command::Report(args) => report::run(&args, &config.load()?),
        Command::Completion(args) => completion::run(&args),
        Command::Openapi => openapi::run(),
    }
}
