//! The commands about invitations, as clap reads them.

use clap::{ArgGroup, Args, Subcommand};

/// `invite`.
#[derive(Debug, Clone, Subcommand)]
pub enum InviteCommand {
    /// Asks a running server for a link to a survey on its page, and prints the address
    #[command(after_help = LINK_HELP)]
    Link(LinkArgs),
}

const LINK_HELP: &str = "\
A survey is offered by the same rules as to any customer, and begins with the first answer. The
address is for one customer; it is printed once, and cannot be told again.
Exit code 0 if there is a link, else 1 with the reason.

Examples:
  aftercall invite link --service Website --key ack_…
  aftercall invite link --dn 5001 --lang es --hours 24 --key ack_…";

/// `invite link`.
#[derive(Debug, Clone, Default, Args)]
#[command(group(ArgGroup::new("whom").required(true).multiple(true).args(["service", "dn"])))]
pub struct LinkArgs {
    /// The service by its name
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// The dialled number that leads to it
    #[arg(long, value_name = "NUMBER")]
    pub dn: Option<String>,
    /// The language wished for
    #[arg(long, value_name = "TAG")]
    pub lang: Option<String>,
    /// For how many hours it works [default: 72]
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=720))]
    pub hours: Option<u32>,
    /// The server [default: this machine's, by `ivr_api.listen`]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// An API key of scope chat
    #[arg(long, value_name = "KEY")]
    pub key: String,
}
