//! Recordings as scripts send them: forms of parts, bare bytes, text. The input: the content type, newline, the query,
//! newline, the body.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| aftercall::http::fuzzing::recording_body(data));
