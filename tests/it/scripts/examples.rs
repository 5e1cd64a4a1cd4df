//! The scripts that the guides hand out, run against the real server by a stand-in of what runs them otherwise.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aftercall::audio::{AudioLimits, convert_recording};
use reqwest::Method;

use super::super::files::top;
use super::super::support::disk::skipped;
use super::super::support::http::read;
use super::super::support::sounds::tone;
use super::super::support::{block_on, until};
use super::*;

/// All that the survey of these tests says in English by prompts.
pub(super) const PROMPTS: [&str; 6] = ["intro", "csat", "reason", "solved", "recommend", "thanks"];

/// Stores the same spoken words as every one of these prompts of the survey.
pub(super) fn record_prompts(server: &Server, names: &[&str]) {
    let speech = std::fs::read(top().join("tests/it/fixtures/audio/speech.flac")).unwrap();
    for name in names {
        let path = format!("/api/v1/prompts/en/support.{name}");
        let request = server.http().fresh().request(Method::PUT, &path).body(speech.clone());
        let reply = block_on(read(request)).unwrap();
        assert_eq!(reply.status, 201, "{reply:?}");
    }
    until("scripts are told of the prompts", || {
        let reply = server.get(&format!("/ivr/v1/survey?dn={DN}&lang=en"));
        reply.body.matches("prompt_url").count() >= names.len()
    });
}

fn is_there(program: &str, test: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|run| run.status.success());
    if !there {
        skipped(test, &format!("{program} is not installed"));
    }
    there
}

/// Asterisk, as far as the script of the guide needs it.
struct Asterisk {
    script: Child,
    /// What it was told: `STREAM support.intro`, `GET DATA …`.
    said: Vec<String>,
}

impl Asterisk {
    /// Runs the script on a call in which these keys are pressed, one after another; `hangup` ends it.
    fn run(server: &Server, site: &Site, sounds: &Path, keys: &[&str]) -> Self {
        Self::run_speaking(server, site, sounds, keys, &[])
    }

    /// The same with a caller who says this when it is recorded, in Asterisk's own form.
    fn run_speaking(server: &Server, site: &Site, sounds: &Path, mut keys: &[&str], said: &[u8]) -> Self {
        let mut script = Command::new("python3");
        script.arg(top().join("docs/examples/aftercall-survey.agi"));
        script.args([server.url(), &site.key, DN, "call-7", "PJSIP/1007", "help & care"]);
        script.env("AFTERCALL_SOUNDS", sounds).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = script.spawn().unwrap();
        let mut write = script.stdin.take().unwrap();
        write.write_all(b"agi_request: x\nagi_callerid: +4989123456\nagi_language: en\n\n").unwrap();
        let mut asterisk = Self { script, said: Vec::new() };
        for line in BufReader::new(asterisk.script.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(file) = line.strip_prefix("RECORD FILE \"") {
                let (file, how) = file.split_once('"').unwrap();
                assert_eq!(how, " wav \"#\" 10000 BEEP s=3", "{line}");
                std::fs::write(format!("{file}.wav"), said).unwrap();
                asterisk.said.push(line);
                writeln!(write, "200 result=0 (timeout) endpos=16000").unwrap();
                continue;
            }
            let reply = if line.starts_with("GET DATA") {
                let (pressed, rest) = keys.split_first().expect(&line);
                keys = rest;
                if *pressed == "hangup" { "-1" } else { pressed }
            } else {
                "0"
            };
            if let Some(file) = line.split('"').nth(1).filter(|file| file.starts_with('/')) {
                let samples = std::fs::read(format!("{file}.ulaw")).unwrap();
                assert!(samples.len() > 1000 && !samples.starts_with(b"RIFF"), "{line}: bare samples");
            }
            asterisk.said.push(line);
            writeln!(write, "200 result={reply}").unwrap();
        }
        assert!(asterisk.script.wait().unwrap().success(), "{:?}", asterisk.said);
        assert!(keys.is_empty(), "{keys:?} were never pressed: {:?}", asterisk.said);
        asterisk
    }

