//! The command line of `vip`.

use std::path::PathBuf;

use clap::Subcommand;

const RENDER_HELP: &str = "\
With vip.mode = \"own\" this is what aftercall gives its own keepalived; to look at only.

With vip.mode = \"system\" the machine's keepalived has to include it:
  aftercall vip render > /etc/keepalived/aftercall.conf
  echo 'include /etc/keepalived/aftercall.conf' >> /etc/keepalived/keepalived.conf
  systemctl reload keepalived
Do it again whenever [vip] was changed.";

/// `vip`.
#[derive(Debug, Clone, Subcommand)]
pub enum VipCommand {
    /// Prints keepalived's configuration, made from the section `vip`
    #[command(after_help = RENDER_HELP)]
    Render,
    /// Runs keepalived for a server, as long as that one is there; the server starts it by itself
    #[command(hide = true)]
    Guard {
        /// The folder of keepalived's files
        #[arg(long, value_name = "DIR")]
        run_dir: PathBuf,
        /// keepalived; without it somebody else runs it
        #[arg(long, value_name = "PROGRAM")]
        keepalived: Option<PathBuf>,
    },
    /// Becomes a program that ends with its parent
    #[command(hide = true)]
    Tethered {
        /// The process id of who is to be the parent
        parent: i32,
        /// The program
        program: PathBuf,
        /// Its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}
