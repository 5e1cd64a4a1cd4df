//! What a gateway's answer means.

use std::fmt;

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::json::JsonPath;

/// Bytes that a compiled expression may take: room for any that somebody writes, and none for one that fills the memory.
const PATTERN_SIZE: usize = 1 << 20;

/// What an answer means for the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It was taken.
    Accepted,
    /// Too much at once.
    Throttled,
    /// Not taken, but perhaps at the next try.
    NotNow,
    /// Never.
    Refused,
    /// Never: its recipient wants none.
    OptedOut,
    /// No message is taken.
    RouteDown,
    /// It does not say.
    Unknown,
}

impl Meaning {
    /// The words for them, for messages.
    pub const RULE: &str = "accepted, throttled, not_now, refused, opted_out, route_down or unknown";

    /// The meaning of a word of the configuration.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "accepted" => Self::Accepted,
            "throttled" => Self::Throttled,
            "not_now" => Self::NotNow,
            "refused" => Self::Refused,
            "opted_out" => Self::OptedOut,
            "route_down" => Self::RouteDown,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }
}

/// A regular expression.
#[derive(Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads an expression; why it is none.
    pub fn parse(written: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(written).size_limit(PATTERN_SIZE).build();
        built.map(Self).map_err(|error| error.to_string())
    }

    fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// What the first group matched, or all of it where there is no group.
    fn capture(&self, text: &str) -> Option<String> {
        let found = self.0.captures(text)?;
        found.get(1).or_else(|| found.get(0)).map(|found| found.as_str().to_owned())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

/// What a text is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTest {
    /// It is one of these.
    Is(Vec<String>),
    /// It begins so.
    Begins(String),
    /// The expression is found in it.
    Matches(Pattern),
}

impl TextTest {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Is(words) => words.iter().any(|word| word == text),
            Self::Begins(prefix) => text.starts_with(prefix.as_str()),
            Self::Matches(pattern) => pattern.matches(text),
        }
    }
}

/// What the body of an answer means where something in it is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyRule {
    /// Where to look; `None`: the whole body.
    pub path: Option<JsonPath>,
    /// How it has to be; one of several is enough.
    pub test: TextTest,
    /// Then it means this.
    pub meaning: Meaning,
}

/// What statuses mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusRule {
    /// The first status.
    pub from: u16,
    /// The last one.
    pub to: u16,
    /// They mean this.
    pub meaning: Meaning,
}

/// What any gateway's statuses mean unless it is told otherwise.
pub const STATUS_DEFAULTS: [StatusRule; 11] = [
    StatusRule { from: 100, to: 199, meaning: Meaning::Unknown },
    StatusRule { from: 200, to: 299, meaning: Meaning::Accepted },
    // Followed nowhere: the login would go along, and what is said there is not said by the gateway.
    StatusRule { from: 300, to: 399, meaning: Meaning::RouteDown },
    StatusRule { from: 400, to: 499, meaning: Meaning::Refused },
    // The login or the credit; the address is wrong, or its proxy wants a login.
    StatusRule { from: 401, to: 405, meaning: Meaning::RouteDown },
    StatusRule { from: 407, to: 407, meaning: Meaning::RouteDown },
    StatusRule { from: 408, to: 408, meaning: Meaning::NotNow },
    StatusRule { from: 425, to: 425, meaning: Meaning::NotNow },
    StatusRule { from: 429, to: 429, meaning: Meaning::Throttled },
    StatusRule { from: 500, to: 599, meaning: Meaning::NotNow },
    StatusRule { from: 600, to: 999, meaning: Meaning::Unknown },
];

/// How a piece of an answer is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extract {
    /// By the first of these paths that leads anywhere, all that it leads to.
    Paths(Vec<JsonPath>),
    /// What follows this at the beginning of a line.
    After(String),
    /// What the expression's first group matches.
    Matches(Pattern),
}

/// The body of an answer, as text and as JSON where it is that.
#[derive(Debug)]
pub struct AnswerBody<'a> {
    text: &'a str,
    json: Option<Value>,
}

impl<'a> AnswerBody<'a> {
    /// Reads a body.
    pub fn new(text: &'a str) -> Self {
        let text = text.trim();
        let json = text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten();
        Self { text, json }
    }

    /// The text without blanks at its ends.
    pub fn text(&self) -> &str {
        self.text
    }
}

impl Extract {
    /// What of a body is meant; nothing where it has no such thing.
    pub fn from(&self, body: &AnswerBody<'_>) -> Vec<String> {
        let found: Vec<String> = match self {
            Self::Paths(paths) => {
                let texts =
                    |path: &JsonPath| body.json.as_ref().map(|json| path.texts(json)).unwrap_or_default();
                let said = |texts: &Vec<String>| texts.iter().any(|text| !text.is_empty());
                paths.iter().map(texts).find(said).unwrap_or_default()
            }
            Self::After(prefix) => {
                let line = body.text.lines().find_map(|line| line.trim().strip_prefix(prefix.as_str()));
                line.map(|rest| rest.trim().to_owned()).into_iter().collect()
            }
            Self::Matches(pattern) => pattern.capture(body.text).into_iter().collect(),
        };
        found.into_iter().filter(|text| !text.is_empty()).collect()
    }
}

