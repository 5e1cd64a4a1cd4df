//! Parameters as scripts send them. The input: path and query, newline, a header for credentials, newline, a media type
//! for `Accept`, newline, the body.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| aftercall::http::fuzzing::fields(data));
