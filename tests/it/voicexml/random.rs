//! Random callers on random surveys: what is stored is what they pressed, however the call ends.

use std::collections::BTreeMap;

use aftercall::foundation::{Chance, SeededChance};

use super::*;
use crate::recordings::{hum, wav};
use crate::support::store::Answers;
use crate::support::voicexml::{Input, Said};

const SURVEYS: u64 = 24;
const CALLS_EACH: u64 = 8;
/// Stands for a recording in what should be stored.
const RECORDED: &str = "recorded";

/// A number below `bound`.
fn below(chance: &SeededChance, bound: usize) -> usize {
    usize::try_from(chance.bits() % bound as u64).unwrap()
}

fn pick<'a, T: ?Sized>(chance: &SeededChance, of: &[&'a T]) -> &'a T {
    of[below(chance, of.len())]
}

/// A survey with questions of every type a caller can be asked, and ways past some of them.
fn random_survey(no: u64, chance: &SeededChance) -> Value {
    let count = 1 + below(chance, 7);
    let questions: Vec<_> = (0..count).map(|place| question(place, count, chance)).collect();
    let mut document = spoken(&format!("random-{no}"), &questions);
    for optional in ["intro", "thanks", "no_input", "no_match"] {
        if below(chance, 3) == 0 {
            document.as_object_mut().unwrap().remove(optional);
        }
    }
    document
}

fn question(place: usize, count: usize, chance: &SeededChance) -> Value {
    let choices = |count: usize| -> Vec<Value> {
        let one = |no: usize| json!({"key": format!("c{no}"), "label": {"en": format!("Choice {no}")}});
        (1..=count).map(one).collect()
    };
    let mut question = match below(chance, 9) {
        0 => json!({"type": "rating", "scale": "1-5"}),
        1 => json!({"type": "rating", "scale": "0-9"}),
        2 => json!({"type": "rating", "scale": "1-10"}),
        3 | 4 => json!({"type": "nps"}),
        5 => json!({"type": "yes_no"}),
        6 => {
            json!({"type": "choice", "choices": choices(2 + below(chance, 8)), "read_choices": below(chance, 2) == 0})
        }
        7 => json!({"type": "voice_comment", "max_seconds": 5}),
        _ => json!({"type": "rating", "scale": "1-7"}),
    };
    question["key"] = json!(format!("{place}-key"));
    question["text"] = json!({"en": format!("Question {place}?")});
    question["retries"] = json!(below(chance, 4));
    question["required"] = json!(below(chance, 2) == 0);
    if matches!(question["type"].as_str(), Some("rating" | "nps")) && below(chance, 2) == 0 {
        let to = place + 2 + below(chance, 2);
        let goto = if to < count { format!("{to}-key") } else { "end".to_owned() };
        let is = pick(chance, &["at_least", "at_most"]);
        let when = json!({"question": question["key"], "is": is, "value": 2 + below(chance, 2)});
        question["branches"] = json!([{"when": [when], "goto": goto}]);
    }
    question
}

/// A caller who presses anything, and remembers what it should come to.
struct Anybody<'a> {
    chance: &'a SeededChance,
    questions: BTreeMap<String, Value>,
    misses: BTreeMap<String, u64>,
    /// What should be stored.
    pressed: Answers,
    left: bool,
}

impl Anybody<'_> {
    fn right(&mut self, key: &str, question: &Value) -> Input {
        if question["type"] == "voice_comment" {
            return self.speak(key);
        }
        let (digits, stored) = answer(question, self.chance);
        self.pressed.insert(key.to_owned(), stored);
        let more = if digits.len() == 1 { pick(self.chance, &["", "#", "~", "~5"]) } else { "" };
        Input::Keys(format!("{digits}{more}"))
    }

    fn speak(&mut self, key: &str) -> Input {
        self.pressed.insert(key.to_owned(), RECORDED.to_owned());
        let words = wav(&hum(800, 20 + below(self.chance, 40)));
        if below(self.chance, 4) > 0 {
            return Input::Speech(words);
        }
        self.left = true;
        Input::SpeechThenHangUp(words)
    }

    fn miss(&mut self, key: &str, question: &Value) -> Input {
        let misses = self.misses.entry(key.to_owned()).or_default();
        *misses += 1;
        if *misses > question["retries"].as_u64().unwrap() {
            self.pressed.insert(key.to_owned(), "skipped".to_owned());
        }
        match below(self.chance, 4) {
            0 => Input::Silence,
            1 => Input::Keys("~".to_owned()),
            2 => Input::Keys("#".to_owned()),
            _ => Input::Keys(pick(self.chance, &["*", "**", "*1"]).to_owned()),
        }
    }
}