    fn variable(&self, name: &str) -> &str {
        let set = self.said.iter().find(|line| line.starts_with(&format!("SET VARIABLE {name} ")));
        set.map_or("", |line| line.split('"').nth(1).unwrap())
    }
}

#[test]
fn the_agi_script_of_the_guide_surveys_a_caller() {
    if !is_there("python3", "the_agi_script_of_the_guide_surveys_a_caller") {
        return;
    }
    let site = Site::new();
    let server = site.serve(&[]);
    record_prompts(&server, &PROMPTS);
    let sounds = site.scratch("sounds");
    // Nothing, a wrong key, then an answer; ten is two keys.
    let keys = [" (timeout)", "9", "2", "1 (timeout)", "2", "10"];
    let call = Asterisk::run(&server, &site, &sounds, &keys);
    let set = ["SURVEY_RESULT", "SURVEY_CODE", "SURVEY_ANSWERS"].map(|name| call.variable(name));
    assert_eq!(set, ["DONE", "", "2:1:0:10"]);
    let stored = Stored::open(&site.database());
    let response = stored.response_of("call-7").unwrap();
    let facts = [("dn", DN), ("ani", "+4989123456"), ("agent_id", "PJSIP/1007"), ("queue", "help & care")];
    assert_kept(&site, &response, &facts);
    let played = |word: &str| call.said.iter().filter(|line| line.starts_with(word)).count();
    assert_eq!([played("STREAM FILE"), played("GET DATA")], [2, 6], "intro and thanks: {:?}", call.said);
    assert!(call.said.iter().any(|line| line.starts_with("GET DATA") && line.ends_with(" 5000 2")));
}

#[test]
fn the_agi_script_of_the_guide_keeps_what_was_said_before_a_hang_up_and_gives_up_after_the_retries() {
    if !is_there("python3", "the_agi_script_of_the_guide_keeps_what_was_said_before_a_hang_up") {
        return;
    }
    let site = Site::new();
    let server = site.serve(&[]);
    record_prompts(&server, &PROMPTS);
    let nothing = " (timeout)";
    let keys = ["2", nothing, "8", nothing, "hangup"];
    let call = Asterisk::run(&server, &site, &site.scratch("sounds"), &keys);
    assert_eq!(call.variable("SURVEY_RESULT"), "DONE", "{:?}", call.said);
    let stored = Stored::open(&site.database());
    let response = stored.response_of("call-7").unwrap();
    let kept: Vec<_> = stored.answers(&response).into_iter().collect();
    assert_eq!(kept, [("csat", "2"), ("reason", "skipped")].map(|(q, v)| (q.to_owned(), v.to_owned())));
    assert_eq!(stored.state(&response).as_deref(), Some("partial"));
}

/// Three seconds of a caller's voice as these systems record it, linear at 8 kHz.
fn voice() -> Vec<u8> {
    tone(440.0, 3_000)
}

/// The same of a caller who says nothing.
fn silence() -> Vec<u8> {
    tone(0.0, 3_000)
}

/// Fails unless this was stored as the recording of the call, and is heard.
fn assert_heard(server: &Server, site: &Site, listener: &str, said: &[u8]) {
    let response = Stored::open(&site.database()).response_of("call-7").unwrap();
    let played = spoken::assert_stored(server, site, listener, &response, ["4", "10"]);
    let limits = AudioLimits { bytes: said.len(), shortest: Duration::ZERO, longest: Duration::from_secs(3) };
    assert!(played == convert_recording(said, limits).unwrap().wav, "something else is heard");
}

