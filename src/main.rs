//! The aftercall program.

fn main() {}
