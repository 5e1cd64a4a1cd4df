//! The commands about services, surveys, offers, simulated callers and reports, as clap reads them.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

/// `service`.
#[derive(Debug, Clone, Subcommand)]
pub enum ServiceCommand {
    /// Adds a service
    #[command(
        after_help = "Examples:\n  aftercall service add Billing --dn 3010\n  aftercall service add \"Web shop\" --channel chat"
    )]
    Add {
        /// Its name
        name: String,
        /// The contacts it takes
        #[arg(long, value_enum, default_value_t = ServiceKind::Voice)]
        channel: ServiceKind,
        /// The dialled number that leads to it, exactly as the script sends it (voice only)
        #[arg(long, value_name = "NUMBER")]
        dn: Option<String>,
    },
    /// Lists services and what is active on them
    List,
}

/// A service's contacts, as written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ServiceKind {
    /// Phone calls
    Voice,
    /// Chats
    Chat,
}

/// `survey`.
#[derive(Debug, Clone, Subcommand)]
pub enum SurveyCommand {
    /// Stores a survey document as the draft of the survey with its key
    #[command(
        after_help = "Examples:\n  aftercall survey import support.json\n  aftercall survey import - --publish < support.json"
    )]
    Import {
        /// The document; - reads standard input
        file: PathBuf,
        /// Publish it at once
        #[arg(long)]
        publish: bool,
    },
    /// Prints the draft of a survey as a document that `import` takes
    Export {
        /// The survey's key
        key: String,
    },
    /// Says everything that is wrong with a document; stores nothing
    Validate {
        /// The document; - reads standard input
        file: PathBuf,
    },
    /// Makes the draft the newest version; contacts from then on get it where the survey is active
    Publish {
        /// The survey's key
        key: String,
    },
    /// Makes a survey the one that callers of a service are asked
    #[command(
        after_help = "The services All (calls) and All-Web (chats) stand in for every service without one of its own.\n\
                            \nExample:\n  aftercall survey activate support All"
    )]
    Activate {
        /// The survey's key
        key: String,
        /// The service's name
        service: String,
    },
    /// Stops offering what is active on a service; calls in progress finish
    Pause {
        /// The service's name
        service: String,
    },
    /// Offers it again
    Resume {
        /// The service's name
        service: String,
    },
    /// Lists surveys, their newest versions and where they are active
    List,
    /// Prints the JSON Schema of survey documents
    Schema,
}

/// `offers`.
#[derive(Debug, Clone, Args)]
pub struct OffersArgs {
    /// Only asks for this call
    #[arg(long, value_name = "ID")]
    pub call_id: Option<String>,
    /// Only asks for this customer's number
    #[arg(long, value_name = "NUMBER")]
    pub caller: Option<String>,
    /// How many, the newest first
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// `simulate`.
#[derive(Debug, Clone, Subcommand)]
pub enum SimulateCommand {
    /// Plays callers over the API of a running server
    #[command(after_help = "Example:\n  aftercall simulate calls --calls 5000 --concurrency 64 --key ack_…")]
    Calls(SimulateCallsArgs),
    /// Crashes a part of a running server on purpose (drill.enabled, key of scope admin)
    #[command(after_help = "Example:\n  aftercall simulate crash survey_engine --kind panic --key ack_…")]
    Crash(SimulateCrashArgs),
}

/// `simulate calls`.
#[derive(Debug, Clone, Args)]
pub struct SimulateCallsArgs {
    /// How many callers
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub calls: u32,
    /// How many at once
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub concurrency: u32,
    /// The share of callers who hang up half way, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.15)]
    pub hangup_rate: f64,
    /// How content the callers are
    #[arg(long, value_enum, default_value_t = Profile::Mixed)]
    pub profile: Profile,
    /// Repeats the same callers for the same number
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// The dialled number they called; without one the service All asks them
    #[arg(long, value_name = "NUMBER")]
    pub dn: Option<String>,
    /// The server and the key to use.
    #[command(flatten)]
    pub server: ServerArgs,
}

/// How content simulated callers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Some of each
    Mixed,
    /// Mostly content
    Happy,
    /// Mostly not
    Angry,
}

/// `simulate crash`.
#[derive(Debug, Clone, Args)]
pub struct SimulateCrashArgs {
    /// The part, as `aftercall health` names it
    pub child: String,
    /// How it is crashed
    #[arg(long, value_enum, default_value_t = CrashKind::Panic)]
    pub kind: CrashKind,
    /// The server and the key to use.
    #[command(flatten)]
    pub server: ServerArgs,
}

/// How a part is crashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CrashKind {
    /// A panic while it handles a message
    Panic,
    /// A panic in work it spawned
    PanicInFuture,
    /// An error it returns
    Fail,
    /// It stops turning
    Hang,
    /// Its thread ends
    KillThread,
}

/// A running server and the key to use it with.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// The server [default: this machine's, by `ivr_api.listen`]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The API key [default: `ivr_api.static_key` of this machine's configuration]
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

/// `report`.
#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// What the scores are broken down by
    #[arg(long, value_enum, default_value_t = ReportBy::Survey)]
    pub by: ReportBy,
    /// Only this survey, by its key
    #[arg(long, value_name = "KEY")]
    pub survey: Option<String>,
    /// The first day, in the site's time zone
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<NaiveDate>,
    /// The last day, in the site's time zone
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<NaiveDate>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ReportFormat::Table)]
    pub format: ReportFormat,
}

/// What scores are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportBy {
    /// The survey as a whole
    Survey,
    /// The agent
    Agent,
    /// The agent's team
    Team,
    /// The queue
    Queue,
    /// The service
    Service,
    /// The question
    Question,
    /// The day, in the site's time zone
    Day,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people
    Table,
    /// For spreadsheets
    Csv,
    /// For programs
    Json,
}
