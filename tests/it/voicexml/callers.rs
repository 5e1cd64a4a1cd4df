//! People on the line.

use std::collections::VecDeque;

use crate::support::voicexml::{Caller, Input, Said};

/// A caller who does one thing after the other, then hangs up.
pub struct Scripted {
    inputs: VecDeque<Input>,
    /// The forms in which something was asked.
    pub asked: Vec<String>,
    /// A part of an address during whose fetch they hang up.
    pub leaves_during: Option<&'static str>,
}

impl Scripted {
    pub fn new(inputs: Vec<Input>) -> Self {
        Self { inputs: inputs.into(), asked: Vec::new(), leaves_during: None }
    }

    /// Who presses these keys.
    pub fn keys(keys: &[&str]) -> Self {
        let input =
            |keys: &&str| if keys.is_empty() { Input::Silence } else { Input::Keys((*keys).to_owned()) };
        Self::new(keys.iter().map(input).collect())
    }
}

impl Caller for Scripted {
    fn act(&mut self, form: &str, _heard: &[Said]) -> Input {
        self.asked.push(form.to_owned());
        self.inputs.pop_front().unwrap_or(Input::HangUp)
    }

    fn hangs_up_during(&mut self, address: &str) -> bool {
        self.leaves_during.is_some_and(|part| address.contains(part))
    }
}