#[test]
fn the_agi_script_of_the_guide_sends_what_is_said_and_passes_over_silence() {
    if !is_there("python3", "the_agi_script_of_the_guide_sends_what_is_said_and_passes_over_silence") {
        return;
    }
    for (said, answers) in [(voice(), "4:1:10"), (silence(), "4:-1:10")] {
        let (site, listener) = spoken::site();
        let server = site.serve(&[]);
        record_prompts(&server, &spoken::SAID);
        let call = Asterisk::run_speaking(&server, &site, &site.scratch("sounds"), &["4", "10"], &said);
        let set = ["SURVEY_RESULT", "SURVEY_CODE", "SURVEY_ANSWERS"].map(|name| call.variable(name));
        assert_eq!(set, ["DONE", "", answers], "{:?}", call.said);
        let before = call.said.iter().position(|line| line.starts_with("RECORD FILE")).unwrap() - 1;
        assert!(call.said[before].starts_with("STREAM FILE"), "the question is played: {:?}", call.said);
        if said == voice() {
            assert_heard(&server, &site, &listener, &said);
        }
    }
}

#[test]
fn the_agi_script_of_the_guide_keeps_what_a_caller_said_who_hangs_up_instead_of_going_on() {
    if !is_there("python3", "the_agi_script_of_the_guide_keeps_what_a_caller_said_who_hangs_up") {
        return;
    }
    let (site, _) = spoken::site();
    let server = site.serve(&[]);
    record_prompts(&server, &spoken::SAID);
    Asterisk::run_speaking(&server, &site, &site.scratch("sounds"), &["4", "hangup"], &voice());
    let stored = Stored::open(&site.database());
    assert_eq!(stored.state(&stored.response_of("call-7").unwrap()).as_deref(), Some("partial"));
    assert_eq!(stored.count("SELECT count(*) FROM recording_audio"), 1);
}

/// `FreeSWITCH`, as far as the script of the guide needs it: `KEYS` are pressed one after another.
const FREESWITCH: &str = r#"
local keys, log = KEYS, {}
local vars = { caller_id_number = "+4989123456", uuid = "u-1", default_language = "en" }
local up = true
freeswitch = { consoleLog = function(_, text) error(text) end }
function freeswitch.API()
    return { execute = function(_, name, command)
        assert(name == "curl")
        local url, key, rest = command:match("^(%S+) connect%-timeout 3 timeout 5 append_headers (%S+) (.+)$")
        local post = rest:match("^post (.*)$")
        assert(post or rest == "get", rest)
        -- A recording is longer than a word of a command may be.
        local file = io.open(BODY, "wb")
        file:write(post or "")
        file:close()
        local curl = io.popen("curl -s -H '" .. key .. "' " .. (post and "-d @" .. BODY .. " " or "") .. "'" .. url .. "'")
        return curl:read("a")
    end }
end
session = {
    getVariable = function(_, name) return vars[name] end,
    setVariable = function(_, name, value) print(name .. "=" .. value) end,
    ready = function() return up end,
    streamFile = function(_, url) print("play " .. url) end,
    recordFile = function(_, path, most, threshold, quiet)
        print("record " .. table.concat({ most, threshold, quiet }, " "))
        os.execute("cp '" .. SAID .. "' '" .. path .. "'")
    end,
    playAndGetDigits = function(_, min, max, tries, timeout, ends, prompt, again, allowed)
        print("ask " .. table.concat({ min, max, tries, timeout, ends, allowed }, " "))
        assert(prompt:match("^http://.+/prompts/.+%.ulaw%.wav$") and again)
        local key = table.remove(keys, 1)
        if key == "hangup" then up = false return "" end
        return key
    end,
}
argv = { URL, KEY, DN, "call-7", "1007", "help & care" }
"#;

