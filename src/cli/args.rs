//! The command line as clap reads it: every command, its arguments and its help.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::args_invite::InviteCommand;
use super::args_ivr::IvrCommand;
use super::args_mail::MailCommand;
use super::args_prompt::PromptCommand;
use super::args_survey::{OffersArgs, ReportArgs, ServiceCommand, SimulateCommand, SurveyCommand};
use super::args_user::UserCommand;
use super::args_vip::VipCommand;

const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   a problem; the message says what failed, why, and what to do next
  2   the command line was not understood
  70  the server gave up after too many crashes; its service manager should start it again

Try it:
  aftercall demo                surveys some hundred simulated callers and serves the result
  aftercall check               says what would stop a start
  aftercall serve               starts the server
  aftercall survey import my.json --publish && aftercall survey activate my-survey All";

const REPORT_HELP: &str = r#"Scores, each with n, the answers counted (skipped: questions passed over):
  CSAT      share of 4 and 5
  NPS       share of 9 and 10 minus share of 0 to 6
  CES, Mean the mean
  Yes       share of yes
Response rate: started of offered. Completion rate: completed of started.

CSV has a header and a row for each group and question. JSON has this shape:
  {"by", "from", "until", "time_zone", "surveys": [
    {"survey", "name", "groups": [
      {"group", "name",
       "lifecycle": {"offered", "started", "completed", "partial", "declined",
         "expired", "open", "response_rate", "completion_rate"},
       "questions": [
         {"question", "type", "versions", "metric", "value", "n", "skipped",
          "distribution": [{"value", "n"}]}]}]}]}
Rates are in percent. A group is "" for a survey as a whole and null where none
was given. A value is null without answers, and for choices and comments.

Examples:
  aftercall report
  aftercall report --by question --survey support
  aftercall report --by agent --from 2026-11-01 --format csv > november.csv"#;

const COPY_HELP: &str = "\
Stop the servers of both databases first, and keep them stopped. A SQLite file is locked
against them meanwhile; nothing keeps them away from SQL Server.

It may be cut off at any moment: the same command goes on where it was. A target that
holds anything else is refused before a row is written. The target is brought to this
program's schema by itself; for the source, `aftercall migrate` does that.

At the end every row of both is read and compared; `--verify` does only that. Exit code 1
when a table differs.

A relative file stands below --data-dir. The password and encryption of SQL Server are
those of the configuration (database.password_file, database.ca_file and so on).

Examples:
  aftercall copy --from sqlite:aftercall.db --to mssql://aftercall@db.example/surveys
  aftercall copy --from sqlite:/data/aftercall.db --to mssql://aftercall@db/surveys \\
    --set database.password_file=/etc/aftercall/password
  aftercall copy --from mssql://aftercall@db/surveys --to sqlite:/backup/monday.db
  aftercall copy --from sqlite:a.db --to sqlite:b.db --verify";

const CLUSTER_STATUS_HELP: &str = "\
Read from the database; no node is asked. Each node writes every 5 s how it is, so a node
that is gone is told by when it was last seen. Times are the database's; CLOCK is how far
the node's own is ahead of it. What is not known is `-`, as is all that changes of a node
that was not seen for 15 s. After 30 days a node is not listed any more.

VIRTUAL IP: `holds` it; `standby`, would take it; `unfit`, cannot serve or is about to stop;
`trouble`, could not take it.

Warned of: nodes not seen for 15 s, a virtual IP with no node or with several, clocks more than 1 s off the database's, disks with
less than 10 % free, spools that hold something, nodes of one
name, mixed versions.

The exit code is 0 also with warnings: this is a status, not a check.

Examples:
  aftercall cluster status
  aftercall cluster status --json";

