//! A small VoiceXML gateway: it fetches documents over HTTP/1.0, runs their forms, and has callers press keys.
//!
//! It knows the elements a survey uses and fails on any other. Time does not pass in it: a caller who waits says so.

mod content;
mod fetch;
mod form;
pub mod grammar;
pub mod rules;
mod scope;

use std::collections::BTreeMap;

pub use fetch::{Fetched, Part, Request, fetch};

use form::{Jump, Running};

/// What was given back, by name.
pub type Values = BTreeMap<String, String>;

/// A piece of what a caller hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The prompt, if there is one.
    pub source: Option<String>,
    pub text: String,
}

/// What a caller does when a document waits.
#[derive(Debug, Clone)]
pub enum Input {
    /// Presses keys, [`grammar::WAIT`] for waiting.
    Keys(String),
    Silence,
    Speech(Vec<u8>),
    SpeechThenHangUp(Vec<u8>),
    HangUp,
}

/// Somebody on the line.
pub trait Caller {
    /// What they do in a form, after they heard this.
    fn act(&mut self, form: &str, heard: &[Said]) -> Input;

    /// Whether they hang up while something is being fetched.
    fn hangs_up_during(&mut self, _address: &str) -> bool {
        false
    }
}

/// How a document ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Return(Values),
    ReturnEvent(String),
    Exit(Values),
}

/// The line and the gateway behind it.
pub struct Gateway<'a> {
    /// `host:port` of the server.
    pub host: String,
    /// The key it sends with every request.
    pub key: Option<String>,
    /// Between the tokens of what it understood, and before each.
    pub separator: &'static str,
    pub token: &'static str,
    caller: &'a mut dyn Caller,
    gone: bool,
    /// The caller hung up, which the document has not been told.
    untold: bool,
    queue: Vec<Said>,
    pub heard: Vec<Said>,
    /// Everything fetched: address and status, 0 where nothing came.
    pub fetched: Vec<(String, u16)>,
    /// Documents as they came.
    pub documents: Vec<String>,
    audio: Vec<Vec<u8>>,
    /// How often the gateway itself had to say that something is wrong.
    pub own_words: usize,
    steps: usize,
}

impl<'a> Gateway<'a> {
    pub fn new(url: &str, key: Option<&str>, caller: &'a mut dyn Caller) -> Self {
        Self {
            host: url.trim_start_matches("http://").to_owned(),
            key: key.map(str::to_owned),
            separator: " ",
            token: "",
            caller,
            gone: false,
            untold: false,
            queue: Vec::new(),
            heard: Vec::new(),
            fetched: Vec::new(),
            documents: Vec::new(),
            audio: Vec::new(),
            own_words: 0,
            steps: 0,
        }
    }

    /// Runs a document; `called` by another application, or as the application itself.
    pub fn run(&mut self, request: &Request, called: bool) -> Result<Ended, String> {
        let ended = self.application(request, called);
        self.play();
        ended
    }

    /// The event that is thrown when the first document cannot be fetched is the error.
    fn application(&mut self, request: &Request, called: bool) -> Result<Ended, String> {
        let mut text = self.fetch(request)?;
        loop {
            let tree = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
            rules::check(&tree).unwrap_or_else(|e| panic!("{e}: {text}"));
            let jump = Running::new(self, &tree, called).document();
            match jump {
                Jump::Document(next) => text = next,
                Jump::Ended(ended) => return Ok(ended),
                other => panic!("a document left by {other:?}"),
            }
        }
    }

    fn fetch(&mut self, request: &Request) -> Result<String, String> {
        let gone_before = self.gone;
        let fetched = fetch(&self.host, self.key.as_deref(), request);
        if !gone_before && self.caller.hangs_up_during(&request.url) {
            (self.gone, self.untold) = (true, true);
        }
        let status = fetched.as_ref().map_or(0, |fetched| fetched.status);
        self.fetched.push((request.url.clone(), status));
        let fetched = fetched.map_err(|_| "error.badfetch".to_owned())?;
        if fetched.status != 200 {
            return Err(format!("error.badfetch.http.{}", fetched.status));
        }
        for expected in
            ["content-type: application/voicexml+xml; charset=utf-8", "cache-control: no-store", "expires: 0"]
        {
            assert!(fetched.head.contains(expected), "{}", fetched.head);
        }
        self.documents.push(fetched.body.clone());
        Ok(fetched.body)
    }

    /// Plays what is queued.
    fn play(&mut self) -> Vec<Said> {
        let now = std::mem::take(&mut self.queue);
        self.heard.extend(now.iter().cloned());
        now
    }

    fn step(&mut self) {
        self.steps += 1;
        assert!(self.steps < 20_000, "this goes on for ever: {:?}", self.fetched);
    }
}
