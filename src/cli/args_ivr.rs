//! The commands about the IVR's side, as clap reads them.

use clap::{ArgGroup, Args, Subcommand};

/// `ivr`.
#[derive(Debug, Clone, Subcommand)]
pub enum IvrCommand {
    /// Says whether a call would be surveyed, what its script would get, and what became of a call
    #[command(after_help = DOCTOR_HELP)]
    Doctor(DoctorArgs),
}

const DOCTOR_HELP: &str = "\
With a number or a service: every gate from the dialled number to the first prompt, what the
script would receive as JSON and XML, and each prompt it would fetch, fetched. Stores nothing.
Exit code 0 if the caller would be asked and every prompt can be fetched, else 1.

With a call id: what that call's script asked for and what became of it. Exit code 0 if the
caller was asked, else 1.

Examples:
  aftercall ivr doctor --dn 5001
  aftercall ivr doctor --dn 5001 --ani +34600111222 --lang es --at \"2026-12-24 09:30\"
  aftercall ivr doctor --call-id 16783327";

/// `ivr doctor`.
#[derive(Debug, Clone, Args)]
#[command(group(ArgGroup::new("whom").required(true).multiple(true).args(["dn", "service", "call_id"])))]
pub struct DoctorArgs {
    /// The dialled number, as the script sends it
    #[arg(long, value_name = "NUMBER")]
    pub dn: Option<String>,
    /// The service by its name, where the script sends that
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// The caller's number: for the cool-down
    #[arg(long, value_name = "NUMBER")]
    pub ani: Option<String>,
    /// The language the script asks for
    #[arg(long, value_name = "TAG")]
    pub lang: Option<String>,
    /// The queue
    #[arg(long, value_name = "NAME")]
    pub queue: Option<String>,
    /// The agent's login id
    #[arg(long, value_name = "ID")]
    pub agent_id: Option<String>,
    /// When the call ends [default: now]: `2026-12-24 09:30` in the site's time zone, or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The server to try [default: this machine's, by `ivr_api.listen`]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// An API key to try
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// What became of the call with this id, instead
    #[arg(long, value_name = "ID", conflicts_with_all = ["dn", "service", "ani", "lang", "queue", "agent_id", "at", "url", "key"])]
    pub call_id: Option<String>,
    /// With --call-id: show what was answered
    #[arg(long, requires = "call_id")]
    pub show_answers: bool,
    /// For programs
    #[arg(long)]
    pub json: bool,
}