/// Asks callers after a call how it went, and loses no answer.
#[derive(Debug, Parser)]
#[command(name = "aftercall", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Settings given on the command line; they win over the environment and the file.
#[derive(Debug, Clone, Default, Args)]
pub struct ConfigArgs {
    /// The configuration file [default: /etc/aftercall/aftercall.toml, if it exists]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// Sets one key: `--set survey.idle_minutes=30`; may be repeated
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE", global = true, help_heading = "Settings")]
    pub set: Vec<String>,
    /// The folder for everything this node keeps (`node.data_dir`)
    #[arg(long, value_name = "DIR", global = true, help_heading = "Settings")]
    pub data_dir: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Starts the server and runs until it is told to stop (Ctrl-C or SIGTERM)
    #[command(
        after_help = "Examples:\n  aftercall serve\n  aftercall serve --config ./aftercall.toml --listen 127.0.0.1:8080"
    )]
    Serve(ServeArgs),
    /// Shows the whole product on this machine: plays callers, prints their scores, then serves
    #[command(after_help = "Needs nothing but itself and no network. Keeps its data in ./aftercall-demo/,\n\
                      or in --data-dir; a second run shows what is there. Reads no configuration\n\
                      file unless --config names one.\n\
                      \nExamples:\n  aftercall demo\n  aftercall demo --once --calls 1000")]
    Demo(DemoArgs),
    /// Checks everything that can be checked before a start; changes nothing
    #[command(
        after_help = "One line for each finding, `ok`, `warn` or `FAIL`; exit code 0 when none failed, else 1.\n\
                            \nExamples:\n  aftercall check\n  aftercall check --print-defaults > aftercall.toml"
    )]
    Check(CheckArgs),
    /// Brings the database up to this version, or shows where it stands
    #[command(
        after_help = "The server does this by itself when it starts.\n\nExamples:\n  aftercall migrate status\n  aftercall migrate"
    )]
    Migrate(MigrateArgs),
    /// Makes, lists and revokes the keys with which scripts use the API
    #[command(subcommand)]
    Apikey(ApikeyCommand),
    /// Adds, lists and locks the people who sign in to the portal, and lets them set a new password
    #[command(subcommand)]
    User(UserCommand),
    /// Adds and lists services: what a contact belongs to
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Imports, publishes, activates and pauses surveys
    #[command(subcommand)]
    Survey(SurveyCommand),
    /// Stores, lists and makes what callers hear
    #[command(subcommand)]
    Prompt(PromptCommand),
    /// Looks at surveys from the side of the IVR's script
    #[command(subcommand)]
    Ivr(IvrCommand),
    /// Makes links by which customers answer a survey on its page
    #[command(subcommand)]
    Invite(InviteCommand),
    /// Shows why a caller was or was not surveyed
    #[command(
        after_help = "Examples:\n  aftercall offers --call-id 1234567\n  aftercall offers --limit 50 --format json"
    )]
    Offers(OffersArgs),
    /// Asks a running server how it is; exit code 0 when it is ready, else 1
    #[command(after_help = "Examples:\n  aftercall health\n  aftercall health --url http://10.0.0.5:8080")]
    Health(HealthArgs),
    /// Writes a consistent copy of the database to a new file; the server goes on meanwhile
    #[command(after_help = "Example:\n  aftercall backup /backup/aftercall-monday.db")]
    Backup(BackupArgs),
    /// Puts a backup in place of the database; the server must be stopped
    #[command(
        after_help = "With --force the old database is kept beside the new one under a name with the time in it.\n\
                            \nExample:\n  aftercall restore /backup/aftercall-monday.db --force"
    )]
    Restore(RestoreArgs),
    /// Copies everything to another database, such as from SQLite to SQL Server; the servers must be stopped
    #[command(after_help = COPY_HELP)]
    Copy(CopyArgs),
    /// Shows the nodes that work on the database
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Shows which node does what only one at a time may do, and takes it from one that is gone
    #[command(subcommand)]
    Lease(LeaseCommand),
    /// Tries the mail server by which reports are sent
    #[command(subcommand)]
    Mail(MailCommand),
    /// Shows what keepalived is told about the virtual IP
    #[command(subcommand)]
    Vip(VipCommand),
    /// Plays callers over the API, or crashes on purpose
    #[command(subcommand)]
    Simulate(SimulateCommand),
    /// Prints scores
    #[command(
        after_help = REPORT_HELP
    )]
    Report(ReportArgs),
    /// Prints the completion script of a shell
    #[command(after_help = "Examples:\n  aftercall completion bash > /etc/bash_completion.d/aftercall\n  \
                            aftercall completion zsh > ~/.zfunc/_aftercall\n  aftercall completion fish | source")]
    Completion(CompletionArgs),
    /// Prints the API's OpenAPI document
    Openapi,
}