/// How a gateway's answers are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerRules {
    /// Of bodies, the first that holds decides, whatever the status.
    pub body: Vec<BodyRule>,
    /// Of statuses, the narrowest that holds; where none does, [`STATUS_DEFAULTS`].
    pub status: Vec<StatusRule>,
    /// The gateway's ids; `None`: it gives none, and ours are used.
    pub id: Option<Extract>,
    /// The gateway's words for what is wrong; `None`: the beginning of the body.
    pub reason: Option<Extract>,
}

impl AnswerRules {
    /// What a body says, whatever the status.
    pub fn by_body(&self, body: &AnswerBody<'_>) -> Option<Meaning> {
        let holds = |rule: &&BodyRule| match (&rule.path, &body.json) {
            (None, _) => rule.test.holds(body.text),
            (Some(path), Some(json)) => path.texts(json).iter().any(|text| rule.test.holds(text)),
            (Some(_), None) => false,
        };
        self.body.iter().find(holds).map(|rule| rule.meaning)
    }

    /// What a status says.
    pub fn by_status(&self, status: u16) -> Meaning {
        let narrowest = |rules: &[StatusRule]| {
            let fitting = rules.iter().filter(|rule| (rule.from..=rule.to).contains(&status));
            fitting.min_by_key(|rule| rule.to - rule.from).map(|rule| rule.meaning)
        };
        narrowest(&self.status).or_else(|| narrowest(&STATUS_DEFAULTS)).unwrap_or(Meaning::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_means_what_its_narrowest_rule_says() {
        let own = AnswerRules {
            status: vec![
                StatusRule { from: 400, to: 499, meaning: Meaning::NotNow },
                StatusRule { from: 404, to: 404, meaning: Meaning::Refused },
            ],
            ..AnswerRules::default()
        };
        let defaults = AnswerRules::default();
        for (status, by_default, by_own) in [
            (200, Meaning::Accepted, Meaning::Accepted),
            (302, Meaning::RouteDown, Meaning::RouteDown),
            (400, Meaning::Refused, Meaning::NotNow),
            (403, Meaning::RouteDown, Meaning::NotNow),
            (404, Meaning::RouteDown, Meaning::Refused),
            (408, Meaning::NotNow, Meaning::NotNow),
            (429, Meaning::Throttled, Meaning::NotNow),
            (503, Meaning::NotNow, Meaning::NotNow),
            (999, Meaning::Unknown, Meaning::Unknown),
            (42, Meaning::Unknown, Meaning::Unknown),
        ] {
            assert_eq!(defaults.by_status(status), by_default, "{status}");
            assert_eq!(own.by_status(status), by_own, "{status}");
        }
    }

    #[test]
    fn a_body_is_read_by_path_beginning_or_expression_and_the_first_rule_decides() {
        let rule = |path: Option<&str>, test, meaning| BodyRule {
            path: path.map(|path| JsonPath::parse(path).unwrap()),
            test,
            meaning,
        };
        let rules = AnswerRules {
            body: vec![
                rule(Some("m[*].status"), TextTest::Is(vec!["1".into()]), Meaning::Throttled),
                rule(Some("m[*].status"), TextTest::Is(vec!["0".into()]), Meaning::Accepted),
                rule(None, TextTest::Begins("ERR".into()), Meaning::Refused),
                rule(None, TextTest::Matches(Pattern::parse("(?i)credit").unwrap()), Meaning::RouteDown),
            ],
            ..AnswerRules::default()
        };
        let by = |text: &str| rules.by_body(&AnswerBody::new(text));
        assert_eq!(by(r#"{"m": [{"status": "0"}, {"status": 1}]}"#), Some(Meaning::Throttled));
        assert_eq!(by(r#"{"m": [{"status": 0}]}"#), Some(Meaning::Accepted));
        assert_eq!(by("ERR: no credit"), Some(Meaning::Refused));
        assert_eq!(by("No Credit left"), Some(Meaning::RouteDown));
        assert_eq!(by("{\"m\": [{\"status\""), None);
    }

    #[test]
    fn ids_are_found_by_path_after_a_word_or_by_expression() {
        let path = |path: &str| JsonPath::parse(path).unwrap();
        let json = AnswerBody::new(r#"{"messages": [{"id": "a"}, {"id": 7}], "sid": ""}"#);
        assert_eq!(Extract::Paths(vec![path("sid"), path("messages[*].id")]).from(&json), ["a", "7"]);
        assert_eq!(Extract::Paths(vec![path("none")]).from(&json), [""; 0]);
        let text = AnswerBody::new("OK\nID: 42 \n");
        assert_eq!(Extract::After("ID:".into()).from(&text), ["42"]);
        assert_eq!(Extract::Matches(Pattern::parse("ID: ([0-9]+)").unwrap()).from(&text), ["42"]);
        assert_eq!(Extract::Matches(Pattern::parse("no").unwrap()).from(&text), [""; 0]);
        assert!(Pattern::parse("(").is_err());
    }
}