/// The keys of a right answer, and what is stored of it.
fn answer(question: &Value, chance: &SeededChance) -> (String, String) {
    let number = |from: usize, to: usize| {
        let number = (from + below(chance, to - from + 1)).to_string();
        (number.clone(), number)
    };
    match (question["type"].as_str().unwrap(), question["scale"].as_str()) {
        ("nps", _) => number(0, 10),
        ("yes_no", _) => {
            [("1".to_owned(), "1".to_owned()), ("2".to_owned(), "0".to_owned())][below(chance, 2)].clone()
        }
        ("choice", _) => {
            let no = 1 + below(chance, question["choices"].as_array().unwrap().len());
            (no.to_string(), format!("c{no}"))
        }
        (_, Some("1-5")) => number(1, 5),
        (_, Some("0-9")) => number(0, 9),
        (_, Some("1-10")) => number(1, 10),
        _ => number(1, 7),
    }
}

impl Caller for Anybody<'_> {
    fn act(&mut self, form: &str, _heard: &[Said]) -> Input {
        let key = form.strip_prefix("q-").unwrap_or_else(|| panic!("{form} is asked"));
        let question = self.questions[key].clone();
        match below(self.chance, 20) {
            0 => {
                self.left = true;
                Input::HangUp
            }
            1..=5 => self.miss(key, &question),
            _ => self.right(key, &question),
        }
    }

    fn hangs_up_during(&mut self, _address: &str) -> bool {
        let leaves = below(self.chance, 40) == 0;
        self.left |= leaves;
        leaves
    }
}

#[test]
fn what_is_stored_is_what_the_caller_pressed_whatever_the_survey_and_however_the_call_ends() {
    let chance = SeededChance::new(20);
    let site = Site::new();
    let server = site.serve(&["survey.catalog_refresh_ms=100"]);
    let stored = Stored::open(&site.database());
    let (mut hung_up, mut whole, mut recorded) = (0, 0, 0);
    for no in 0..SURVEYS {
        let document = random_survey(no, &chance);
        site.publish(&document);
        let key = document["key"].as_str().unwrap();
        site.run(&["survey", "activate", key, "Support"]);
        block_on(until_then("the survey is asked", async || {
            let offered = server.http().fresh().get(&format!("/ivr/v1/survey?dn={DN}")).await;
            offered.word("survey") == key
        }));
        let questions = document["questions"].as_array().unwrap();
        let by_key = |question: &Value| (question["key"].as_str().unwrap().to_owned(), question.clone());
        for call in 0..CALLS_EACH {
            let call = format!("{key}-{call}");
            let mut caller = Anybody {
                chance: &chance,
                questions: questions.iter().map(by_key).collect(),
                misses: BTreeMap::new(),
                pressed: Answers::new(),
                left: false,
            };
            let mut gateway = gateway(&server, &mut caller);
            gateway.separator = pick(&chance, &[" ", ""]);
            let as_part = below(&chance, 2) == 0;
            let ended = gateway.run(&survey(&format!("&call_id={call}")), as_part);
            assert_eq!(gateway.own_words, 0, "{document:#}");
            drop(gateway);
            let response = stored.response_of(&call).unwrap();
            let mut answers = stored.answers(&response);
            for answer in answers.values_mut().filter(|answer| uuid::Uuid::try_parse(answer).is_ok()) {
                RECORDED.clone_into(answer);
            }
            recorded += answers.values().filter(|answer| *answer == RECORDED).count();
            assert_eq!(answers, caller.pressed, "{call} of {document:#}");
            let state = stored.state(&response).unwrap();
            assert!(!["offered", "in_progress"].contains(&state.as_str()), "{call} is {state}: {ended:?}");
            if caller.left {
                hung_up += 1;
            } else {
                whole += 1;
                assert_eq!((value(&ended, "result"), value(&ended, "state")), ("DONE".to_owned(), state));
                assert_eq!(value(&ended, "answers").split(':').count(), questions.len());
            }
        }
    }
    assert!(hung_up >= 20 && whole >= 20, "{hung_up} hung up, {whole} did not: change the odds");
    assert!(recorded >= 10, "{recorded} recordings: change the odds");
    let rows = stored.count("SELECT count(*) FROM recording");
    assert_eq!(usize::try_from(rows).unwrap(), recorded, "each once");
    stored.sound();
}