/// Runs the script of the guide for `FreeSWITCH`, on a call of which this is recorded; what it printed.
fn freeswitch(server: &Server, site: &Site, keys: &[&str], said: &[u8]) -> String {
    let keys = format!("{keys:?}");
    let files = ["body", "said.wav"].map(|name| site.scratch(name));
    std::fs::write(&files[1], said).unwrap();
    let [body, said] = files.map(|file| format!("{:?}", file.to_str().unwrap()));
    let keys = keys.trim_matches(['[', ']']);
    let mut lua = format!(
        "local KEYS, URL, KEY, DN, BODY, SAID = {{ {keys} }}, {:?}, {:?}, {DN:?}, {body}, {said}\n{FREESWITCH}",
        server.url(),
        site.key
    );
    lua += &std::fs::read_to_string(top().join("docs/examples/aftercall-survey.lua")).unwrap();
    let file = site.scratch("survey.lua");
    std::fs::write(&file, lua).unwrap();
    let run = Command::new("lua5.4").arg(&file).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn the_lua_script_of_the_guide_surveys_a_caller() {
    let test = "the_lua_script_of_the_guide_surveys_a_caller";
    if !is_there("curl", test) || Command::new("lua5.4").arg("-v").output().is_err() {
        skipped(test, "lua5.4 or curl is not installed");
        return;
    }
    let site = Site::new();
    let server = site.serve(&[]);
    record_prompts(&server, &PROMPTS);
    let printed = freeswitch(&server, &site, &["2", "1", "2", "10"], &[]);
    for line in [
        "ask 1 1 3 5000 # ^[1-5]$",
        "ask 1 2 3 5000 # ^([0-9]|10)$",
        "survey_result=DONE",
        "survey_code=",
        "survey_answers=2:1:0:10",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line} in {printed}");
    }
    assert_eq!(printed.matches("play http://").count(), 2, "{printed}");
    let response = Stored::open(&site.database()).response_of("call-7").unwrap();
    let facts = [("ani", "+4989123456"), ("agent_id", "1007"), ("queue", "help & care")];
    assert_kept(&site, &response, &facts);
}

#[test]
fn the_lua_script_of_the_guide_skips_what_is_not_answered_and_reports_a_hang_up() {
    let test = "the_lua_script_of_the_guide_skips_what_is_not_answered_and_reports_a_hang_up";
    if !is_there("curl", test) || Command::new("lua5.4").arg("-v").output().is_err() {
        skipped(test, "lua5.4 or curl is not installed");
        return;
    }
    let site = Site::new();
    let server = site.serve(&[]);
    record_prompts(&server, &PROMPTS);
    let printed = freeswitch(&server, &site, &["5", "", "hangup"], &[]);
    assert!(printed.contains("survey_result=DONE"), "{printed}");
    let stored = Stored::open(&site.database());
    let response = stored.response_of("call-7").unwrap();
    let kept: Vec<_> = stored.answers(&response).into_iter().collect();
    assert_eq!(kept, [("csat", "5"), ("solved", "skipped")].map(|(q, v)| (q.to_owned(), v.to_owned())));
    assert_eq!(stored.state(&response).as_deref(), Some("partial"));
}

#[test]
fn the_lua_script_of_the_guide_sends_what_is_said_and_passes_over_silence() {
    let test = "the_lua_script_of_the_guide_sends_what_is_said_and_passes_over_silence";
    if !is_there("curl", test) || Command::new("lua5.4").arg("-v").output().is_err() {
        skipped(test, "lua5.4 or curl is not installed");
        return;
    }
    for (said, answers) in [(voice(), "4:1:10"), (silence(), "4:-1:10")] {
        let (site, listener) = spoken::site();
        let server = site.serve(&[]);
        record_prompts(&server, &spoken::SAID);
        let printed = freeswitch(&server, &site, &["4", "10"], &said);
        for line in ["record 10 500 3", "survey_result=DONE", &format!("survey_answers={answers}")] {
            assert!(printed.lines().any(|printed| printed == line), "{line} in {printed}");
        }
        if said == voice() {
            assert_heard(&server, &site, &listener, &said);
        }
    }
}