/// `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where to listen (`ivr_api.listen`)
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
}

/// `demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// End after the result instead of serving
    #[arg(long)]
    pub once: bool,
    /// How many callers to play [default: 300 in an empty folder, else none]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub calls: Option<u32>,
    /// Where to listen [default: 127.0.0.1:8080, or a free port if that is taken]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
}

/// `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// Print every key with its default, unit and range instead, as a file to start from
    #[arg(long)]
    pub print_defaults: bool,
}

/// `migrate`.
#[derive(Debug, Clone, Args)]
pub struct MigrateArgs {
    /// Only show
    #[command(subcommand)]
    pub command: Option<MigrateCommand>,
}

/// What `migrate` can do besides migrating.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum MigrateCommand {
    /// Lists the migrations and whether they were applied; changes nothing
    Status,
}

/// `cluster`.
#[derive(Debug, Clone, Subcommand)]
pub enum ClusterCommand {
    /// Lists the nodes and the leases, and warns of what somebody should look after
    #[command(after_help = CLUSTER_STATUS_HELP)]
    Status {
        /// Print all of it as JSON
        #[arg(long)]
        json: bool,
    },
}

/// `lease`.
#[derive(Debug, Clone, Subcommand)]
pub enum LeaseCommand {
    /// Lists the leases: what for, who holds it, since when, until when
    List,
    /// Takes a lease from its holder, without waiting until it is over
    #[command(
        after_help = "What the holder has in hand at this moment it still finishes. One that runs may take it again.\n\n\
                      Example:\n  aftercall lease release janitor"
    )]
    Release {
        /// The lease, as `aftercall lease list` names it
        role: String,
    },
}

/// `apikey`.
#[derive(Debug, Clone, Subcommand)]
pub enum ApikeyCommand {
    /// Makes a key and prints its secret, once: only a hash of it is kept
    #[command(after_help = "Example:\n  aftercall apikey create uccx-1 --scope ivr")]
    Create {
        /// A name for the key, such as the client's
        name: String,
        /// What it may do: ivr (the IVR API), read (listening to recordings), admin (prompts, drills)
        #[arg(long, value_enum, value_delimiter = ',', required = true)]
        scope: Vec<Scope>,
    },
    /// Lists keys: name, scopes, last use
    List,
    /// Revokes a key; requests with it are refused from then on
    Revoke {
        /// The key's name
        name: String,
    },
}

/// What a key may do, as written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Scope {
    /// The IVR API
    Ivr,
    /// Links to the survey page, and invites
    Chat,
    /// Listening to recordings; no writing
    Read,
    /// Everything an operator may do over HTTP
    Admin,
}

/// `health`.
#[derive(Debug, Clone, Args)]
pub struct HealthArgs {
    /// The server to ask [default: this machine's, by `ivr_api.listen`]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// `backup`.
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// The file to write; it must not exist
    pub file: PathBuf,
}

/// `restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// The backup
    pub file: PathBuf,
    /// Replace a database that holds something
    #[arg(long)]
    pub force: bool,
}

/// `copy`.
#[derive(Debug, Clone, Args)]
pub struct CopyArgs {
    /// The database to copy, written as `database.url` is; nothing is written to it
    #[arg(long, value_name = "URL")]
    pub from: String,
    /// The database to copy to: a new one, or one on which the same copy was cut off
    #[arg(long, value_name = "URL")]
    pub to: String,
    /// Only compare the two; nothing is written
    #[arg(long)]
    pub verify: bool,
}

/// `completion`.
#[derive(Debug, Clone, Args)]
pub struct CompletionArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent_and_every_command_explains_itself() {
        fn walk(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for argument in
                command.get_arguments().filter(|a| !["help", "version"].contains(&a.get_id().as_str()))
            {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            command.get_subcommands().for_each(walk);
        }
        super::Cli::command().debug_assert();
        walk(&super::Cli::command());
    }
}
