//! What commands print for the one who typed them.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process;

/// Prints a line to standard output as `println!` does, without a panic when the reader has gone (`| head`).
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::output::line(format_args!($($text)*)) };
}
pub(crate) use say;

/// Prints a line.
pub(crate) fn line(text: fmt::Arguments<'_>) {
    ended(writeln!(io::stdout(), "{text}"));
}

/// Prints text that has its own line ends.
pub(super) fn whole(text: &[u8]) {
    ended(io::stdout().write_all(text).and_then(|()| io::stdout().flush()));
}

/// A reader who has seen enough ends the program quietly; one who could not be written to must know.
fn ended(written: io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(0),
        Err(error) => {
            eprintln!("aftercall: cannot write to standard output: {error}");
            process::exit(i32::from(super::EXIT_PROBLEM));
        }
    }
}
