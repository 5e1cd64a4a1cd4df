//! The aftercall program: parses the command line and calls `cli`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    aftercall::cli::run(aftercall::cli::args::Cli::parse())
}
